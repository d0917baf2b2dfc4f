"""The numbers that policy sets, with their version (domain 3.10), and their days."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from registry.domain.calendar import deadline_days
from registry.domain.refusals import PolicyError


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the policy; a change is a new value with its own `from_on`."""

    version: str
    """What each computed answer stores."""
    from_on: date
    """First day on which this version counts."""
    term_years: int = 5
    """`term.years`: fixed by the seed, S16."""
    renewal_window_days: int = 180
    """`renewal.window_days`: how long before the end filing opens (R-RN-02)."""
    renewal_grace_days: int = 90
    """`renewal.grace_days`: how long after the end filing stays open (R-RN-07)."""
    renewal_grace_after_interim_days: int = 30
    """`renewal.grace_after_interim_days`: grace after an interim was closed without approval (R-RN-07)."""
    renewal_grace_after_hold_days: int = 60
    """`renewal.grace_after_hold_days`: grace after a hold was lifted that deferred the lapse (R-RN-07, T8)."""
    renewal_interim_days: int = 60
    """`renewal.interim_days`: how long an interim certificate runs (R-RN-05)."""
    renewal_escalate_day: int = 45
    """`renewal.escalate_day`: so many days after the end a file passes to CSE (R-RN-05)."""
    restore_simple_years: int = 3
    """`restore.simple_years`: how long after its end a registration is restored without full assessment (R-RN-08)."""
    restore_cpd_hours: int = 40
    """`restore.cpd_hours`: accepted hours in the 12 months before a simple restoration (R-RN-08)."""
    renewal_notice_days: int = 90
    """Last days of a term on which the answer is "renewal due soon" (site 4)."""
    apply_pass_validity_months: int = 12
    """`apply.pass_validity_months`: how long a passed assessment may be registered (R-AP-10)."""
    cpd_hours_per_year: int = 40
    """`cpd.hours_per_year`: what the seed asks at least (S15)."""
    cpd_submit_by: tuple[int, int] = (1, 31)
    """`cpd.submit_by`: last month and day of the next year on which hours of a year are handed in (R-CPD-08)."""
    cpd_assess_on: tuple[int, int] = (3, 1)
    """`cpd.assess_on`: the day of the next year on which a year is assessed (R-CPD-09)."""
    cpd_defer_until: tuple[int, int] = (3, 31)
    """`cpd.defer_until`: after this day hours that nobody decided on count."""
    cpd_cure_days: int = 60
    """`cpd.cure_days`: how long a shortfall may be made up (R-CPD-10)."""
    cpd_cure_review_days: int = 31
    """`cpd.cure_review_days`: how long the hold waits for the decision on what was handed in on time."""
    cpd_sample: float = 0.05
    """`cpd.sample`: the share of compliant members whose year is audited (R-CPD-15)."""
    promo_allow_skip: bool = True
    """`promo.allow_skip`: whether a promotion may skip a grade (R-PR-02)."""
    promo_fail_filing_days: int = 30
    """`promo.fail_filing_days`: how long after a failed promotion a renewal counts as filed in time (R-PR-07)."""
    conduct_appeal_days: int = 30
    """`conduct.appeal_days`: how long an adverse decision may be appealed (R-AP-11)."""
    status_public_history_years: int = 3
    """`status.public_history_years`: how far back past days are told without the holder's claim (R-MR-03)."""
    conduct_reapply_years: int = 3
    """`conduct.reapply_years`: how long a revocation bars a new application (R-CC-09)."""
    member_rejoin_days: int = 90
    """`member.rejoin_days`: how long after the notice a membership may be mended before the hold (R-RG-06)."""
    auth_term_years: int = 5
    """`auth.term_years`: how long an authorization runs (R-AU-03)."""
    auth_custody_months: int = 12
    """`auth.custody_months`: how long CSE's custodian body acts for a society at most (R-AU-05)."""
    auth_transfer_stage_validity_months: int = 12
    """`auth.transfer_stage_validity_months`: how old a stage may be that counts in another society (R-AU-09)."""
    sweep_late_minutes: int = 15
    """`sweep.late_minutes`: how late the clock job may be (R-DT-11)."""
    sweep_pause_hours: int = 24
    """After a longer pause a person looks at the clock first: a suspension that ends too early is a wrong "valid"."""
    sweep_breaker: tuple[int, float] = (20, 0.02)
    """`sweep.breaker`: how many lapses more than foreseen go out unasked: so many, or this share if more (R-DT-12)."""

    later: tuple["Policy", ...] = ()
    """The versions that follow, by the day from which they count."""

    @property
    def told(self) -> list[str]:
        """What is kept of the later versions, to tell whether one is another than before."""
        return [f"{one.version} from {one.from_on}" for one in self.later]

    def require_forward(self, known: Sequence[str], today: date) -> None:
        """Raise `PolicyError` for a version that would count from a day past, or is missing though it counts already.

        `known` are the versions of the last run of the clock job.
        """
        past = {one for one in (*known, *self.told) if one[-10:] <= today.isoformat()}
        for one in sorted(past - set(known)):
            raise PolicyError(one, "from_on", "a change of policy acts forward only: it needs a day to come")
        for one in sorted(past - set(self.told)):
            raise PolicyError(one, "version", "it counts already and stays: give what follows a version of its own")

    def on(self, day: date) -> "Policy":
        """Return the version in force on `day`; before the first that is the first.

        Which day counts is each rule's: for CPD the first of its year, for windows and grace the end of the term, else
        the day of what is decided (domain 3.10).
        """
        return next((one for one in reversed(self.later) if one.from_on <= day), self)


