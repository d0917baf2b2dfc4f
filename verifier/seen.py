"""The newest that was seen under one pinned root, so that what is older is refused (`threats.md` 0, S15, K10).

A value: the caller keeps it between verifications. It only ever learns from lists that the root signed.
"""

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """Version, SHA-256 and time of a trust list (version 0: none), and the time of the newest manifest."""

    version: int = 0
    sha256: str = ""
    trust_list_at: datetime | None = None
    manifest_at: datetime | None = None

    def contradicts(self, found: "Seen") -> bool:
        """Tell whether the trust list `found` is older, or another of the same version (K10)."""
        return found.version < self.version or (found.version == self.version and found.sha256 != self.sha256)

    def updated(self, found: "Seen") -> "Seen":
        """Return the newer of both, trust list and manifest each for itself."""
        newest = found if found.version > self.version else self
        times = [at for at in (self.manifest_at, found.manifest_at) if at is not None]
        return replace(newest, manifest_at=max(times, default=None))

    def until(self, moment: datetime) -> "Seen":
        """Return what of it existed at `moment`: a question about the past may meet older lists, if not that old."""
        listed = self if self.trust_list_at is not None and self.trust_list_at <= moment else NOTHING_SEEN
        published = self.manifest_at if self.manifest_at is not None and self.manifest_at <= moment else None
        return replace(listed, manifest_at=published)


NOTHING_SEEN = Seen()
