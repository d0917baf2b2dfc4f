"""The words of the rules: of closed sets, which are stored and published; of refusals, by code and as people read them.

A stored word that changes makes every row before it unreadable, and a code that changes breaks who asks for it.
"""

import re
from enum import StrEnum
from types import ModuleType

import pytest

from registry.domain import clock, cpd_refusals, intake_refusals, refusals, renewal_refusals
from registry.domain.actors import CSE, Action, Role
from registry.domain.changes import EventType, GroundClass
from registry.domain.cpd import YearState
from registry.domain.identity import IdType
from registry.domain.refusals import DomainError
from registry.domain.registration import EndedReason, Grade, HoldKind, Life, TermOrigin
from registry.domain.renewal_refusals import NEEDS, RenewalConditionsError
from registry.domain.status import PublicStatus

NUMBER = "CSE26ELE00012379"
REFUSALS = [refusals, intake_refusals, cpd_refusals, renewal_refusals]
CAPITAL = [EndedReason, EventType, Grade, HoldKind, Life, PublicStatus, YearState]
SMALL = [Action, GroundClass, IdType, Role, TermOrigin]
SENTENCES = {
    refusals.NotFoundError("member", "M-9"): "no member M-9 in the register",
    refusals.NaiveInstantError("2026-01-01T00:00"): (
        "2026-01-01T00:00 names no time zone (R-DT-01): give an aware instant"
    ),
    refusals.NumberPartsError("year", "from 2000 to 2099"): "register number (R-RG-05): year must be from 2000 to 2099",
    refusals.NumberFormatError(): (
        "not a register number (R-RG-05): CSE, 2 digits, 3 letters, 8 digits are needed, as in CSE26ELE00012379"
    ),
    refusals.NumberCheckDigitsError("CSE26ELE00012378"): (
        "CSE26ELE00012378: the check digits do not fit (R-RG-05), so it has a typing mistake: compare it with the"
        " certificate"
    ),
    refusals.PageIdError(): "not a page id: 20 characters of Crockford base32 (100 random bits) are needed",
    refusals.TermDatesError("2026-01-02", "2026-01-01"): (
        "a term from 2026-01-02 to 2026-01-01 has no day (R-DT-02): the end must not be before the start"
    ),
    refusals.DecisionLaterError("2026-01-02", "2026-01-01"): (
        "entered on 2026-01-01, decided on 2026-01-02 (R-RG-02): the registration date may not be earlier than the"
        " decision date"
    ),
    refusals.LiveRegistrationError(NUMBER, "PE"): (
        f"{NUMBER} is live as PE (R-RG-04): at most one registration per entry; a higher grade needs a promotion"
    ),
    refusals.OtherEntryError(NUMBER, "CSE21CIV00004530"): (
        f"CSE21CIV00004530 is not of the register entry and member of {NUMBER} (R-RG-05): one number per entry"
    ),
    refusals.NotLiveError(NUMBER, "LAPSED", "WITHDRAWN"): (
        f"{NUMBER} is LAPSED: the table of transitions has no way from there to WITHDRAWN (domain 3.5)"
    ),
    refusals.BackDatedError("noon", "nine"): (
        "notified noon, effective nine (R-DT-09): a decision takes effect at the notified instant or a later stated one"
    ),
    refusals.RegisterBehindError(NUMBER, "noon"): (
        f"{NUMBER}: the clock job owes this registration a change since noon (R-DT-08): run cse sweep first"
    ),
    refusals.ClockJumpError("noon", "nine"): (
        "something was recorded, or the clock job ran, at noon, and now it is nine: nothing was changed. If this clock"
        " is right, look at cse sweep --dry-run, then two registrars, one after the other, run cse sweep --approved"
    ),
    refusals.ConductPendingError(NUMBER): (
        f"{NUMBER}: a conduct case, or a proposal to end it, is open (R-CC-08): withdrawal waits until it is decided"
    ),
    refusals.HoldExistsError(NUMBER, "CPD"): (
        f"{NUMBER} has a hold CPD already (domain 3.3): lift it before setting it anew"
    ),
    refusals.HoldMissingError(NUMBER, "CPD"): (
        f"{NUMBER} has no hold CPD there to lift (domain 3.3): lifting one hold never lifts another"
    ),
    refusals.CpdHoldError(NUMBER, "noon"): (
        f"{NUMBER}: a CPD year is uncured since noon (R-CPD-12): the hold ends when the missing hours are accepted"
    ),
    refusals.HoldPlaceError("CPD", "register entry"): (
        "a hold CPD does not sit on the register entry: see the table of domain 3.3"
    ),
    refusals.HoldPeriodError("CONDUCT_SANCTION"): (
        "hold CONDUCT_SANCTION: a sanction has a last day (T11), 1 to 24 months on (R-CC-04); any other hold has none"
    ),
    refusals.HoldAmbiguousError(NUMBER, "CONDUCT_INTERIM"): (
        f"{NUMBER} has a hold CONDUCT_INTERIM on the person and one on the entry (domain 3.3): say which of the two to"
        " lift"
    ),
    refusals.PolicyError("2027-1", "term.years", "the seed fixes 5"): "policy 2027-1, term.years: the seed fixes 5",
    refusals.ProposalKindError(): "the kind of a proposal must be one line and not empty",
    refusals.SamePersonError("revoke"): (
        "revoke: a second natural person is needed; who proposed it may not approve it"
    ),
    refusals.ProposalChangedError("revoke"): (
        "revoke: the digest shown is not that of this proposal; any edit voids an approval: show the proposal again"
    ),
    intake_refusals.IntakeError("grade", "the grade is held"): "the grade is held",
    cpd_refusals.CpdStateError("year", "2026 is over"): "year: 2026 is over",
    renewal_refusals.RenewalMissingError(NUMBER): (
        f"{NUMBER}: no complete renewal or restoration waits (R-RN-03): cse renew file, and under a CPD hold the cure"
    ),
    renewal_refusals.RenewalOpenError(NUMBER, "renewal"): (
        f"{NUMBER}: a renewal is filed and not decided (R-AP-04): one at a time"
    ),
    renewal_refusals.TooEarlyError(NUMBER, "2026-01-15"): f"{NUMBER}: a renewal may be filed from 2026-01-15 (R-RN-02)",
    RenewalConditionsError(NUMBER, ["society"]): (
        f"{NUMBER}: not approved: the file is with the society; one filed on time passes to CSE on day 45 after the end"
        " (R-RN-05)"
    ),
    RenewalConditionsError(NUMBER, ["membership"]): (
        f"{NUMBER}: not approved: the person is no member in good standing of the society that administers (R-RN-03)"
    ),
    RenewalConditionsError(NUMBER, ["cpd.hold", "cpd.uncured"]): (
        f"{NUMBER}: not approved: a CPD hold runs, so that the missing hours must be accepted first (R-RN-03); a CPD"
        " year of the term is UNCURED, so that its hours must be made up first (R-RN-03)"
    ),
    RenewalConditionsError(NUMBER, ["cpd.in-cure"]): (
        f"{NUMBER}: not approved: a CPD year of the term is in its cure time: the decision waits for CURED or UNCURED"
        " (R-RN-03)"
    ),
    RenewalConditionsError(NUMBER, ["code-of-conduct", "cpd.recent"]): (
        f"{NUMBER}: not approved: the code of conduct must be signed anew (R-CC-01); 40 accepted hours in the 12 months"
        " before filing are needed, none used twice (R-RN-08, R-RN-10)"
    ),
    RenewalConditionsError(NUMBER, ["cpd.owed", "review"]): (
        f"{NUMBER}: not approved: years owed at the end of the registration must be made up (R-RN-10); a material"
        " review of current work is needed, with its day (R-RN-08)"
    ),
    RenewalConditionsError(NUMBER, ["promotion"]): (
        f"{NUMBER}: not approved: a promotion to a higher grade counts as a renewal until the term ends: file the"
        " renewal (R-PR-07)"
    ),
    RenewalConditionsError(NUMBER, ["assessment"]): (
        f"{NUMBER}: not approved: from the third anniversary a full assessment is needed: material review, test,"
        " interview (R-RN-09)"
    ),
}


