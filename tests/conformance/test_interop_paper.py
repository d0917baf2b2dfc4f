"""What other implementations read in our PDF: its structure, the file inside it, and the QR on its page."""

import re
import shutil
import subprocess
from collections.abc import Callable
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
import zxingcpp

from registry.demo.plan import Story
from tests.conformance.interop_table import OURS, InteropTable, Reader
from tests.conformance.loopback_tls import Secured
from tests.support.pictures import page_of

PROGRAMS = ("qpdf", "pdfdetach")
pytestmark = pytest.mark.skipif(
    any(shutil.which(name) is None for name in PROGRAMS),
    reason=f"{' or '.join(PROGRAMS)} is not installed: apt-get install qpdf poppler-utils",
)


def _page(register: Secured, story: Story) -> str:
    return register.demo.pages()[register.demo.number(story)]


def _certificate(register: Secured, story: Story) -> bytes:
    return register.get(f"{register.demo.base}/credentials/{_page(register, story)}")


def _changed(content: bytes, change: Callable[[pikepdf.Pdf], object]) -> bytes:
    with pikepdf.open(BytesIO(content)) as document:
        change(document)
        saved = BytesIO()
        document.save(saved)
    return saved.getvalue()


@pytest.fixture(scope="module")
def papers(register: Secured) -> dict[str, bytes]:
    """The PDF as we print it, and what becomes of it in other hands."""
    printed = register.get(f"{register.demo.base}/v/{_page(register, Story.VALID)}/certificate.pdf")

    def exchange(document: pikepdf.Pdf) -> None:
        del document.attachments["certificate.json"]
        document.attachments["certificate.json"] = _certificate(register, Story.REVOKED)

    return {
        "as printed": printed,
        "saved anew": _changed(printed, lambda document: None),
        "page painted over": _changed(
            printed, lambda document: document.pages[0].contents_add(b"q 1 1 1 rg 0 180 600 160 re f Q")
        ),
        "attachment exchanged": _changed(printed, exchange),
    }


def _version(program: str) -> str:
    done = subprocess.run([program, "-v" if program == "pdfdetach" else "--version"], capture_output=True, text=True)
    found = re.search(r"version (\S+)", done.stdout + done.stderr)
    assert found is not None
    return found[1]


def _checked(content: bytes, folder: Path) -> str:
    file = folder / "paper.pdf"
    file.write_bytes(content)
    done = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True)
    return "no error" if done.returncode == 0 and "No syntax or stream encoding errors" in done.stdout else "errors"


def _detached(content: bytes, folder: Path, known: dict[bytes, str]) -> str:
    file, out = folder / "paper.pdf", folder / "out.json"
    file.write_bytes(content)
    subprocess.run(["pdfdetach", "-save", "1", "-o", out, file], check=True, capture_output=True)
    return known[out.read_bytes()]


def _scanned(content: bytes, address: str) -> str:
    (found,) = zxingcpp.read_barcodes(page_of(content, dpi=150))
    head, _, digits = found.text.partition("#")
    return "its paper code" if head.lower() == address and digits.isdecimal() else "something else"


def _ours(register: Secured, content: bytes) -> str:
    page = register.hand_in(content)
    title, state = re.search(r"<h1[^>]*>([^<]*)</h1>", page), re.search(r'data-state="([a-z_]+)"', page)
    assert title is not None
    assert state is not None
    return f"{state[1]}: {title[1].lower()}"


def test_every_reader_says_of_the_paper_what_the_table_says(
    papers: dict[str, bytes], register: Secured, interop_table: InteropTable, tmp_path: Path
) -> None:
    known = {_certificate(register, Story.VALID): "byte for byte", _certificate(register, Story.REVOKED): "another one"}
    address = f"{register.demo.base}/v/{_page(register, Story.VALID)}"
    readers: dict[Reader, Callable[[bytes], str]] = {
        Reader(OURS, version("cse-registry")): lambda content: _ours(register, content),
        Reader("qpdf --check", _version("qpdf"), is_pinned=False): lambda content: _checked(content, tmp_path),
        Reader("pdfdetach", _version("pdfdetach"), is_pinned=False): lambda content: _detached(
            content, tmp_path, known
        ),
        Reader("zxing-cpp", version("zxing-cpp")): lambda content: _scanned(content, address),
    }
    for reader, say in readers.items():
        interop_table.tell("PDF", reader, {name: say(content) for name, content in papers.items()})
