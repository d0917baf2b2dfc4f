"""The pinned contexts: byte-exact, ours apart from the published ones, and no address with two names."""

import hashlib
import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from schemas import codes, contexts
from schemas.contexts import (
    AGREEMENTS_PATH,
    CREDENTIALS_V2,
    OPEN_BADGES_V3,
    OWN,
    PUBLISHED,
    REGISTRATION_PATH,
    STATEMENTS_PATH,
    UnknownContextError,
    context_bytes,
    context_document,
    contexts_in,
    is_known_context,
    undamaged,
)
from schemas.contracts import CONTRACTS, first_violation, schema_bytes, validator
from schemas.tables import read_table

BASE = "http://localhost:8000"
OURS = tuple(OWN)
DATA = resources.files("schemas").joinpath("data")
GENERATED = [
    (context_bytes(BASE + REGISTRATION_PATH, BASE), "7177cc9ad8b47b0e7d4886291109fbfe8f96822b65b5464e88b12f34fba8de22"),
    (context_bytes(BASE + STATEMENTS_PATH, BASE), "cbcaf69cb345d561f38305549603bd02d78f7777cb44d04da3e9e7b1de4e74d4"),
    (context_bytes(BASE + AGREEMENTS_PATH, BASE), "5697bbade46a53bf936c8821446435de612b8161bd640c3af82ad3011dc25d61"),
    (schema_bytes("certificate", BASE), "04fe8ab8dada7f5e30f7e86ecfaf938e647ae4e4671891530217b2ae819b53c7"),
]


@pytest.mark.parametrize(
    ("content", "digest"), GENERATED, ids=["registration", "statements", "agreements", "certificate schema"]
)
def test_what_we_generate_for_the_default_base_never_changes(content: bytes, digest: str) -> None:
    assert hashlib.sha256(content).hexdigest() == digest


def sources() -> dict[str, list[str]]:
    """Return URL -> (file, digest) as `SOURCES.md` records them."""
    text = DATA.joinpath("published", "SOURCES.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| ")
    ]
    return {row[1]: [row[0], row[2]] for row in rows[1:]}


def test_the_record_of_sources_is_the_list_of_the_program() -> None:
    assert sources() == PUBLISHED


@pytest.mark.parametrize("url", PUBLISHED)
def test_the_bytes_of_a_published_context_are_those_of_its_record(url: str) -> None:
    name, digest = sources()[url]
    assert hashlib.sha256(DATA.joinpath("published", name).read_bytes()).hexdigest() == digest
    assert hashlib.sha256(context_bytes(url, BASE)).hexdigest() == digest


@pytest.mark.parametrize("url", PUBLISHED)
def test_a_damaged_copy_of_a_published_context_is_refused(url: str) -> None:
    digest = PUBLISHED[url][1]
    assert undamaged(context_bytes(url, BASE), url, digest) == context_bytes(url, BASE)
    with pytest.raises(UnknownContextError, match="damaged"):
        undamaged(context_bytes(url, BASE) + b" ", url, digest)


def test_every_published_file_is_recorded() -> None:
    files = {entry.name for entry in DATA.joinpath("published").iterdir()} - {"SOURCES.md"}
    assert files == {name for name, _digest in PUBLISHED.values()}


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v1",
        "https://www.w3.org/ns/credentials/examples/v2",
        f"{CREDENTIALS_V2}/",
        f"{BASE}/contexts/registration/v2.jsonld",
        f"https://evil.example{REGISTRATION_PATH}",
        REGISTRATION_PATH,
        "",
    ],
)
def test_an_address_that_is_not_pinned_is_refused(url: str) -> None:
    assert not is_known_context(url, BASE)
    with pytest.raises(UnknownContextError):
        context_bytes(url, BASE)


EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
CONTEXT = b'{"@context": {}}'


def test_an_extra_context_is_known_only_to_whom_it_is_given() -> None:
    extra = ((EXAMPLES, CONTEXT), (CREDENTIALS_V2, CONTEXT), (BASE + REGISTRATION_PATH, CONTEXT))
    assert (context_bytes(EXAMPLES, BASE, extra), context_document(EXAMPLES, BASE, extra)) == (
        CONTEXT,
        {"@context": {}},
    )
    assert is_known_context(EXAMPLES, BASE, extra)
    assert not is_known_context(EXAMPLES, BASE)
    with pytest.raises(UnknownContextError):
        context_bytes(EXAMPLES, BASE)
    for pinned in (CREDENTIALS_V2, BASE + REGISTRATION_PATH):
        assert context_bytes(pinned, BASE, extra) == context_bytes(pinned, BASE)


