"""A signature on a PDF proves nothing here: whoever made it, the answer is that of the credential inside (U09)."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID
from starlette.testclient import TestClient

from issuer.proofs import document_bytes
from registry.demo.plan import Story
from tests.integration.registers import AT, Demo
from tests.support import foreign
from tests.support.expect import changed
from tests.support.papers import document_of, paper_text, pdf
from tests.support.strangers import with_proof

ROOM = 4000
UNSET = [0, 1_000_000_001, 1_000_000_002, 1_000_000_003]


def sealed(content: bytes) -> bytes:
    """Sign a PDF (ISO 32000, 12.8) by a certificate that calls itself the seal of CSE and is signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CSE seal")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, AT, AT + timedelta(days=9))
    with pikepdf.open(BytesIO(content)) as made:
        value = pikepdf.Dictionary(
            Type=pikepdf.Name.Sig,
            Filter=pikepdf.Name("/Adobe.PPKLite"),
            SubFilter=pikepdf.Name("/adbe.pkcs7.detached"),
            ByteRange=pikepdf.Array(UNSET),
            Contents=pikepdf.String(bytes(ROOM)),
        )
        field = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Sig,
            T="seal",
            V=made.make_indirect(value),
            Rect=pikepdf.Array([0, 0, 0, 0]),
        )
        placed = made.make_indirect(field)
        made.pages[0].obj.Annots = pikepdf.Array([placed])
        made.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([placed]), SigFlags=3)
        file = BytesIO()
        made.save(file, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    text, room = file.getvalue(), b"<" + b"00" * ROOM + b">"
    begins = text.index(room)
    ends = begins + len(room)
    numbers = " ".join(map(str, UNSET)).encode()
    text = text.replace(numbers, f"0 {begins} {ends} {len(text) - ends}".encode().ljust(len(numbers)))
    signing = pkcs7.PKCS7SignatureBuilder().set_data(text[:begins] + text[ends:])
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    made_by = signing.add_signer(builder.sign(key, SHA256()), key, SHA256()).sign(Encoding.DER, options)
    return text[:begins] + b"<" + made_by.hex().encode().ljust(2 * ROOM, b"0") + b">" + text[ends:]


Ask = Callable[[bytes], Any]


@pytest.fixture
def ask(demo: Demo, visit: Callable[[Demo], TestClient]) -> Ask:
    client, before = visit(demo), demo.rows()

    def asked(content: bytes) -> Any:
        answer = client.post("/api/v1/verify", content=content, headers={"Content-Type": "application/pdf"})
        assert (answer.status_code, demo.rows()) == (200, before)
        return {name: member for name, member in answer.json().items() if name != "document_sha256"}

    return asked


def test_threat_U09_a_seal_of_ones_own_makes_no_issuer_trusted(ask: Ask) -> None:
    forged = document_bytes(with_proof(changed(foreign.unsigned_badge(), ("issuer/name", "CSE seal"))))
    plain = pdf(words="CSE", attached=[("certificate.json", forged)])
    assert b"/ByteRange" in sealed(plain)
    verdict = ask(sealed(plain))
    assert (verdict["outcome"], verdict["state"], verdict["about"]) == ("invalid", "issuer_not_trusted", "attachment")
    assert verdict == ask(plain)


def test_threat_U09_a_seal_without_a_credential_certifies_nothing(ask: Ask) -> None:
    verdict = ask(sealed(pdf(words="CSE certifies")))
    assert (verdict["outcome"], verdict["state"]) == ("indeterminate", "malformed")
    assert {check["code"] for check in verdict["checks"]} == {"no_code_found"}


def test_a_seal_of_a_stranger_takes_nothing_from_a_genuine_certificate(demo: Demo, ask: Ask) -> None:
    page = demo.pages()[demo.number(Story.VALID)]
    own, text = document_of(demo.desk(), page), paper_text(demo.desk(), page)
    verdict = ask(sealed(pdf(text, attached=[("certificate.json", own)])))
    assert (verdict["outcome"], verdict["about"]) == ("valid", "attachment")
