"""`cse-verify`: the verifier alone, for a machine without register, database and web framework.

The offline verification of both `cse-verify` and `cse verify`, and its words, are here: this is where the pure
verifier meets clock, files and environment.
"""

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any, NoReturn

from public_site.sentences import visible
from registry.adapters import clock, refusals
from registry.adapters.folder import leads_through
from registry.adapters.userfolder import UserFolder
from registry.cli import inputs, words
from registry.cli.exits import GOOD, NO, REFUSED, UNDECIDED, UsageError
from registry.settings import read_settings
from schemas.addresses import base_of
from schemas.refusals import Refusal, translated
from verifier.asked import NOTHING_ASKED, Asked
from verifier.eligibility import checked_offline
from verifier.explain import explanation
from verifier.folder import MAX_STATUS_AGE, PublishedFolder, read_regular_file
from verifier.formats import DOCUMENT_BYTES
from verifier.instants import InstantError, parse_instant
from verifier.judge import judge
from verifier.refusals import UnreadableDocumentError
from verifier.report import Report
from verifier.root import PinnedRoot, is_root_digest, read_root
from verifier.seen import NOTHING_SEEN
from verifier.state import State
from verifier.verdict import handed_in, unchecked_verdict, verdict, verdict_on_date

_UNPINNED = (
    "no trust root was given, so nothing could be proved: add --trust-root FILE or sha256:…, "
    "or confirm the root once with cse-verify trust add"
)
_COMPARE = "Compare the digest with the one the operator gave you by another way. To trust it, type yes: "
_UNREAD = {"unsupported_format": State.UNSUPPORTED, "no_code_found": State.MALFORMED}
_NO_REGISTER = "only a document proves anything without the register: codes and numbers are answered by its page /check"


@dataclass(frozen=True, slots=True)
class Offline:
    """What an offline verification is asked: the published folder, what is pinned, how old a list may be, when."""

    folder: Path | None
    trust_root: str | None = None
    max_status_hours: int | None = None
    at: str | None = None
    historical: bool = False
    explain: bool = False
    holder: Asked = NOTHING_ASKED
    program: str = "cse-verify"
    """The command that was typed: it says what is to be said."""


def verify_offline(target: str, asked: Offline) -> dict[str, Any]:
    """Return the verdict that a folder and a pinned root give, and keep what was seen. Opens no connection.

    Raises `UsageError`, `UserFolderError`, `SettingsError` and the refusals of the verifier.
    """
    moment = clock.now(read_settings(os.environ, data_dir=asked.folder or Path()))
    if asked.folder is not None and not os.path.isdir(asked.folder):
        raise UsageError(f"--offline {asked.folder} is no folder")
    past = _past(asked, moment)
    content, found = inputs.read_handed_in(target)
    inside = inputs.document_in(target, content, found)
    if isinstance(inside, str):
        _say(_NO_REGISTER, asked.program)
        state = _UNREAD.get(inside, State.COULD_NOT_CHECK)
        answer, document = handed_in(unchecked_verdict(state, inside, now=moment), content, None), None
    else:
        document, about = inside
        with translated(UnreadableDocumentError, to=lambda error: UsageError(f"{target}: {error}")):
            answer = handed_in(_judged(document, moment, past, asked), content, about)
    return answer | ({"explain": explanation(document, answer)} if asked.explain else {})


def _judged(document: bytes, moment: datetime, past: datetime | None, asked: Offline) -> dict[str, Any]:
    if asked.folder is None:
        alone = verdict(_report(document, PublishedFolder(Path(os.devnull)), moment, asked.holder))
        _say("without a published folder (--offline DIR) nothing could prove a certificate", asked.program)
        return alone
    kept = UserFolder(os.environ)
    root, digest = _pinned(asked.trust_root, asked.folder, kept)
    seen = kept.seen(digest) if digest is not None else NOTHING_SEEN
    hours = timedelta(hours=asked.max_status_hours) if asked.max_status_hours is not None else MAX_STATUS_AGE
    sources = partial(PublishedFolder, asked.folder, root=root, root_sha256=digest, max_status_age=hours)
    folder = sources(seen=seen)
    today = _report(document, folder, moment, asked.holder)
    if digest is None:
        _say(_UNPINNED, asked.program)
    else:
        _remember(partial(kept.remember, digest, folder.seen()), asked.program)
    if past is None:
        return verdict(today)
    return verdict_on_date(_report(document, sources(seen=seen.until(past)), past, asked.holder), today)


