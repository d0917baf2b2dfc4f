"""`cse recommend`, `cse register`, `cse issue`, `cse export`: the steps to a certificate."""

import gc
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from issuer.badge import badge_svg
from issuer.press import Press
from issuer.qr import qr_png, qr_svg
from issuer.refusals import IssuerError
from registry.adapters import clock
from registry.adapters.folder import write_atomically
from registry.adapters.printing import limited_badge, limited_printer
from registry.adapters.randomness import SystemRandomness
from registry.adapters.refusals import FolderError
from registry.cli import console
from registry.cli.console import ERR, OUT, Session, explained, open_session, print_json, with_session
from registry.cli.exits import GOOD, NO, UsageError
from registry.cli.inputs import read_file
from registry.domain.actors import Actor
from registry.domain.approvals import batch_digest
from registry.domain.numbers import parse_register_number
from registry.domain.refusals import DomainError
from registry.domain.status import PublicStatus
from registry.services import answers, census, issuing, printing, registrations, wallets
from registry.services.refusals import CommandError, ServiceError
from registry.store.certificates import StoredCertificate
from registry.store.refusals import DuplicateError
from schemas.addresses import page_url
from schemas.refusals import translated
from schemas.strict_json import MalformedJsonError, parse_object

_Row = tuple[str, str | None, str | None]
_FORMS = ("vc", "vc-jwt", "sd-jwt", "pdf", "badge-png", "badge-svg", "qr-png", "qr-svg")
_REQUIRED = ("member_ref", "society", "field", "grade", "standard", "decided_on", "decision_ref", "consent_c1")


@with_session
def recommend(
    session: Session, file: Annotated[Path, typer.Argument(help="JSON file with one recommendation.")]
) -> int:
    """Recommend a registration, as the board of a society; prints the digest that CSE confirms.

    Members: member_ref, name_hans, name_latin, consent_c1, society, field, grade, standard, decided_on,
    decision_ref, material_review_on, written_test_on, interview_on (days as YYYY-MM-DD).
    """
    command = _read_recommendation(file)
    digest = registrations.recommend_registration(session.desk, command, actor=session.actor(), now=session.now)
    text = f"Recommended. CSE confirms with\n  cse register {digest}"
    return session.answer({"recommendation": digest}, text)


def _read_object(file: Path) -> dict[str, Any]:
    with translated(MalformedJsonError, to=lambda error: UsageError(f"{file}: {error}")):
        return parse_object(read_file(str(file)))


def _read_recommendation(file: Path) -> registrations.Recommendation:
    members = _read_object(file)
    missing = [name for name in _REQUIRED if name not in members]
    unknown = sorted(set(members) - set(registrations.Recommendation.__slots__))
    if missing or unknown:
        raise UsageError(f"{file}: member {(missing + unknown)[0]!r} is {'missing' if missing else 'unknown'}")
    texts = {name: members.get(name) for name in ("name_hans", "name_latin")}
    if any(not isinstance(v, str) for n, v in (texts | members).items() if n != "consent_c1" and v is not None):
        raise UsageError(f"{file}: every member but consent_c1 is a text")
    if not isinstance(members["consent_c1"], bool):
        raise UsageError(f"{file}: consent_c1 is true or false")
    with translated(CommandError, to=UsageError(f"{file}: a day is not of the form YYYY-MM-DD")):
        return registrations.read_recommendation(json.dumps(dict.fromkeys(registrations.ASSESSED) | texts | members))


@with_session
def register(
    session: Session,
    applications: Annotated[
        list[str] | None, typer.Argument(help="References of applications, or digests of recommendations.")
    ] = None,
    approved: Annotated[str | None, typer.Option(help="Confirm the batch of this digest, as it was shown.")] = None,
) -> int:
    """Confirm recommendations as CSE and enter them; without arguments, list what is waiting, and its batch digest."""
    if applications and approved is not None:
        raise UsageError("name applications, or the digest of a batch, not both")
    actor = session.actor()
    wanted = census.approved_batch(session.desk, approved, actor=actor) if approved is not None else applications
    if not wanted:
        return _list_waiting(session, actor)

    waiting = dict(census.waiting_recommendations(session.desk, actor=actor))
    told: dict[str, str] = {}

    def enter(name: str) -> str:
        digest = census.named_recommendation(session.desk, name)
        if (one := waiting.get(digest)) is not None:
            told[name] = f"{one.application_ref or one.decision_ref}  {one.name_hans or one.name_latin}"
        source = SystemRandomness()
        return registrations.confirm_registration(session.desk, digest, randomness=source, actor=actor, now=session.now)

    return _report(_each(wanted, enter), ("recommendation", "number"), session.as_json, told)


