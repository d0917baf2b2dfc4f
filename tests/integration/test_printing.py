"""Paper through the whole program: command line, public origin, the digest that is kept."""

import hashlib
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from fastapi import FastAPI
from PIL import Image
from starlette.testclient import TestClient

from issuer.refusals import PrinterMissingError, UnprintableError
from public_site.routes import install
from registry.adapters.refusals import BusyError, ChildFailedError
from registry.app.reads import RegisterReads
from registry.demo.officers import REGISTRAR
from registry.demo.plan import Story
from registry.services.census import register_lines
from registry.services.codes import verdict_of_code
from registry.services.printing import Printer
from tests.integration.conftest import Cse
from tests.integration.registers import AT, BASE, DATABASE, Demo
from tests.support.pictures import drawn_svg, page_of, read_code


@pytest.fixture
def number(copied: Demo) -> str:
    return next(number for number, one in copied.engineers.items() if one.story is Story.VALID)


def kept(demo: Demo) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(demo.folder / DATABASE)) as connection:
        return connection.execute("SELECT page_id, sha256 FROM printed_form").fetchall()


def origin(demo: Demo, printer: Printer, *, is_demo: bool = True) -> TestClient:
    """Return the public origin with another printer; without `is_demo` nobody has opened a certificate."""
    app = FastAPI()
    install(app, RegisterReads(replace(demo.desk(), is_demo=is_demo), demo.settings, printer=printer))
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


def plain(certificate: bytes, code: bytes | None, base: str, is_demo: bool) -> bytes:
    return b"%PDF of " + certificate


def test_the_pdf_of_the_command_line_is_read_back_and_its_digest_kept_once(
    copied: Demo, cse: Cse, number: str, tmp_path: Path
) -> None:
    for name in ("one.pdf", "two.pdf"):
        said = cse("export", number, "--format", "pdf", "--out", tmp_path / name, env=copied.environment())
        assert (said.code, said.err) == (0, "")
    content = (tmp_path / "one.pdf").read_bytes()
    assert (tmp_path / "two.pdf").read_bytes() == content
    assert kept(copied) == [(copied.pages()[number], hashlib.sha256(content).hexdigest())]
    assert list(pikepdf.open(io.BytesIO(content)).attachments) == ["certificate.json"]
    answer = verdict_of_code(copied.desk(), read_code(page_of(content)), now=AT)
    assert (answer.verdict["state"], answer.is_readable) == ("valid", True)


def test_the_pictures_of_the_command_line_lead_to_a_paper_code_that_matches(
    copied: Demo, cse: Cse, number: str, tmp_path: Path
) -> None:
    for form in ("qr-png", "qr-svg"):
        said = cse("export", number, "--format", form, "--out", tmp_path / form, env=copied.environment())
        assert (said.code, said.err) == (0, "")
    pictures = [Image.open(tmp_path / "qr-png"), drawn_svg((tmp_path / "qr-svg").read_bytes())]
    for text in map(read_code, pictures):
        assert verdict_of_code(copied.desk(), text, now=AT).verdict["state"] == "valid"
    assert kept(copied) == []


def test_a_certificate_from_before_paper_codes_is_printed_with_its_address(
    copied: Demo, cse: Cse, number: str, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(copied.folder / DATABASE)) as connection, connection:
        connection.execute("DELETE FROM paper_code")
    said = cse("export", number, "--format", "qr-png", "--out", tmp_path / "q", env=copied.environment())
    assert (said.code, "address alone" in said.err) == (0, True)
    assert read_code(Image.open(tmp_path / "q")) == f"http://LOCALHOST:8000/V/{copied.pages()[number].upper()}"


