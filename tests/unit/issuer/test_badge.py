"""The badge as it is drawn: what it says, whom it does not name, and the credential inside."""

import json
import re
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring

from issuer.badge import badge_svg, baked_png
from issuer.proofs import document_bytes
from issuer.refusals import UnprintableError
from tests.support import world
from tests.support.expect import changed
from tests.support.papers import picture, sheet
from verifier.badge import NAMESPACE, baked_credential, png_chunks
from verifier.formats import Kind

SVG = "{http://www.w3.org/2000/svg}"


def drawn(certificate: bytes | None = None, base: str = world.BASE, *, is_demo: bool = True) -> Any:
    return fromstring(badge_svg(certificate or world.certificate(), base, is_demo))


def said(root: Any) -> str:
    return " ".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))


def test_the_credential_stands_first_and_byte_for_byte() -> None:
    content = badge_svg(world.certificate(), world.BASE, True)
    assert baked_credential(content, Kind.SVG) == world.certificate()
    assert fromstring(content)[0].tag == f"{{{NAMESPACE}}}credential"
    assert len(content) < 12_288


def test_it_says_grade_field_bodies_number_and_where_to_verify_in_both_languages() -> None:
    words = said(drawn())
    value = json.loads(world.certificate())
    for word in ("PE", "专业工程师", "Professional Engineer", "电气工程类", "Electrical Engineering", "localhost:8000"):
        assert word in words
    for body in (value["issuer"], value["credentialSubject"]["achievement"]["creator"]):
        assert all(part in words for part in body["name"].partition(" ")[::2])
    assert value["credentialSubject"]["licenseNumber"] in words


def test_nobody_is_named_in_the_picture() -> None:
    subject = json.loads(world.certificate())["credentialSubject"]
    root = drawn()
    picture_alone = badge_svg(world.certificate(), world.BASE, True).decode().partition("</openbadges:credential>")[2]
    for name in (subject["nameHans"], subject["nameLatin"]):
        assert name not in said(root) + picture_alone


@pytest.mark.parametrize(("is_demo", "shown"), [(True, "inline"), (False, "none")])
def test_a_demonstration_says_so_on_its_badge(is_demo: bool, shown: str) -> None:
    (mark,) = [text for text in drawn(is_demo=is_demo).iter(f"{SVG}text") if "DEMONSTRATION" in (text.text or "")]
    assert mark.get("display") == shown


def test_the_host_is_whole_however_long_it_is() -> None:
    sizes = {}
    for base in ("http://localhost:8000", "https://verify.engineers-register.example.org.cn:8443"):
        host = base.partition("//")[2]
        document = world.certificate().replace(b"http://localhost:8000", base.encode())
        (text,) = [one for one in drawn(document, base).iter(f"{SVG}text") if one.text == host]
        sizes[host] = float(text.get("font-size")) * len(host)
    assert max(sizes.values()) <= 600


@pytest.mark.parametrize(
    ("path", "text"),
    [("issuer/name", "x]]><script>"), ("credentialSubject/achievement/creator/name", "社" * 300)],
    ids=["end of CDATA", "too long"],
)
def test_what_cannot_stand_in_it_is_refused(path: str, text: str) -> None:
    document = document_bytes(changed(json.loads(world.certificate()), (path, text)))
    with pytest.raises(UnprintableError):
        badge_svg(document, world.BASE, True)


def test_markup_in_a_name_is_text() -> None:
    document = document_bytes(changed(json.loads(world.certificate()), ("issuer/name", "<script>a</script> & b")))
    content = badge_svg(document, world.BASE, True)
    assert baked_credential(content, Kind.SVG) == document
    assert re.search("<script", content.decode().partition("</openbadges:credential>")[2]) is None


def test_a_png_keeps_its_picture_and_gains_one_text() -> None:
    plain = picture(sheet("x"))
    baked = baked_png(plain, world.certificate())
    assert baked_credential(baked, Kind.PNG) == world.certificate()
    assert [one for one in png_chunks(baked) if one[0] != b"iTXt"] == png_chunks(plain)
