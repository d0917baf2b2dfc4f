"""A register that is reached: answers for `judge` without a folder."""

from datetime import timedelta
from typing import Any

from tests.support.bodies import BASE, NOW, trust
from tests.support.world import ISSUED, certificate, parsed
from verifier.cryptosuite import content_sha256
from verifier.sources import Basis, RegisterAnswer, RegisterKnows, RegisterSources, Row, StatusAnswer
from verifier.trust import TrustList


def online(
    content: bytes | None = None,
    *,
    trust_list: TrustList | None = None,
    revoked: bool | None = False,
    suspended: bool | None = False,
    knows: RegisterKnows = RegisterKnows.KNOWN,
    **register: Any,
) -> RegisterSources:
    """Return online answers for a register that holds exactly `content` (standard: the standard certificate).

    `register` changes members of the `RegisterAnswer`.
    """
    digest = content_sha256(parsed(certificate() if content is None else content))
    answer = RegisterAnswer(knows, **{"content_sha256": digest, "issued_at": ISSUED, **register})
    bits = {"revocation": StatusAnswer(revoked, None, NOW), "suspension": StatusAnswer(suspended, None, NOW)}
    row = Row(bits, answer)
    basis = Basis(BASE, max_status_age=timedelta(minutes=30), trust_code="trust_list_missing")
    return RegisterSources(trust_list or trust(), basis, lambda _page: row)