def _report(document: bytes, folder: PublishedFolder, moment: datetime, asked: Asked) -> Report:
    report = judge(document, folder, now=moment, asked=asked)
    return report if asked.agreement is None else checked_offline(report, asked.agreement, folder.agreements)


def _past(asked: Offline, moment: datetime) -> datetime | None:
    if asked.at is None:
        if asked.historical:
            raise UsageError("--historical goes with --at")
        return None
    with translated(InstantError, to=UsageError(f"--at {asked.at} is no instant such as 2026-07-01T10:00:00+08:00")):
        past = parse_instant(asked.at)
    if past > moment:
        raise UsageError(f"--at {asked.at} has not come yet")
    return past


def _pinned(given: str | None, folder: Path, kept: UserFolder) -> tuple[PinnedRoot | None, str | None]:
    """Return the root that counts, if its document is known, and its digest, None if nothing is pinned."""
    if given is None:
        return _confirmed(folder, kept)
    if given.startswith("sha256:"):
        if not is_root_digest(given):
            raise UsageError(f"{given} is no digest: sha256: and 64 hex digits, as cse trust prints them")
        return None, given.removeprefix("sha256:")
    if leads_through(given, folder):
        raise UsageError("--trust-root must not come from the folder under test: it would vouch for itself")
    root = read_root(inputs.read_input(given))
    return root, root.sha256


def _confirmed(folder: Path, kept: UserFolder) -> tuple[PinnedRoot | None, str | None]:
    """Return the confirmed root whose very bytes this folder shows; the folder brings none of its own."""
    shown = read_regular_file(folder / "root" / "did.json", DOCUMENT_BYTES)
    root = kept.root(hashlib.sha256(shown).hexdigest()) if shown is not None else None
    return root, root.sha256 if root is not None else None


def _remember(remember: Callable[[], None], program: str) -> None:
    """Keep what was seen; the verdict stands without it, but nobody is left to think that it was kept."""
    try:
        remember()
    except refusals.FolderError as error:
        _say(f"what was seen could not be kept, so an older folder would not be noticed next time: {error}", program)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} ({self.prog} --help tells how)")


