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
      HoldExistsError            hold.exists
      HoldMissingError           hold.missing
      HoldPlaceError             hold.place
      HoldPeriodError            hold.period
      HoldAmbiguousError         hold.ambiguous
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

    def __str__(self) -> str:
        """Return the sentence, with the arguments in its places."""
        return self.says.format(*self.args)


class NotAllowedError(DomainError):
    """The actor may not do this, here."""

    code = "access.not-allowed"

    def __init__(self, message: str, able: tuple[str, ...] = (), tenant: str | None = None) -> None:
        """Say the rule; `able` are the roles that may do it, `tenant` the society whose matter it is, if known."""
        super().__init__(message)
        self.able = able
        self.tenant = tenant


class NotFoundError(DomainError):
    """There is no such thing in the register; the kind of thing, and the name that was asked for."""

    code = "register.not-found"
    says = "no {} {} in the register"


class NaiveInstantError(DomainError):
    """A moment without a time zone is no moment; the moment."""

    code = "calendar.naive-instant"
    says = "{} names no time zone (R-DT-01): give an aware instant"


class NumberPartsError(DomainError):
    """A register number cannot be composed of these parts; the wrong part, and what is needed."""

    code = "number.parts"
    says = "register number (R-RG-05): {} must be {}"


class NumberFormatError(DomainError):
    """The text is not of the form of a register number."""

    code = "number.format"
    says = "not a register number (R-RG-05): CSE, 2 digits, 3 letters, 8 digits are needed, as in CSE26ELE00012379"


class NumberCheckDigitsError(DomainError):
    """The number has the right form but a typing mistake."""

    code = "number.check-digits"
    says = "{}: the check digits do not fit (R-RG-05), so it has a typing mistake: compare it with the certificate"

    def __init__(self, text: str) -> None:
        """Name the number as it was understood, in `text`."""
        super().__init__(text)
        self.text = text


class PageIdError(DomainError):
    """The text or bytes give no page id."""

    code = "page-id.format"
    says = "not a page id: 20 characters of Crockford base32 (100 random bits) are needed"


class TermDatesError(DomainError):
    """A term would end before it starts; both days."""

    code = "term.dates"
    says = "a term from {} to {} has no day (R-DT-02): the end must not be before the start"


class DecisionLaterError(DomainError):
    """The registration would begin before the decision it rests on; the day of the decision, that of the entry."""

    code = "registration.decision-later"
    says = "entered on {1}, decided on {0} (R-RG-02): the registration date may not be earlier than the decision date"


class LiveRegistrationError(DomainError):
    """The register entry already has a live registration; the number, and the grade that is live."""

    code = "registration.live-exists"
    field = "grade"
    says = "{} is live as {} (R-RG-04): at most one registration per entry; a higher grade needs a promotion"


class OtherEntryError(DomainError):
    """A registration of another register entry, or person, was passed along; the wanted number, and the other."""

    code = "registration.other-entry"
    says = "{1} is not of the register entry and member of {0} (R-RG-05): one number per entry"


class NotLiveError(DomainError):
    """The transition needs a registration that is CURRENT or EXPIRED; the number, its life, and what was wanted."""

    code = "registration.not-live"
    says = "{} is {}; to {} it must be CURRENT or EXPIRED (domain 3.5)"


class BackDatedError(DomainError):
    """A decision would take effect before it was notified; both instants."""

    code = "decision.back-dated"
    says = "notified {}, effective {} (R-DT-09): a decision takes effect at the notified instant or a later stated one"


class HoldExistsError(DomainError):
    """The same hold is there already; the number, and the kind of hold."""

    code = "hold.exists"
    says = "{} has a hold {} already (domain 3.3): lift it before setting it anew"


class HoldMissingError(DomainError):
    """There is no such hold to lift; the number, and the kind of hold."""

    code = "hold.missing"
    says = "{} has no hold {} there to lift (domain 3.3): lifting one hold never lifts another"


class HoldPlaceError(DomainError):
    """A hold of this kind cannot sit there; the kind, and the place that does not fit."""

    code = "hold.place"
    says = "a hold {} does not sit on the {}: see the table of domain 3.3"


class HoldPeriodError(DomainError):
    """The last day of the hold is missing or before its first."""

    code = "hold.period"
    says = "hold {}: a last day is needed for a fixed-term suspension (T11), and never one before the first day"


class HoldAmbiguousError(DomainError):
    """The hold runs on the person and on the entry: say which is meant; the number, and the kind of hold."""

    code = "hold.ambiguous"
    says = "{} has a hold {} on the person and one on the entry (domain 3.3): say which of the two to lift"


class ProposalKindError(DomainError):
    """The kind of a proposal must be one line, so that its digest is unambiguous."""

    code = "approval.kind"
    says = "the kind of a proposal must be one line and not empty"


class SamePersonError(DomainError):
    """Nobody approves the own proposal."""

    code = "approval.same-person"
    says = "{}: a second natural person is needed; who proposed it may not approve it"


class ProposalChangedError(DomainError):
    """What was shown to the approver is not what would be done."""

    code = "approval.proposal-changed"
    says = "{}: the digest shown is not that of this proposal; any edit voids an approval: show the proposal again"
