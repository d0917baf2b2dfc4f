"""JSON-LD documents for the graph path: one for each way of losing a member, and graphs that are costly."""

from dataclasses import dataclass
from typing import Any

from schemas.contexts import CREDENTIALS_V2, OPEN_BADGES_V3

UNDEFINED_TERMS = "https://www.w3.org/ns/credentials/undefined-terms/v2"
Document = dict[str, Any]


def credential(**members: Any) -> Document:
    """Return a small credential over credentials/v2 with more `members`; a name `at_id` is given as `@id`."""
    return {
        "@context": [CREDENTIALS_V2],
        "id": "urn:c:1",
        "type": ["VerifiableCredential"],
        "issuer": "did:example:issuer",
        "credentialSubject": {"id": "urn:s:1"},
        **{name.replace("at_", "@", 1): value for name, value in members.items()},
    }


def badge(**members: Any) -> Document:
    """Return a small Open Badge with more `members` in its result description, which may hold a list."""
    result = {"id": "urn:r:1", "type": ["ResultDescription"], **members}
    achievement = {"id": "urn:a:1", "type": ["Achievement"], "resultDescription": [result]}
    document = credential(credentialSubject={"type": ["AchievementSubject"], "achievement": achievement})
    types = ["VerifiableCredential", "OpenBadgeCredential"]
    return {**document, "@context": [CREDENTIALS_V2, OPEN_BADGES_V3], "type": types}


def presentation(credentials: list[Any]) -> Document:
    """Return a presentation of `credentials`, each in a graph of its own."""
    return {"@context": [CREDENTIALS_V2], "type": ["VerifiablePresentation"], "verifiableCredential": credentials}


def schema_of(literal: Any) -> Document:
    """Return a credential that holds `literal` as a JSON literal."""
    return credential(credentialSubject={"id": "urn:s:1", "type": "JsonSchema", "jsonSchema": literal})


def open_terms(**members: Any) -> Document:
    """Return a small credential in which every name is a term."""
    return {**credential(**members), "@context": [CREDENTIALS_V2, UNDEFINED_TERMS]}


def text(**members: Any) -> Document:
    """Return a small credential whose name is a value object; its members are given without `@`."""
    return credential(name={f"@{name}": value for name, value in members.items()})


def unnamed(links: dict[int, list[int]]) -> Document:
    """Return a document of nodes without an address, each of which `knows` those it is linked with."""
    nodes = [{"id": f"_:n{one}", "knows": [{"id": f"_:n{other}"} for other in others]} for one, others in links.items()]
    return open_terms(credentialSubject=nodes)


def clique(size: int) -> Document:
    """Return a document in which each of `size` nodes knows all others."""
    return unnamed({one: [other for other in range(size) if other != one] for one in range(size)})


def chain(size: int) -> Document:
    """Return a document of `size` nodes in a row."""
    return unnamed({one: [one + 1] for one in range(size - 1)})


def names(count: int) -> Document:
    """Return a document of exactly `count` statements: type, issuer and subject are three of them."""
    return open_terms(**{f"n{number}": "x" for number in range(count - 3)})


@dataclass(frozen=True, slots=True)
class Case:
    """One document, what the verifier says of it (None: covered by the graph), and what jsonld.js in safe mode says."""

    name: str
    document: Document
    ours: str | None
    theirs: str | None
    reading: str = "same"
    """How the two canonical forms compare where both give one, with the reason if they differ."""


_TERM, _ADDRESS, _LOST, _SPELLED, _SYNTAX = (
    "undefined_term",
    "undefined_identifier",
    "unsigned_value",
    "respelled_term",
    "not_json_ld",
)
_LANGUAGE, _BARE = "invalid @language value", "object with only @id"
_BOOLEAN = {"@value": "true", "@type": "http://www.w3.org/2001/XMLSchema#boolean"}
_RTL = {"language": "ar", "direction": "rtl"}
_ENVELOPED = {"id": "data:application/vc+jwt,eyJ.a.b", "type": "EnvelopedVerifiableCredential"}

