"""Mutual recognition agreements as CSE's signed statements: how one is recorded, and which are in force."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from issuer.documents import unsigned_agreement
from issuer.proofs import document_bytes, sign_document
from keys.records import KeyUse
from keys.signer import throw_away_signer
from registry.domain.actors import Action, Actor, require
from registry.domain.calendar import civil_date
from registry.services.ports import Desk, Keyring
from registry.services.refusals import CommandError
from registry.services.trust import STATEMENTS_KEYSTORE
from registry.store.work import Work
from schemas import contracts, strict_json
from schemas.names import has_control_character
from schemas.refusals import translated
from verifier.agreements import Agreement, in_succession, read_agreement
from verifier.rdf import GraphError
from verifier.statements import AGREEMENTS, agreements_in, believed
from verifier.trust import TrustList


def add_agreement(desk: Desk, keyring: Keyring, content: bytes, *, actor: Actor, now: datetime) -> str:
    """Sign and keep one version of an agreement, and return its path; it counts once a published trust list pins it.

    `content` are the members of its subject as JSON, without ids and types of nodes. Raises `CommandError` with the
    member at fault, and for a version that would change what past days answer (R-MR-04).
    """
    require(actor, Action.ADMINISTER_TRUST)
    unsigned, agreement = _read(desk, content, now)
    _require_sensible(unsigned["credentialSubject"], agreement, civil_date(now))
    signer = keyring.signer(STATEMENTS_KEYSTORE, KeyUse.STATEMENT, now)
    path = f"{AGREEMENTS}{agreement.id}/{agreement.version}"
    with desk.open_work() as work:
        _require_forward(_recorded(work, agreement.id), agreement, civil_date(now))
        with translated(GraphError, to=lambda error: CommandError(str(error), "file")):
            document = document_bytes(sign_document(unsigned, (signer,), created=now, base=desk.base))
        believed("agreement", document, desk.base, work.trust.keys(signer.verification_method.partition("#")[0]))
        work.trust.add_statement(path, document)
        work.journal.note("agreement", path, document, actor=actor, at=now)
    return path


def _read(desk: Desk, content: bytes, now: datetime) -> tuple[dict[str, Any], Agreement]:
    """Return what will be signed, in the form of its schema, before the key is touched. Raises `CommandError`."""
    with translated(strict_json.MalformedJsonError, to=lambda error: CommandError(str(error), "file")):
        given = strict_json.parse_object(content)
    unsigned = unsigned_agreement(given, base=desk.base, is_demo=desk.is_demo, now=now)
    nothing = {"@context": unsigned["@context"], "id": "urn:x-cse:nothing", "type": "VerifiableCredential"}
    nobody = throw_away_signer(f"{unsigned['issuer']}#lint")
    proof = sign_document(nothing, (nobody,), created=now, base=desk.base)["proof"]
    violation = contracts.first_violation("agreement", desk.base, {**unsigned, "proof": proof})
    if violation is not None:
        pointer, sentence = violation
        raise CommandError(f"{pointer.removeprefix('/credentialSubject')}: {sentence}", "file")
    with translated(ValueError, to=lambda error: CommandError(str(error), "file")):
        return unsigned, read_agreement(unsigned)


def _require_sensible(said: Mapping[str, Any], new: Agreement, today: date) -> None:
    """Refuse what the schema cannot: days in a wrong order, what is not signed yet, and texts that hide something."""
    orders = (
        ("signedOn", new.signed_on, today, "is yet to come: only what CSE has signed counts (R-MR-02)"),
        ("effectiveTo", new.effective_from_on, new.effective_to_on, "lies before effectiveFrom"),
        ("savings", new.lodged_by_on, new.decide_by_on, "decideBy lies before lodgedBy"),
    )
    for member, earlier, later, fault in orders:
        if earlier is not None and later is not None and earlier > later:
            raise CommandError(f"/{member}: {fault}", member)
    for member, value in said.items():
        if any(map(has_control_character, strict_json.texts(value))):
            raise CommandError(f"/{member}: a text holds a control or invisible character", member)


def _recorded(work: Work, name: str) -> list[Agreement]:
    """Return every version of an agreement that was signed, the oldest first."""
    own = [one for path, one in work.trust.statements().items() if path.startswith(f"{AGREEMENTS}{name}/")]
    return sorted((read_agreement(strict_json.parse_object(one)) for one in own), key=lambda one: one.version)


def _require_forward(before: Sequence[Agreement], new: Agreement, today: date) -> None:
    """Refuse a version that is not the next, or that would change what a day before `today` is judged by."""
    if new.version != len(before) + 1:
        raise CommandError(f"the next version of {new.id} is {len(before) + 1}, not {new.version}", "agreementVersion")
    for last in before[-1:]:
        if new.effective_from_on < today and replace(last, version=new.version, states=new.states) != new:
            raise CommandError("another text begins today or later (R-MR-04)", "effectiveFrom")
        told, tells = ([state for state in one.states if state[0] < today] for one in (last, new))
        if told != tells:
            raise CommandError("the states before today stay as they were signed (R-MR-04)", "stateHistory")
        with translated(ValueError, to=lambda error: CommandError(str(error), "effectiveFrom")):
            in_succession([last, new])


def agreements_in_force(work: Work, trust: TrustList, only: str | None = None) -> tuple[Agreement, ...]:
    """Return the agreements that a trust list pins, or the versions of one. Raises `StatementError`."""
    return agreements_in(trust, work.trust.statements().get, only)
