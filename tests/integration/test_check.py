"""/check of a whole register: photos, PDF files and certificates of people and attackers (`threats.md` 2.8).

After every attack the register holds what it held, and the process answers.
"""

import json
import random
import re
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any
from zlib import compressobj

import pikepdf
import pypdfium2
import pytest
from starlette.testclient import TestClient

from public_site.reads import RefusedDocumentError
from registry.app.reads import RegisterReads
from registry.demo.plan import Story
from tests.integration.registers import Demo
from tests.support.graphs import Document, chain, clique
from tests.support.papers import PNG, chunk, document_of, paper_text, pdf, photo, picture, png_of, sheet
from verifier.formats import BYTES, Kind

FOREIGN = "https://cse-verify.example.net/V/7Q2MX4T9K0RB3WZD8HVN"


class Desk:
    """A visitor of /check."""

    def __init__(self, client: TestClient, demo: Demo) -> None:
        self.client, self.demo, self.pages = client, demo, demo.pages()

    def send(self, content: bytes, lang: str = "en") -> Any:
        return self.client.post("/check", files={"file": ("x", content)}, headers={"accept-language": lang})

    def refusal(self, content: bytes) -> tuple[int, str]:
        """Status and error of a file that is not read."""
        answer = self.send(content)
        error = re.search(r'id="file-error">([^<]*)<', answer.text)
        return answer.status_code, error[1] if error else answer.text

    def verdict(self, content: bytes) -> tuple[str, str, str]:
        """Headline, state and row of the paper code of what is answered."""
        page = self.send(content).text
        found = [
            re.search(form, page)
            for form in (r"<h1>([^<]*)</h1>", r'data-state="([^"]+)"', r'data-check="paper" data-result="([^"]+)"')
        ]
        return tuple(one[1] if one else "" for one in found)  # type: ignore[return-value]

    def page(self, story: Story = Story.VALID, position: int = 0) -> str:
        return self.pages[self.demo.number(story, position)]

    def text(self, story: Story = Story.VALID, position: int = 0) -> str:
        return paper_text(self.demo.desk(), self.page(story, position))

    def document(self, story: Story = Story.VALID) -> bytes:
        return document_of(self.demo.desk(), self.page(story))


@pytest.fixture
def desk(demo: Demo, visit: Callable[[Demo], TestClient]) -> Iterator[Desk]:
    """Look at the register before and after: no test here may change a row of it, or leave it mute."""
    before = demo.rows()
    desk = Desk(visit(demo), demo)
    yield desk
    assert demo.rows() == before
    assert desk.verdict(photo(desk.text())) == ("Valid today", "valid", "passed")


@pytest.mark.parametrize(
    ("story", "state"),
    [
        (Story.VALID, "valid"),
        (Story.SUSPENDED_CPD, "suspended"),
        (Story.REVOKED, "revoked"),
        (Story.EXPIRED, "expired"),
    ],
)
def test_a_photo_of_a_paper_gives_the_state_and_says_that_the_code_matches(
    desk: Desk, story: Story, state: str
) -> None:
    assert desk.verdict(photo(desk.text(story)))[1:] == (state, "passed")
    assert desk.verdict(pdf(desk.text(story)))[1:] == (state, "passed")


def test_an_address_alone_says_nothing_about_a_paper(desk: Desk) -> None:
    address, _, digits = desk.text().partition("#")
    assert desk.verdict(photo(address))[1:] == ("valid", "not_part")
    assert desk.verdict(photo(f"{address}#{digits[:50]}"))[1:] == ("valid", "not_checked")
    assert desk.verdict(photo(f"{address}#{desk.text(position=1).partition('#')[2]}"))[1:] == ("tampered", "failed")


def test_site_a34_a_photo_of_a_foreign_code_is_named_and_not_followed(desk: Desk) -> None:
    answer = desk.send(photo(FOREIGN))
    assert 'data-state="foreign_code"' in answer.text
    assert "It leads to: cse-verify.example.net." in answer.text
    assert "We did not open it." in answer.text
    assert 'href="https://cse-verify' not in answer.text


def test_photos_without_an_answer(desk: Desk) -> None:
    assert desk.verdict(picture(sheet()))[1] == "malformed"
    assert desk.verdict(photo(desk.text(), desk.text(position=1)))[1] == "could_not_check"
    assert desk.verdict(photo(FOREIGN, desk.text()))[1] == "valid"


def test_a_certificate_as_a_file_is_verified(desk: Desk) -> None:
    assert desk.verdict(desk.document())[1:] == ("valid", "not_part")
    assert desk.verdict(desk.document().replace(b"T23:59:59+08:00", b"T23:59:58+08:00", 1))[1] == "invalid"
    assert desk.refusal(b"{")[0] == 400
    assert desk.refusal(b"\xef\xbb\xbf" + desk.document())[0] == 400


