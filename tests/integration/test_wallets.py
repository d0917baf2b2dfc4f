"""Copies for wallets: an own place, an intent before the key is touched, a journal line, and nothing for who is not
certified today (T10, O11, threats 0.8 and 0.9)."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from issuer.refusals import HolderKeyError, RecheckError
from keys.records import KeyUse, yearly_key
from keys.signer import Signer
from registry.adapters.judging import limited_judge
from registry.adapters.keyring import FolderKeyring
from registry.adapters.randomness import SystemRandomness
from registry.demo.officers import PUBLISHER, REGISTRAR, SECOND_REGISTRAR
from registry.domain.changes import GroundClass
from registry.domain.refusals import NotFoundError
from registry.domain.registration import HoldKind
from registry.services.answers import register_sources, verdict_of_document
from registry.services.decisions import Suspension, lift_hold, suspend_registration
from registry.services.ports import Keyring, Randomness
from registry.services.publishing import PublicationError, publish
from registry.services.refusals import KeyMissingError, ListsFullError, NotCertifiedError
from registry.services.trust import listed, publish_trust_list, trust_in_force
from registry.services.wallets import add_missing_keys, issue_vc_jwt, issue_wallet_copy
from registry.store.certificates import StoredCertificate
from schemas.addresses import cse_did
from schemas.base64url import decode_base64url, encode_base64url
from tests.fakes import HardwareError, MemoryPublisher, Numbers, OtherKeyring
from tests.integration.registers import AT, BASE, CHEAP, MINUTE, Office
from tests.support.rulings import confirm_end, propose_end
from verifier.checks import Outcome
from verifier.jose import judge_token
from verifier.sources import RegisterKnows, WalletCopy
from verifier.status_list import MINIMUM_BITS, read_token_status

LIST = f"{BASE}/statuslist/1"
CSE = cse_did(BASE)
HOLDER = {
    "kty": "EC",
    "crv": "P-256",
    "x": "J31gN6nHld54VzUzKxyzBA_GI-XanKvkcy_QHOkEGSQ",
    "y": "LhoJh0MwQy_Qk0iHv13hvr5Mtwthd4KZMEAHk41_gFo",
}


def certificate(office: Office, position: int = 0) -> StoredCertificate:
    with office.desk.open_reading() as work:
        return work.certificates.of_registration(office.numbers[position], 1)[0]


def page(office: Office, position: int = 0) -> str:
    return certificate(office, position).page_id


def vc_jwt(office: Office, position: int = 0, now: datetime = AT, keyring: Keyring | None = None) -> bytes:
    keys = keyring or office.keyring
    return issue_vc_jwt(office.desk, page(office, position), keyring=keys, actor=REGISTRAR, now=now)


def copy(
    office: Office,
    position: int = 0,
    *,
    keyring: Keyring | None = None,
    randomness: Randomness | None = None,
    now: datetime = AT,
) -> bytes:
    return issue_wallet_copy(
        office.desk,
        page(office, position),
        HOLDER,
        keyring=keyring or office.keyring,
        randomness=randomness or SystemRandomness(),
        actor=REGISTRAR,
        now=now,
    )


MAKES: list[Callable[..., bytes]] = [vc_jwt, copy]


def claims(token: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(decode_base64url(token.decode().split(".")[1]))
    return found


def index(token: bytes) -> int:
    return int(claims(token)["status"]["status_list"]["idx"])


def rows(office: Office) -> list[tuple[int, bool]]:
    """Index, and whether it was handed out, in the order of the intents."""
    query = "SELECT status_index, sha256 IS NOT NULL, issued_at IS NOT NULL, journal_seq IS NOT NULL FROM wallet_copy"
    found = office.database.execute(f"{query} ORDER BY intended_at, status_index")
    assert all(len(set(marks)) == 1 for _, *marks in found)
    return [(int(place), bool(is_out)) for place, is_out, *_ in found]


def published(office: Office, now: datetime = AT, keyring: Keyring | None = None) -> dict[str, bytes]:
    publisher = MemoryPublisher()
    publish(office.desk, keyring or office.keyring, publisher, actor=PUBLISHER, now=now)
    return publisher.files


def value(office: Office, files: dict[str, bytes], place: int, now: datetime = AT) -> tuple[bool | None, bool | None]:
    """The bits that the published Token Status List gives to a place."""
    with office.desk.open_reading() as work:
        trust = trust_in_force(work, now=now)
    content, day = files["/statuslist/1"], timedelta(days=1)
    found = read_token_status(content, trust, url=LIST, index=place, now=now, max_age=day)
    return found["revocation"].bit, found["suspension"].bit


def revoke(office: Office, position: int = 0, now: datetime = AT) -> None:
    number, ground = office.numbers[position], GroundClass.CONVICTION
    digest = propose_end(office.desk, "revocation", number, ground, decision_ref="C/1", actor=SECOND_REGISTRAR, now=now)
    confirm_end(office.desk, digest, actor=REGISTRAR, now=now)


def hold(office: Office, position: int = 0) -> None:
    suspend_registration(
        office.desk, Suspension(office.numbers[position], HoldKind.CPD, "D/1"), actor=REGISTRAR, now=AT
    )


# --- a copy that is handed out --------------------------------------------------------------------------------------


def test_the_register_knows_a_copy_by_its_place_and_its_bytes(staffed: Office) -> None:
    content = copy(staffed)
    signed, *disclosures, last = content.decode().split("~")
    assert (len(disclosures), last) == (8, "")
    issued = certificate(staffed)
    with staffed.desk.open_reading() as work:
        sources = register_sources(staffed.desk, work, AT)
        found = sources.wallet_copy(LIST, index(content))
        assert isinstance(found, WalletCopy)
        what_was_signed = signed.rpartition(".")[0].encode()
        assert (found.page_id, found.sha256) == (issued.page_id, hashlib.sha256(what_was_signed).hexdigest())
        assert sources.original(found.page_id) == issued.document
        elsewhere = (f"{BASE}/statuslist/2", f"{BASE}/statuslist/01", "https://example.org/statuslist/1", "")
        assert [sources.wallet_copy(url, index(content)) for url in elsewhere] == [RegisterKnows.ABSENT] * 4
        assert sources.wallet_copy(LIST, (index(content) + 1) % MINIMUM_BITS) is RegisterKnows.ABSENT
        assert sources.original("0" * 20) is RegisterKnows.ABSENT
        assert work.journal.broken_at() is None
    query = "SELECT payload_sha256 FROM journal WHERE kind = 'wallet-copy' AND subject = :page"
    assert staffed.database.execute(query, {"page": page(staffed)}) == [(found.sha256,)]


def test_the_journal_holds_what_was_signed_of_a_vc_jwt(staffed: Office) -> None:
    text, _, _ = vc_jwt(staffed).rpartition(b".")
    query = "SELECT subject, payload_sha256 FROM journal WHERE kind = 'vc-jwt'"
    assert staffed.database.execute(query) == [(page(staffed), hashlib.sha256(text).hexdigest())]
    assert claims(text)["iat"] == int(AT.timestamp())
    assert staffed.count("wallet_copy") == 0


def test_two_copies_of_one_certificate_have_nothing_in_common_by_which_they_are_known(staffed: Office) -> None:
    one, other = copy(staffed), copy(staffed)
    assert index(one) != index(other)
    assert not set(claims(one)["_sd"]) & set(claims(other)["_sd"])
    assert page(staffed).encode() not in decode_base64url(one.decode().split(".")[1])


def judged(office: Office, content: bytes, now: datetime = AT) -> tuple[Outcome, list[str]]:
    """The outcome, and the codes of what did not pass."""
    with office.desk.open_reading() as work:
        report = judge_token(content, register_sources(office.desk, work, now), now=now)
    return report.outcome, [str(one.code) for one in report.findings if one.result in {"fail", "unknown"}]


@pytest.mark.parametrize("make", MAKES)
def test_a_copy_is_as_good_as_its_certificate_through_its_life(staffed: Office, make: Callable[..., bytes]) -> None:
    content = make(staffed)
    assert judged(staffed, content) == (Outcome.VALID, [])
    hold(staffed)
    assert judged(staffed, content) == (Outcome.INVALID, ["suspended"])
    revoke(staffed)
    assert judged(staffed, content) == (Outcome.INVALID, ["revoked", "suspended"])


FORMS = {
    "vc+jwt": (vc_jwt, lambda token: token.ljust(33_000, b"\n")),
    "sd-jwt": (copy, lambda token: token.ljust(33_000, b"\n")),
    "enveloped": (vc_jwt, lambda token: shown(token.decode())),
    "enveloped-and-escaped": (vc_jwt, lambda token: shown(token.decode()).replace(b".", b"\\u002e")),
    "enveloped-behind-other-names": (
        vc_jwt,
        lambda token: shown(token.decode(), *map("/credentials/{:020}".format, range(20))),
    ),
}


def shown(token: str, *types: str) -> bytes:
    """Return a presentation that shows a token, more than a light document is."""
    contexts = "https://www.w3.org/ns/credentials/v2"
    envelope = {
        "@context": contexts,
        "type": ["EnvelopedVerifiableCredential", *types],
        "id": f"data:application/vc+jwt,{token}",
    }
    frame = {"@context": [contexts], "type": ["VerifiablePresentation"], "verifiableCredential": [envelope]}
    return json.dumps(frame).encode().ljust(33_000)


@pytest.mark.parametrize("form", FORMS)
def test_a_genuine_form_is_never_called_unregistered_for_being_long(staffed: Office, form: str) -> None:
    """Judged at once or in a child, by the register itself or by what it said beforehand."""
    make, spelled = FORMS[form]
    content = spelled(make(staffed))
    answer = verdict_of_document(replace(staffed.desk, judge_apart=limited_judge), content, now=AT)
    told = answer["credentials"][0] if "enveloped" in form else answer
    assert (told["outcome"], told["state"]) == ("valid", "valid")


def test_what_the_holder_held_back_makes_a_copy_no_worse(staffed: Office) -> None:
    signed, *_ = copy(staffed).split(b"~")
    assert judged(staffed, signed + b"~") == (Outcome.VALID, [])


@pytest.mark.parametrize("make", [vc_jwt, copy])
def test_threat_V53_another_signature_of_what_was_signed_is_no_theft(
    staffed: Office, make: Callable[..., bytes]
) -> None:
    """Whoever has an ECDSA signature (r, s) can write (r, n - s), which is good too, without any key."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    content = make(staffed).decode()
    signed = content.partition("~")[0]
    text, _, signature = signed.rpartition(".")
    raw = decode_base64url(signature)
    other = raw[:32] + (order - int.from_bytes(raw[32:])).to_bytes(32)
    changed = f"{text}.{encode_base64url(other)}" + content[len(signed) :]
    assert changed != content
    assert judged(staffed, changed.encode()) == judged(staffed, content.encode()) == (Outcome.VALID, [])


