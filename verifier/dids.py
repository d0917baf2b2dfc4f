"""Decentralized identifiers: where the document of a did:web is. Nothing is fetched here."""

import re

from verifier.refusals import DisbelievedError

_DID_WEB = re.compile(
    r"did:web:(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?:%3[Aa](?P<port>[0-9]{1,5}))?(?P<path>(?::[A-Za-z0-9._-]+)*)"
)


class DidError(DisbelievedError):
    """A DID has no method or no form that this program follows."""


def did_web_url(did: str) -> str:
    """Return the https address of the document of a did:web (did:web 2.5.2). Raises `DidError`.

    The host is taken as it is spelled: whether it may be asked is decided by who fetches. The one escape is that of
    the colon before a port; a path that leads elsewhere than it says (`..`, `%2f`) has no address.
    """
    found = _DID_WEB.fullmatch(did)
    segments = found["path"].split(":")[1:] if found is not None else []
    if found is None or {".", ".."} & set(segments):
        raise DidError("unsupported")
    port = f":{found['port']}" if found["port"] else ""
    path = "/".join(segments) or ".well-known"
    return f"https://{found['host'].lower()}{port}/{path}/did.json"
