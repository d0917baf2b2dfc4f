"""Where a certificate stands in the lists, and in which order lists go out (S07, S14)."""

import hashlib
import random
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import partial
from itertools import pairwise, product
from pathlib import Path

import pytest

from registry.demo.officers import PUBLISHER, REGISTRAR, SECOND_REGISTRAR
from registry.domain.changes import GroundClass
from registry.domain.registration import HoldKind
from registry.services.decisions import Suspension, lift_hold, suspend_registration
from registry.services.places import free_places
from registry.services.publishing import publish
from tests.integration.published import bits, offline_verdict
from tests.integration.registers import AT, MINUTE, Office
from tests.support.rulings import confirm_end, propose_end
from verifier.status_list import MINIMUM_BITS


def spearman(values: list[int]) -> float:
    """The rank correlation of `values` with their order; no value stands twice."""
    ranks = {value: rank for rank, value in enumerate(sorted(values))}
    count = len(values)
    distance = sum((place - ranks[value]) ** 2 for place, value in enumerate(values))
    return 1 - 6 * distance / (count * (count**2 - 1))


@pytest.mark.parametrize("given_to", ["certificates", "copies"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_threat_S07_the_place_in_a_list_does_not_tell_when_something_was_issued(
    office: Office, seed: int, given_to: str
) -> None:
    drawn = random.Random(seed)
    with office.desk.open_reading() as work:
        places = free_places(getattr(work, given_to), drawn, 5000)
    assert {place.list_number for place in places} == {1}
    indexes = list(dict.fromkeys(place.index for place in places))
    assert len(indexes) > 4800
    assert abs(spearman(indexes)) < 0.05


def test_the_measure_would_have_noticed_an_order() -> None:
    assert spearman(list(range(5000))) == 1
    assert spearman(list(range(5000, 0, -1))) == -1


class Given:
    """Lists of which the newest has given out so many places, every odd one among them."""

    def __init__(self, count: int) -> None:
        self.count = count

    def last_list(self) -> int:
        return 7

    def count_in_list(self, list_number: int) -> int:
        return self.count

    def taken_indexes(self, list_number: int, indexes: list[int]) -> set[int]:
        return {index for index in indexes if index % 2}


@pytest.mark.parametrize(
    ("before_half", "lists"),
    [(4, [7, 7, 7]), (3, [7, 7, 7]), (2, [7, 7, 8]), (1, [7, 8, 8]), (0, [8] * 3), (-1, [8] * 3)],
)
def test_many_places_fill_half_a_list_and_begin_the_next(before_half: int, lists: list[int]) -> None:
    given = Given(MINIMUM_BITS // 2 - before_half)
    places = free_places(given, random.Random(1), 3)  # type: ignore[arg-type]
    assert [place.list_number for place in places] == lists
    assert len({place.index for place in places}) == 3
    assert all(place.index % 2 == 0 for place in places), "a place that is taken is drawn anew"


# --- the order of a publication -----------------------------------------------------------------------------------

REVOCATION, SUSPENSION, MANIFEST = "/status/revocation-1", "/status/suspension-1", "/manifest.json"


class Recording:
    """A publisher that keeps what it is given, in order."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def exclusive(self) -> AbstractContextManager[None]:
        return nullcontext()

    def get(self, path: str) -> bytes | None:
        return None

    def put(self, path: str, content: bytes) -> None:
        self.files[path] = content


def life(office: Office, number: str) -> list[tuple[datetime, dict[str, bytes]]]:
    """The publications of one certificate: good, held, lifted, held for another reason too, revoked, hold lifted."""
    desk, at = office.desk, [AT + minute * MINUTE for minute in range(7)]
    hold = partial(suspend_registration, desk, actor=REGISTRAR)
    lift = partial(lift_hold, desk, number, decision_ref="D/2", actor=REGISTRAR)

    def revoke(now: datetime) -> None:
        digest = propose_end(
            desk, "revocation", number, GroundClass.CONVICTION, decision_ref="C/1", actor=SECOND_REGISTRAR, now=now
        )
        confirm_end(desk, digest, actor=REGISTRAR, now=now)

    steps = (
        lambda now: None,
        lambda now: hold(Suspension(number, HoldKind.CPD, "D/1"), now=now),
        lambda now: lift(HoldKind.CPD, now=now),
        lambda now: hold(Suspension(number, HoldKind.IDENTITY, "D/3"), now=now),
        lambda now: revoke(now),
        lambda now: lift(HoldKind.IDENTITY, now=now),
    )
    found = []
    for moment, step in zip(at, steps, strict=False):
        step(moment)
        recorded = Recording()
        publish(desk, office.keyring, recorded, actor=PUBLISHER, now=moment)
        found.append((moment, recorded.files))
    return found


def written(folder: Path, files: dict[str, bytes]) -> Path:
    for path, content in files.items():
        place = folder / path.removeprefix("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return folder


def test_threat_S14_lists_of_two_publications_never_make_a_bad_certificate_look_good(
    staffed: Office, tmp_path: Path
) -> None:
    number = staffed.numbers[0]
    with staffed.desk.open_reading() as work:
        (certificate,) = work.certificates.of_registration(number, 1)
    publications = life(staffed, number)
    good = []
    for moment, files in publications:
        order = [path for path in files if path in {REVOCATION, SUSPENSION, MANIFEST}]
        assert (order, next(iter(files)), list(files)[-1]) == ([REVOCATION, SUSPENSION, MANIFEST], REVOCATION, MANIFEST)
        folder = written(tmp_path / hashlib.sha256(files[MANIFEST]).hexdigest(), files)
        good.append(bits(folder, certificate.status_index, moment) == (0, 0))
    assert good == [True, False, True, False, False, False]
    for step, ((_, old), (moment, new)) in enumerate(pairwise(publications)):
        for first, second, named in product((old, new), repeat=3):
            mixed = {**new, REVOCATION: first[REVOCATION], SUSPENSION: second[SUSPENSION], MANIFEST: named[MANIFEST]}
            folder = written(tmp_path / "mixed", mixed)
            if not good[step] and not good[step + 1]:
                assert bits(folder, certificate.status_index, moment) != (0, 0)
            outcome = offline_verdict(certificate.document, folder, moment)["outcome"]
            whole = first is second is named
            assert whole or outcome != "valid"