def test_a_copy_that_was_handed_out_before_what_was_signed_counted_is_known(staffed: Office) -> None:
    content = copy(staffed)
    digest = hashlib.sha256(content.partition(b"~")[0]).hexdigest()
    staffed.database.execute("UPDATE wallet_copy SET sha256 = :digest", {"digest": digest})
    assert judged(staffed, content) == (Outcome.VALID, [])


def test_a_copy_that_the_register_never_handed_out_is_good_for_nothing(staffed: Office) -> None:
    """Signed well, by whoever has the key: an intent that was not completed, and a place that is not known."""
    content = copy(staffed)
    staffed.database.execute("UPDATE wallet_copy SET sha256 = NULL")
    assert judged(staffed, content)[0] is Outcome.INVALID
    staffed.database.execute("DELETE FROM wallet_copy")
    assert judged(staffed, content)[0] is Outcome.INVALID


# --- before and after the key is touched ----------------------------------------------------------------------------


def test_the_intent_is_committed_before_a_key_is_touched(staffed: Office) -> None:
    keyring, journal = OtherKeyring(staffed.keyring), staffed.count("journal")
    with pytest.raises(HardwareError):
        copy(staffed, keyring=keyring, randomness=Numbers([77]))
    assert [signer.asked for signer in keyring.signers] == [1]
    assert rows(staffed) == [(77, False)]
    assert staffed.count("journal") == journal
    ((unsigned,),) = staffed.database.execute("SELECT unsigned FROM wallet_copy")
    assert index(bytes(unsigned)) == 77
    with staffed.desk.open_reading() as work:
        assert register_sources(staffed.desk, work, AT).wallet_copy(LIST, 77) is RegisterKnows.ABSENT


