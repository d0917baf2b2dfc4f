"""What the W3C data model says of each member, as a table: written from the specifications, asking none of our code.

VC Data Model 2.0 (Recommendation of May 2025) 4, 5 and 11.1; VC Data Model 1.1, 4 and 5; Bitstring Status List 1.0, 2.
"""

import copy
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

Rule = Callable[[Any], bool]
V1, V2 = "https://www.w3.org/2018/credentials/v1", "https://www.w3.org/ns/credentials/v2"
VOCABULARY = "https://www.w3.org/ns/credentials/undefined-terms/v2"
"""A context that gives every further word a meaning."""
MISSING = object()
"""As a value: the member is not there."""

URL = "https://vocab.example/a"
OTHER = "urn:uuid:2b4e6a1c-58a6-4e1f-9c1d-6f1a3f7d9b10"
TYPE = "https://vocab.example/Type"
DID = "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
PAST, FUTURE = "2020-02-29T23:59:59Z", "2999-12-31T23:59:59.999+14:00"
SRI = "sha384-" + "A" * 64
MULTIHASH = "uEiAjCHMnK5-ayOIZLWo_TBoKYVvSAprlkYEjRlm19Cj0uw"
V2_SRI = "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU"
V2_MULTIBASE = "uEiBZlVztZpfWHgPyslVv6-UwirFoQoRvW1htfx963sknNA"
"""The digests of the context of VCDM 2.0, as its Recommendation publishes them (B.1)."""
LIST = "https://vocab.example/status/3"
ENTRY = {
    "id": f"{LIST}#7",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "7",
    "statusListCredential": LIST,
}
RESOURCE = {"id": URL, "digestSRI": SRI}
THING = {"id": URL, "type": TYPE}
TEXT = {"@value": "شهادة", "@language": "ar", "@direction": "rtl"}

