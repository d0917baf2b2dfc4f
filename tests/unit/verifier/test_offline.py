"""A published folder is believed through the pinned root and one manifest, or it decides nothing."""

import base64
import gzip
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from issuer.documents import did_document
from issuer.profile import StatusPlace
from issuer.proofs import document_bytes, sign_document, sign_text
from issuer.status_lists import sign_list, unsigned_list
from schemas.contexts import CREDENTIALS_V2
from tests.support import world
from tests.support.bodies import key
from tests.support.expect import DROP, changed, faults, finding, unknowns
from verifier.checks import Outcome, Profile
from verifier.folder import PublishedFolder, read_regular_file
from verifier.judge import judge
from verifier.report import Report
from verifier.root import read_root
from verifier.sources import RegisterKnows, StatusAnswer
from verifier.state import State
from verifier.statements import StatementError
from verifier.verdict import report_state, verdict

SECOND, DAY = timedelta(seconds=1), timedelta(hours=24)
Files = dict[str, bytes]


def judged(folder: Path, *, now: datetime = world.NOW, content: bytes | None = None, **options: Any) -> Report:
    pinned = options or {"root": world.root()}
    return judge(content or world.certificate(), PublishedFolder(folder, **pinned), now=now)


def publish(folder: Path, files: Mapping[str, bytes], *, now: datetime = world.NOW) -> Path:
    """Write `files` with a fresh good manifest over exactly them."""
    return world.write(folder, {**files, "/manifest.json": world.manifest(files, now=now)})


@pytest.mark.parametrize(
    "options",
    [{"root": world.root()}, {"root_sha256": world.sha256(world.root_document())}],
    ids=["root given as a file", "root given by digest"],
)
def test_a_good_certificate_is_valid_offline(tmp_path: Path, options: dict[str, Any]) -> None:
    report = judged(world.publish(tmp_path), **options)
    assert (report.outcome, report_state(report)) == (Outcome.VALID, State.OFFLINE_SNAPSHOT)
    assert report.profile is Profile.OWN_OFFLINE
    assert verdict(report)["basis"] == {
        "base_url": world.BASE,
        "root_sha256": world.sha256(world.root_document()),
        "trust_list_version": 7,
        "manifest_issued_at": "2026-05-25T02:00:00Z",
    }
    assert finding(report, "register").code == "offline"


@pytest.mark.parametrize(
    ("bits", "check", "state"),
    [
        ({"revoked": (world.INDEX,)}, "revocation", State.ENDED_UNSPECIFIED),
        ({"suspended": (world.INDEX,)}, "suspension", State.SUSPENDED),
        ({"revoked": (world.INDEX,), "suspended": (world.INDEX,)}, "revocation", State.ENDED_UNSPECIFIED),
        ({"revoked": (world.INDEX - 1, world.INDEX + 1), "suspended": (0, 131_071)}, None, State.OFFLINE_SNAPSHOT),
    ],
    ids=["revoked", "suspended", "both", "only the neighbours"],
)
def test_a_bit_decides_for_its_own_certificate(
    tmp_path: Path, bits: dict[str, tuple[int, ...]], check: str | None, state: State
) -> None:
    report = judged(world.publish(tmp_path, **bits))
    assert report_state(report) is state
    assert report.outcome is (Outcome.INVALID if check else Outcome.VALID)
    assert check is None or finding(report, check).result == "fail"


# --- the trust root -----------------------------------------------------------------------------------------------


def _forged_root() -> tuple[Any, ...]:
    return tuple(replace(key(f"verifier/forged-{letter}", "root"), not_after=datetime(2031, 1, 1, tzinfo=UTC),
                         key_id=f"{world.did('root')}#root-{letter}") for letter in "abc")  # fmt: skip