def _each(items: Iterable[str], act: Callable[[str], str]) -> list[_Row]:
    """Do one thing for each item: a row that is refused stops no other. Gives item, result, refusal."""
    rows: list[_Row] = []
    for item in items:
        try:
            rows.append((item, act(item), None))
        except (DomainError, DuplicateError, IssuerError, ServiceError) as error:
            rows.append((item, None, explained(error)))
    return rows


def _report(rows: list[_Row], names: tuple[str, str], as_json: bool, told: Mapping[str, str]) -> int:
    """Print a line for each row, as it is `told` to people; the answer is no if one was refused."""
    refused = [row for row in rows if row[2] is not None]
    if as_json:
        print_json([{names[0]: item, names[1]: done, "refused": why} for item, done, why in rows])
    else:
        lines = [f"{told.get(item, item)}  {done if why is None else 'refused: ' + why}" for item, done, why in rows]
        OUT.print("\n".join([*lines, f"{len(rows) - len(refused)} done, {len(refused)} refused"]), markup=False)
    return NO if refused else GOOD


def _list_waiting(session: Session, actor: Actor) -> int:
    waiting = census.waiting_recommendations(session.desk, actor=actor)
    batch = batch_digest(digest for digest, _ in waiting)
    rows, lines = [], []
    for digest, one in waiting:
        named = {"recommendation": digest, "application": one.application_ref, "batch": batch}
        rows.append(named | {"society": one.society, "field": one.field, "grade": one.grade})
        # Lines, not a table: a digest must be whole to be copied, however narrow the terminal.
        shown = f"{one.application_ref or '-':12}  {one.name_hans or one.name_latin}"
        lines.append(f"{digest}  {one.society}  {one.field}  {one.grade:3}  {shown}")
    if waiting:
        lines.append(f"{len(waiting)} waiting. All of them, exactly as shown:\n  cse register --approved {batch}")
    return session.answer(rows, "\n".join(lines) or "No recommendation is waiting.")


@with_session
def issue(
    session: Session,
    numbers: Annotated[list[str] | None, typer.Argument(help="Register numbers.")] = None,
    pending: Annotated[bool, console.flag("--pending", help="Issue all that have no certificate yet.")] = False,
) -> int:
    """Issue certificates with four proofs, each verified from its final bytes before it is kept."""
    named = [] if pending else [parse_register_number(text) for text in numbers or []]
    wanted = issuing.pending_numbers(session.desk) if pending else named
    if not wanted and not pending:
        raise UsageError("name register numbers, or use --pending")
    return _report(_issued(session, wanted), ("number", "page"), session.as_json, {})


def _issued(session: Session, wanted: Sequence[str]) -> list[_Row]:
    """Issue round by round, and show how far it is: a bar on a terminal, else a line after each round but the last.

    What was issued stays when this is stopped, and `--pending` goes on from there.
    """
    gc.set_threshold(100_000)  # What waits in a round is no garbage, and is not searched for it every few rows.
    actor, keyring, desk, source = session.actor(), session.keyring(), session.desk, SystemRandomness()
    rows: list[_Row] = []
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]:.0f}/s"), TimeRemainingColumn())
    with Progress(*columns, console=ERR, disable=not ERR.is_terminal) as bar:
        task = bar.add_task("", total=len(wanted), rate=0)
        for start in range(0, len(wanted), issuing.AT_ONCE):
            numbers, now = wanted[start : start + issuing.AT_ONCE], clock.now(session.settings)
            told = issuing.issue_certificates(desk, numbers, keyring=keyring, randomness=source, actor=actor, now=now)
            rows += [_row(desk.base, number, outcome) for number, outcome in told.items()]
            done = start + len(numbers)
            bar.update(task, completed=done, rate=done / (bar.tasks[0].elapsed or 1))
            if bar.disable and done < len(wanted):
                ERR.print(f"{done:,} of {len(wanted):,} looked at")
    return rows


def _row(base: str, number: str, outcome: issuing.Outcome) -> _Row:
    if isinstance(outcome, Exception):
        return number, None, explained(outcome)
    return number, page_url(base, outcome), None