def test_threat_U15_the_printed_page_was_not_checked(desk: Desk) -> None:
    """The page was edited and shows other words; the attachment is genuine."""
    attached = [("certificate.json", desk.document())]
    edited = pdf(desk.text(), words="CANARY, Senior Professional Engineer", attached=attached)
    assert desk.verdict(edited) == ("The printed page was not checked", "valid", "not_part")
    page = desk.send(edited, "zh").text
    assert "未核对打印页面" in page
    assert not {word for word in ("certificate.json", "CANARY") if word in page}
    assert desk.demo.number(Story.VALID) in page


def test_threat_U15_code_and_certificate_disagree(desk: Desk) -> None:
    """A page that shows the code of another, no code, or is one of two is not the page of the certificate."""
    attached = [("certificate.json", desk.document())]
    other, none = pdf(desk.text(position=1), attached=attached), pdf(words="no code", attached=attached)
    blank, second = pdf(attached=attached, pages=1), pdf(desk.text(), attached=attached, pages=2)
    for content in (other, none, blank, second):
        assert desk.verdict(content)[1] == "could_not_check"
        assert "does not show the code" in desk.send(content).text


def test_threat_U10_two_certificates_or_a_strange_name(desk: Desk) -> None:
    document = desk.document()
    assert desk.verdict(pdf(attached=[("a", document), ("b", document)]))[1] == "could_not_check"
    assert desk.verdict(pdf(desk.text(), attached=[("../x", document)]))[1] == "valid"


def test_threat_U01_a_pixel_bomb(desk: Desk) -> None:
    assert desk.refusal(png_of(30_000, 30_000)) == (
        422,
        "The picture has more than 25 million pixels. Send a smaller one",
    )


def test_threat_U04_damaged_pictures(desk: Desk) -> None:
    good = picture(sheet(desk.text()))
    end = len(good) - 12
    for content in (good[:-20], good[:end] + chunk(b"IEND", crc=7), good + chunk(b"IDAT"), photo(desk.text())[:5000]):
        assert desk.refusal(content)[0] == 422
    assert desk.refusal(PNG)[0] == 422


def _saved(made: pikepdf.Pdf) -> bytes:
    file = BytesIO()
    made.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return file.getvalue()


def _many_objects() -> bytes:
    """A PDF of 200,000 objects, the most that are made in a second or two."""
    made = pikepdf.new()
    made.add_blank_page()
    made.Root.All = pikepdf.Array([made.make_indirect(pikepdf.Dictionary()) for _ in range(200_000)])
    return _saved(made)


def _a_million_entries() -> bytes:
    """A PDF whose table names a million objects, each at the place of the same one."""
    head = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    table = b"xref\n0 500000\n0000000000 65535 f \n" + b"0000000009 00000 n \n" * 499_999
    end = b"trailer<</Size 500000/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(head)
    return head + table + end


def _bomb_of_streams() -> bytes:
    """An attached file of 512 MiB that fits in half a MiB."""
    with pikepdf.open(BytesIO(pdf(attached=[("a", b"{}")]))) as made:
        (stream,) = [one for one in made.objects if isinstance(one, pikepdf.Stream) and "/Params" in one]
        press = compressobj(9)
        packed = b"".join(press.compress(b"{" + bytes((1 << 20) - 1)) for _ in range(512)) + press.flush()
        stream.write(packed, filter=pikepdf.Name.FlateDecode)
        return _saved(made)


def _slow_page() -> bytes:
    """A page that draws one large picture a hundred thousand times."""
    with pikepdf.open(BytesIO(pdf("x"))) as made:
        draws = b"q 800 3 -3 800 0 0 cm /image Do Q\n" * 100_000
        made.pages[0].Contents = made.make_stream(draws)
        (name,) = made.pages[0].Resources.XObject.keys()
        made.pages[0].Resources.XObject["/image"] = made.pages[0].Resources.XObject[name]
        return _saved(made)