def test_a_folder_of_vectors_gives_what_no_package_publishes(tmp_path: Path) -> None:
    assert contexts_in(tmp_path) == ()
    (tmp_path / "credentials-examples-v2.jsonld").write_bytes(CONTEXT)
    with pytest.raises(UnknownContextError, match="damaged"):
        contexts_in(tmp_path)


@pytest.mark.parametrize("url", [None, 7, {}, [CREDENTIALS_V2]])
def test_what_is_no_address_is_no_known_context(url: object) -> None:
    assert not is_known_context(url, BASE)


@pytest.mark.parametrize("path", OURS)
def test_our_contexts_are_those_of_their_own_deployment(path: str) -> None:
    other = "https://register.example"
    assert is_known_context(other + path, other)
    assert not is_known_context(other + path, BASE)
    document = context_bytes(other + path, other)
    assert b"localhost" not in document
    assert b"{base}" not in document


# --- terms --------------------------------------------------------------------------------------------------------


def definitions(node: Any) -> list[tuple[str, Any]]:
    """List every term with its definition, those of scoped contexts too."""
    found: list[tuple[str, Any]] = []
    if isinstance(node, list):
        for part in node:
            found += definitions(part)
    if isinstance(node, dict):
        for name, value in node.items():
            if not name.startswith("@"):
                found.append((name, value))
            if isinstance(value, dict) and "@context" in value:
                found += definitions(value["@context"])
    return found


def terms(url: str) -> list[tuple[str, Any]]:
    return definitions(context_document(url, BASE)["@context"])


KEYWORD_ALIASES = {"id", "type"}


@pytest.mark.parametrize("path", OURS)
@pytest.mark.parametrize("published", [CREDENTIALS_V2, OPEN_BADGES_V3])
def test_no_term_of_ours_occurs_in_a_published_context(path: str, published: str) -> None:
    ours = {name for name, _value in terms(BASE + path)} - KEYWORD_ALIASES
    theirs = {name for name, _value in terms(published)}
    # OB scopes two plain words to types of its own; no array that we issue or accept has OB beside the statements.
    is_apart = path != REGISTRATION_PATH and published == OPEN_BADGES_V3
    assert ours & theirs == ({"version", "role"} if is_apart else set())


def test_every_term_of_ours_is_protected() -> None:
    for path in OURS:
        waiting: list[Any] = [context_document(BASE + path, BASE)["@context"]]
        while waiting:
            node = waiting.pop()
            assert node["@protected"] is True
            waiting += [value["@context"] for value in node.values() if isinstance(value, dict) and "@context" in value]


DECIDING = re.compile(
    r"(validFrom|validUntil|issuanceDate|expirationDate|credentialStatus|statusPurpose|statusListIndex"
    r"|statusListCredential|encodedList|status#ttl|issuer|holder|credentialSubject|schema.org/name|nameHans|nameLatin"
    r"|termFrom|termUntil|registerNumber|licenseNumber|society)$"
)


def address_of(value: Any) -> str | None:
    return value if isinstance(value, str) else value.get("@id") if isinstance(value, dict) else None


def full_terms(url: str) -> list[tuple[str, str]]:
    """List every term with its full address: contexts of version 1 write `cred:issuer`."""
    addresses = [(name, str(address_of(value))) for name, value in terms(url)]
    prefixes = {name: address for name, address in addresses if address.endswith(("#", "/"))}
    found = []
    for name, address in addresses:
        prefix, _colon, rest = address.partition(":")
        found.append((name, prefixes[prefix] + rest if prefix in prefixes else address))
    return found


ALLOWED = [*PUBLISHED, *(BASE + path for path in OURS)]


def test_no_allowed_context_has_two_terms_for_an_address_that_decides() -> None:
    """Else a member could be renamed without any proof over the graph noticing (`threats.md` 0.3)."""
    names: dict[str, set[str]] = {}
    for url in ALLOWED:
        for name, address in full_terms(url):
            names.setdefault(address, set()).add(name)
    decides = {address: found for address, found in names.items() if DECIDING.search(address)}
    v1 = {"issuanceDate", "expirationDate", "issuer", "holder", "credentialStatus", "credentialSubject"}
    assert {f"https://www.w3.org/2018/credentials#{name}" for name in v1} <= set(decides)
    assert len(decides) > 18
    assert {address: found for address, found in decides.items() if len(found) > 1} == {}