def export(
    number: console.Number,
    out: Annotated[Path, typer.Option(help="File to write.")],
    form: Annotated[str, typer.Option("--format", help=f"{', '.join(_FORMS[:-1])} or {_FORMS[-1]}.")] = "vc",
    holder_key: Annotated[Path | None, typer.Option(help="For sd-jwt: file with the wallet's public JWK.")] = None,
    *,
    directory: console.Directory = None,
    acting: console.ActingAs = None,
) -> int:
    """Write the newest certificate of a number exactly as it was issued, as a copy for a wallet, a badge, or for paper.

    Example: cse export NUMBER --format sd-jwt --holder-key wallet.jwk --out copy.txt
    """
    if form not in _FORMS:
        raise UsageError(f"the format {form!r} does not exist yet; it is {', '.join(_FORMS)}")
    if (form == "sd-jwt") != (holder_key is not None):
        raise UsageError("an sd-jwt, and nothing else, needs --holder-key: the file of the public JWK of the wallet")
    session = open_session(directory, acting)
    actor = session.actor()
    certificate = census.newest_certificate(session.desk, number, actor=actor)
    is_copy = form in {"vc-jwt", "sd-jwt"}
    content = _signed(session, certificate, holder_key, actor) if is_copy else _exported(session, certificate, form)
    with translated(OSError, to=lambda error: FolderError(out, error)):
        write_atomically(out, content)
    OUT.print(f"{out}: certificate of {number} as {form}, {len(content)} bytes")
    if (state := _state_unless_valid(session, certificate.page_id)) is not None:
        ERR.print(f"This certificate is not valid today: {state}")
    return GOOD


@with_session
def print_many(
    session: Session,
    numbers: Annotated[list[str] | None, typer.Argument(help="Register numbers.")] = None,
    everyone: Annotated[bool, console.flag("--all", help="Print the certificates of all that are active.")] = False,
    *,
    out: Annotated[Path, typer.Option(help="Folder to write into, made if it is not there.")],
) -> int:
    """Print the newest certificates of many numbers, each into a PDF of its own, and keep those that are there.

    So a run that was stopped goes on where it was. Example: cse print --all --out paper
    """
    if bool(numbers) is everyone:
        raise UsageError("name register numbers, or use --all")
    desk, actor, press, now, told = session.desk, session.actor(), Press(), session.now, dict[str, str]()
    pages: dict[str, str | None] = dict.fromkeys(numbers or [])
    if everyone:
        lines = census.register_lines(desk, actor=actor, now=now)
        pages = {line.number: line.page_id for line in lines if line.page_id and line.status == PublicStatus.ACTIVE}

    def put(text: str) -> str:
        number = parse_register_number(text)
        page = pages[text] or census.newest_certificate(desk, number, actor=actor).page_id
        file = out / f"{number}-{page}.pdf"
        if file.exists():
            told[text] = f"{text} (was there)"
            return file.name
        write_atomically(file, printing.print_page(desk, page, printer=press, now=now))
        if not everyone and (state := _state_unless_valid(session, page)) is not None:
            told[text] = f"{text} (not valid today: {state})"
        return file.name

    with translated(OSError, to=lambda error: FolderError(out, error)):
        out.mkdir(parents=True, exist_ok=True)
        with Progress(console=ERR) as bar:
            rows = _each(bar.track(pages, description="Certificates"), put)
    return _report(rows, ("number", "file"), session.as_json, told)


def _state_unless_valid(session: Session, page_id: str) -> str | None:
    """Return the state of a certificate that does not count today, else None."""
    today = answers.verdict_of_page(session.desk, page_id, now=session.now) or {}
    return today["state"] if today.get("outcome") == "invalid" else None


def _signed(session: Session, certificate: StoredCertificate, holder_key: Path | None, actor: Actor) -> bytes:
    """Sign a copy: for the holder of a key, or as `vc+jwt` for whoever has it."""
    desk, page_id, keyring, now = session.desk, certificate.page_id, session.keyring(), session.now
    if holder_key is None:
        return wallets.issue_vc_jwt(desk, page_id, keyring=keyring, actor=actor, now=now)
    holder, source = _read_object(holder_key), SystemRandomness()
    return wallets.issue_wallet_copy(desk, page_id, holder, keyring=keyring, randomness=source, actor=actor, now=now)


def _exported(session: Session, certificate: StoredCertificate, form: str) -> bytes:
    if form == "vc":
        return certificate.document
    if form.startswith("badge"):
        make = limited_badge if form == "badge-png" else badge_svg
        return make(certificate.document, session.desk.base, session.desk.is_demo)
    drawn = printing.drawn_paper_code(session.desk, certificate)
    if not drawn.is_sealed:
        ERR.print("The QR carries the address alone: no paper code was sealed, or it is too large to print.")
    if form == "pdf":
        return printing.print_certificate(session.desk, certificate, printer=limited_printer, now=session.now)
    return qr_png(drawn) if form == "qr-png" else qr_svg(drawn)