def test_an_index_is_never_given_out_again(staffed: Office) -> None:
    with pytest.raises(HardwareError):
        copy(staffed, keyring=OtherKeyring(staffed.keyring), randomness=Numbers([77]))
    copy(staffed, randomness=Numbers([77, 77, 78]), now=AT + MINUTE)
    assert rows(staffed) == [(77, False), (78, True)]
    with pytest.raises(ListsFullError):
        copy(staffed, randomness=Numbers([77, 78] * 500), now=AT + 2 * MINUTE)


def test_a_place_of_a_certificate_says_nothing_about_those_of_copies(staffed: Office) -> None:
    """The lists are others: the same number may stand in both, and leads to nobody (`credential.md` 7)."""
    taken = certificate(staffed).status_index
    assert index(copy(staffed, 2, randomness=Numbers([taken]))) == taken


def test_half_a_list_full_begins_the_next(staffed: Office) -> None:
    copy(staffed, randomness=Numbers([MINIMUM_BITS - 1]))
    names = ("list_number", "page_id", "unsigned", "intended_at")
    staffed.database.execute(
        "WITH RECURSIVE numbers(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i + 2 < :count) "  # noqa: S608
        f"INSERT INTO wallet_copy ({', '.join(names)}, status_index) SELECT {', '.join(names)}, i "
        "FROM numbers, wallet_copy",
        {"count": MINIMUM_BITS // 2},
    )
    last = claims(copy(staffed))["status"]["status_list"]["uri"]
    assert last == f"{BASE}/statuslist/2"
    assert {path for path in published(staffed) if path.startswith("/statuslist/")} == {
        "/statuslist/1",
        "/statuslist/2",
    }


@pytest.mark.parametrize("make", MAKES)
def test_a_failing_last_look_hands_nothing_out(staffed: Office, make: Callable[..., bytes]) -> None:
    with pytest.raises(RecheckError, match="does not verify under the published key"):
        make(staffed, keyring=OtherKeyring(staffed.keyring, broken=False))
    assert [is_out for _, is_out in rows(staffed)] in ([], [False])
    query = "SELECT count(*) FROM journal WHERE kind = 'wallet-copy'"
    assert staffed.database.execute(query) == [(0,)]


def test_a_key_that_cannot_be_bound_leaves_nothing(staffed: Office) -> None:
    with pytest.raises(HolderKeyError):
        issue_wallet_copy(
            staffed.desk,
            page(staffed),
            {**HOLDER, "d": "AQ"},
            keyring=staffed.keyring,
            randomness=SystemRandomness(),
            actor=REGISTRAR,
            now=AT,
        )
    assert rows(staffed) == []


# --- who gets one ---------------------------------------------------------------------------------------------------

ENDED = "UPDATE certificate SET ended_at = issued_at, ended_reason = 'SUPERSEDED', ended_sub_reason = ''"


@pytest.mark.parametrize(
    ("change", "now"),
    [
        (hold, AT),
        (revoke, AT),
        (lambda office: office.database.execute("UPDATE registration SET life = 'LAPSED'"), AT),
        (lambda office: office.database.execute(ENDED), AT),
        (lambda office: office.database.execute("UPDATE certificate SET valid_until = issued_at"), AT + MINUTE),
    ],
    ids=["on hold", "revoked", "lapsed", "superseded", "past its end"],
)
@pytest.mark.parametrize("make", MAKES)
def test_threat_O11_who_is_not_certified_today_gets_no_copy_and_nothing_is_signed(
    staffed: Office, make: Callable[..., bytes], change: Callable[[Office], object], now: datetime
) -> None:
    change(staffed)
    keyring, journal = OtherKeyring(staffed.keyring), staffed.count("journal")
    with pytest.raises(NotCertifiedError, match=f"^{staffed.numbers[0]} does not count today"):
        make(staffed, keyring=keyring, now=now)
    assert [signer.asked for signer in keyring.signers] == [0]
    assert (rows(staffed), staffed.count("journal")) == ([], journal)


def test_a_hold_that_was_lifted_is_no_hindrance(staffed: Office) -> None:
    hold(staffed)
    lift_hold(staffed.desk, staffed.numbers[0], HoldKind.CPD, decision_ref="D/2", actor=REGISTRAR, now=AT)
    assert copy(staffed)


def test_a_certificate_that_begins_later_has_copies(staffed: Office) -> None:
    """A renewal is handed out before its first day (R-RN-01); until then the dates say so."""
    staffed.database.execute("UPDATE certificate SET valid_from = valid_until")
    assert copy(staffed)


@dataclass
class Meanwhile:
    """A keyring whose signers do something else before they sign."""

    real: Keyring
    act: Callable[[], object]

    def signer(self, keystore: str, use: KeyUse, at: datetime) -> Signer:
        return _Acting(self.real.signer(keystore, use, at), self.act)


@dataclass
class _Acting:
    real: Signer
    act: Callable[[], object]

    @property
    def verification_method(self) -> str:
        return self.real.verification_method

    def sign(self, message: bytes) -> bytes:
        self.act()
        return self.real.sign(message)


def test_a_copy_of_what_ended_while_it_was_signed_is_not_handed_out(staffed: Office) -> None:
    with pytest.raises(NotCertifiedError):
        copy(staffed, keyring=Meanwhile(staffed.keyring, lambda: revoke(staffed)))  # type: ignore[arg-type]
    assert [is_out for _, is_out in rows(staffed)] == [False]


def test_a_page_without_a_certificate_has_no_copy(staffed: Office) -> None:
    given: dict[str, Any] = {"keyring": staffed.keyring, "actor": REGISTRAR, "now": AT}
    with pytest.raises(NotFoundError):
        issue_vc_jwt(staffed.desk, "0" * 20, **given)
    with pytest.raises(NotFoundError):
        issue_wallet_copy(staffed.desk, "0" * 20, HOLDER, randomness=SystemRandomness(), **given)


# --- the published list ---------------------------------------------------------------------------------------------


def test_a_place_shows_what_the_certificate_shows_through_its_life(staffed: Office) -> None:
    place, unused = index(copy(staffed, randomness=Numbers([40]))), 41
    somebody_else = index(copy(staffed, 2, randomness=Numbers([42])))
    seen = []
    for minute, step in enumerate((None, hold, "lift", hold, revoke, "lift")):
        now = AT + minute * MINUTE
        if step == "lift":
            lift_hold(staffed.desk, staffed.numbers[0], HoldKind.CPD, decision_ref="D/2", actor=REGISTRAR, now=now)
        elif callable(step):
            step(staffed)
        files = published(staffed, now)
        seen.append(value(staffed, files, place, now))
        assert {value(staffed, files, one, now) for one in (unused, somebody_else)} == {(False, False)}
    good, held, ended = (False, False), (False, True), (True, None)
    assert seen == [good, held, good, held, ended, ended]


def test_a_hold_of_the_person_shows_in_copies_of_every_field(staffed: Office) -> None:
    places = [index(copy(staffed, position)) for position in range(3)]
    member = "SELECT member_id FROM register_entry WHERE register_no = :n"
    staffed.database.execute(
        "INSERT INTO hold (member_id, kind, since, decision_ref) "  # noqa: S608
        f"SELECT ({member}), 'IDENTITY', issued_at, 'D' FROM certificate LIMIT 1",
        {"n": staffed.numbers[0]},
    )
    files = published(staffed)
    assert [value(staffed, files, place)[1] for place in places] == [True, True, False]


def test_a_list_is_published_before_anybody_has_a_copy_and_in_the_manifest(staffed: Office) -> None:
    files = published(staffed)
    listed_files = {one["path"]: one for one in json.loads(files["/manifest.json"])["files"]}
    for path, media_type in (
        ("/statuslist/1", "application/statuslist+jwt"),
        ("/.well-known/jwt-vc-issuer", "application/json"),
        ("/vct/engineer-registration/v1", "application/json"),
    ):
        assert listed_files[path]["media_type"] == media_type
        assert listed_files[path]["sha256"] == hashlib.sha256(files[path]).hexdigest()
    assert value(staffed, files, 0) == (False, False)
    issuer = json.loads(files["/.well-known/jwt-vc-issuer"])
    assert [key["kid"] for key in issuer["jwks"]["keys"]] == [f"{CSE}#issue-p256-{year}" for year in range(2021, 2027)]


def test_what_ends_a_certificate_does_not_wait_for_the_lists_of_copies(staffed: Office) -> None:
    """A key for those lists that the trust list does not name is told, and everything else is published."""
    whole = published(staffed)
    keyring, publisher = OtherKeyring(staffed.keyring, broken=False, only=KeyUse.STATUS_JOSE), MemoryPublisher()
    with pytest.raises(PublicationError, match="published, but for the lists of copies in wallets"):
        publish(staffed.desk, keyring, publisher, actor=PUBLISHER, now=AT)
    assert whole.keys() - publisher.files.keys() == {"/statuslist/1"}
    assert "/statuslist/1" not in publisher.files["/manifest.json"].decode()


# --- a register of the release before -------------------------------------------------------------------------------


@pytest.fixture
def before(staffed: Office, tmp_path: Path) -> Office:
    """The same register with the keys of CSE that the release before made: none of the classes for wallets."""
    folder = staffed.keyring._keystores.parent
    for name in ("keys", "passphrases"):
        shutil.copytree(folder / name, tmp_path / name, ignore=shutil.ignore_patterns("cse", "cse.keystore"))
    keyring = FolderKeyring(tmp_path / "keys", tmp_path / "passphrases", cost=CHEAP)
    uses = (KeyUse.ISSUE, KeyUse.STATUS, KeyUse.SEAL)
    made = keyring.create("cse", body=CSE, new_keys=[yearly_key(CSE, use, 2026) for use in uses])
    staffed.database.execute("DELETE FROM body_key WHERE did = :did", {"did": CSE})
    with staffed.desk.open_work() as work:
        for key in listed(made):
            work.trust.add_key(CSE, key)
    publish_trust_list(staffed.desk, keyring, actor=REGISTRAR, now=AT)
    return replace(staffed, keyring=keyring)


def test_a_register_without_the_keys_goes_on_working_and_names_the_command(before: Office) -> None:
    files = published(before)
    assert not [path for path in files if path.startswith("/statuslist/")]
    assert json.loads(files["/.well-known/jwt-vc-issuer"])["jwks"] == {"keys": []}
    assert before.issue(before.register(member_ref="M-3"))
    for make in MAKES:
        with pytest.raises(KeyMissingError, match="no key of class issue-jose: cse trust publish makes and publishes"):
            make(before)
    assert rows(before) == []


def test_the_missing_keys_are_made_once_and_count_from_the_next_trust_list_on(before: Office) -> None:
    for _ in range(2):
        add_missing_keys(before.desk, before.keyring, actor=REGISTRAR, now=AT)
    with before.desk.open_reading() as work:
        uses = [(key.key_use, len(key.public_key)) for key in work.trust.keys(CSE)]
    old, new = [("issue", 32), ("status", 32), ("seal", 32)], [("issue-jose", 33), ("status-jose", 33)]
    assert uses == [*old, *new]
    with pytest.raises(KeyMissingError):
        copy(before)
    assert "/statuslist/1" not in published(before)
    publish_trust_list(before.desk, before.keyring, actor=REGISTRAR, now=AT)
    place = index(copy(before))
    assert vc_jwt(before)
    assert value(before, published(before), place) == (False, False)


def test_keys_that_a_stopped_process_left_in_the_keystore_are_taken(before: Office) -> None:
    made = [yearly_key(CSE, use, 2026) for use in (KeyUse.STATUS_JOSE,)]
    (left,) = before.keyring.add("cse", made)
    add_missing_keys(before.desk, before.keyring, actor=REGISTRAR, now=AT)
    with before.desk.open_reading() as work:
        found = {key.key_use: key.public_key for key in work.trust.keys(CSE)}
    assert found["status-jose"] == left.public_key


def test_a_key_outside_its_year_signs_no_copy(staffed: Office) -> None:
    """The trust list in force names it, and the moment decides."""
    staffed.database.execute("UPDATE body_key SET not_after = :at WHERE key_use = 'issue-jose'", {"at": "2026-06-30"})
    publish_trust_list(staffed.desk, staffed.keyring, actor=REGISTRAR, now=AT)
    with pytest.raises(RecheckError, match="does not name the issue-jose key as one in force"):
        copy(staffed)
    assert rows(staffed) == []
