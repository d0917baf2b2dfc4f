"""Places in status lists: drawn at random, so that they tell no order, and never given out again (R-CE-03)."""

from issuer.profile import StatusPlace
from registry.services.ports import Randomness
from registry.services.refusals import ListsFullError
from registry.store.certificates import PlaceStore
from verifier.status_list import MINIMUM_BITS

_FULL = MINIMUM_BITS // 2
"""A pair of lists takes half of its indexes, so that a free one is always found at random."""


def free_places(places: PlaceStore, randomness: Randomness, count: int) -> list[StatusPlace]:
    """Draw random indexes that were never used (R-CE-03), in the next pair of lists if this one is full.

    Raises `ListsFullError`.
    """
    number = places.last_list()
    here = max(0, min(count, _FULL - places.count_in_list(number)))
    parts = ((number, here), (number + 1, count - here))
    return [StatusPlace(one, index) for one, part in parts for index in _free(places, randomness, one, part)]


def _free(places: PlaceStore, randomness: Randomness, number: int, count: int) -> list[int]:
    found: dict[int, None] = {}
    for _ in range(1000):
        if len(found) == count:
            return list(found)
        drawn = dict.fromkeys(randomness.randrange(MINIMUM_BITS) for _ in range(count - len(found)))
        taken = places.taken_indexes(number, list(drawn))
        found |= {index: None for index in drawn if index not in taken}
    raise ListsFullError("no free status index was found")
