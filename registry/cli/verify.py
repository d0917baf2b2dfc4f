"""`cse verify`: the same verdict as page and API, in the terminal."""

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import typer
from rich.table import Table
from rich.text import Text

from public_site.view import result_view
from registry.adapters.clock import now
from registry.cli.console import (
    ERR,
    GOOD,
    NO,
    OUT,
    UNDECIDED,
    DirOption,
    JsonOption,
    Session,
    UsageError,
    open_session,
    print_json,
)
from registry.services.answers import verdict_of_document, verdict_of_number, verdict_of_page
from registry.settings import read_settings
from verifier.folder import MAX_STATUS_AGE, PublishedFolder
from verifier.judge import judge
from verifier.root import is_root_digest, read_root
from verifier.state import State
from verifier.verdict import unchecked_verdict, verdict

_EXIT = {"valid": GOOD, "invalid": NO, "indeterminate": UNDECIDED}
_MARK = {"pass": "ok", "fail": "FAILED", "unknown": "not checked", "skipped": "not part"}
_LARGEST = 256 * 1024


def verify(
    target: Annotated[str, typer.Argument(help="File, address of this register, register number, or - for input.")],
    *,
    offline: Annotated[Path | None, typer.Option(help="Published folder; opens no connection.")] = None,
    trust_root: Annotated[str | None, typer.Option(help="Root file, or sha256:…; never taken from the folder.")] = None,
    max_status_age: Annotated[int | None, typer.Option(help="Hours; at most 24.", min=1, max=24)] = None,
    lang: Annotated[str, typer.Option(help="en or zh.")] = "en",
    directory: DirOption = None,
    as_json: JsonOption = False,
) -> int:
    """Verify a certificate. Exit 0 valid, 1 not valid, 2 could not be decided, 3 not readable.

    Examples: cse verify certificate.json · cse verify certificate.json --offline site --trust-root root.json
    """
    if lang not in {"en", "zh"}:
        raise UsageError(f"--lang {lang} is neither en nor zh")
    if offline is None and (trust_root is not None or max_status_age is not None):
        raise UsageError("--trust-root and --max-status-age go with --offline")
    answer = (
        _offline(target, offline, trust_root, max_status_age) if offline is not None else _online(target, directory)
    )
    if offline is not None and trust_root is None:
        ERR.print("cse: no trust root was given, so nothing could be proved: add --trust-root FILE or sha256:…")
    if as_json:
        print_json(answer)
    else:
        _print(answer, lang)
    return _EXIT[answer["outcome"]]


def _read(target: str) -> bytes:
    if target == "-":
        return sys.stdin.buffer.read(_LARGEST + 1)
    try:
        with Path(target).open("rb") as file:
            return file.read(_LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{target} cannot be read: {error.strerror}") from error


def _offline(target: str, folder: Path, trust_root: str | None, hours: int | None) -> dict[str, Any]:
    if not os.path.isdir(folder):
        raise UsageError(f"--offline {folder} is no folder")
    max_age = timedelta(hours=hours) if hours is not None else MAX_STATUS_AGE
    moment = now(read_settings(os.environ, data_dir=folder))
    if trust_root is not None and trust_root.startswith("sha256:") and not is_root_digest(trust_root):
        raise UsageError(f"{trust_root} is no digest: sha256: and 64 hex digits, as cse trust prints them")
    if trust_root is not None and is_root_digest(trust_root):
        sources = PublishedFolder(folder, root_sha256=trust_root.removeprefix("sha256:"), max_status_age=max_age)
    else:
        if trust_root is not None and Path(trust_root).resolve().is_relative_to(folder.resolve()):
            raise UsageError("--trust-root must not come from the folder under test: it would vouch for itself")
        root = read_root(_read(trust_root)) if trust_root is not None else None
        sources = PublishedFolder(folder, root=root, max_status_age=max_age)
    return verdict(judge(_read(target), sources, now=moment))


def _online(target: str, directory: Path | None) -> dict[str, Any]:
    if target.startswith(("http://", "https://")):
        return _of_address(open_session(directory), target)
    if target.upper().startswith("CSE") and not os.path.exists(target):
        return _of_number(open_session(directory), target)
    content = _read(target)
    session = open_session(directory)
    return verdict_of_document(session.desk, content, now=session.now)


def _of_number(session: Session, text: str) -> dict[str, Any]:
    answer = verdict_of_number(session.desk, text, now=session.now)
    if answer.kind == "typing_mistake":
        raise UsageError(f"{text} holds a typing mistake: its check digits do not fit")
    if answer.kind == "not_a_number":
        raise UsageError(f"{text} is no register number such as CSE26ELE00012379")
    return answer.verdict or unchecked_verdict(State.UNKNOWN, "nothing_found", now=session.now)


def _of_address(session: Session, address: str) -> dict[str, Any]:
    """Answer for an address of this register from the register itself; other hosts are never opened."""
    own = session.desk.base + "/"
    # The code on paper spells the host in capitals (`site.md` 5).
    if address[: len(own)].lower() != own:
        return unchecked_verdict(State.FOREIGN_CODE, "foreign_address", now=session.now)
    parts = urlsplit(address)
    if parts.path == "/lookup":
        return _of_number(session, "".join(parse_qs(parts.query).get("number", [])))
    found = None
    if parts.path.lower().startswith(("/v/", "/credentials/")) and parts.path.count("/") == 2:
        page = parts.path.rsplit("/", 1)[-1].removesuffix(".json")
        found = verdict_of_page(session.desk, page, now=session.now)
    return found or unchecked_verdict(State.UNKNOWN, "nothing_found", now=session.now)


def _print(answer: dict[str, Any], lang: str) -> None:
    view = result_view(answer, "zh" if lang == "zh" else "en")
    OUT.print(view.headline, style="bold", markup=False)
    for line in view.lines:
        OUT.print(line, markup=False)
    OUT.print(f"outcome {answer['outcome']}, state {answer['state']}, checked {answer['checked_at']}", markup=False)
    for name in ("base_url", "root_sha256", "trust_list_version", "manifest_issued_at"):
        if name in answer.get("basis", {}):
            OUT.print(f"{name} {answer['basis'][name]}", markup=False)
    table = Table("check", "result", "why")
    for check in answer["checks"]:
        why = check.get("detail", {}).get(lang, "") + (f" ({check['code']})" if "code" in check else "")
        table.add_row(check["name"], _MARK[check["result"]], Text(f"{why} {check.get('pointer', '')}".strip()))
    OUT.print(table)