SCALARS: list[Any] = [None, True, False, 0, 7, -1, 1.5, "", " ", "text", "a b"]
ADDRESSES: list[Any] = [
    URL, OTHER, DID, "a/b", "/a", "#a", "?a", "//vocab.example/a", "https ://vocab.example", "https:", "https://",
    "https:a", ":a", "1a:b", "https://vocab.example/a b", "https://vocab.example/<a>", f"{URL}\n", f" {URL}",
]  # fmt: skip
INSTANTS: list[Any] = [
    PAST, FUTURE, "2020-01-01", "2020-01-01T00:00:00", "2020-01-01 00:00:00Z", "2020-01-01T00:00Z",
    "2020-02-30T00:00:00Z",
    "2020-13-01T00:00:00Z", "2020-01-01T24:00:00Z", "2020-01-01T24:00:01Z", "2016-12-31T23:59:60Z",
    "10000-01-01T00:00:00Z",
    "2020-01-01T00:00:00z", "2020-01-01T00:00:00.Z", "2020-01-01T00:00:00.5-05:00", "2020-01-01T00:00:00+14:01",
    "2020-01-01T00:00:00+0100", "2020-01-01T00:00:00Z\n", "0000-01-01T00:00:00Z", "Sat 25 Feb 2023 07:16:31 PM CST",
]  # fmt: skip
TEXTS: list[Any] = [
    TEXT, {"@value": "a"}, {"@value": ""}, {"@value": "a", "@language": "en"}, {"@value": "a", "@direction": "ltr"},
    {"@language": "en"}, {"@value": 7}, {"@value": None}, {"@value": ["a"]}, {"@value": "a", "@language": 7},
    {"@value": "a", "@language": "en", "url": URL}, {"@value": "a", "@type": TYPE}, {"@value": "a", "@index": "b"},
    *({"@value": "a", "@language": tag} for tag in
      ("zh-Hans-CN", "de-1996", "sl-rozaj-biske", "en-a-bbb-x-a-ccc", "x-private", "i-klingon", "",
       "e", "en_GB", "en-", "-en", "en--GB", "englishlanguage", "en GB", "12", "en\n")),
    *({"@value": "a", "@direction": way} for way in ("rtl", "auto", "", None, 7, ["ltr"])),
    [TEXT], [TEXT, {"@value": "b", "@language": "fr"}], ["a", "b"], ["a", TEXT], [TEXT, 7], [TEXT, None], [TEXT, {}],
    [[TEXT]], [TEXT, {"@value": "a", "name": "b"}],
]  # fmt: skip
OBJECTS: list[Any] = [
    [], {}, [{}], [None], ["text"], [URL], [URL, OTHER], [7], [[]], [[THING]],
    {"id": URL}, {"id": OTHER}, {"id": DID}, {"id": "a/b"}, {"id": None}, {"id": [URL]}, {"id": 7}, {"id": ""},
    {"id": {}},
    {"id": f"{URL} "}, {"id": URL, "name": "a"}, {"name": "a"}, {"id": URL, "name": TEXT}, {"id": URL, "name": 7},
    {"id": URL, "description": [TEXT]}, {"id": URL, "description": {"@value": "a", "b": "c"}},
    {"type": TYPE}, {"type": [TYPE]}, {"type": [TYPE, "https://vocab.example/More"]}, THING, {"id": URL, "type": None},
    {"id": URL, "type": ""}, {"id": URL, "type": 2}, {"id": URL, "type": []}, {"id": URL, "type": [TYPE, 7]},
    {"id": URL, "type": {}}, {"id": URL, "type": [None]}, {"id": "a/b", "type": TYPE}, {"id": [URL], "type": TYPE},
    {"id": None, "type": TYPE}, {"id": 7, "type": [TYPE]},
    [THING], [THING, {"id": OTHER, "type": TYPE}], [THING, {}], [THING, None], [THING, "text"], [THING, {"type": TYPE}],
    [THING, {"id": OTHER}], [{"id": URL}, {"id": OTHER}], [{"type": TYPE}, {"type": TYPE}],
]  # fmt: skip
TYPES: list[Any] = [
    "VerifiableCredential", ["VerifiableCredential"], ["VerifiableCredential", TYPE], [TYPE, "VerifiableCredential"],
    ["VerifiableCredential", "RelationshipCredential"], ["VerifiableCredential", "VerifiableCredential"], TYPE, [TYPE],
    ["VerifiableCredential", None], ["VerifiableCredential", 7], ["VerifiableCredential", ""],
    ["VerifiableCredential", []],
    ["VerifiableCredential", {}], ["VerifiableCredential", "a b"], "verifiablecredential", "VerifiableCredential ",
    {"id": "VerifiableCredential"}, ["VerifiablePresentation"], "VerifiablePresentation",
    ["VerifiableCredential", "https ://vocab.example/Type"],
]  # fmt: skip
CONTEXTS: list[Any] = [
    V2, V1, [V2], [V1], [V2, VOCABULARY], [VOCABULARY, V2], [VOCABULARY], [V1, V2], [V2, V1], [V2, V2],
    [V2, 123192875], [V2, None], [V2, True], [V2, []], [V2, [VOCABULARY]], [V2, "https ://not-a-url/contexts/example/v1"],
    [V2, "examples/v2"], [V2, ""], [{"a": URL}, V2], {"a": URL}, [V2, {"Type": TYPE}], [f"{V2}#"],
    ["https://www.w3.org/ns/credentials/V2"],
]  # fmt: skip


def entry(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in {**ENTRY, **changes}.items() if value is not MISSING}


def resource(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in {**RESOURCE, **changes}.items() if value is not MISSING}


