"""A register that is reached: answers for `judge` without a folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.support.bodies import BASE, NOW, trust
from tests.support.world import ISSUED, certificate, parsed
from verifier.certificate import CertificateFacts
from verifier.checks import Profile
from verifier.cryptosuite import content_sha256
from verifier.sources import Basis, RegisterAnswer, RegisterKnows, StatusAnswer, WithoutRegister
from verifier.trust import TrustList


@dataclass
class Online(WithoutRegister):
    """The answers of a register that is reached; None for a bit is "could not be learned"."""

    trust_list: TrustList | None
    answer: RegisterAnswer
    bits: Mapping[str, bool | None]
    profile: Profile = Profile.OWN_ONLINE
    max_age: timedelta = timedelta(minutes=30)

    def trust(self, now: datetime) -> TrustList | None:
        return self.trust_list

    def status(self, facts: CertificateFacts, purpose: str, now: datetime) -> StatusAnswer:
        return StatusAnswer(self.bits[purpose], None, NOW)

    def register(self, facts: CertificateFacts, now: datetime) -> RegisterAnswer:
        return self.answer

    def basis(self) -> Basis:
        return Basis(BASE, max_status_age=self.max_age, trust_code="trust_list_missing")


def online(
    content: bytes | None = None,
    *,
    trust_list: TrustList | None = None,
    revoked: bool | None = False,
    suspended: bool | None = False,
    knows: RegisterKnows = RegisterKnows.KNOWN,
    **register: Any,
) -> Online:
    """Return online answers for a register that holds exactly `content` (standard: the standard certificate).

    `register` changes members of the `RegisterAnswer`.
    """
    digest = content_sha256(parsed(certificate() if content is None else content))
    answer = RegisterAnswer(knows, **{"content_sha256": digest, "issued_at": ISSUED, **register})
    return Online(trust_list or trust(), answer, {"revocation": revoked, "suspension": suspended})
