"""Private keys behind `Signer`: bytes in, signature out.

Knows no credential and no document. Import from the modules named in `__all__`.
"""

__all__ = ["keystore", "records", "refusals", "signer"]