_MESSAGES = [{"status": f"0x{n}", "message": "m"} for n in range(4)]
ENTRIES: list[Any] = [
    ENTRY, [ENTRY], [ENTRY, entry(id=f"{LIST}#8", statusListIndex="8")], entry(id=MISSING), entry(id=LIST),
    entry(id="a/b"),
    entry(type=["BitstringStatusListEntry"]), entry(type=MISSING), entry(statusPurpose=MISSING),
    entry(statusPurpose=""),
    entry(statusPurpose=["revocation"]), entry(statusPurpose=7), entry(statusListIndex=MISSING),
    entry(statusListIndex=7),
    entry(statusListIndex=True), entry(statusListIndex=""), entry(statusListIndex="-1"), entry(statusListIndex="1.0"),
    entry(statusListIndex="0"), entry(statusListIndex="0x7"), entry(statusListIndex=" 7"), entry(statusListIndex="7\n"),
    entry(statusListIndex="9" * 40), entry(statusListIndex="٧"), entry(statusListCredential=MISSING),
    entry(statusListCredential="a/b"), entry(statusListCredential=[LIST]), entry(statusListCredential=None),
    entry(statusListCredential={"id": LIST}), entry(statusSize=1), entry(statusSize=0), entry(statusSize=-1),
    entry(statusSize="1"), entry(statusSize=1.5), entry(statusSize=2), entry(statusSize=2, statusMessage=_MESSAGES),
    entry(statusSize=2, statusMessage=_MESSAGES[:3]), entry(statusSize=2, statusMessage="m"),
    entry(statusMessage=_MESSAGES[:2]),
    entry(statusMessage=[{"status": "0x0"}, {"status": "0x1", "message": "m"}]),
    entry(statusMessage=[{"status": "zero", "message": "m"}, {"status": "0x1", "message": "m"}]),
    entry(statusReference=URL), entry(statusReference=[URL, OTHER]), entry(statusReference="a/b"),
    entry(statusReference=[7]),
    [ENTRY, entry(statusListIndex=8)], [THING, ENTRY],
]  # fmt: skip
RESOURCES: list[Any] = [
    RESOURCE, [RESOURCE], [RESOURCE, resource(id=OTHER)], [RESOURCE, RESOURCE],
    [RESOURCE, resource(digestSRI="sha512-" + "A" * 86 + "==")],
    resource(id=MISSING), resource(id="a/b"), resource(id=[URL]), resource(digestSRI=MISSING), resource(digestSRI=""),
    resource(digestSRI="A" * 64), resource(digestSRI="md5-" + "A" * 22 + "=="),
    resource(digestSRI="sha256-" + "0" * 64),
    resource(digestSRI="sha384-" + "A" * 63), resource(digestSRI=f"{SRI} {SRI}"), resource(digestSRI=7),
    resource(digestSRI=[SRI]),
    resource(digestSRI=None), resource(digestSRI=SRI, digestMultibase=MULTIHASH),
    resource(digestSRI=MISSING, digestMultibase=MULTIHASH), resource(digestSRI=MISSING, digestMultibase=MULTIHASH[1:]),
    resource(digestSRI=MISSING, digestMultibase=MULTIHASH[:-2]), resource(digestSRI=MISSING, digestMultibase="u"),
    resource(digestSRI=MISSING, digestMultibase="uZTQ0MjM1NiAgcmVwb3J0cc5jZWxhdGVkLXJlc291cmNlLmpzb24K"),
    resource(digestSRI=MISSING, digestMultibase="zQmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n"),
    resource(digestSRI=MISSING, digestMultibase="zQmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1"),
    resource(digestSRI=MISSING, digestMultibase="z0OIl"), resource(digestSRI=MISSING, digestMultibase=7),
    resource(mediaType="application/json"), resource(mediaType="json"), resource(mediaType=7),
    resource(id=V2, digestSRI=V2_SRI),
    resource(id=V2),
    resource(id=V2, digestSRI=MISSING, digestMultibase=V2_MULTIBASE),
    resource(id=V2, digestSRI=MISSING, digestMultibase=MULTIHASH),
    resource(id=V2, digestSRI=V2_SRI, digestMultibase=MULTIHASH),
]  # fmt: skip

MEANT: dict[str, list[Any]] = {
    "@context": CONTEXTS, "type": TYPES, "name": TEXTS, "description": TEXTS, "validFrom": INSTANTS,
    "validUntil": INSTANTS, "issuanceDate": INSTANTS, "expirationDate": INSTANTS, "credentialStatus": ENTRIES,
    "relatedResource": RESOURCES,
}  # fmt: skip
"""What is meant for a member, beside scalars, addresses and objects, which every member is given everywhere."""
VALUES = [
    MISSING, *SCALARS, *ADDRESSES, *INSTANTS, *TEXTS, *OBJECTS, *TYPES, *CONTEXTS, *ENTRIES, *RESOURCES
]  # fmt: skip
"""Every member is given every value."""


def is_url(value: Any) -> bool:
    """An absolute URL in one string, without the characters that no URL may hold."""
    if not isinstance(value, str) or set(value) & set(' \n<>"{}|\\^`'):
        return False
    scheme, colon, rest = value.partition(":")
    is_scheme = re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme) is not None
    needs_host = scheme in {"http", "https"}
    return bool(colon and rest and is_scheme and (not needs_host or (rest[:2] == "//" and rest[2:3] not in {"", "/"})))


def _types(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def are_types(value: Any) -> bool:
    """One or more terms or absolute URLs (4.5); what holds a space or an ill scheme maps to no URL."""
    types = _types(value)
    return bool(types) and all(isinstance(one, str) and one and " " not in one for one in types)


def moment(value: Any) -> datetime | None:
    """The instant of an XML Schema dateTimeStamp, to the millisecond; None if it is none that can be compared."""
    form = r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)"
    match = re.fullmatch(form, value, re.ASCII) if isinstance(value, str) else None
    if match is None:
        return None
    day, hours, minutes, seconds, fraction, zone = match.groups()
    past = timedelta(
        hours=int(hours), minutes=int(minutes), seconds=int(seconds), milliseconds=float(fraction or 0) * 1000
    )
    sign = -1 if zone[0] == "-" else 1
    offset = timedelta() if zone == "Z" else sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
    if past > timedelta(days=1) or int(minutes) > 59 or int(seconds) > 59 or abs(offset) > timedelta(hours=14):
        return None
    try:
        return datetime.fromisoformat(f"{day}T00:00:00+00:00") + past - offset
    except (ValueError, OverflowError):
        return None