def test_the_public_origin_gives_pdf_and_screen_codes(
    copied: Demo, number: str, visit: Callable[..., TestClient]
) -> None:
    page, client = copied.pages()[number], visit(copied)
    answer = client.get(f"/v/{page}/certificate.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="{page}.pdf"'
    assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert client.get(f"/credentials/{page}", headers={"Accept": "application/pdf"}).content == answer.content
    assert kept(copied) == [(page, hashlib.sha256(answer.content).hexdigest())]
    address = f"http://LOCALHOST:8000/V/{page.upper()}"
    png, svg = client.get(f"/v/{page}/qr.png"), client.get(f"/v/{page.upper()}/qr.svg")
    assert (png.headers["content-type"], svg.headers["content-type"]) == ("image/png", "image/svg+xml")
    assert read_code(Image.open(io.BytesIO(png.content))) == address
    assert read_code(drawn_svg(svg.content)) == address


@pytest.mark.parametrize("form", ["certificate.pdf", "qr.svg", "qr.png"])
def test_what_nobody_opened_answers_like_what_is_absent(copied: Demo, number: str, form: str) -> None:
    closed, opened = origin(copied, plain, is_demo=False), origin(copied, plain)
    page = copied.pages()[number]
    answers = [closed.get(f"/v/{page}/{form}"), opened.get(f"/v/{'0' * 20}/{form}"), opened.get(f"/v/none/{form}")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({answer.headers["content-type"] for answer in answers}) == 1
    assert opened.get(f"/v/{page}/{form}").status_code == 200


@pytest.mark.parametrize(
    ("refusal", "status", "slug", "words"),
    [
        (BusyError(), 503, "not-printed", "Try again in a minute"),
        (ChildFailedError("certificate_pdf ended without a result"), 503, "not-printed", "Try again in a minute"),
        (PrinterMissingError("PDFs need Pango"), 503, "not-printed", "tell the operator"),
        (UnprintableError("no installed font has the character 裴 (U+88F4)"), 422, "unprintable", "U+88F4"),
    ],
    ids=["busy", "killed", "no library", "no glyph"],
)
def test_what_cannot_be_printed_now_is_a_problem_with_the_way_out(
    copied: Demo, number: str, refusal: Exception, status: int, slug: str, words: str
) -> None:
    def refuse(certificate: bytes, code: bytes | None, base: str, is_demo: bool) -> bytes:
        raise refusal

    client = origin(copied, refuse)
    answer = client.get(f"/v/{copied.pages()[number]}/certificate.pdf")
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
    assert words in answer.json()["detail"]
    assert "certificate_pdf" not in answer.text
    assert ("retry-after" in answer.headers) == (status == 503)
    assert client.get(f"/v/{copied.pages()[number]}").status_code == 200
    assert kept(copied) == []


def test_a_register_that_cannot_be_read_is_a_failure_and_not_an_absence(copied: Demo, number: str) -> None:
    page, client = copied.pages()[number], origin(copied, plain)
    with closing(sqlite3.connect(copied.folder / DATABASE)) as connection, connection:
        connection.execute("DROP TABLE printed_form")
    answer = client.get(f"/v/{page}/certificate.pdf")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/register-unreachable")
    with closing(sqlite3.connect(copied.folder / DATABASE)) as connection, connection:
        connection.execute("ALTER TABLE certificate RENAME TO gone")
    assert client.get(f"/v/{page}/qr.svg").status_code == 503


def test_all_active_certificates_are_printed_and_a_second_run_goes_on_where_the_first_ended(
    copied: Demo, cse: Cse, number: str, tmp_path: Path
) -> None:
    first = cse("print", number, "--out", tmp_path / "paper", env=copied.environment())
    (file,) = (tmp_path / "paper").iterdir()
    assert (first.code, first.out.splitlines()[0]) == (0, f"{number}  {file.name}")
    assert file.name == f"{number}-{copied.pages()[number]}.pdf"
    assert kept(copied) == [(copied.pages()[number], hashlib.sha256(file.read_bytes()).hexdigest())]
    file.write_bytes(b"left alone")
    said = cse("print", "--all", "--out", tmp_path / "paper", env=copied.environment())
    lines = register_lines(copied.desk(), actor=REGISTRAR, now=AT)
    active = {f"{line.number}-{line.page_id}.pdf" for line in lines if line.status == "ACTIVE"}
    assert (said.code, f"{number} (was there)  {file.name}" in said.out) == (0, True)
    assert {one.name for one in (tmp_path / "paper").iterdir()} == active
    assert file.read_bytes() == b"left alone"
    assert len(kept(copied)) == len(active)
    for one in (tmp_path / "paper").iterdir():
        if one != file:
            text = read_code(page_of(one.read_bytes()))
            assert verdict_of_code(copied.desk(), text, now=AT).verdict["outcome"] == "valid"


@pytest.mark.parametrize("unknown", ["CSE26ELE00012379", "CSE26ELE00012370", "NOPE"])
def test_a_number_that_cannot_be_printed_stops_no_other(
    copied: Demo, cse: Cse, number: str, tmp_path: Path, unknown: str
) -> None:
    said = cse("print", unknown, number, "--out", tmp_path, "--json", env=copied.environment())
    refused, printed = json.loads(said.out)
    assert said.code == 1
    assert (refused["number"], refused["file"], bool(refused["refused"])) == (unknown, None, True)
    assert printed == {"number": number, "file": f"{number}-{copied.pages()[number]}.pdf", "refused": None}
    assert [one.name for one in tmp_path.glob("*.pdf")] == [printed["file"]]


def test_a_printed_certificate_that_does_not_count_today_is_told(copied: Demo, cse: Cse, tmp_path: Path) -> None:
    suspended = copied.number(Story.SUSPENDED_CPD)
    said = cse("print", suspended, "--out", tmp_path, env=copied.environment())
    assert (said.code, f"{suspended} (not valid today: suspended)  " in said.out) == (0, True)


@pytest.mark.parametrize("arguments", [(), ("--all", "CSE26ELE00012379")], ids=["neither", "both"])
def test_either_numbers_or_all_are_printed(copied: Demo, cse: Cse, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    said = cse("print", *arguments, "--out", tmp_path / "paper", env=copied.environment())
    assert (said.code, "name register numbers, or use --all" in said.err) == (3, True)
    assert not (tmp_path / "paper").exists()


def test_a_folder_that_cannot_be_written_is_named(copied: Demo, cse: Cse, number: str, tmp_path: Path) -> None:
    (tmp_path / "paper").write_text("a file", encoding="utf-8")
    said = cse("print", number, "--out", tmp_path / "paper", env=copied.environment())
    assert (said.code, "paper" in said.err) == (3, True)
