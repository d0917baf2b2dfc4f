"""Every address and DID of a deployment, made from its base address (`interface.md` 0.8)."""

import re
from functools import lru_cache
from string import ascii_uppercase
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from schemas.refusals import translated

PAGE_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{20}")
"""A page id: 20 characters of Crockford base32, lower case (`site.md` 2)."""

VCT_PATH = "/vct/engineer-registration/v1"
"""The type of our SD-JWT VC: below the base address, and there its metadata are published."""
JWT_ISSUER_PATH = "/.well-known/jwt-vc-issuer"
"""Where readers of JOSE forms look for CSE's keys."""

_NUMBER = re.compile(r"CSE[0-9]{2}[A-Z]{3}[0-9]{8}")
_AS_DIGITS = str.maketrans({letter: str(int(letter, 36)) for letter in ascii_uppercase})
_BASE = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?/?")
_USUAL_PORTS = {"https": 443, "http": 80}
_SPLIT = re.compile(r"(?is)(?:(https?(?=:)|[a-z][a-z0-9+.-]*(?=://)):)?[/\\]*([^/\\?#]*)([^?#]*)\??([^#]*)#?(.*)")
_PATH_CHARACTERS = re.compile(r"[^a-z0-9]+")


class BaseAddressError(ValueError):
    """The base address is not `http(s)://host[:port]` without a path."""

    code = "base-address"


def checked_base(text: str) -> str:
    """Return the base address `text` without a trailing slash. Raises `BaseAddressError`."""
    if _BASE.fullmatch(text) is None:
        raise BaseAddressError(f"{text!r} is not of the form https://host or http://host:port")
    parts = urlsplit(text)
    with translated(ValueError, to=BaseAddressError(f"{text!r} has a port beyond 65535")):
        port = parts.port
    if port == _USUAL_PORTS[parts.scheme]:
        raise BaseAddressError(f"{text!r} spells out the usual port, which browsers leave out: leave it out")
    return text.removesuffix("/")


def split_address(text: str) -> SplitResult:
    """Take an address apart where a browser does (WHATWG URL), before anything in it is decoded."""
    scheme, *others = _SPLIT.findall(re.sub(r"[\t\r\n]", "", text))[0]
    return SplitResult(scheme.lower(), *others)


def is_own(base: str, address: SplitResult) -> bool:
    """Tell whether an address leads to the deployment at `base`: the host is compared whole, and as it is written.

    The scheme does not tell one register from another, and what people type lacks it.
    """
    host = address.netloc.lower().removesuffix(f":{_USUAL_PORTS.get(address.scheme)}")
    return address.scheme in {"", *_USUAL_PORTS} and host.replace(".:", ":").removesuffix(".") == urlsplit(base).netloc


def number_in(base: str, text: str) -> str:
    """Return the number that an address of ours asks for, in its query or last in its path; of any other, the text."""
    address = split_address(text)
    if not is_own(base, address):
        return text
    asked = parse_qs(address.query).get("number", [unquote(address.path).removesuffix("/").rpartition("/")[2]])
    return asked[0] if len(asked) == 1 else ""


def cse_did(base: str) -> str:
    """Return the DID of CSE, the only issuer of certificates."""
    return "did:web:" + urlsplit(base).netloc.replace(":", "%3A")


def body_did(base: str, name: str) -> str:
    """Return the DID of another body of CSE: `root`, `statements`, `verifier` or `custodian`."""
    return f"{cse_did(base)}:{name}"


def base_of(did: str) -> str:
    """Return the base address of the deployment whose body has this DID; did:web means https, but on this machine."""
    host = unquote(did.removeprefix("did:web:").split(":")[0])
    return f"{'http' if host.partition(':')[0] == 'localhost' else 'https'}://{host}"


def society_did(base: str, code: str) -> str:
    """Return the DID of the society with this three-letter code."""
    return f"{cse_did(base)}:societies:{code.lower()}"


def society_code(did: str) -> str:
    """Return the code of the society with this DID (the last part, upper case)."""
    return did.rsplit(":", 1)[-1].upper()


def did_document_path(base: str, did: str) -> str:
    """Return the URL path at which the DID document of one of our bodies is served (did:web)."""
    rest = did.removeprefix(cse_did(base)).replace(":", "/")
    return f"{rest}/did.json" if rest else "/.well-known/did.json"


def credential_url(base: str, page_id: str) -> str:
    """Return the address, and id, of the credential with this page id."""
    return f"{base}/credentials/{page_id}"


def page_url(base: str, page_id: str) -> str:
    """Return the address of the result page of a certificate."""
    return f"{base}/v/{page_id}"


def paper_url(base: str, page_id: str) -> str:
    """Return the address in the QR of a certificate: that of its page, but for the scheme in upper case."""
    scheme, host = base.split("://", 1)
    return f"{scheme}://{host.upper()}/V/{page_id.upper()}"


def registration_id(base: str, number: str, term: int) -> str:
    """Return the id of one term of a registration."""
    return f"{base}/registrations/{number}#term-{term}"


@lru_cache(maxsize=256)
def achievement_url(base: str, *, slug: str, field: str, grade: str, standard: str) -> str:
    """Return the id of an achievement; `slug` is the society or `custodian-xxx` (`credential.md` C10)."""
    return f"{base}/achievements/{slug}/{field.lower()}/{grade.lower()}/{edition(standard)}"


@lru_cache(maxsize=256)
def achievement_slug(creator: str, assessed_by: str | None) -> str:
    """Return the society part of an achievement address: the code, or `custodian-{code}` in custody."""
    own = society_code(creator).lower()
    return f"{own}-{society_code(assessed_by or '').lower()}" if own == "custodian" else own


def edition(standard: str) -> str:
    """Return the edition of the General Specification as a path segment: `T/CAS 326-2021` gives `t-cas-326-2021`."""
    return _PATH_CHARACTERS.sub("-", standard.lower()).strip("-")


def status_list_url(base: str, purpose: str, number: int) -> str:
    """Return the address of status list `number` for `revocation` or `suspension`."""
    return f"{base}/status/{purpose}-{number}"


def token_list_url(base: str, number: int) -> str:
    """Return the address of Token Status List `number`, in which copies in wallets have their places."""
    return f"{base}/statuslist/{number}"


def is_register_number(text: str) -> bool:
    """Tell whether `text` has the form and the check digits of R-RG-05 (ISO 7064 MOD 97-10).

    The register states the same rule in `registry.domain.numbers`, which may import nothing; a test
    holds the two equal.
    """
    if _NUMBER.fullmatch(text) is None:
        return False
    stem = text[:-2].translate(_AS_DIGITS)
    return text[-2:] == f"{98 - int(stem + '00') % 97:02}"