def forged_files() -> Files:
    """Return a complete folder of a forger: own root under our DID, own trust list, everything else as ours."""
    root, keys = world.did("root"), _forged_root()
    content = replace(world.TRUST_LIST, root_keys=keys)
    unsigned = changed(world.parsed(world.trust_list(content)), ("proof", DROP))
    signers = [
        _Renamed(world.signer(f"verifier/forged-{letter}"), f"{world.did('root')}#root-{letter}") for letter in "ab"
    ]
    listed = document_bytes(sign_document(unsigned, signers, created=world.NOW, base=world.BASE))
    files = world.publication(listed=listed)
    files["/root/did.json"] = document_bytes(did_document(root, keys))
    return files


class _Renamed:
    """A signer under another verification method."""

    def __init__(self, signer: Any, verification_method: str) -> None:
        self._signer, self.verification_method = signer, verification_method

    def sign(self, message: bytes) -> bytes:
        return bytes(self._signer.sign(message))


def test_threat_V49_a_forged_folder_is_whole_in_itself_and_never_valid_under_the_pinned_root(tmp_path: Path) -> None:
    files = forged_files()
    folder = publish(tmp_path, files)
    assert judged(folder, root=read_root(files["/root/did.json"])).outcome is Outcome.VALID
    report = judged(folder)
    assert (report.outcome, report_state(report)) == (Outcome.INDETERMINATE, State.COULD_NOT_CHECK)
    assert finding(report, "issuer_trusted").code == "trust_list_not_signed_by_root"


ROOTS = [
    pytest.param({"root": None}, "trust_root_unpinned", State.OFFLINE_UNPROVEN, id="threat_V49-no-root"),
    pytest.param(
        {"root_sha256": "0" * 64}, "trust_root_mismatch", State.OFFLINE_UNPROVEN, id="threat_V49-other-digest"
    ),
    pytest.param(
        {"root_sha256": world.sha256(world.root_document())},
        "trust_root_mismatch",
        State.OFFLINE_UNPROVEN,
        id="threat_V49-forged-root-under-a-pinned-digest",
    ),
]


@pytest.mark.parametrize(("options", "code", "state"), ROOTS)
def test_a_folder_never_brings_its_own_root(tmp_path: Path, options: dict[str, Any], code: str, state: State) -> None:
    report = judged(publish(tmp_path, forged_files()), **options)
    assert (report.outcome, report_state(report)) == (Outcome.INDETERMINATE, state)
    assert finding(report, "issuer_trusted").code == code
    assert "certificate" not in verdict(report)
    assert verdict(report)["basis"] == {}


def test_a_root_given_by_digest_must_be_in_the_folder(tmp_path: Path) -> None:
    files = world.publication()
    del files["/root/did.json"]
    report = judged(publish(tmp_path, files), root_sha256=world.sha256(world.root_document()))
    assert finding(report, "issuer_trusted").code == "trust_root_mismatch"


# --- the manifest -------------------------------------------------------------------------------------------------

EARLIER = world.NOW - timedelta(hours=1)
OLD_LIST = world.trust_list(replace(world.TRUST_LIST, version=6), now=EARLIER)
SAME_VERSION = world.trust_list(now=EARLIER)


def bad_manifest(change: Callable[[dict[str, Any]], dict[str, Any]]) -> bytes:
    return document_bytes(change(world.parsed(world.manifest(world.publication()))))


def signed_by(label: str) -> bytes:
    return world.manifest(world.publication(), label=label)


MANIFESTS = [
    pytest.param(None, "manifest_missing", id="threat_V49-without-manifest"),
    pytest.param(b"{", "manifest_malformed", id="manifest-is-no-json"),
    pytest.param(bad_manifest(lambda it: changed(it, ("note", 1))), "manifest_malformed", id="manifest-not-closed"),
    pytest.param(
        bad_manifest(lambda it: changed(it, ("issued_at", "2026-02-30T00:00:00Z"))),
        "manifest_malformed",
        id="manifest-of-no-day",
    ),
    pytest.param(bad_manifest(lambda it: changed(it, ("slot", 4822))), "manifest_not_signed", id="manifest-changed"),
    pytest.param(
        bad_manifest(lambda it: changed(it, ("proof/created", "2026-05-25T02:00:01Z"))),
        "manifest_not_signed",
        id="manifest-signed-at-another-time",
    ),
    pytest.param(signed_by("statements/statement-2026"), "manifest_not_signed", id="manifest-by-statement-key"),
    pytest.param(signed_by("cse/status-2026"), "manifest_not_signed", id="manifest-by-another-body"),
    pytest.param(signed_by("statements/manifest-2031"), "manifest_not_signed", id="manifest-by-unknown-key"),
]


