"""Judges documents: named checks, three outcomes, no network, no clock, no database.

Importing this package never imports `keys` or `issuer`, and needs no web framework.
"""

__all__ = ["checks", "cryptosuite", "documents", "folder", "judge", "root", "sources", "state", "trust", "verdict"]