DEFAULT_POLICY = Policy(version="default-1", from_on=date(2020, 1, 1))
_FIXED = {"term.years": 5}
"""What the seed fixes (S16)."""
_DAYS_OF_YEAR = frozenset({"cpd.submit_by", "cpd.assess_on", "cpd.defer_until"})
_LEAST = {"cpd.hours_per_year": 40, "auth.term_years": 1, "renewal.interim_days": 1, "sweep.pause_hours": 1}
"""What the seed asks at least (S15), and what the clock must be able to go on by; 0 for the rest."""
_MOST = (3660, 100)
"""The most of anything that is counted, and of years: dates stay dates."""


def known_keys() -> dict[str, str]:
    """Return the field of each key that a policy file may set, by the key as `domain.md` 3.10 spells it."""
    return {name.replace("_", ".", 1): name for name in list(Policy.__dataclass_fields__)[2:-1]}


def read_versions(tables: Iterable[Mapping[str, Any]]) -> Policy:
    """Return the policy whose versions are the default and, after it, `tables` with `version`, `from_on` and keys.

    Each version takes over what it does not name from the one before. Raises `PolicyError` naming version and key.
    """
    versions = [DEFAULT_POLICY]
    for table in tables:
        versions.append(_following(versions[-1], table))
        if versions[-1].version in {one.version for one in versions[:-1]}:
            raise PolicyError(versions[-1].version, "version", "this name is taken")
    return replace(DEFAULT_POLICY, later=tuple(versions[1:]))


def _following(before: Policy, table: Mapping[str, Any]) -> Policy:
    version, from_on = table.get("version"), table.get("from_on")
    if not isinstance(version, str) or not version:
        raise PolicyError(f"from {from_on}", "version", "it needs a name")
    if type(from_on) is not date or from_on <= before.from_on:
        raise PolicyError(version, "from_on", f"it is a day after {before.from_on}, from which {before.version} counts")
    known, values = known_keys(), {}
    for key in table.keys() - {"version", "from_on"}:
        if key not in known:
            raise PolicyError(version, key, f"there is no such key; known are {', '.join(known)}")
        values[known[key]] = _value(version, key, table[key], getattr(before, known[key]))
    made = replace(before, version=version, from_on=from_on, **values)
    if not made.cpd_submit_by < made.cpd_assess_on <= made.cpd_defer_until:
        raise PolicyError(version, "cpd.assess_on", "it lies after cpd.submit_by, and not after cpd.defer_until")
    return made


def _value(version: str, key: str, value: Any, before: Any) -> Any:
    """Return a value that has the form of the one before, and lies where the rules can count with it."""
    value = tuple(value) if isinstance(value, list) else value
    parts, forms = (one if isinstance(one, tuple) else (one,) for one in (value, before))
    if [type(one) for one in parts] != [type(one) for one in forms]:
        raise PolicyError(version, key, f"{value} has not the form of {before}")
    for one in parts:
        least, most = _LEAST.get(key, 0), 1 if isinstance(one, float) else _MOST[key.endswith("years")]
        if not least <= one <= most:  # Also of what is no number.
            raise PolicyError(version, key, f"{one} does not lie between {least} and {most}")
    if value != _FIXED.get(key, value):
        raise PolicyError(version, key, f"the seed fixes {_FIXED[key]}")
    with suppress(ValueError):
        return (date(2001, *value) and value) if key in _DAYS_OF_YEAR else value
    raise PolicyError(version, key, f"{value} is no month and day of every year")


def renewal_window_opens(end_on: date, policy: Policy) -> date:
    """Return the first day on which the renewal of a term may be filed (R-RN-02)."""
    return end_on - timedelta(days=policy.on(end_on).renewal_window_days)


def grace_end(end_on: date, policy: Policy) -> date:
    """Return the last day of the plain grace period (R-RN-07).

    A lifted hold may prolong it: `clock.grace_until`.
    """
    return deadline_days(end_on, policy.on(end_on).renewal_grace_days)
