"""What the verifier refuses to judge at all.

    VerifierError
    ├── UnreadableDocumentError   the input is not readable: the sender must mend it
    └── TrustRootError            the pinned root file cannot be used: the person who runs the check must mend it

A document that is readable and bad is no error: it gets a verdict.
"""


class VerifierError(Exception):
    """Base of everything this package raises."""

    code = "verifier"


class UnreadableDocumentError(VerifierError):
    """The bytes cannot be read as a document (`threats.md` 0.1)."""

    code = "malformed_json"


class TrustRootError(VerifierError):
    """The trust root given by the caller is not one."""

    code = "trust_root"
