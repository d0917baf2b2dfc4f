"""Why a use case refuses, beside the rules of the domain.

ServiceError
├── RegisterMissingError      there is no register in this database yet
├── RegisterExistsError       there is one already
├── SocietyNotAuthorizedError the society may not assess this field and grade today (R-AU-02)
├── CommandError              a command names something that does not exist
├── AlreadyIssuedError        the term has its certificate
├── TrustListError            no trust list in force: publish one first
└── ListsFullError            no free index was found
"""


class ServiceError(Exception):
    """Base of the refusals of use cases; the message may be shown."""

    code = "service"


class RegisterMissingError(ServiceError):
    """There is no register in this database yet."""

    code = "register.missing"


class RegisterExistsError(ServiceError):
    """There is a register in this database already."""

    code = "register.exists"


class SocietyNotAuthorizedError(ServiceError):
    """The society may not assess this field and grade on this day (R-AU-02)."""

    code = "SOCIETY_NOT_AUTHORIZED"

    def __init__(self, society: str, field: str, grade: str) -> None:
        """Name what was asked."""
        super().__init__(f"the society {society} is not authorized for {grade} in {field} today (R-AU-02)")


class CommandError(ServiceError):
    """A command names a code or a value that does not exist."""

    code = "command"


class AlreadyIssuedError(ServiceError):
    """The current term of the registration has its certificate already."""

    code = "certificate.issued"


class TrustListError(ServiceError):
    """There is no trust list in force."""

    code = "trust-list"

    def __init__(self, message: str, finding: str = "trust_list_missing") -> None:
        """Keep the `finding` code that a verification then gives."""
        super().__init__(message)
        self.finding = finding


class ListsFullError(ServiceError):
    """No free status index was found."""

    code = "status-list.full"