@pytest.mark.parametrize(("content", "code"), MANIFESTS)
def test_without_a_good_manifest_no_status_is_believed(tmp_path: Path, content: bytes | None, code: str) -> None:
    files = world.publication()
    world.write(tmp_path, files if content is None else {**files, "/manifest.json": content})
    report = judged(tmp_path)
    assert (report.outcome, report_state(report)) == (Outcome.INDETERMINATE, State.OFFLINE_GENUINE)
    assert unknowns(report) == {"revocation": code, "suspension": code}


def test_a_manifest_that_names_a_file_twice_is_refused(tmp_path: Path) -> None:
    files = world.publication()
    whole = world.parsed(world.manifest(files))
    entry = whole["files"][0]
    unsigned = changed(whole, ("proof", DROP), (f"files/{len(whole['files'])}", {**entry, "sha256": "0" * 64}))
    proof = world.parsed(_signed_manifest(unsigned))
    world.write(tmp_path, {**files, "/manifest.json": document_bytes(proof)})
    assert unknowns(judged(tmp_path)) == {"revocation": "manifest_malformed", "suspension": "manifest_malformed"}


def _signed_manifest(unsigned: dict[str, Any]) -> bytes:
    signer = world.signer("statements/manifest-2026")
    return document_bytes(sign_text(unsigned, signer, created=world.NOW, base=world.BASE))


@pytest.mark.parametrize(
    ("age", "code"),
    [
        (timedelta(0), None),
        (DAY, None),
        (DAY + SECOND, "manifest_too_old"),
        (-timedelta(minutes=2), None),
        (-timedelta(minutes=2) - SECOND, "manifest_too_old"),
    ],
    ids=["now", "24 hours", "24 hours and a second", "2 minutes ahead", "more than 2 minutes ahead"],
)
def test_a_manifest_and_its_lists_count_for_24_hours(tmp_path: Path, age: timedelta, code: str | None) -> None:
    """The trust list is older, so that only manifest and lists reach their end."""
    listed = world.trust_list(now=world.NOW - DAY)
    report = judged(publish(tmp_path, world.publication(listed=listed)), now=world.NOW + age)
    assert unknowns(report) == ({} if code is None else {"revocation": code, "suspension": code})
    assert report.outcome is (Outcome.VALID if code is None else Outcome.INDETERMINATE)


@pytest.mark.parametrize(("seconds", "outcome"), [(600, Outcome.VALID), (601, Outcome.INDETERMINATE)])
def test_the_24_hours_can_be_shortened(tmp_path: Path, seconds: int, outcome: Outcome) -> None:
    options = {"root": world.root(), "max_status_age": timedelta(minutes=10)}
    report = judged(world.publish(tmp_path), now=world.NOW + timedelta(seconds=seconds), **options)
    assert report.outcome is outcome


def test_the_24_hours_cannot_be_lengthened(tmp_path: Path) -> None:
    options = {"root": world.root(), "max_status_age": timedelta(days=30)}
    report = judged(world.publish(tmp_path), now=world.NOW + DAY + SECOND, **options)
    assert report.outcome is Outcome.INDETERMINATE
    assert verdict(report)["freshness"]["trust_list"]["max_age_s"] == 7 * 86_400


ROLLED_BACK = [
    pytest.param(OLD_LIST, id="threat_V49-old-trust-list-beside-fresh-lists"),
    pytest.param(SAME_VERSION, id="threat_K10-one-version-two-lists"),
]


