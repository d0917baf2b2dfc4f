"""A throw-away certificate authority and server certificate, for a demonstration in one's own network."""

import ipaddress
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from registry.adapters.folder import write_atomically
from registry.adapters.refusals import FolderError
from schemas.refusals import translated

AUTHORITY, CERTIFICATE, KEY = "authority.pem", "server.pem", "server.key"
_KEY_FORM = Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
_DAYS = timedelta(days=30)
_SKEW = timedelta(hours=1)
_OTHER_USES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign",
    "encipher_only", "decipher_only",
)  # fmt: skip
_ONLY_CERTIFICATES = x509.KeyUsage(key_cert_sign=True, **dict.fromkeys(_OTHER_USES, False))


def throw_away_tls(folder: Path, host: str, *, now: datetime) -> tuple[Path, Path]:
    """Make a server certificate for `host` in `folder`, and return it and its key; the authority lies beside them.

    The key of the authority is never written: nobody can make a second certificate with it. Raises `FolderError`.
    """
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = _name("CSE register demonstration, throw-away authority")
    own = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
    above = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)
    authority = _builder(issuer, issuer, authority_key, now).add_extension(own, critical=False)
    authority = authority.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    authority = authority.add_extension(_ONLY_CERTIFICATES, critical=True)
    server = _builder(_name(host), issuer, server_key, now).add_extension(above, critical=False)
    server = server.add_extension(x509.SubjectAlternativeName([_alternative(host)]), critical=False)
    with translated(OSError, to=lambda error: FolderError(folder, error)):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for file, builder in ((AUTHORITY, authority), (CERTIFICATE, server)):
            signed = builder.sign(authority_key, hashes.SHA256())
            write_atomically(folder / file, signed.public_bytes(Encoding.PEM))
        write_atomically(folder / KEY, server_key.private_bytes(*_KEY_FORM), mode=0o600)
    return folder / CERTIFICATE, folder / KEY


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    serial = x509.random_serial_number()
    return x509.CertificateBuilder(issuer, subject, key.public_key(), serial, now - _SKEW, now + _DAYS)


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
