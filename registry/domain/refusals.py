"""Why the register says no: one class per reason, each with a stable `code`.

The tree::

    DomainError
      NotAllowedError            access.not-allowed
      NotFoundError              register.not-found
      NaiveInstantError          calendar.naive-instant
      NumberPartsError           number.parts
      NumberFormatError          number.format
      NumberCheckDigitsError     number.check-digits
      PageIdError                page-id.format
      TermDatesError             term.dates
      DecisionLaterError         registration.decision-later
      LiveRegistrationError      registration.live-exists
      OtherEntryError            registration.other-entry
      NotLiveError               registration.not-live
      BackDatedError             decision.back-dated
      RegisterBehindError        register.behind
      ClockJumpError             sweep.clock
      ConductPendingError        conduct.pending
      HoldExistsError            hold.exists
      HoldMissingError           hold.missing
      CpdHoldError               hold.cpd
      HoldPlaceError             hold.place
      HoldPeriodError            hold.period
      HoldAmbiguousError         hold.ambiguous
      PolicyError                policy
      ProposalKindError          approval.kind
      SamePersonError            approval.same-person
      ProposalChangedError       approval.proposal-changed

Those of intake are in `intake_refusals`. A message names the thing, the rule and what would be needed.
"""

from typing import ClassVar


class DomainError(Exception):
    """A rule of the register refuses; the message may be shown to the asker."""

    code: ClassVar[str] = "domain"
    says: ClassVar[str] = "{}"

    def __init_subclass__(cls, code: str = "") -> None:
        """Give each reason a stable `code` of its own; without one it has that of its base."""
        cls.code = code or cls.code

    def __str__(self) -> str:
        """Return the sentence, with the arguments in its places."""
        return self.says.format(*self.args)


class NotAllowedError(DomainError, code="access.not-allowed"):
    """The actor may not do this, here."""

    def __init__(self, message: str, able: tuple[str, ...] = (), tenant: str | None = None) -> None:
        """Say the rule; `able` are the roles that may do it, `tenant` the society whose matter it is, if known."""
        super().__init__(message)
        self.able = able
        self.tenant = tenant


class NotFoundError(DomainError, code="register.not-found"):
    """There is no such thing in the register; the kind of thing, and the name that was asked for."""

    says = "no {} {} in the register"


class NaiveInstantError(DomainError, code="calendar.naive-instant"):
    """A moment without a time zone is no moment; the moment."""

    says = "{} names no time zone (R-DT-01): give an aware instant"


class NumberPartsError(DomainError, code="number.parts"):
    """A register number cannot be composed of these parts; the wrong part, and what is needed."""

    says = "register number (R-RG-05): {} must be {}"


class NumberFormatError(DomainError, code="number.format"):
    """The text is not of the form of a register number."""

    says = "not a register number (R-RG-05): CSE, 2 digits, 3 letters, 8 digits are needed, as in CSE26ELE00012379"


class NumberCheckDigitsError(DomainError, code="number.check-digits"):
    """The number has the right form but a typing mistake."""

    says = "{}: the check digits do not fit (R-RG-05), so it has a typing mistake: compare it with the certificate"

    def __init__(self, text: str) -> None:
        """Name the number as it was understood, in `text`."""
        super().__init__(text)
        self.text = text


class PageIdError(DomainError, code="page-id.format"):
    """The text or bytes give no page id."""

    says = "not a page id: 20 characters of Crockford base32 (100 random bits) are needed"


class TermDatesError(DomainError, code="term.dates"):
    """A term would end before it starts; both days."""

    says = "a term from {} to {} has no day (R-DT-02): the end must not be before the start"


class DecisionLaterError(DomainError, code="registration.decision-later"):
    """The registration would begin before the decision it rests on; the day of the decision, that of the entry."""

    says = "entered on {1}, decided on {0} (R-RG-02): the registration date may not be earlier than the decision date"


