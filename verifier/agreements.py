"""Mutual recognition agreements, and which version of which one a claim falls under (`domain.md` 2.15, 2.16, 5.1)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from schemas.addresses import cse_did

Text = Mapping[str, str]
"""What somebody says, by language: `en` and `zh`."""
_DAY = timedelta(days=1)
_day = date.fromisoformat


@dataclass(frozen=True, slots=True)
class Conditions:
    """What an agreement asks of a registration; 0, None and empty ask nothing."""

    active_required: bool = True
    min_years_registered: int = 0
    count_lower_grades: bool = True
    min_years_experience: int = 0
    min_responsible_years: int = 0
    cpd_last_n: int = 0
    accept_cured_cpd: bool = True
    degree_accreditation: frozenset[str] = frozenset()
    conduct_lookback_years: int = 0
    max_credential_age_days: int | None = None
    accept_interim: bool = False
    manual: tuple[Text, ...] = ()

    @property
    def are_personal(self) -> bool:
        """Whether anything is asked that only the holder may let others know of (row 28a)."""
        years = self.min_years_experience or self.min_responsible_years or self.cpd_last_n
        return bool(years or self.degree_accreditation or self.conduct_lookback_years)


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version of an agreement, as CSE's signed statement says it."""

    id: str
    version: int
    parties: frozenset[str]
    """The foreign bodies."""
    jurisdictions: frozenset[str]
    title: str
    mappings: Mapping[str, frozenset[str]]
    """Grade -> the fields that are mapped for it."""
    states: tuple[tuple[date, str], ...]
    """From which day it is `negotiating`, `signed`, `in_force`, `suspended` or `ended`, the oldest first."""
    effective_from_on: date
    effective_to_on: date | None = None
    signed_on: date = date.min
    """Day on which CSE signed it: it counts from no day before (R-MR-02)."""
    is_framework: bool = False
    direction: str = "outbound"
    conditions: Conditions = field(default_factory=Conditions)
    lodged_by_on: date | None = None
    """Savings: a claim lodged by this day is judged by this version until `decide_by_on`."""
    decide_by_on: date | None = None
    suspension_stops_lodged: bool = False
    names: Mapping[str, Text] = field(default_factory=dict)
    """Of the foreign bodies, who decide."""

    def state_on(self, day: date) -> str:
        """Return its state on `day`; before the first, and before CSE signed, it was negotiated."""
        if day < self.signed_on:
            return "negotiating"
        return next((state for since, state in reversed(self.states) if since <= day), "negotiating")

    def is_in_force(self, day: date) -> bool:
        """Tell whether it is in force on `day` (R-MR-05)."""
        return self.effective_from_on <= day and not self.is_over(day) and self.state_on(day) == "in_force"

    def is_over(self, day: date) -> bool:
        """Tell whether its days are past, or it was ended."""
        return self.state_on(day) == "ended" or (self.effective_to_on is not None and self.effective_to_on < day)

    def saves(self, lodged_on: date | None, day: date) -> bool:
        """Tell whether it is over on `day` and yet judges a claim that was lodged under it (row 19)."""
        if lodged_on is None or self.lodged_by_on is None or not self.is_over(day):
            return False
        in_time = max(self.effective_from_on, self.signed_on) <= lodged_on <= self.lodged_by_on
        return in_time and (self.decide_by_on is None or day <= self.decide_by_on)

    def covers(self, grade: str, its_field: str) -> bool:
        """Tell whether grade and field are mapped to a title."""
        return its_field in self.mappings.get(grade, frozenset())


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed, by whom: under which agreement, or which title where; and when the file was lodged."""

    agreement: str | None = None
    title: str | None = None
    jurisdiction: str | None = None
    holds_title: bool = False
    lodged_on: date | None = None
    is_confirmed: bool = False
    """Whether we recorded the lodgement or a party confirmed it; else the holder alone says so."""
    body: str | None = None
    is_personal: bool = False
    """Whether the holder asks, or a party with the holder's claim on file, or a bearer of consent (row 28a)."""
    as_of: date | datetime | None = None
    """The day or instant that is asked about, else now."""
    has_history: bool = False
    """Whether the asker's account may ask about other days than today (2.17)."""


def candidates(agreements: Sequence[Agreement], claim: Claim) -> list[list[Agreement]]:
    """Return the versions of each agreement that the `claim` may mean: none is unknown, several are ambiguous."""
    if claim.agreement is not None:
        found = [one for one in agreements if one.id == claim.agreement]
    else:
        found = [one for one in agreements if one.title == claim.title and claim.jurisdiction in one.jurisdictions]
    ordered = sorted(found, key=lambda one: (one.id, one.version))
    return [list(versions) for _, versions in groupby(ordered, key=lambda one: one.id)]


