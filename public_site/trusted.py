"""The trust list as the page /trust shows it."""

from datetime import datetime
from typing import Any

from public_site.dates import Lang, china_day, day_words, instant_words
from public_site.reads import TrustInForce
from schemas.addresses import society_code
from verifier.instants import utc_text


def trust_facts(in_force: TrustInForce, lang: Lang) -> dict[str, Any]:
    """Return what the page needs: the list, each row of each authorization, the keys of each body, and its dates.

    A right and a key stand beside their state at that moment; a right whose last day is over has ended.
    """
    trust, at = in_force.trust_list, in_force.at

    def when(moment: datetime) -> str:
        return instant_words(utc_text(moment), lang)

    def day(moment: datetime) -> str:
        return day_words(china_day(utc_text(moment)).isoformat(), lang)

    rights = [
        {"society": society_code(one.society), "scope": scope, "state": one.state if at <= scope.until else "ended"}
        for one in trust.authorizations
        for scope in one.scopes
    ]
    keys = {did: [{"key": key, "state": key.state(at)} for key in trust.keys_of(did)] for did in trust.bodies}
    return {"trust": trust, "root": in_force.root_sha256, "rights": rights, "keys": keys, "when": when, "day": day}
