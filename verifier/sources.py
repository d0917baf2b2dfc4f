"""What a verification rests on beside the document: trust list, status bits, the register's own answer.

Two implementations exist: `folder.PublishedFolder` (offline, files only) and `RegisterSources`. A source
that cannot answer says so with a code; it never answers for want of an answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from verifier.certificate import CertificateFacts
from verifier.checks import CheckName, Finding, Profile, failed, passed, unknown
from verifier.trust import TrustList


class RegisterKnows(StrEnum):
    """How the register answered."""

    KNOWN = "known"
    ABSENT = "absent"
    UNREACHABLE = "unreachable"
    BEHIND = "behind"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a status, with its first day and, if it is known, its last."""

    code: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class CurrentEntry:
    """How a register number stands today: public status (lower case), grade, first reason."""

    status: str
    grade: str
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class RegisterAnswer:
    """The register's row for one credential. All but `knows` counts only when that is `KNOWN` or `BEHIND`.

    `public_status` is that of the registration (`domain.md` 3.4, lower case), `ended` the reason why this
    paper ended, `later_term_runs` says that a renewal of the same registration is in force now.
    """

    knows: RegisterKnows
    content_sha256: str | None = None
    issued_at: datetime | None = None
    public_status: str = "active"
    status_reasons: tuple[Reason, ...] = ()
    ended: str | None = None
    later_term_runs: bool = False
    later_term_approved: bool = False
    renewal_due_soon: bool = False
    is_interim: bool = False
    grace_until: date | None = None
    successor: str | None = None
    current: CurrentEntry | None = None
    administered_by: str | None = None
    paper_sha256: tuple[str, ...] = ()


DISPROVING = frozenset({"index_out_of_range", "list_with_status"})
"""Codes with which a list that is believed speaks against the certificate (S03, S12): no, not "unknown"."""


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """One status bit. `bit` is None when there is none to be learned; then `code` says why."""

    bit: bool | None
    code: str | None = None
    issued_at: datetime | None = None


BITS = {CheckName.REVOCATION: "revoked", CheckName.SUSPENSION: "suspended"}
"""The checks of a status bit, each named as the purpose of its list, with the code of a bit that is set."""


def check_bit(name: CheckName, answer: StatusAnswer) -> Finding:
    """Turn a status bit into a finding; a bit that could not be learned is unknown, never "not set"."""
    if answer.bit is None and answer.code in DISPROVING:
        return failed(name, answer.code, "/credentialStatus")
    if answer.bit is None:
        return unknown(name, answer.code or "status_unavailable")
    return failed(name, BITS[name], "/credentialStatus") if answer.bit else passed(name)


@dataclass(frozen=True, slots=True)
class WalletCopy:
    """What the register keeps of one SD-JWT VC that it handed out: the page it is a copy of, and which bytes.

    `sha256` is the hex digest of what the issuer signed, the JWS Signing Input: without signature and disclosures.
    """

    page_id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Basis:
    """What an answer rests on. `trust_code` says why there is no trust list, if there is none."""

    base_url: str | None = None
    root_sha256: str | None = None
    trust_list_version: int | None = None
    trust_list_issued_at: datetime | None = None
    trust_code: str = "trust_root_unpinned"
    manifest_issued_at: datetime | None = None
    max_status_age: timedelta = timedelta(0)


class Sources(Protocol):
    """Where a verification looks. Each method answers for one moment and opens nothing that it was not given."""

    @property
    def profile(self) -> Profile:
        """The column of the check table that holds for our own certificates."""

    def trust(self, now: datetime) -> TrustList | None:
        """Return the trust list signed by the pinned root, or None; then `basis().trust_code` says why."""

    def status(self, facts: CertificateFacts, purpose: str, now: datetime) -> StatusAnswer:
        """Return the bit of a certificate for `revocation` or `suspension`."""

    def register(self, facts: CertificateFacts, now: datetime) -> RegisterAnswer:
        """Return the register's row for a credential."""

    def basis(self) -> Basis:
        """Return what the answers so far rested on."""

    def original(self, page_id: str) -> bytes | RegisterKnows:
        """Return the exact bytes of the four-proof certificate behind a page id, or why there are none."""

    def wallet_copy(self, list_url: str, index: int) -> WalletCopy | RegisterKnows:
        """Return the copy that has entry `index` of the Token Status List at `list_url`, or why there is none."""

    def copy_status(self, list_url: str, index: int, purpose: str, now: datetime) -> StatusAnswer:
        """Return the bit for `revocation` or `suspension` as the Token Status List at `list_url` tells it."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a register answers for one certificate: each bit by its purpose, the row itself, and the document."""

    bits: Mapping[str, StatusAnswer]
    answer: RegisterAnswer
    document: bytes | None = None


_UNKNOWN_BIT = StatusAnswer(None, "status_unavailable")
_UNKNOWN_BITS = dict.fromkeys(("revocation", "suspension"), _UNKNOWN_BIT)
ABSENT = Row(_UNKNOWN_BITS, RegisterAnswer(RegisterKnows.ABSENT))
UNREACHED = Row(_UNKNOWN_BITS, RegisterAnswer(RegisterKnows.UNREACHABLE))
"""The row of a certificate that the register does not have, and of one that it was not asked about."""


def no_copy_reached(_list_url: str, _index: int) -> RegisterKnows:
    """Say that the register was not asked about copies."""
    return RegisterKnows.UNREACHABLE


@dataclass(frozen=True, slots=True)
class RegisterSources:
    """Implements `Sources` by what one register answers at one moment: a row for a page id, a copy for its place."""

    trust_list: TrustList | None
    rested_on: Basis
    row: Callable[[str], Row]
    copy: Callable[[str, int], WalletCopy | RegisterKnows] = no_copy_reached
    profile: Profile = Profile.OWN_ONLINE

    def trust(self, now: datetime) -> TrustList | None:
        """Return the trust list that is in force."""
        return self.trust_list

    def status(self, facts: CertificateFacts, purpose: str, now: datetime) -> StatusAnswer:
        """Return a bit as the register has it."""
        return self.row(facts.page_id).bits[purpose]

    def register(self, facts: CertificateFacts, now: datetime) -> RegisterAnswer:
        """Return the row of a credential with all that the state of its page rests on."""
        return self.row(facts.page_id).answer

    def basis(self) -> Basis:
        """Return what the answers rest on."""
        return self.rested_on

    def original(self, page_id: str) -> bytes | RegisterKnows:
        """Return the certificate behind a page id as it was issued."""
        row = self.row(page_id)
        return row.answer.knows if row.document is None else row.document

    def wallet_copy(self, list_url: str, index: int) -> WalletCopy | RegisterKnows:
        """Return the copy that has this place."""
        return self.copy(list_url, index)

    def copy_status(self, list_url: str, index: int, purpose: str, now: datetime) -> StatusAnswer:
        """Say that no list is read here: the certificate behind a copy has the bit."""
        return _UNKNOWN_BIT
