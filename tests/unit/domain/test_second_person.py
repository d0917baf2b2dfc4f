"""The second person, and the exact proposal."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.actors import Actor, Role
from registry.domain.approvals import Proposal, batch_digest, require_second_person
from registry.domain.refusals import NotFoundError, ProposalChangedError, ProposalKindError, SamePersonError

AT = datetime(2026, 7, 1, tzinfo=UTC)
WANG = Actor("wang", Role.CSE_REGISTRAR, "CSE", "passkey")
LI = Actor("li", Role.CSE_REGISTRAR, "CSE", "passkey")
PROPOSAL = Proposal("revoke", '{"number":"CSE21CIV00004530"}', WANG, AT)


def test_the_digest_is_over_kind_and_body() -> None:
    assert PROPOSAL.digest == sha256(b'revoke\n{"number":"CSE21CIV00004530"}').hexdigest()


def test_a_second_person_approves_what_was_shown() -> None:
    require_second_person(PROPOSAL, LI, PROPOSAL.digest)


@pytest.mark.parametrize("person", ["wang", "Wang", " wang "])
def test_nobody_approves_the_own_proposal_in_any_role(person: str) -> None:
    other_role = Actor(person, Role.CONDUCT_PANEL, "CSE", "passkey")
    with pytest.raises(SamePersonError) as refused:
        require_second_person(PROPOSAL, other_role, PROPOSAL.digest)
    assert refused.value.code == "approval.same-person"


@pytest.mark.parametrize(
    "shown",
    ["", "\u00e9", PROPOSAL.digest.upper(), Proposal("revoke", "{}", WANG, AT).digest],
)
def test_an_edit_voids_the_approval(shown: str) -> None:
    with pytest.raises(ProposalChangedError) as refused:
        require_second_person(PROPOSAL, LI, shown)
    assert refused.value.code == "approval.proposal-changed"


@settings(deadline=None)
@given(st.text(max_size=5), st.text(max_size=5), st.text(max_size=5), st.text(max_size=5))
def test_different_proposals_have_different_digests(kind: str, body: str, kind_2: str, body_2: str) -> None:
    try:
        one, two = Proposal(kind, body, WANG, AT), Proposal(kind_2, body_2, WANG, AT)
    except ProposalKindError:
        return
    assert (one.digest == two.digest) is ((kind, body) == (kind_2, body_2))


@pytest.mark.parametrize("kind", ["", "revoke\n{}"])
def test_a_kind_is_one_line(kind: str) -> None:
    with pytest.raises(ProposalKindError):
        Proposal(kind, "{}", WANG, AT)


def test_what_is_not_found_is_named() -> None:
    refusal = NotFoundError("register entry", "CSE21CIV00004530")
    assert refusal.code == "register.not-found"
    assert "CSE21CIV00004530" in str(refusal)


def test_a_batch_is_bound_whatever_the_order() -> None:
    digests = [Proposal("revoke", f'{{"number":{n}}}', WANG, AT).digest for n in range(3)]
    assert batch_digest(digests) == batch_digest(reversed(digests))
    assert len({batch_digest(digests[:count]) for count in range(4)}) == 4
    assert batch_digest(digests) not in digests