@pytest.mark.parametrize("closed", CAPITAL, ids=lambda one: one.__name__)
def test_a_stored_state_is_written_as_it_is_named(closed: type[StrEnum]) -> None:
    assert [one.value for one in closed] == [one.name for one in closed]


@pytest.mark.parametrize("closed", SMALL, ids=lambda one: one.__name__)
def test_any_other_closed_word_is_small(closed: type[StrEnum]) -> None:
    between = "-" if closed is GroundClass else "_"
    assert [one.value for one in closed] == [one.name.lower().replace("_", between) for one in closed]


@pytest.mark.parametrize("module", REFUSALS, ids=lambda one: one.__name__)
def test_the_tree_of_refusals_names_the_code_of_each(module: ModuleType) -> None:
    told = dict(re.findall(r"^ +(\w+Error) {2,}([\w.-]+)", module.__doc__ or "", re.MULTILINE))
    here = {name: one for name, one in vars(module).items() if getattr(one, "__module__", "") == module.__name__}
    codes = {name: one.code for name, one in here.items() if isinstance(one, type) and issubclass(one, DomainError)}
    assert codes.pop("DomainError", "domain") == "domain"
    assert told == codes


@pytest.mark.parametrize("refusal", SENTENCES, ids=lambda one: one.code)
def test_a_refusal_says_what_would_be_needed(refusal: DomainError) -> None:
    assert str(refusal) == SENTENCES[refusal]


def test_every_sentence_of_the_rules_is_told_above() -> None:
    told = {type(one) for one in SENTENCES}
    everything = (one for module in REFUSALS for one in vars(module).values())
    own = {one for one in everything if "says" in getattr(one, "__dict__", ())}
    assert own - {DomainError} <= told
    assert set(NEEDS) == {name for one in SENTENCES if isinstance(one, RenewalConditionsError) for name in one.args[1]}


def test_the_clock_and_cse_have_their_words() -> None:
    assert (CSE, clock.REFERENCE, clock.EXPIRY, clock.INTERIM) == ("CSE", "clock", "expiry", "interim")
    reasons = {"lapse.cpd": "cpd_lapse", "lapse.renewal": "renewal_lapse", "interim-unused": "unused"}
    assert reasons == clock.LAPSES
