"""Builds, lints and signs: certificates, status lists, trust list, statements, manifest. Knows no database."""

__all__ = [
    "approval",
    "bodies",
    "build",
    "certificates",
    "documents",
    "lint",
    "profile",
    "proofs",
    "refusals",
    "status_lists",
    "ticket",
]
