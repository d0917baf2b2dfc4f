"""What documents of others point to: fetched for whoever switched that on, a few files for each question.

This register is never asked about itself: for our own DIDs and lists the trust list decides (`threats.md` 0.4).
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from registry.adapters import children, fetching, refusals
from schemas.addresses import is_own, split_address
from verifier.asked import Fetched, Lacking

MOST = 8
"""Addresses that are asked for one question, all at once, so that who asked waits for one deadline."""
PLACES = 4
"""Questions of one process that may wait for other machines, one of each asker; the places for all others stay free."""
WAITING: set[object] = set()
"""For whom other machines are asked now."""
_LOCK = Lock()

_WANTED = {"did_document": fetching.DID_DOCUMENT, "status_list": fetching.STATUS_LIST}


def fetch_foreign(fetcher: fetching.Fetcher, base: str, lacking: Sequence[Lacking]) -> dict[str, Fetched]:
    """Return what is at the first addresses that are not of `base`, or why nothing is. Raises `BusyError`."""

    def fetched(url: str, what: str) -> Fetched:
        try:
            return Fetched(fetcher.fetch(url, _WANTED[what]))
        except refusals.FetchError as error:
            return Fetched(None, error.code)

    asked = [one for one in lacking if not is_own(base, split_address(one[0]))][:MOST]
    asker = children.ASKER.get(object())
    with _LOCK:
        if asker in WAITING or len(WAITING) >= PLACES:
            raise refusals.BusyError
        WAITING.add(asker)
    try:
        with ThreadPoolExecutor(MOST) as pool:
            return dict(pool.map(lambda one: (one[0], fetched(*one)), asked))
    finally:
        WAITING.remove(asker)