@pytest.mark.parametrize("listed", ROLLED_BACK)
def test_a_trust_list_that_the_manifest_does_not_name_is_refused(tmp_path: Path, listed: bytes) -> None:
    folder = world.write(world.publish(tmp_path), {"/trust/list.json": listed})
    report = judged(folder)
    assert (report.outcome, report_state(report)) == (Outcome.INDETERMINATE, State.COULD_NOT_CHECK)
    assert finding(report, "issuer_trusted").code == "trust_list_rolled_back"


def test_a_manifest_that_names_the_right_bytes_under_another_version_is_refused(tmp_path: Path) -> None:
    files = world.publication()
    unsigned = changed(world.parsed(world.manifest(files)), ("proof", DROP), ("trust_list/version", 8))
    report = judged(world.write(tmp_path, {**files, "/manifest.json": _signed_manifest(unsigned)}))
    assert finding(report, "issuer_trusted").code == "trust_list_rolled_back"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "trust_list_missing"),
        (b"[]", "trust_list_malformed"),
        (b" " * (4 * 1024 * 1024 + 1), "trust_list_missing"),
    ],
    ids=["missing", "malformed", "beyond 4 MiB"],
)
def test_without_a_trust_list_nothing_is_judged(tmp_path: Path, content: bytes | None, code: str) -> None:
    folder = world.publish(tmp_path)
    if content is None:
        (folder / "trust/list.json").unlink()
    else:
        world.write(folder, {"/trust/list.json": content})
    report = judged(folder)
    assert report.outcome is Outcome.INDETERMINATE
    assert set(unknowns(report).values()) == {code}


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_regular_file_is_not_read_and_not_waited_for(tmp_path: Path, kind: str) -> None:
    place = world.publish(tmp_path) / "trust/list.json"
    place.unlink()
    if kind == "folder":
        place.mkdir()
    else:
        os.mkfifo(place)
    assert set(unknowns(judged(tmp_path)).values()) == {"trust_list_missing"}


def test_a_list_under_a_hostile_name_is_missing(tmp_path: Path) -> None:
    assert read_regular_file(tmp_path / "a\0b", 10) is None
    (tmp_path / "ten").write_bytes(b"0123456789")
    assert read_regular_file(tmp_path / "ten", 10) == b"0123456789"
    assert read_regular_file(tmp_path / "ten", 9) is None


@pytest.mark.parametrize(
    ("age", "outcome"),
    [(timedelta(days=7), Outcome.VALID), (timedelta(days=7) + SECOND, Outcome.INDETERMINATE)],
    ids=["threat_K09-the-last-second", "threat_K09-a-second-later"],
)
def test_a_trust_list_counts_for_seven_days(tmp_path: Path, age: timedelta, outcome: Outcome) -> None:
    listed = world.trust_list(now=world.NOW - timedelta(days=7))
    now = world.NOW - timedelta(days=7) + age
    files = world.publication(listed=listed, now=world.NOW - timedelta(hours=1))
    report = judged(publish(tmp_path, files, now=world.NOW - timedelta(hours=1)), now=now)
    assert report.outcome is outcome
    if outcome is not Outcome.VALID:
        assert finding(report, "issuer_trusted").code == "trust_list_expired"


# --- the lists ----------------------------------------------------------------------------------------------------


def own_list(*changes: tuple[Any, Any], now: datetime = world.NOW, label: str = "cse/status-2026") -> bytes:
    """Return the revocation list with other members, signed again."""
    unsigned = changed(unsigned_list(world.BASE, "revocation", 1, (), now=now), *changes)
    return document_bytes(sign_list(unsigned, world.signer(label), now=now, base=world.BASE))


