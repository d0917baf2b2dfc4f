"""The throw-away certificate is good for its host alone, and its key is for the owner's eyes."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from registry.adapters.refusals import FolderError
from registry.adapters.tls import AUTHORITY, throw_away_tls


def _shake_hands(folder: Path, files: tuple[Path, Path], host: str) -> None:
    """Let a client that trusts the authority meet the server; raises what the client finds wrong."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*files)
    client = ssl.create_default_context(cafile=str(folder / AUTHORITY))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        client.wrap_bio(to_client, to_server, server_hostname=host),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(4):
        for side in sides:
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_client_that_trusts_the_authority_meets_the_host(tmp_path: Path, host: str) -> None:
    files = throw_away_tls(tmp_path / "tls", host, now=datetime.now(UTC))
    _shake_hands(tmp_path / "tls", files, host)
    with pytest.raises(ssl.SSLCertVerificationError):
        _shake_hands(tmp_path / "tls", files, "127.0.0.2")


def test_the_key_is_the_owners_and_the_authority_has_none(tmp_path: Path) -> None:
    certificate, key = throw_away_tls(tmp_path, "localhost", now=datetime(2026, 7, 1, tzinfo=UTC))
    assert key.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["authority.pem", "server.key", "server.pem"]
    assert x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc == datetime(
        2026, 7, 31, tzinfo=UTC
    )


def test_it_is_made_anew_over_an_old_one(tmp_path: Path) -> None:
    now = datetime(2026, 7, 1, tzinfo=UTC)
    first = throw_away_tls(tmp_path, "localhost", now=now)[1].read_bytes()
    assert throw_away_tls(tmp_path, "localhost", now=now)[1].read_bytes() != first


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "tls").write_text("no folder", encoding="ascii")
    with pytest.raises(FolderError):
        throw_away_tls(tmp_path / "tls", "localhost", now=datetime(2026, 7, 1, tzinfo=UTC))