def is_text(value: Any) -> bool:
    """A string, a language value object, or several of these (4.6, 11.1)."""
    return isinstance(value, str) or _in_language(value) or (
        isinstance(value, list) and bool(value) and all(isinstance(one, str) or _in_language(one) for one in value)
    )  # fmt: skip


_LANGUAGES = {"ar", "en", "fr", "zh-Hans-CN", "de-1996", "sl-rozaj-biske", "en-a-bbb-x-a-ccc", "x-private", "i-klingon"}
"""The tags of the table that are well-formed (BCP 47, 2.1)."""


def _in_language(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("@value"), str):
        return False
    rest = {name: member for name, member in value.items() if name != "@value"}
    ways = rest.pop("@direction", "ltr")
    return ways in ("ltr", "rtl") and rest.pop("@language", "en") in _LANGUAGES and not rest


def has_id(node: dict[str, Any]) -> bool:
    return is_url(node.get("id"))


def has_type(node: dict[str, Any]) -> bool:
    return are_types(node.get("type")) and is_url(node.get("id", URL))


def has_both(node: dict[str, Any]) -> bool:
    return has_id(node) and has_type(node)


def is_subject(node: dict[str, Any]) -> bool:
    """An object of claims, which the value of a text is not."""
    is_node = bool(node) and not any(name.startswith("@") for name in node)
    return is_node and is_url(node.get("id", URL)) and are_types(node.get("type", TYPE))


def is_status(node: dict[str, Any]) -> bool:
    if not has_type(node) or "BitstringStatusListEntry" not in _types(node["type"]):
        return has_type(node)
    return _is_place(node) and _is_sized(node) and _is_referring(node.get("statusReference", URL))


def _is_place(node: dict[str, Any]) -> bool:
    purpose, index, url = (node.get(name) for name in ("statusPurpose", "statusListIndex", "statusListCredential"))
    is_index = isinstance(index, str) and re.fullmatch("0|[1-9][0-9]*", index) is not None
    return isinstance(purpose, str) and bool(purpose) and is_index and is_url(url) and node.get("id") != url


def _is_sized(node: dict[str, Any]) -> bool:
    size, messages = node.get("statusSize", 1), node.get("statusMessage")
    if not isinstance(size, int) or size < 1 or (size > 1 and messages is None):
        return False
    if messages is None:
        return True
    is_list = isinstance(messages, list) and all(set(one) == {"status", "message"} for one in messages)
    return is_list and len(messages) == 2**size and all(one["status"].startswith("0x") for one in messages)


def _is_referring(value: Any) -> bool:
    return all(map(is_url, value)) if isinstance(value, list) else is_url(value)


_GOOD_SRI = {SRI, f"{SRI} {SRI}", "sha512-" + "A" * 86 + "==", V2_SRI}
_GOOD_MULTIBASE = {MULTIHASH, V2_MULTIBASE, "zQmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n"}


def is_resource(node: dict[str, Any]) -> bool:
    """An address and at least one digest, which must be right where the content is known (5.3)."""
    sri, multibase = _types(node.get("digestSRI", [])), _types(node.get("digestMultibase", []))
    bad = [one for one in sri if one not in _GOOD_SRI] + [one for one in multibase if one not in _GOOD_MULTIBASE]
    if not has_id(node) or bad or not {"digestSRI", "digestMultibase"} & set(node):
        return False
    is_right = set(sri) <= {V2_SRI} and set(multibase) <= {V2_MULTIBASE}
    return node.get("mediaType", "a/b") in {"a/b", "application/json"} and (node["id"] != V2 or is_right)


def several(rule: Rule) -> Rule:
    """One object, or one or more of them."""

    def check(value: Any) -> bool:
        nodes = value if isinstance(value, list) else [value]
        return bool(nodes) and all(isinstance(node, dict) and rule(node) for node in nodes)

    return check


def unique(rule: Rule) -> Rule:
    """The same, each `id` once."""

    def check(value: Any) -> bool:
        if not several(rule)(value):
            return False
        named = [node["id"] for node in _types(value)]
        return len(set(named)) == len(named)

    return check