def respelled() -> bytes:
    """Return a list of months ago that hides its end; its graph proof is still good."""
    then = datetime(2026, 1, 5, tzinfo=UTC)
    whole = world.parsed(world.status_list("revocation", now=then))
    until = {"@value": whole["validUntil"], "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}
    return document_bytes(
        changed(whole, ("validUntil", DROP), (("https://www.w3.org/2018/credentials#validUntil",), until))
    )


def packed(bits: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(gzip.compress(bits)).rstrip(b"=").decode()


SUBJECT = "credentialSubject"
TOKEN_LISTS = {
    "bits-3": {"bits": 3, "lst": "eNrbuRgAAhcBXQ"},
    "zlib-not-deflate": {"bits": 2, "lst": packed(bytes(16))},
    "bomb": {"bits": 1, "lst": packed(bytes(9 << 20))},
}
"""Lists of the other kind, in the place of ours: nothing in them is unpacked."""
MILLISECOND, PAST = timedelta(milliseconds=1), "2026-05-25T01:59:59Z"
LISTS = [
    pytest.param(respelled(), "list_malformed", id="threat_V44-validUntil-respelled"),
    pytest.param(b"{}", "list_malformed", id="empty-object"),
    pytest.param(b"[", "list_malformed", id="no-json"),
    pytest.param(own_list(("validUntil", DROP)), "list_malformed", id="threat_V44-without-end"),
    pytest.param(own_list(("validFrom", DROP)), "list_malformed", id="threat_V44-without-beginning"),
    pytest.param(own_list(("validFrom", "2026-05-32T00:00:00Z")), "list_malformed", id="no-such-day"),
    pytest.param(own_list(("@context/1", CREDENTIALS_V2)), "list_malformed", id="another-context"),
    pytest.param(world.status_list("suspension"), "list_of_another", id="threat_S10-the-other-list"),
    pytest.param(world.status_list("revocation", number=2), "list_of_another", id="threat_V49-list-of-another-number"),
    pytest.param(own_list(("issuer", world.did("ele"))), "list_of_another", id="threat_S09-other-issuer"),
    pytest.param(own_list((f"{SUBJECT}/id", "urn:x:1")), "list_of_another", id="other-subject"),
    pytest.param(own_list((f"{SUBJECT}/statusPurpose", "suspension")), "list_purpose", id="threat_S10-other-purpose"),
    pytest.param(own_list(label="cse/issue-2026"), "list_signer", id="threat_S09-signed-by-the-issue-key"),
    pytest.param(own_list(label="ele/issue-2026"), "list_signer", id="threat_S09-signed-by-a-society"),
    pytest.param(own_list(label="cse/status-2031"), "list_signer", id="threat_S09-signed-by-an-unknown-key"),
    pytest.param(own_list(now=datetime(2027, 1, 1, tzinfo=UTC)), "list_signer", id="threat_S09-by-a-retired-key"),
    pytest.param(own_list(("validFrom", "2026-05-25T02:01:00Z")), "list_not_yet_valid", id="dated-unlike-its-proof"),
    pytest.param(own_list(now=world.NOW + timedelta(minutes=3)), "list_not_yet_valid", id="dated-ahead"),
    pytest.param(own_list(now=world.NOW - DAY - SECOND), "list_too_old", id="threat_S11-older-than-24-hours"),
    pytest.param(own_list(("validUntil", "2026-05-25T01:59:59Z")), "list_too_old", id="threat_S11-past-its-end"),
    pytest.param(own_list((f"{SUBJECT}/encodedList", "uAAAA")), "list_encoding", id="threat_S04-no-gzip"),
    pytest.param(own_list((f"{SUBJECT}/encodedList", packed(bytes(9 << 20)))), "list_too_large", id="threat_S01-9-MiB"),
    pytest.param(own_list((f"{SUBJECT}/encodedList", packed(bytes(16_383)))), "list_too_small", id="threat_S02-short"),
    pytest.param(own_list((f"{SUBJECT}/encodedList", "zAAAA")), "list_malformed", id="threat_S05-other-multibase"),
    pytest.param(
        own_list((f"{SUBJECT}/ttl", DAY // MILLISECOND), ("validUntil", PAST)),
        "list_too_old",
        id="threat_S11-past-its-end-with-a-long-ttl",
    ),
    *(
        pytest.param(json.dumps({"status_list": body}).encode(), "list_malformed", id=f"threat_S06-{name}")
        for name, body in TOKEN_LISTS.items()
    ),
    pytest.param(b"eyJ0eXAiOiJzdGF0dXNsaXN0K2p3dCJ9.e30.AA", "list_malformed", id="threat_S06-token-list"),
]


def broken(index: int, name: str, value: str) -> bytes:
    return document_bytes(changed(world.parsed(world.status_list("revocation")), (f"proof/{index}/{name}", value)))


OTHER_VALUE = world.parsed(world.status_list("suspension"))["proof"][0]["proofValue"]
LISTS += [
    pytest.param(broken(0, "proofValue", OTHER_VALUE), "list_proof", id="graph-proof-bad"),
    pytest.param(broken(1, "proofValue", OTHER_VALUE), "list_proof", id="text-proof-bad"),
    pytest.param(broken(1, "created", "2026-05-25T02:00:01Z"), "list_proof", id="proofs-of-two-moments"),
    pytest.param(
        document_bytes(
            changed(
                world.parsed(world.status_list("revocation")),
                ("proof/0/created", "2026-02-30T00:00:00Z"),
                ("proof/1/created", "2026-02-30T00:00:00Z"),
            )
        ),
        "list_proof",
        id="proofs-of-no-day",
    ),
]


@pytest.mark.parametrize(("content", "code"), LISTS)
def test_a_list_that_cannot_be_believed_answers_nothing(tmp_path: Path, content: bytes, code: str) -> None:
    files = {**world.publication(), "/status/revocation-1": content}
    report = judged(publish(tmp_path, files))
    assert (report.outcome, report_state(report)) == (Outcome.INDETERMINATE, State.OFFLINE_GENUINE)
    assert unknowns(report) == {"revocation": code}


OWN_STATUS = {
    "id": f"{world.BASE}/status/revocation-1#own",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "0",
    "statusListCredential": f"{world.BASE}/status/revocation-1",
}


class Reading(PublishedFolder):
    """A folder that counts how often each file is asked for."""

    def _read(self, path: str) -> bytes | None:
        self.asked = [*getattr(self, "asked", []), path]
        return super()._read(path)


def test_threat_S12_a_list_with_a_status_of_its_own_is_refused_without_looking_it_up(tmp_path: Path) -> None:
    folder = publish(
        tmp_path, {**world.publication(), "/status/revocation-1": own_list(("credentialStatus", OWN_STATUS))}
    )
    sources = Reading(folder, root=world.root())
    report = judge(world.certificate(), sources, now=world.NOW)
    assert (report.outcome, report_state(report)) == (Outcome.INVALID, State.INVALID)
    assert faults(report) == {"revocation": "list_with_status"}
    assert sources.asked.count("/status/revocation-1") == 1


def test_threat_S12_a_stranger_cannot_make_a_certificate_invalid_by_such_a_list(tmp_path: Path) -> None:
    listed = own_list(("credentialStatus", OWN_STATUS), label="ele/issue-2026")
    report = judged(publish(tmp_path, {**world.publication(), "/status/revocation-1": listed}))
    assert (report.outcome, unknowns(report)) == (Outcome.INDETERMINATE, {"revocation": "list_signer"})


@pytest.mark.parametrize(
    ("index", "outcome", "state"),
    [
        pytest.param(131_071, Outcome.VALID, State.OFFLINE_SNAPSHOT, id="threat_S03-the-last-entry"),
        pytest.param(131_072, Outcome.INVALID, State.INVALID, id="threat_S03-one-beyond"),
        pytest.param(999_999_999, Outcome.INVALID, State.INVALID, id="threat_S03-far-beyond"),
    ],
)
def test_an_index_that_its_list_does_not_have_is_invalid(
    tmp_path: Path, index: int, outcome: Outcome, state: State
) -> None:
    content = world.certificate(replace(world.PROFILE, status=StatusPlace(1, index)))
    report = judged(world.publish(tmp_path), content=content)
    assert (report.outcome, report_state(report)) == (outcome, state)
    expected = dict.fromkeys(("revocation", "suspension"), "index_out_of_range") if state is State.INVALID else {}
    assert faults(report) == expected


def test_threat_S11_a_ttl_that_has_passed_has_no_effect_alone(tmp_path: Path) -> None:
    listed = own_list((f"{SUBJECT}/ttl", 1))
    folder = publish(tmp_path, {**world.publication(), "/status/revocation-1": listed})
    assert judged(folder, now=world.NOW + timedelta(hours=23)).outcome is Outcome.VALID


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"/status/revocation-1": None}, "list_missing", id="threat_S11-list-missing"),
        pytest.param(
            {"/status/revocation-1": world.status_list("revocation", now=EARLIER)},
            "manifest_mismatch",
            id="threat_V49-list-of-another-slot",
        ),
        pytest.param(
            {"/status/revocation-1": world.status_list("revocation", (7,))},
            "manifest_mismatch",
            id="threat_S15-list-that-the-manifest-does-not-name",
        ),
    ],
)
def test_lists_of_different_slots_decide_nothing(tmp_path: Path, change: dict[str, bytes | None], code: str) -> None:
    folder = world.publish(tmp_path)
    for path, content in change.items():
        if content is None:
            (folder / path.removeprefix("/")).unlink()
        else:
            world.write(folder, {path: content})
    report = judged(folder)
    assert (report.outcome, report_state(report)) == (Outcome.INDETERMINATE, State.OFFLINE_GENUINE)
    assert unknowns(report) == {"revocation": code}