CASES = [
    # Terms and types
    Case("as it should be", credential(name="x"), None, None),
    Case("undefined member", credential(grade="SPE"), _TERM, "invalid property"),
    Case("undefined type", credential(type=["VerifiableCredential", "Chartered"]), _ADDRESS,
         "relative @type reference"),
    Case("no type at all", credential(type=[]), _TERM, "invalid property"),
    Case("undefined by a context", {**credential(name="x"), "@context": [CREDENTIALS_V2, {"name": None}]}, _SYNTAX,
         "protected term redefinition"),
    Case("every name is a term", open_terms(honour="x", sees={"id": "urn:b"}), None, None),
    Case("type that makes no address", open_terms(type=["VerifiableCredential", "a b"]), _ADDRESS,
         "relative @type reference"),
    Case("type like a keyword", credential(type=["VerifiableCredential", "@foo"]), _ADDRESS,
         "relative @type reference"),
    Case("member like a keyword", credential(at_foo="x"), _SPELLED, "invalid property"),
    Case("context that is not pinned", {**credential(), "@context": [CREDENTIALS_V2, "https://evil.example/v1"]},
         "unknown_context", "loading remote context failed"),
    # What says nothing
    Case("null", credential(validUntil=None), _LOST, None),
    Case("null among values", credential(name=[None, "x"]), _LOST, None),
    Case("null as a value object", text(value=None), _LOST, "null @value value"),
    Case("null as language", text(value="x", language=None), _LOST, None),
    Case("null as id", credential(id=None), _SYNTAX, "invalid @id value"),
    Case("null as type", credential(type=None), _SYNTAX, "invalid property"),
    Case("null in a list", badge(allowedValue=["a", None]), _LOST, None),
    Case("null in a JSON literal", schema_of({"a": None}), None, None),
    Case("null as a JSON literal", schema_of(None), None, None),
    Case("empty array", credential(evidence=[]), _LOST, None),
    Case("empty array in an array", credential(evidence=[[]]), _LOST, None),
    Case("empty array as a list", badge(allowedValue=[]), None, None),
    Case("empty array in a JSON literal", schema_of({"a": []}), None, None),
    Case("empty object", credential(evidence={}), None, None),
    Case("language without a text", text(language="en"), _SPELLED, "object with only @language"),
    Case("only an id", {"@context": [CREDENTIALS_V2], "id": "urn:x"}, _SYNTAX, _BARE),
    Case("only a context", {"@context": [CREDENTIALS_V2]}, _SYNTAX, "empty object"),
    Case("index of a value", text(value="x", index="i"), _SPELLED, None),
    Case("index of a node", credential(evidence={"id": "urn:e:1", "@index": "i"}), _SPELLED, None),
    Case("the same value twice", credential(name=["x", "x"]), None, None),
    # Graphs
    Case("credential in a presentation", presentation([credential()]), None, None),
    Case("enveloped credential", presentation([{"@context": CREDENTIALS_V2, **_ENVELOPED}]), None, None),
    Case("bare address in a presentation", presentation(["urn:x:1"]), _LOST, "object with only @value"),
    Case("bare node in a presentation", presentation([{"@context": CREDENTIALS_V2, "id": "urn:x:1"}]), _LOST, _BARE),
    Case("text in a presentation", presentation([{"@value": "x"}]), _LOST, "object with only @value"),
    Case("text in @graph", credential(at_graph=["x"]), _SPELLED, "free-floating scalar"),
    Case("bare node in @graph", credential(at_graph=[{"id": "urn:x"}]), _SPELLED, _BARE),
    Case("@included", credential(at_included=[{"id": "urn:i", "name": "x"}]), _SPELLED, None),
    Case("bare node in @included", credential(at_included=[{"id": "urn:i"}]), _SPELLED, _BARE),
    Case("@nest", credential(at_nest={"name": "x"}), _SPELLED, None),
    Case("@reverse", credential(at_reverse={"urn:p:q": {"id": "urn:e"}}), _SPELLED, None),
    Case("@set", credential(name={"@set": ["x"]}), _SPELLED, None),
    Case("@list", credential(name={"@list": ["x"]}), _SPELLED, None),
    Case("list", badge(allowedValue=["a", "b", "a"]), None, None),
    # Addresses
    Case("relative id", credential(id="c/1"), _ADDRESS, "relative @id reference"),
    Case("empty id", credential(id=""), _ADDRESS, "relative @id reference"),
    Case("id with a space", credential(id="urn:a b"), _ADDRESS, "relative @id reference"),
    Case("id that ends its brackets", credential(id="urn:a> <urn:b"), _ADDRESS, "relative @id reference"),
    Case("id with a bracket", credential(id="urn:a>b"), _ADDRESS, None),
    Case("id with DEL", credential(id="urn:a\x7fb"), _ADDRESS, None),
    Case("id with a C1 control", credential(id="urn:a\x85b"), _ADDRESS, None),
    Case("id with a noncharacter", credential(id="urn:a\ufffeb"), _ADDRESS, None),
    Case("id beyond ASCII", credential(id="urn:例:\U00020bb7"), None, None),
    Case("id like a keyword", credential(id="@foo"), _ADDRESS, "reserved @id value"),
    Case("keyword as id", credential(id="@type"), _ADDRESS, "relative @id reference"),
    Case("sentinel spelled out", credential(id="undefined-base://x/1"), _ADDRESS, None),
    Case("relative issuer", credential(issuer="x"), _ADDRESS, "relative object reference"),
    Case("issuer is a number", credential(issuer=5), None, None),
    Case("reference to a node", credential(evidence={"id": "urn:e:1"}), None, None),
    Case("address as member", {**credential(), "urn:p:q": "x"}, _SPELLED, None),
    Case("member that ends its brackets", {**credential(), 'urn:p>"<q': "x"}, _SPELLED, None),
    Case("blank node as member", {**credential(), "_:p": "x"}, _SPELLED, "blank node predicate"),
    Case("blank node as id", credential(id="_:x"), None, None),
    Case("blank node as type", credential(type=["VerifiableCredential", "_:t"]), None, None),
    Case("blank node that ends its line", credential(id="_:x <urn:b> <urn:c> .\n"), _ADDRESS, "relative @id reference"),
    # Values
    Case("value type", text(value="x", type="urn:t"), _SPELLED, None),
    Case("relative value type", text(value="x", type="foo"), _SPELLED, "relative @type reference"),
    Case("blank node as value type", text(value="x", type="_:t"), _SPELLED, "invalid typed value"),
    Case("array as value type", text(value="x", type=["urn:t"]), _SPELLED, None),
    Case("JSON literal spelled out", text(value={"b": 1, "a": None}, type="@json"), _SPELLED, None),
    Case("language", text(value="x", language="zh-Hans"), None, None),
    Case("language in capitals", text(value="x", language="EN"), None, None),
    Case("language that is none", text(value="x", language="en us"), _SYNTAX, _LANGUAGE),
    Case("language too long", text(value="x", language="abcdefghi"), _SYNTAX, _LANGUAGE),
    Case("language that is empty", text(value="x", language=""), _SYNTAX, _LANGUAGE),
    Case("language that ends its line", text(value="x", language='en .\n<urn:a> <urn:b> "c"@en'), _SYNTAX, _LANGUAGE),
    Case("language of a number", text(value=5, language="en"), _SYNTAX, "invalid language-tagged value"),
    Case("direction", text(value="x", **_RTL), None, None),
    Case("direction without a language", text(value="x", direction="rtl"), None, None),
    Case("direction that is none", text(value="x", direction="up"), _SYNTAX, "invalid base direction"),
    Case("direction is null", text(value="x", direction=None), _SYNTAX, "invalid base direction"),
    Case("direction of a number", text(value=5, direction="rtl"), _SYNTAX, None),
    Case("direction of a truth", text(value=True, direction="rtl"), _SYNTAX, None),
    # Numbers
    Case("integer", credential(name=5), None, None),
    Case("largest exact integer", credential(name=2**53 - 1), None, None),
    Case("whole float", credential(name=5.0), None, None),
    Case("minus zero", credential(name=-0.0), None, None),
    Case("float", credential(name=[0.1, 1.5, 1 / 3, -2.5e-3]), None, None),
    Case("integer of 21 digits", credential(name=1e20), None, None),
    Case("integer of 22 digits", credential(name=1e21), None, None),
    Case("float that JavaScript writes without a point", credential(name=1e-7), None, None,
         'jsonld.js writes "0"^^xsd:integer (JSON-LD API 8.6: 1.0E-7 as xsd:double)'),
    Case("float between two decimals", credential(name=1234567890123456.5), None, None,
         "jsonld.js rounds half up, printf %1.15E to even (JSON-LD API 8.6)"),
    Case("truth", credential(name=True), None, None),
    Case("number for a date", credential(validFrom=5), None, None),
    Case("numbers in a JSON literal", schema_of([1, 2.50, 1e21, 1e-7, -0.0, 0.1]), None, None),
    # Characters
    Case("control characters", credential(name="".join(map(chr, (*range(0x20), 0x7F))) + '"\\'), None, None),
    Case("noncharacters of XML", credential(name="\ufffe\uffff"), None, None,
         "rdf-canonize leaves U+FFFE and U+FFFF as they are (RDFC-1.0 5: no Char of XML 1.1, so \\uXXXX)"),
    Case("other noncharacters", credential(name="\ufdd0\U0001fffe\U0010ffff"), None, None),
    Case("characters in a JSON literal", schema_of({"é\u2028": "\x00\x7f/"}), None, None),
    Case("two values beyond the first plane", credential(name=["\uff08", "\U00020bb7"]), None, None,
         "rdf-canonize orders by UTF-16 (RDFC-1.0: by code point)"),
    Case("one value spelled twice", credential(name=[True, _BOOLEAN]), _SPELLED, None,
         "jsonld.js writes the statement twice (RDF 1.1: a dataset is a set)"),
    # Blank nodes
    Case("twins", credential(evidence=[{"name": "a"}, {"name": "a"}]), None, None),
    Case("four in a ring", unnamed({0: [1], 1: [2], 2: [3], 3: [0]}), None, None),
]  # fmt: skip