def is_issuer(value: Any) -> bool:
    """A URL, or an object with a URL as `id` (4.7); its name and description follow 4.6."""
    if not isinstance(value, dict):
        return is_url(value)
    return plain_issuer(value) and all(is_text(value.get(name, "")) for name in ("name", "description"))


def contexts_of(base: str, other: str) -> Rule:
    """An ordered set whose first item is `base`; then URLs and objects (4.3), not the base of the other version."""

    def check(value: Any) -> bool:
        if not isinstance(value, list) or value[:1] != [base] or other in value:
            return False
        texts = [one for one in value if isinstance(one, str)]
        return len(set(texts)) == len(texts) and all(isinstance(one, dict) or is_url(one) for one in value)

    return check


def is_credential_type(value: Any) -> bool:
    """One value is `VerifiableCredential`."""
    return (
        are_types(value) and "VerifiableCredential" in _types(value) and "VerifiablePresentation" not in _types(value)
    )


def is_moment(value: Any) -> bool:
    return moment(value) is not None


def never(_value: Any) -> bool:
    return False


def plain_issuer(value: Any) -> bool:
    """VCDM 1.1 knows no language objects on the issuer."""
    if not isinstance(value, dict):
        return is_url(value)
    return has_id(value) and are_types(value.get("type", TYPE))


REQUIRED = {"2.0": {"@context", "type", "issuer", "credentialSubject"}}
REQUIRED["1.1"] = REQUIRED["2.0"] | {"issuanceDate"}
_BOTH: dict[str, Rule] = {
    "id": is_url,
    "type": is_credential_type,
    "credentialSubject": several(is_subject),
    "credentialSchema": several(has_both),
    "termsOfUse": several(has_type),
    "evidence": several(has_type),
}
RULES: dict[str, dict[str, Rule]] = {
    "2.0": _BOTH | {
        "@context": contexts_of(V2, V1),
        "issuer": is_issuer,
        "name": is_text,
        "description": is_text,
        "validFrom": is_moment,
        "validUntil": is_moment,
        "issuanceDate": never,
        "expirationDate": never,
        "credentialStatus": several(is_status),
        "relatedResource": unique(is_resource),
        "refreshService": several(has_type),
        "confidenceMethod": several(has_type),
        "renderMethod": several(has_type),
    },
    "1.1": _BOTH | {
        "@context": contexts_of(V1, V2),
        "issuer": plain_issuer,
        "issuanceDate": is_moment,
        "expirationDate": is_moment,
        "validFrom": never,
        "validUntil": never,
        "credentialStatus": several(lambda node: has_id(node) and is_status(node)),
        "refreshService": several(has_both),
    },
}  # fmt: skip
"""Version -> member -> whether a value satisfies the specification."""

GOOD: dict[str, dict[str, Any]] = {
    "2.0": {
        "@context": [V2, VOCABULARY],
        "type": ["VerifiableCredential"],
        "issuer": DID,
        "credentialSubject": {"id": URL},
    },
    "1.1": {
        "@context": [V1],
        "type": ["VerifiableCredential"],
        "issuer": DID,
        "issuanceDate": "1999-12-31T23:59:59Z",
        "credentialSubject": {"id": URL},
    },
}
"""The least that a credential of each version holds."""


def with_value(version: str, member: str, value: Any) -> dict[str, Any]:
    """Return the least credential with this value, or without the member."""
    document = {**copy.deepcopy(GOOD[version]), member: copy.deepcopy(value)}
    if value is MISSING:
        del document[member]
    return document


def is_readable(value: Any) -> bool:
    """Tell whether JSON-LD can read a value: a text with a language has no other members (JSON-LD 1.1, 9.5)."""
    if isinstance(value, list):
        return all(map(is_readable, value))
    if not isinstance(value, dict):
        return True
    is_plain = "@value" not in value or set(value) <= {"@value", "@language", "@direction"}
    return is_plain and all(map(is_readable, value.values()))


def meant(member: str) -> list[Any]:
    """Return the values to try on a member over the network: one of each kind that is not meant for it."""
    others = [values[0] for name, values in MEANT.items() if name != member]
    return [MISSING, *SCALARS, *ADDRESSES, *OBJECTS, *MEANT.get(member, []), *others]


def cells(version: str, member: str, values: Sequence[Any] = VALUES) -> Iterator[tuple[Any, bool]]:
    """Yield every value with whether a credential that holds it conforms."""
    for value in values:
        accepted = member not in REQUIRED[version] if value is MISSING else RULES[version][member](value)
        if member == "@context" and accepted and version == "1.1" and VOCABULARY in value:
            continue
        yield value, accepted
