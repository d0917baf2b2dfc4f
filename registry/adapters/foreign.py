"""What documents of others point to: fetched for whoever switched that on, a few files for each question.

This register is never asked about itself: for our own DIDs and lists the trust list decides (`threats.md` 0.4).
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

from registry.adapters.fetching import DID_DOCUMENT, STATUS_LIST, Fetcher
from registry.adapters.refusals import BusyError, FetchError
from verifier.asked import Fetched, Lacking

MOST = 8
"""Addresses that are asked for one question, all at once, so that who asked waits for one deadline."""
PLACES = BoundedSemaphore(4)
"""Questions of one process that may wait for other machines; the places for all others stay free."""

_WANTED = {"did_document": DID_DOCUMENT, "status_list": STATUS_LIST}


def fetch_foreign(fetcher: Fetcher, base: str, lacking: Sequence[Lacking]) -> dict[str, Fetched]:
    """Return what is at the first addresses that are not of `base`, or why nothing is. Raises `BusyError`."""

    def fetched(url: str, what: str) -> Fetched:
        try:
            return Fetched(fetcher.fetch(url, _WANTED[what]))
        except FetchError as error:
            return Fetched(None, error.code)

    ours = base.partition("://")[2] + "/"
    asked = [one for one in lacking if not one[0].lower().partition("://")[2].startswith(ours)][:MOST]
    if not PLACES.acquire(blocking=False):
        raise BusyError
    try:
        with ThreadPoolExecutor(MOST) as pool:
            return dict(pool.map(lambda one: (one[0], fetched(*one)), asked))
    finally:
        PLACES.release()