def _verify(arguments: Sequence[str]) -> int:
    parser = _Parser(
        prog="cse-verify",
        description="Verify a certificate against a published folder and a pinned root. Opens no connection.",
        epilog="Exit 0 valid, 1 not valid, 2 could not be decided, 3 not readable or wrong use. "
        "Confirm a root once: cse-verify trust add FILE|DIR (also: trust list, trust remove SHA256).",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {metadata.version('cse-registry')}")
    parser.add_argument("file", help="certificate, badge or PDF, or - for the standard input")
    parser.add_argument("--offline", type=Path, metavar="DIR", help="published folder; without it nothing is proved")
    parser.add_argument("--trust-root", metavar="FILE|sha256:…", help="root; never taken from the folder")
    parser.add_argument("--max-status-age", type=int, choices=range(1, 25), metavar="HOURS", help="1 to 24")
    parser.add_argument("--at", metavar="INSTANT", help="a past moment, beside the answer of now")
    parser.add_argument("--historical", action="store_true", help="exit 0 if it was valid at the past moment")
    parser.add_argument("--explain", action="store_true", help="say what an implementer can compare; more in --json")
    parser.add_argument("--challenge", metavar="TEXT", help="what the presentation must answer")
    parser.add_argument("--domain", metavar="TEXT", help="whom the presentation must be meant for")
    parser.add_argument("--agreement", metavar="ID", help="an agreement under which it is checked too")
    parser.add_argument("--lang", choices=("en", "zh"), default="en")
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    given = parser.parse_args(arguments)
    holder = Asked(challenge=given.challenge, domain=given.domain, agreement=given.agreement)
    how = (given.offline, given.trust_root, given.max_status_age, given.at, given.historical, given.explain)
    answer = verify_offline(given.file, Offline(*how, holder))
    words.print_answer(answer, lang=given.lang, as_json=given.json)
    return words.exit_code(answer, historical=given.historical)


def _trust(arguments: Sequence[str]) -> int:
    parser = _Parser(prog="cse-verify trust", description="The roots that you confirmed, kept in your configuration.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    add = verbs.add_parser("add", help="confirm a root: a root DID document, or a published folder that has it")
    add.add_argument("source", type=Path, metavar="FILE|DIR")
    add.add_argument("--yes", metavar="sha256:…", help="confirm exactly this digest without being asked")
    verbs.add_parser("list", help="show the confirmed roots").add_argument("--json", action="store_true")
    remove = verbs.add_parser("remove", help="forget a root, and what was seen under it")
    remove.add_argument("digest", metavar="SHA256")
    given, kept = parser.parse_args(arguments), UserFolder(os.environ)
    if given.verb == "add":
        return _add(given.source, given.yes, kept)
    if given.verb == "remove":
        digest = given.digest.removeprefix("sha256:")
        if not is_root_digest(f"sha256:{digest}"):
            raise UsageError(f"{given.digest} is no digest: sha256: and 64 hex digits, as trust list shows them")
        kept.remove_root(digest)
    roots = kept.roots()
    if "json" in given and given.json:
        print(json.dumps([{"root": root.did, "trust_root": f"sha256:{root.sha256}"} for root in roots], indent=2))
    else:
        print("\n".join(map(_shown, roots)) or "no root is confirmed")
    return GOOD


def _add(source: Path, yes: str | None, kept: UserFolder) -> int:
    content = inputs.read_input(str(source / "root" / "did.json" if os.path.isdir(source) else source))
    root = read_root(content)
    if yes in {None, f"sha256:{root.sha256}"} and kept.root(root.sha256) is not None:
        print(f"sha256:{root.sha256} was confirmed already")
        return GOOD
    print(_shown(root), flush=True)
    if yes is None and not sys.stdin.isatty():
        raise UsageError("a root is confirmed by a person at a terminal, or by --yes sha256:… with its exact digest")
    if yes is None:
        print(_COMPARE, flush=True)
        if sys.stdin.readline().strip() != "yes":
            _say("nothing was added")
            return NO
    elif yes != f"sha256:{root.sha256}":
        raise UsageError(f"--yes {yes} is not the digest of this root; nothing was added")
    kept.add_root(content)
    print("confirmed")
    return GOOD


def _shown(root: PinnedRoot) -> str:
    lines = [
        f"base URL  {base_of(root.did)}",
        f"root      {root.did}",
        f"keys      {root.threshold} of {len(root.keys)} must sign; the SHA-256 of each:",
    ]
    for name, key in root.keys.items():
        lines.append(f"  {name.partition('#')[2]}  {hashlib.sha256(key).digest().hex(' ', 2)}")
    # A root document is a stranger's text until it is confirmed.
    return "\n".join(visible(line) for line in [*lines, f"digest    sha256:{root.sha256}"])


def _say(text: str, program: str = "cse-verify") -> None:
    print(f"{program}: {text}", file=sys.stderr)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; every refusal is one plain sentence."""
    try:
        return _trust(arguments[1:]) if arguments[:1] == ["trust"] else _verify(arguments)
    except (Refusal, UsageError) as error:
        _say(str(error))
    except KeyboardInterrupt:
        _say("stopped")
    except Exception as error:
        _say(f"this should not happen, and nothing was decided: {type(error).__name__}: {error}")
        return UNDECIDED
    return REFUSED


def main() -> None:
    """Run `cse-verify` and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))
