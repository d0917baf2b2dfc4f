"""`cse verify`: the same verdict as page and API, in the terminal."""

import re
from pathlib import Path
from typing import Annotated

import typer

from registry.adapters import opening, refusals
from registry.adapters.fetching import CERTIFICATE, host_of
from registry.cli import inputs, words
from registry.cli.alone import Offline, verify_offline
from registry.cli.console import AsJson, Directory, Session, UsageError, flag, open_session
from registry.services import codes, presented
from schemas.refusals import translated
from verifier.answers import CodeVerdict
from verifier.asked import Asked
from verifier.explain import explanation
from verifier.formats import Found, Kind
from verifier.refusals import UnreadableDocumentError, UnreadableFileError
from verifier.state import State
from verifier.verdict import unchecked_verdict

_PAPER = re.compile(r"#|\A[^/]*//[^/]*/v/", re.IGNORECASE)
"""What the code of a paper has in its address: another register's is named and not opened (`threats.md` T12)."""
_NO_NUMBER = {
    "typing_mistake": "holds a typing mistake: its check digits do not fit",
    "not_a_number": "is no register number such as CSE26ELE00012379",
}


def verify(
    target: Annotated[
        str, typer.Argument(help="File of any kind, address, number, text or digits of a QR, or - (standard input).")
    ],
    *,
    offline: Annotated[Path | None, typer.Option(help="Published folder; opens no connection.")] = None,
    trust_root: Annotated[str | None, typer.Option(help="Root file, or sha256:…; never taken from the folder.")] = None,
    max_status_age: Annotated[int | None, typer.Option(help="Hours; at most 24.", min=1, max=24)] = None,
    at: Annotated[str | None, typer.Option(help="A past moment, beside the answer of now; offline.")] = None,
    historical: Annotated[bool, flag("--historical", help="Exit 0 if it was valid at --at.")] = False,
    explain: Annotated[bool, flag("--explain", help="Say what an implementer can compare; more in --json.")] = False,
    challenge: Annotated[str | None, typer.Option(help="What the presentation must answer.")] = None,
    domain: Annotated[str | None, typer.Option(help="Whom the presentation must be meant for.")] = None,
    agreement: Annotated[str | None, typer.Option(help="Id of an agreement under which it is checked too.")] = None,
    lang: Annotated[str, typer.Option(help="en or zh.")] = "en",
    directory: Directory = None,
    as_json: AsJson = False,
) -> int:
    """Verify a certificate. Exit 0 valid, 1 not valid, 2 could not be decided, 3 not readable.

    Examples: cse verify certificate.json · cse verify certificate.json --offline site --trust-root root.json
    """
    if lang not in {"en", "zh"}:
        raise UsageError(f"--lang {lang} is neither en nor zh")
    if offline is None and (trust_root, max_status_age, at, historical) != (None, None, None, False):
        raise UsageError("--trust-root, --max-status-age, --at and --historical go with --offline")
    holder = Asked(challenge=challenge, domain=domain, agreement=agreement)
    if offline is None:
        found = _online(target, directory, holder)
        answer = found.verdict | ({"explain": explanation(found.document, found.verdict)} if explain else {})
    else:
        how = (offline, trust_root, max_status_age, at, historical, explain)
        answer = verify_offline(target, Offline(*how, holder, "cse"))
    words.print_answer(answer, lang=lang, as_json=as_json)
    return words.exit_code(answer, historical=historical)


def _online(target: str, directory: Path | None, holder: Asked) -> CodeVerdict:
    if not inputs.is_typed(target):
        return _answered(open_session(directory), inputs.read_handed_in(target), target, holder)
    session = open_session(directory)
    if "://" not in target or codes.is_own(session.desk, target) or _PAPER.search(target):
        return _answered(session, (target.encode(), Found(Kind.TEXT)), target, holder)
    try:
        # Naming the address is the consent to ask exactly its host.
        content = opening.open_fetcher(session.settings).fetch(target, CERTIFICATE, hosts={host_of(target)})
    except refusals.FetchError as error:
        if error.is_refusal:
            raise UsageError(str(error)) from error
        return CodeVerdict(unchecked_verdict(State.COULD_NOT_CHECK, error.code, now=session.now))
    found = inputs.found_in(target, content)
    if found.kind is Kind.TEXT:
        raise UsageError(f"{target}: {UnreadableFileError('unsupported-file')}")
    return _answered(session, (content, found), target, holder)


def _answered(session: Session, given: tuple[bytes, Found], target: str, holder: Asked) -> CodeVerdict:
    with translated(UnreadableDocumentError, to=lambda error: UsageError(f"{target}: {error}")):
        answer = presented.verdict_of_handed_in(session.desk, *given, now=session.now, asked=holder)
    if answer.number is not None and answer.number.kind in _NO_NUMBER:
        raise UsageError(f"{target} {_NO_NUMBER[answer.number.kind]}")
    if answer.is_readable is False:
        raise UsageError("the paper code after # cannot be read: scan it again, or leave it out to ask for the entry")
    return answer