def test_no_address_that_decides_is_reached_by_a_word_of_no_context() -> None:
    """A context with `@vocab` gives every undefined name an address."""
    open_to = [context_document(url, BASE)["@context"] for url in ALLOWED]
    vocabularies = [one["@vocab"] for one in open_to if isinstance(one, dict) and "@vocab" in one]
    assert vocabularies == ["https://www.w3.org/ns/credentials/undefined-term#"]
    addresses = {address for url in ALLOWED for _name, address in full_terms(url)}
    assert not any(address.startswith(vocabularies[0]) for address in addresses)


def scopes(node: Any) -> list[dict[str, Any]]:
    """List every object of term definitions, each scoped one apart."""
    parts = node if isinstance(node, list) else [node]
    found = [part for part in parts if isinstance(part, dict)]
    for part in list(found):
        for value in part.values():
            if isinstance(value, dict) and "@context" in value:
                found += scopes(value["@context"])
    return found


@pytest.mark.parametrize("path", OURS)
def test_within_one_scope_of_ours_no_address_has_two_terms(path: str) -> None:
    for scope in scopes(context_document(BASE + path, BASE)["@context"]):
        addresses = [address_of(value) for name, value in scope.items() if not name.startswith("@")]
        assert len(addresses) == len(set(addresses))


def test_every_term_of_ours_has_a_sentence_in_both_languages() -> None:
    ours = {
        str(address_of(value)).split("#")[1]
        for path in OURS
        for _name, value in terms(BASE + path)
        if str(address_of(value)).startswith(f"{BASE}/ns/registration/v1#")
    }
    assert ours <= set(read_table("own/vocabulary-v1.json"))
    assert all(sentence["en"] and sentence["zh"] for sentence in read_table("own/vocabulary-v1.json").values())


# --- schemas and code tables --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["certificate", *CONTRACTS])
def test_a_schema_is_closed_refers_to_nothing_outside_and_names_its_address(name: str) -> None:
    schema = json.loads(schema_bytes(name, BASE))
    assert schema["$id"] == f"{BASE}/schemas/{name}/v1.json"
    assert b"{base}" not in schema_bytes(name, BASE)
    assert validator(name, BASE) is validator(name, BASE)
    waiting: list[Any] = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            assert str(node.get("$ref", "#")).startswith("#")
            if node.get("type") == "object" and "properties" in node:
                assert node["additionalProperties"] is False
        waiting += node.values() if isinstance(node, dict) else node if isinstance(node, list) else []


def test_a_violation_is_told_by_pointer_and_sentence() -> None:
    assert first_violation("did", BASE, {}) is not None
    document = {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": "did:web:x",
    }
    violation = first_violation("did", BASE, {**document, "verificationMethod": [{"a/b~": 1}]})
    assert violation is not None
    assert violation[0] == "/verificationMethod/0/id"
    assert len(violation[1]) <= 200


def test_code_numbers_are_append_only() -> None:
    """The numbers are in paper codes for ever: this list may only grow."""
    assert [(entry.code, entry.number) for entry in codes.FIELDS.values()] == [
        ("CIV", 1), ("ELE", 2), ("MEC", 3), ("RLY", 4), ("NUC", 5), ("STD", 6),
        ("WAT", 7), ("ICT", 8), ("AUT", 9), ("CHE", 10), ("GEO", 11), ("ARC", 12),
    ]  # fmt: skip
    assert {code: entry.number for code, entry in codes.SOCIETIES.items()} == {
        **{code: entry.number for code, entry in codes.FIELDS.items()},
        codes.CUSTODIAN: 13,
    }
    assert {code: entry.number for code, entry in codes.GRADES.items()} == {"AE": 1, "PE": 2, "SPE": 3}


def test_the_shared_documents_are_the_same_object() -> None:
    assert context_document(CREDENTIALS_V2, BASE) is context_document(CREDENTIALS_V2, BASE)
    assert contexts.own_document("registration-v1.jsonld", BASE) == context_bytes(BASE + REGISTRATION_PATH, BASE)