class LiveRegistrationError(DomainError, code="registration.live-exists"):
    """The register entry already has a live registration; the number, and the grade that is live."""

    field = "grade"
    says = "{} is live as {} (R-RG-04): at most one registration per entry; a higher grade needs a promotion"


class OtherEntryError(DomainError, code="registration.other-entry"):
    """A registration of another register entry, or person, was passed along; the wanted number, and the other."""

    says = "{1} is not of the register entry and member of {0} (R-RG-05): one number per entry"


class NotLiveError(DomainError, code="registration.not-live"):
    """A registration does not go there from the life that it has; the number, its life, and what was wanted."""

    says = "{} is {}: the table of transitions has no way from there to {} (domain 3.5)"


class BackDatedError(DomainError, code="decision.back-dated"):
    """A decision would take effect before it was notified; both instants."""

    says = "notified {}, effective {} (R-DT-09): a decision takes effect at the notified instant or a later stated one"


class RegisterBehindError(DomainError, code="register.behind"):
    """What time has changed already is recorded before any decision; the number, and the instant of the change."""

    says = "{}: the clock job owes this registration a change since {} (R-DT-08): run cse sweep first"


class ClockJumpError(DomainError, code="sweep.clock"):
    """The clock of the machine jumped, so that nothing is changed by it (R-DT-12); both instants."""

    says = (
        "something was recorded, or the clock job ran, at {}, and now it is {}: nothing was changed. If this clock is "
        "right, look at cse sweep --dry-run, then two registrars, one after the other, run cse sweep --approved"
    )


class ConductPendingError(DomainError, code="conduct.pending"):
    """A registration is not withdrawn while a conduct case, or a proposal to end it, is open; the register number."""

    says = "{}: a conduct case, or a proposal to end it, is open (R-CC-08): withdrawal waits until it is decided"


class HoldExistsError(DomainError, code="hold.exists"):
    """The same hold is there already; the number, and the kind of hold."""

    says = "{} has a hold {} already (domain 3.3): lift it before setting it anew"


class HoldMissingError(DomainError, code="hold.missing"):
    """There is no such hold to lift; the number, and the kind of hold."""

    says = "{} has no hold {} there to lift (domain 3.3): lifting one hold never lifts another"


class CpdHoldError(DomainError, code="hold.cpd"):
    """The CPD hold of the ledger is lifted by accepted hours, by nothing else; the number, and since when it runs."""

    says = "{}: a CPD year is uncured since {} (R-CPD-12): the hold ends when the missing hours are accepted"


class HoldPlaceError(DomainError, code="hold.place"):
    """A hold of this kind cannot sit there; the kind, and the place that does not fit."""

    says = "a hold {} does not sit on the {}: see the table of domain 3.3"


class HoldPeriodError(DomainError, code="hold.period"):
    """The last day of a sanction is missing or not 1 to 24 months after its first, or another hold has one."""

    says = "hold {}: a sanction has a last day (T11), 1 to 24 months on (R-CC-04); any other hold has none"


class HoldAmbiguousError(DomainError, code="hold.ambiguous"):
    """The hold runs on the person and on the entry: say which is meant; the number, and the kind of hold."""

    says = "{} has a hold {} on the person and one on the entry (domain 3.3): say which of the two to lift"


class PolicyError(DomainError, code="policy"):
    """A version of the policy cannot be (domain 3.10); version, key, and why."""

    says = "policy {}, {}: {}"


class ProposalKindError(DomainError, code="approval.kind"):
    """The kind of a proposal must be one line, so that its digest is unambiguous."""

    says = "the kind of a proposal must be one line and not empty"


class SamePersonError(DomainError, code="approval.same-person"):
    """Nobody approves the own proposal."""

    says = "{}: a second natural person is needed; who proposed it may not approve it"


class ProposalChangedError(DomainError, code="approval.proposal-changed"):
    """What was shown to the approver is not what would be done."""

    says = "{}: the digest shown is not that of this proposal; any edit voids an approval: show the proposal again"
