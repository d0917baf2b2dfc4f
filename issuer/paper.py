"""Sealing a paper code: a short payload of the certificate under CSE's seal key (`site.md` 5)."""

import unicodedata
from datetime import datetime

from issuer.refusals import RecheckError
from keys.signer import Signer
from schemas import codes, paper_code
from verifier.certificate import CertificateFacts
from verifier.paper_code import seals
from verifier.trust import TrustedKey


def seal_paper_code(
    facts: CertificateFacts, *, signer: Signer, key: TrustedKey, sealed_at: datetime, base: str
) -> bytes | None:
    """Return the code of a certificate, or None if a name is too long for one: its paper carries an address alone.

    `key` is the published half of the `signer`. Raises `RecheckError` if the final bytes do not read back.
    """
    names = [unicodedata.normalize("NFC", name or "") for name in (facts.name_hans, facts.name_latin)]
    if any(len(name.encode()) > paper_code.LONGEST_NAME for name in names):
        return None
    payload = paper_code.encode_payload(_payload(facts, names, sealed_at))
    protected = paper_code.protected_header(key.public_key or b"")
    signature = signer.sign(paper_code.signed_bytes(protected, payload, base=base, page_id=facts.page_id))
    content = paper_code.encode_code(protected, payload, signature)
    if not seals(key, paper_code.decode_code(content), base=base, page_id=facts.page_id):
        raise RecheckError("the paper code does not verify under the published seal key")
    return content


def _payload(facts: CertificateFacts, names: list[str], sealed_at: datetime) -> paper_code.PaperPayload:
    return paper_code.PaperPayload(
        expires_at=int(facts.valid_until.timestamp()),
        not_before=int(facts.valid_from.timestamp()),
        issued_at=int(sealed_at.timestamp()),
        year=int(facts.number[3:5]),
        serial=int(facts.number[8:14]),
        issue_number=facts.issue_number,
        grade=codes.GRADES[facts.grade].number,
        society=codes.SOCIETIES[facts.society_code].number,
        field=codes.FIELDS[facts.field].number,
        list_number=facts.list_number,
        index=facts.status_index,
        name_hans=names[0],
        name_latin=names[1],
    )
