"""What is answered in the event loop: light documents over a file of this machine, and with the same answer.

Nothing is, where the reader of plain documents is off.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import replace
from typing import Any, cast

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from issuer.proofs import document_bytes
from public_site.reads import RefusedDocumentError
from public_site.routes import install
from registry.app.reads import RegisterReads
from schemas.contracts import first_violation
from tests.integration.registers import BASE, DATABASE, Demo
from tests.support import world
from tests.support.expect import changed
from tests.unit.verifier.test_results import ask_in_some_order
from verifier.answers import CodeVerdict
from verifier.asked import NOTHING_ASKED, Asked
from verifier.cryptosuite import DocumentHashes
from verifier.rdf import IS_PLAIN_READ
from verifier.study import Results
from verifier.weight import LIGHT_BYTES, light_document

MEDIA_TYPE = "application/vc"
MOST_STATEMENTS = 5
"""BEGIN, the trust list with the root, the certificate with codes and successors, the entry with terms and holds, the
end."""


def issued(demo: Demo) -> list[bytes]:
    with closing(sqlite3.connect(demo.folder / DATABASE)) as database:
        rows = database.execute("SELECT document FROM certificate WHERE state = 'issued' ORDER BY page_id")
        return [document for (document,) in rows]


@pytest.fixture
def reads(demo: Demo) -> RegisterReads:
    return RegisterReads(demo.desk(), demo.settings)


@contextmanager
def statements(reads: RegisterReads) -> Iterator[list[str]]:
    """Collect what SQLite is told, with its values, by the next reading: one after another has one connection."""
    said: list[str] = []
    with reads._desk.open_reading() as work:
        driver = cast(Any, work._connection.connection.driver_connection)
    driver.set_trace_callback(said.append)
    try:
        yield said
    finally:
        driver.set_trace_callback(None)


def light(reads: RegisterReads, content: bytes, asked: Asked = NOTHING_ASKED) -> CodeVerdict | None:
    return reads.verify_light(content, MEDIA_TYPE, asked)


def test_the_answer_in_the_loop_is_that_of_every_other_way(demo: Demo, reads: RegisterReads) -> None:
    for document in issued(demo):
        for content in (document, document, document + b"\n"):
            assert light(reads, content) == (reads.verify(content, MEDIA_TYPE) if IS_PLAIN_READ else None)


def test_who_presents_is_told_in_the_loop_too(demo: Demo, reads: RegisterReads) -> None:
    document = issued(demo)[0]
    for asked in (Asked(challenge="c"), Asked(), Asked(domain="d")):
        expected = reads.verify(document, MEDIA_TYPE, asked) if IS_PLAIN_READ else None
        assert light(reads, document, asked) == expected


@pytest.mark.parametrize(
    "content",
    [
        b"eyJhbGciOiJFZERTQSJ9.e30.AA",
        b"CSE26ELE00012379",
        b'"CSE26ELE00012379"',
        b"%PDF-1.7",
        b'{"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"]}',
        b"{".ljust(LIGHT_BYTES + 1),
    ],
    ids=["token", "number", "text", "pdf", "foreign", "long"],
)
def test_threat_T03_what_may_take_longer_is_not_answered_in_the_loop(reads: RegisterReads, content: bytes) -> None:
    assert light(reads, content) is None


def test_threat_T03_what_pyld_must_read_is_judged_apart_and_not_in_the_loop(demo: Demo, reads: RegisterReads) -> None:
    society = "id:web:localhost%3A8000:societies:ele"  # Our schema takes it; a context makes another address of it.
    document = changed(world.parsed(issued(demo)[0]), ("credentialSubject/registration/society", society))
    content = document_bytes(document)
    assert DocumentHashes(document, BASE).plain is None
    assert first_violation("certificate", BASE, document) is None
    assert (light_document(content, BASE, Results()) is None) is IS_PLAIN_READ
    with statements(reads) as said:
        assert light(reads, content) is None
    assert said == []


def test_where_the_reader_is_off_nothing_is_even_parsed_in_the_loop(demo: Demo, reads: RegisterReads) -> None:
    with pytest.raises(RefusedDocumentError) if IS_PLAIN_READ else nullcontext():
        assert light(reads, issued(demo)[0][:-1]) is None


def test_a_database_on_a_server_is_never_waited_for_in_the_loop(demo: Demo) -> None:
    settings = replace(demo.settings, database_url="postgresql+psycopg://nobody@192.0.2.1/x")
    assert light(RegisterReads(demo.desk(), settings), issued(demo)[0]) is None


@pytest.mark.parametrize("size", [LIGHT_BYTES, LIGHT_BYTES + 1])
def test_in_the_loop_or_not_the_endpoint_gives_the_same(demo: Demo, reads: RegisterReads, size: int) -> None:
    app = FastAPI()
    install(app, reads)
    content = issued(demo)[0]
    with TestClient(app, base_url=BASE) as client:
        answer = client.post("/api/v1/verify", content=content.ljust(size), headers={"Content-Type": MEDIA_TYPE})
    told = {name: value for name, value in answer.json().items() if name != "document_sha256"}
    expected = reads.verify(content, MEDIA_TYPE).verdict
    assert told == {name: value for name, value in expected.items() if name != "document_sha256"}
    assert answer.headers["content-type"] == "application/json"


def test_a_verdict_takes_few_statements_and_reads_no_table_as_a_whole(demo: Demo, reads: RegisterReads) -> None:
    reads.verify(issued(demo)[0])
    with statements(reads) as said:
        reads.verify(issued(demo)[1])
    assert (said[0], said[-1], len(said)) == ("BEGIN", "ROLLBACK", MOST_STATEMENTS)
    with closing(sqlite3.connect(demo.folder / DATABASE)) as database:
        for one in said[1:-1]:
            steps = database.execute(f"EXPLAIN QUERY PLAN {one}").fetchall()
            scanned = [step[3] for step in steps if step[3].startswith("SCAN")]
            assert scanned in ([], ["SCAN trust_list"]), one


@pytest.mark.parametrize("seed", range(1, 4))
def test_with_results_and_without_every_question_has_the_same_report_in_every_order(seed: int) -> None:
    ask_in_some_order(seed, 300)