def version_for(versions: Iterable[Agreement], claim: Claim, day: date) -> Agreement:
    """Return by which of the `versions` of one agreement, the oldest first, a claim is judged on `day` (R-MR-04).

    The one that saves it, else the one in force, else the latest that has begun, else the first to come.
    """
    ordered = list(versions)
    saving = [one for one in ordered if one.saves(claim.lodged_on, day)]
    in_force = [one for one in ordered if one.is_in_force(day)]
    begun = [one for one in ordered if one.effective_from_on <= day]
    return (saving or in_force or begun or ordered[:1])[-1]


def read_agreement(document: Mapping[str, Any]) -> Agreement:
    """Return the version that a believed statement tells. Raises `ValueError` if it contradicts itself."""
    said, (base, _, place) = document["credentialSubject"], document["id"].rpartition("/agreements/")
    name, _, version = place.partition("/")
    own, savings, ends_on = cse_did(base), said.get("savings", {}), said.get("effectiveTo")
    foreign = {one["id"]: _text(one, "nameLatin", "nameHans") for one in said["party"] if one["id"] != own}
    states = tuple(sorted((_day(one["sinceDate"]), one["state"]) for one in said["stateHistory"]))
    agreement = Agreement(
        id=name,
        version=said["agreementVersion"],
        parties=frozenset(foreign),
        jurisdictions=frozenset(said["jurisdictions"]),
        title=said["targetTitle"],
        mappings=_mappings(said.get("mapping", [])),
        states=states,
        effective_from_on=_day(said["effectiveFrom"]),
        effective_to_on=_day(ends_on) if ends_on is not None else None,
        signed_on=_day(said["signedOn"]),
        is_framework=said["kind"] == "framework",
        direction=said["direction"],
        conditions=_conditions(said["conditions"]),
        lodged_by_on=_day(savings["lodgedBy"]) if savings else None,
        decide_by_on=_day(savings["decideBy"]) if "decideBy" in savings else None,
        suspension_stops_lodged=said.get("suspensionStopsLodged", False),
        names=foreign,
    )
    # Without CSE among the parties it has signed nothing (R-MR-02).
    is_party = own in {one["id"] for one in said["party"]} and len(foreign) == len(said["party"]) - 1
    one_each = is_party and len(dict(states)) == len(states)
    if not one_each or (agreement.version, said["id"]) != (int(version), f"{base}/agreements/{name}"):
        raise ValueError("an agreement names a party or a day twice, is not one of CSE, or stands at another place")
    return agreement


def _text(node: Mapping[str, str], english: str = "textEnglish", chinese: str = "textHans") -> Text:
    return {"en": node[english], "zh": node[chinese]}


def _mappings(rows: Iterable[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    mapped: dict[str, frozenset[str]] = {}
    for row in rows:
        mapped[row["grade"]] = mapped.get(row["grade"], frozenset()) | frozenset(row["fields"])
    return mapped


def _conditions(node: Mapping[str, Any]) -> Conditions:
    """Return the conditions: each member has the name of its field, as JSON writes names."""
    said = {re.sub("[A-Z]", lambda found: "_" + found[0].lower(), name): member for name, member in node.items()}
    degrees, manual = frozenset(said.pop("degree_accreditation", ())), tuple(map(_text, said.pop("manual", ())))
    del said["id"], said["type"]
    return Conditions(**said, degree_accreditation=degrees, manual=manual)


def in_succession(versions: Iterable[Agreement]) -> tuple[Agreement, ...]:
    """Return the versions that each judge some days: one ends where the next begins (R-MR-04).

    The newest tells the states that its agreement has had. A version that begins on the same day as the next, which
    tells another state alone, judges nothing any more. Raises `ValueError` if one begins before an earlier one.
    """
    ordered = sorted(versions, key=lambda one: (one.id, one.version))
    return tuple(one for _, group in groupby(ordered, key=lambda one: one.id) for one in _succession(list(group)))


def _succession(versions: list[Agreement]) -> Iterable[Agreement]:
    newest = versions[-1]
    for one, after in zip(versions, [*versions[1:], None], strict=True):
        known = replace(one, states=newest.states)
        if after is None:
            yield known
        elif after.effective_from_on < one.effective_from_on:
            raise ValueError(f"version {after.version} of {one.id} begins before version {one.version}")
        elif after.effective_from_on > one.effective_from_on:
            last = after.effective_from_on - _DAY
            yield replace(known, effective_to_on=min(last, one.effective_to_on or last))
