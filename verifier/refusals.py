"""What the verifier refuses to judge at all.

    VerifierError
    ├── UnreadableDocumentError   the input is not readable: the sender must mend it
    │   └── UnreadableFileError   the same of a file or text of another kind
    ├── TooComplexError           the input is over a limit of its graph: nobody is kept busy with it
    ├── TooManyCredentialsError   a presentation holds more than is looked at: the sender must ask in parts
    └── TrustRootError            the pinned root file cannot be used: the person who runs the check must mend it

A document that is readable and bad is no error: it gets a verdict. What is said of a list or manifest that cannot be
believed is a `DisbelievedError`: the source that met it answers with its code.
"""

from schemas.refusals import Refusal
from verifier.messages import file_refusals


class VerifierError(Refusal, code="verifier"):
    """Base of everything this package raises."""


class UnreadableDocumentError(VerifierError, code="malformed_json"):
    """The bytes cannot be read as a document (`threats.md` 0.1)."""


class TooComplexError(VerifierError, code="document_too_complex"):
    """The graph of the document is over a limit (`threats.md` T03), so it was not canonicalized; what is too much."""

    says = "the document is too complex to be checked: {}"


class TooManyCredentialsError(VerifierError, code="too_many_credentials"):
    """A presentation holds too many credentials, or another presentation (`threats.md` V34)."""


class UnreadableFileError(UnreadableDocumentError):
    """A file that somebody handed in is not read; `code` is one of `schemas/data/file-refusals.json`."""

    def __init__(self, code: str) -> None:
        """Keep the `code`."""
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        """Return what is wrong, and the way out."""
        told = file_refusals()[self.code]
        return f"{told['title']}. {told['detail']}"


class TrustRootError(VerifierError, code="trust_root"):
    """The trust root given by the caller is not one."""


class DisbelievedError(ValueError):
    """A signed list or manifest cannot be believed, so it says nothing. `code` names the finding."""

    def __init__(self, code: str) -> None:
        """Keep the finding `code`."""
        super().__init__(code)
        self.code = code
