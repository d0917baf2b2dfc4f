"""All that one verification found, before anybody words it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from verifier.asked import Lacking
from verifier.certificate import CertificateFacts
from verifier.checks import CheckName, Finding, Outcome, Profile, outcome, settle, skipped, unknown, worst_outcome
from verifier.documents import Document
from verifier.sources import Basis, RegisterAnswer, RegisterKnows, Sources

NO_REGISTER = RegisterAnswer(RegisterKnows.OFFLINE)
NOT_ASKED = skipped(CheckName.AGREEMENT, "not_asked")


@dataclass(frozen=True, slots=True)
class Report:
    """All that one verification found. It has no truth value: read `outcome`.

    `facts` are what a certificate says; of a form whose holder chooses what to show, only `disclosed` may be shown.
    `lacking` are the addresses that would have been looked at, and were not fetched: each with its member of `Asked`.
    """

    findings: tuple[Finding, ...]
    profile: Profile
    document_sha256: str
    checked_at: datetime
    basis: Basis
    facts: CertificateFacts | None = None
    register: RegisterAnswer = NO_REGISTER
    status_issued_at: datetime | None = None
    credentials: tuple["Report", ...] = ()
    disclosed: dict[str, Any] | None = None
    lacking: tuple[Lacking, ...] = ()
    recognition: dict[str, Any] | None = None

    @property
    def own_outcome(self) -> Outcome:
        """The outcome of the findings under the check table."""
        return outcome(self.findings, self.profile)

    @property
    def outcome(self) -> Outcome:
        """The worst of the own outcome and those of the credentials that a presentation shows."""
        return worst_outcome([self.own_outcome, *(report.outcome for report in self.credentials)])

    def __bool__(self) -> bool:
        """Refuse to be taken for a yes or no."""
        raise TypeError("a report has no truth value: compare its outcome")


def report(
    document: Document, sources: Sources, now: datetime, findings: Iterable[Finding], profile: Profile
) -> Report:
    """Report `findings` about a document, settled by the column `profile` of the check table."""
    settled = tuple(settle(finding, profile) for finding in findings)
    return Report(settled, profile, document.sha256, now, sources.basis())


def complete(known: Iterable[Finding], code: str = "not_reached") -> list[Finding]:
    """Return a finding of every check, in order: the last that is `known`, else unknown with `code`."""
    found = {finding.name: finding for finding in (NOT_ASKED, *known)}
    return [found.get(name, unknown(name, code)) for name in CheckName]


def unreached(
    document: Document, sources: Sources, now: datetime, known: Iterable[Finding], code: str = "not_reached"
) -> Report:
    """Report that judging stopped early: every check that is not `known` is unknown, with `code`."""
    return report(document, sources, now, complete(known, code), sources.profile)