def test_a_bit_that_says_no_outranks_a_list_that_is_missing(tmp_path: Path) -> None:
    folder = world.publish(tmp_path, suspended=(world.INDEX,))
    (folder / "status/revocation-1").unlink()
    report = judged(folder)
    assert (report.outcome, report_state(report)) == (Outcome.INVALID, State.SUSPENDED)


def test_a_folder_that_was_not_asked_for_its_trust_list_answers_nothing(tmp_path: Path) -> None:
    folder = PublishedFolder(tmp_path, root=world.root())
    facts = judged(world.publish(tmp_path)).facts
    assert facts is not None
    assert folder.status(facts, "revocation", world.NOW) == StatusAnswer(None, "status_unavailable")
    assert folder.register(facts, world.NOW).knows is RegisterKnows.OFFLINE
    with pytest.raises(StatementError) as refused:
        folder.agreements("m1")
    assert refused.value.code == "statement_missing"


OFFLINE_DATES = [
    (world.PROFILE, datetime(2031, 3, 15, 15, 59, 59, tzinfo=UTC), State.OFFLINE_SNAPSHOT),
    (world.PROFILE, datetime(2031, 3, 15, 16, 0, 0, tzinfo=UTC), State.OFFLINE_EXPIRED),
    (world.RENEWED, datetime(2026, 7, 14, 15, 59, 59, tzinfo=UTC), State.OFFLINE_NOT_YET),
    (world.RENEWED, datetime(2026, 7, 14, 16, 0, 0, tzinfo=UTC), State.OFFLINE_SNAPSHOT),
]


@pytest.mark.parametrize(("profile", "now", "state"), OFFLINE_DATES, ids=["last", "after", "before", "first"])
def test_both_ends_of_a_certificate_offline(tmp_path: Path, profile: Any, now: datetime, state: State) -> None:
    """The folder is one of that day: lists and trust list are fresh, and their keys still run."""
    long = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC))
    bodies = tuple(
        replace(body, keys=tuple(replace(each, not_after=long[1]) for each in body.keys)) for body in world.BODIES
    )
    roots = tuple(replace(each, not_after=long[1]) for each in world.ROOT_KEYS)
    content = replace(world.TRUST_LIST, bodies=bodies, root_keys=roots)
    files = world.publication(now=now, listed=world.trust_list(content, now=now))
    created = world.ISSUED if profile is world.PROFILE else world.RENEWED_AT
    report = judged(publish(tmp_path, files, now=now), now=now, content=world.certificate(profile, created=created))
    assert report_state(report) is state
