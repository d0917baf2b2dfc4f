"""The rules of the register, as pure functions on frozen values.

Standard library only; time and randomness are arguments. Import from the modules
named in `__all__`.
"""

__all__ = [
    "actors",
    "applications",
    "approvals",
    "calendar",
    "changes",
    "events",
    "identity",
    "intake_refusals",
    "numbers",
    "policy",
    "refusals",
    "registration",
    "status",
    "transitions",
]
