"""The documents that we sign, as forms with holes (`data/forms.json`): each has its members in their order.

A member that is nothing but a hole takes the value of the fact as it is; a fact without a value leaves its member
out. Any other text is filled like a format string; what is filled in is never read as a form.
"""

import re
from datetime import date, datetime
from string import Formatter
from typing import Any

from schemas.tables import read_table
from verifier.instants import utc_text

_FORMS = read_table("forms.json", package="issuer")
_HOLE = re.compile(r"\{([a-z_0-9.]+)\}")


def filled(form: str, /, **facts: Any) -> dict[str, Any]:
    """Return the document or node `form` with the `facts` in its holes; instants are written in UTC, days as they are.

    A hole `{key.key_use}` takes a field of a fact.
    """
    document: dict[str, Any] = _filled(_FORMS[form], facts)
    return document


def _filled(form: Any, facts: dict[str, Any]) -> Any:
    if isinstance(form, dict):
        members = {name: _filled(member, facts) for name, member in form.items()}
        return {name: member for name, member in members.items() if member is not None}
    if isinstance(form, list):
        return [_filled(item, facts) for item in form]
    if not isinstance(form, str):
        return form
    hole = _HOLE.fullmatch(form)
    return _plain(Formatter().get_field(hole[1], (), facts)[0]) if hole is not None else form.format_map(facts)


def _plain(value: Any) -> Any:
    """Return a fact as JSON has it."""
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
