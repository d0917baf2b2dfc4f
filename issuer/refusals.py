"""Why the issuer refuses.

IssuerError
├── LintError              the unsigned credential is not one that may be signed
├── AlreadyRedeemedError   the ticket was spent
├── SignerMismatchError    a signer is not the body that the document names
├── NotApprovedError       the society did not approve what it is asked to sign
├── RecheckError           the final bytes do not verify, or are not what was intended
├── HolderKeyError         the holder's key cannot be bound to a wallet copy
├── UnprintableError       a certificate cannot be put on paper whole
└── PrinterMissingError    the libraries that print are not installed
"""

from schemas.refusals import Refusal


class IssuerError(Refusal, code="issuer"):
    """Base of everything this package raises."""


class LintError(IssuerError):
    """The credential breaks the rule `code` at `pointer`; nothing was signed with a real key."""

    says = "the credential may not be signed: {0} at {1}"

    def __init__(self, code: str, pointer: str) -> None:
        """Name the rule and the place."""
        super().__init__(code, pointer or "/")
        self.code = code
        self.pointer = pointer


class AlreadyRedeemedError(IssuerError, code="issuer.ticket-spent"):
    """An issuance ticket can be redeemed once."""


class SignerMismatchError(IssuerError, code="issuer.signer-mismatch"):
    """The signer is not the body that the document names; both bodies."""

    says = "the document names {0}, the signer is {1}"


class NotApprovedError(IssuerError, code="issuer.not-approved"):
    """The document is not what the society approved; nothing was signed. Names the member that differs."""

    says = "the society approved another {} than the document says"


class RecheckError(IssuerError, code="issuer.recheck"):
    """The signed bytes do not verify, or differ from the intent; they must never leave the process."""


class TemplateError(IssuerError, code="issuer.template"):
    """A kind of certificate has no template, or the template is wrong. Nothing of this kind is issued."""


class HolderKeyError(IssuerError, code="holder-key"):
    """The holder's key is not one to which a copy for a wallet can be bound."""


class UnprintableError(IssuerError, code="print.unprintable"):
    """A certificate cannot be put on paper whole: a glyph is missing, or a text is too long. Nothing was printed."""


TOO_LONG = "the texts need more than one page: shorten the longest name"
MORE_FONTS = "install one that has it and print again (Debian: apt-get install fonts-noto-cjk fonts-hanazono)"
"""What an `UnprintableError` says of texts, and after the name of a character."""


class PrinterMissingError(IssuerError, code="print.unavailable"):
    """The libraries that print are not installed."""
