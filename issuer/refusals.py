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


class IssuerError(Exception):
    """Base of everything this package raises."""

    code = "issuer"


class LintError(IssuerError):
    """The credential breaks the rule `code` at `pointer`; nothing was signed with a real key."""

    def __init__(self, code: str, pointer: str) -> None:
        """Name the rule and the place."""
        super().__init__(f"the credential may not be signed: {code} at {pointer or '/'}")
        self.code = code
        self.pointer = pointer


class AlreadyRedeemedError(IssuerError):
    """An issuance ticket can be redeemed once."""

    code = "issuer.ticket-spent"


class SignerMismatchError(IssuerError):
    """The signer is not the body that the document names."""

    code = "issuer.signer-mismatch"

    def __init__(self, expected: str, given: str) -> None:
        """Name both bodies."""
        super().__init__(f"the document names {expected}, the signer is {given}")


class NotApprovedError(IssuerError):
    """The document is not what the society approved; nothing was signed."""

    code = "issuer.not-approved"

    def __init__(self, member: str) -> None:
        """Name the member that differs."""
        super().__init__(f"the society approved another {member} than the document says")
        self.member = member


class RecheckError(IssuerError):
    """The signed bytes do not verify, or differ from the intent; they must never leave the process."""

    code = "issuer.recheck"


class TemplateError(IssuerError):
    """A kind of certificate has no template, or the template is wrong. Nothing of this kind is issued."""

    code = "issuer.template"


class HolderKeyError(IssuerError):
    """The holder's key is not one to which a copy for a wallet can be bound."""

    code = "holder-key"


class UnprintableError(IssuerError):
    """A certificate cannot be put on paper whole: a glyph is missing, or a text is too long. Nothing was printed."""

    code = "print.unprintable"


TOO_LONG = "the texts need more than one page: shorten the longest name"
MORE_FONTS = "install one that has it and print again (Debian: apt-get install fonts-noto-cjk fonts-hanazono)"
"""What an `UnprintableError` says of texts, and after the name of a character."""


class PrinterMissingError(IssuerError):
    """The libraries that print are not installed."""

    code = "print.unavailable"
