"""Why a use case refuses, beside the rules of the domain.

ServiceError
├── RegisterMissingError      there is no register in this database yet
├── RegisterExistsError       there is one already
├── SocietyNotAuthorizedError the society may not assess this field and grade today (R-AP-03)
│   └── ScopeViolationError   what it decided or would sign is outside of its authorization (R-AU-02)
├── CommandError              a command names something that does not exist
├── QuestionError             a recognition check does not ask what can be answered
├── CsvError                  a file cannot be read as a table
├── SecretError               the secret file is not that of this register
├── NotCertifiedError         no copy is made of a certificate that does not count today
├── KeyMissingError           a register of an earlier release lacks a class of keys
├── AlreadyIssuedError        the term has its certificate
├── TrustListError            no trust list in force: publish one first
└── ListsFullError            no free index was found
"""

from schemas.refusals import Refusal


class ServiceError(Refusal, code="service"):
    """Base of the refusals of use cases; the message may be shown."""


class RegisterMissingError(ServiceError, code="register.missing"):
    """There is no register in this database yet."""


class RegisterExistsError(ServiceError, code="register.exists"):
    """There is a register in this database already."""


class SocietyNotAuthorizedError(ServiceError, code="SOCIETY_NOT_AUTHORIZED"):
    """The society may not assess this field and grade on this day (R-AP-03)."""

    field = "field"
    says = "the society {0} is not authorized for {2} in {1} today (R-AP-03, R-AU-02)"


class ScopeViolationError(SocietyNotAuthorizedError, code="AUTH_SCOPE_VIOLATION"):
    """What is decided or signed lies outside the authorization on this day, and is void (R-AU-02)."""

    says = "void: the society {0} is not authorized for {2} in {1} today (R-AU-02); ask a society in scope"


class CommandError(ServiceError, code="command"):
    """A command names a code or a value that does not exist."""

    def __init__(self, message: str, field: str = "") -> None:
        """Keep the `field` of the command that is wrong, if one is."""
        super().__init__(message)
        self.field = field


class QuestionError(ServiceError, code="recognition-question"):
    """The question of a recognition check is not one: what is wrong with it."""


class CsvError(ServiceError, code="csv.file"):
    """A file is not the table it should be; nothing of it was read."""


class SecretError(ServiceError, code="secret"):
    """The secret file is not the one with which the register's keyed hashes were made."""

    says = (
        "the secret file is missing or not that of this register, so nobody would be recognized: restore it "
        "from its backup, or name it with CSE_SECRET_FILE"
    )


class AlreadyIssuedError(ServiceError, code="certificate.issued"):
    """The current term of the registration has its certificate already."""


class NotCertifiedError(ServiceError, code="certificate.not-in-force"):
    """The certificate does not count today, so no copy of it is signed."""


class KeyMissingError(ServiceError, code="key.missing"):
    """The trust list names no key of a class that an earlier release did not make."""


class TrustListError(ServiceError, code="trust-list"):
    """There is no trust list in force."""

    def __init__(self, message: str, finding: str = "trust_list_missing") -> None:
        """Keep the `finding` code that a verification then gives."""
        super().__init__(message)
        self.finding = finding


class ListsFullError(ServiceError, code="status-list.full"):
    """No free status index was found."""
