"""Randomness of the operating system."""

import secrets


class SystemRandomness:
    """For keys, page ids, status indexes and register numbers of a real register."""

    def bytes(self, count: int) -> bytes:
        """Return `count` random bytes."""
        return secrets.token_bytes(count)

    def below(self, bound: int) -> int:
        """Return a random number from 0 to `bound` - 1."""
        return secrets.randbelow(bound)