@pytest.mark.parametrize(
    "make",
    [
        lambda: pdf("x", root={"/OpenAction": pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")}),
        lambda: pdf("x", attached=[("setup.exe", b"MZ\x90\0" + bytes(1000))]),
        lambda: pdf("x", pages=201),
        lambda: b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer<</Size 1/Prev 9/Root 1 0 R>>\nstartxref\n9\n%%EOF",
        lambda: b"%PDF-1.7\n" + b"[" * 1_000_000 + b"\n%%EOF",
        _many_objects,
        _a_million_entries,
        _bomb_of_streams,
        _slow_page,
    ],
    ids=["action", "program", "pages", "xref loop", "nesting", "objects", "entries", "bomb", "slow"],
)
def test_threat_U07_hostile_pdf_files(desk: Desk, make: Callable[[], bytes]) -> None:
    content = make()
    assert len(content) <= BYTES[Kind.PDF]
    assert desk.refusal(content)[0] == 422


def test_threat_U11_other_kinds_of_files(desk: Desk) -> None:
    zipped = b"PK\x03\x04PK\x01\x02" + bytes(42) + b"PK\x05\x06" + bytes(18)
    good = picture(sheet(desk.text()))
    for content in (b"<html>", picture(sheet(), "GIF") + zipped, good + zipped, pdf("x") + zipped):
        assert desk.refusal(content)[0] == 415


def test_threat_U13_nothing_of_a_photo_but_its_code_is_answered(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    answer = desk.send(photo(desk.text()))
    assert "CANARY" not in answer.text + caplog.text


_LARGE = 10_000_000


def test_a_large_file_never_touches_the_disk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no folder for temporary files, and none is missed."""
    with pikepdf.open(BytesIO(pdf(desk.text()))) as made:
        made.Root.Large = made.make_stream(random.Random(1).randbytes(_LARGE))
        large = _saved(made)
    assert _LARGE < len(large) <= BYTES[Kind.PDF]
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    assert desk.verdict(large)[1] == "valid"
    monkeypatch.undo()


def test_threat_U14_twenty_uploads_at_once(desk: Desk) -> None:
    """Each gets its verdict or is told to come back; none fails."""
    content = photo(desk.text())
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: desk.send(content), range(20)))
    codes = [answer.status_code for answer in answers]
    assert set(codes) <= {200, 429, 503}
    assert codes.count(200) >= 1
    assert all('data-state="valid"' in answer.text for answer in answers if answer.status_code == 200)
    assert all(answer.headers["retry-after"] == "30" for answer in answers if answer.status_code != 200)


def test_files_without_a_register_are_not_judged(copied: Demo) -> None:
    reads = RegisterReads(copied.desk(), copied.settings)
    document = document_of(copied.desk(), next(iter(copied.pages().values())))
    (copied.folder / "register.sqlite").write_bytes(b"x" * 4096)
    for content in (pdf(attached=[("a", document)]), document):
        with pytest.raises(RefusedDocumentError) as caught:
            reads.verify(content)
        assert caught.value.problem.slug == "register-unreachable"


def test_an_attached_file_that_is_no_json_is_told(desk: Desk) -> None:
    assert desk.refusal(pdf(attached=[("a", b"{")]))[0] == 400


def _painted(content: bytes, area: str) -> bytes:
    with pikepdf.open(BytesIO(content)) as document:
        document.pages[0].contents_add(f"q 1 1 1 rg {area} re f Q".encode())
        return _saved(document)


def test_our_own_paper_is_read_from_file_screen_and_print(copied: Demo, visit: Callable[[Demo], TestClient]) -> None:
    """The PDF as we make it, one whose visible page was painted over, its print photographed, and the screen QR."""
    desk = Desk(visit(copied), copied)
    made = desk.client.get(f"/v/{desk.page()}/certificate.pdf").content
    painted, without_code = (_painted(made, area) for area in ("0 300 600 80", "0 600 600 242"))
    for content in (made, painted):
        assert desk.verdict(content) == ("The printed page was not checked", "valid", "not_part")
        assert desk.demo.number(Story.VALID) in desk.send(content).text
    assert desk.verdict(without_code)[1] == "could_not_check"
    drawn = pypdfium2.PdfDocument(made)[0].render(scale=150 / 72).to_pil()
    print_of_it = picture(drawn.rotate(5, expand=True, fillcolor=(200, 200, 200)), "JPEG", quality=70)
    assert desk.verdict(print_of_it)[1:] == ("valid", "passed")
    assert desk.verdict(desk.client.get(f"/v/{desk.page()}/qr.png").content)[1:] == ("valid", "not_part")


@pytest.mark.parametrize("document", [clique(8), chain(40)], ids=["threat_V06-clique-of-8", "threat_V07-chain-of-40"])
def test_a_document_that_would_keep_us_busy_is_refused(desk: Desk, document: Document) -> None:
    content = json.dumps(document).encode()
    answer = desk.client.post("/api/v1/verify", content=content, headers={"content-type": "application/vc"})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/document-too-complex")
    assert desk.refusal(content)[0] == 422
    assert "too complex" in desk.refusal(content)[1]
