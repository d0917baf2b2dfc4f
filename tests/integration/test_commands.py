"""The command line when all is well: what it prints, for people and for programs."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from registry.demo.plan import Story
from schemas.paper_code import to_digits
from tests.integration.conftest import Cse
from tests.integration.registers import AT, BASE, Demo, clean_environment, demo_in

PROJECT = Path(__file__).resolve().parents[2]


def test_the_demonstration_that_is_there_is_shown_and_not_built_anew(copied: Demo, cse: Cse) -> None:
    before = copied.rows()
    said = cse("demo", "--all", env=copied.environment())
    lines = said.out.splitlines()
    assert (said.code, lines[0]) == (0, "DEMONSTRATION DATA / 演示数据")
    assert [line.split()[0] for line in lines if line.startswith("CSE")] == sorted(copied.engineers)
    assert "Home:                http://localhost:8000/" in lines
    good = lines[-1].rpartition("/")[2]
    assert copied.engineers[{page: number for number, page in copied.pages().items()}[good]].story in {
        Story.VALID,
        Story.NAME_WITHHELD,
        Story.TWO_FIELDS,
        Story.HOLD_LIFTED,
    }
    rows = cse("demo", "--json", env=copied.environment()).json
    assert {row["number"] for row in rows} == set(copied.engineers)
    assert {row["status"] for row in rows} == {"ACTIVE", "SUSPENDED", "EXPIRED", "REVOKED"}
    assert copied.rows() == before


def test_for_people_one_entry_of_each_kind_is_listed(demo: Demo, cse: Cse) -> None:
    lines = cse("demo", env=demo.environment()).out.splitlines()
    listed = [line.split(maxsplit=4) for line in lines if line.startswith("CSE")]
    assert [(status, *marks) for _, _, status, _, *marks in listed] == [
        ("ACTIVE",),
        ("ACTIVE", "due soon"),
        ("ACTIVE", "hold lifted"),
        ("ACTIVE", "name withheld"),
        ("ACTIVE", "two fields"),
        ("EXPIRED", "term ended"),
        ("REVOKED",),
        ("REVOKED", "conduct interim"),
        ("SUSPENDED", "conduct interim"),
        ("SUSPENDED", "conduct sanction"),
        ("SUSPENDED", "cpd"),
        ("SUSPENDED", "cpd, identity"),
        ("SUSPENDED", "cpd, membership"),
        ("SUSPENDED", "cpd, term ended"),
        ("SUSPENDED", "society review"),
    ]
    pages = demo.pages()
    assert all(address == f"{BASE}/v/{pages[number]}" for number, _, _, address, *_ in listed)
    assert lines[len(listed) + 1].startswith("25 entries: 14 ACTIVE, 2 EXPIRED, 2 REVOKED, 7 SUSPENDED. ")


def test_the_census_counts_every_entry_once(demo: Demo, cse: Cse) -> None:
    told = cse("census", "--json", env=demo.environment()).json
    assert (told["persons"], told["entries"], told["registrations"]) == (24, 25, 25)
    by_status: Counter[str] = Counter()
    for row in told["by_grade"]:
        by_status[row["status"]] += row["count"]
    assert by_status == {"ACTIVE": 14, "EXPIRED": 2, "REVOKED": 2, "SUSPENDED": 7}
    assert {row["kind"] for row in told["certificates"]} == {"first"}
    assert sum(row["count"] for row in told["certificates"]) == 25
    assert {row["state"] for row in told["certificates"] if row["bits"].startswith("R=1")} == {"REVOKED"}
    table = cse("census", env=demo.environment()).out
    assert all(
        word in table for word in ("AE", "PE", "SPE", "ACTIVE", "REVOKED", "25", "24 persons", "R=1 S=0", "in force")
    )


def test_threat_g08_two_builds_of_one_moment_have_the_same_people_and_other_secrets(
    demo: Demo, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = demo_in(tmp_path_factory.mktemp("second-build"))
    assert other.engineers == demo.engineers
    assert set(other.pages().values()).isdisjoint(demo.pages().values())
    found = []
    for one in (demo, other):
        with one.desk().open_reading() as work:
            keys = {key.public_key for body in work.trust.bodies() for key in body.keys}
            certificates = [work.certificates.of_registration(number, 1)[0] for number in demo.engineers]
            events = [work.journal.events(number) for number in demo.engineers]
        found.append((keys, certificates, events))
    assert found[0][0].isdisjoint(found[1][0])
    same = sum(a.status_index == b.status_index for a, b in zip(found[0][1], found[1][1], strict=True))
    assert same <= 1
    assert found[0][2] == found[1][2]


@pytest.mark.parametrize(("lang", "headline"), [("en", "Valid today"), ("zh", "今日有效")])
def test_a_verdict_for_people_begins_with_the_headline(demo: Demo, cse: Cse, lang: str, headline: str) -> None:
    said = cse("verify", demo.number(Story.VALID), "--lang", lang, env=demo.environment())
    assert (said.code, said.out.splitlines()[0]) == (0, headline)
    assert "outcome valid, state valid, checked 2026-07-01T02:00:00Z" in said.out
    assert "root_sha256" in said.out
    assert "not part" in said.out
    step = {"en": "Does this name match the person?", "zh": "请核对姓名与身份证件。"}[lang]
    assert said.out.index(demo.number(Story.VALID)) < said.out.index(step) < said.out.index("outcome valid")


def test_a_verdict_for_people_says_why_not(demo: Demo, cse: Cse) -> None:
    said = cse("verify", demo.number(Story.SUSPENDED_TWICE), env=demo.environment())
    assert (said.code, said.out.splitlines()[0]) == (1, "Not valid now – suspended")
    assert "FAILED" in said.out
    unknown = cse("verify", "CSE26ELE00012379", env=demo.environment())
    assert (unknown.code, unknown.out.splitlines()[0]) == (2, "Nothing found for this number")


def test_a_document_is_read_from_the_standard_input(demo: Demo, tmp_path: Path) -> None:
    number = demo.number(Story.VALID)
    with demo.desk().open_reading() as work:
        (certificate,) = work.certificates.of_registration(number, 1)
    done = subprocess.run(
        [sys.executable, "-m", "registry.cli.main", "verify", "-", "--json"],
        cwd=PROJECT,
        env={**clean_environment(), **demo.environment()},
        input=certificate.document,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, json.loads(done.stdout)["state"], done.stderr) == (0, "valid", b"")


def test_the_address_on_paper_is_understood_in_capitals(demo: Demo, cse: Cse) -> None:
    """A fixed bug: the code on paper spells the host in capitals and carries digits after the page id."""
    page = demo.pages()[demo.number(Story.VALID)]
    with demo.desk().open_reading() as work:
        digits = to_digits(work.certificates.paper_codes(page)[0])
    address = f"http://LOCALHOST:8000/V/{page.upper()}"
    flipped = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    for target, code, state in (
        (address, 0, "valid"),
        (f"{address}#{digits}", 0, "valid"),
        (digits, 0, "valid"),
        (f"{address}#{flipped}", 1, "tampered"),
        (flipped, 2, "unknown"),
    ):
        said = cse("verify", target, "--json", env=demo.environment())
        assert (said.code, said.json["state"]) == (code, state)
    cut = cse("verify", f"{address}#{digits[:17]}", env=demo.environment())
    assert (cut.code, cut.out) == (3, "")
    assert "scan it again" in cut.err


def test_the_trust_root_is_shown_and_a_new_list_is_signed(copied: Demo, cse: Cse) -> None:
    env = copied.environment(AT)
    shown = cse("trust", "--json", env=env).json
    assert shown["trust_root"].startswith("sha256:")
    assert shown["trust_root"] in cse("trust", "show", env=env).out
    later = copied.environment(AT.replace(hour=3))
    signed = cse("trust", "publish", "--as", "registrar-2", "--json", env=later).json
    assert signed == {**shown, "trust_list_version": shown["trust_list_version"] + 1}


@pytest.mark.parametrize(
    "name",
    ["A :cat: [red]B", "\u3164\u3164", "\u2800\u2800", "110101199003070011", "Z" + "\u0301" * 9 + "a", "Z", "Жан"],
)
def test_what_is_no_name_is_refused(copied: Demo, cse: Cse, tmp_path: Path, name: str) -> None:
    """Pictures, markup, blanks, numbers, heaps of marks, another script: nothing of it gets into a certificate."""
    file = tmp_path / "recommendation.json"
    members = {
        "member_ref": "E-1", "name_latin": name, "consent_c1": True, "society": "ELE", "field": "ELE",
        "grade": "PE", "standard": "T/CAS 326-2021", "decided_on": "2026-06-01", "decision_ref": "x",
    }  # fmt: skip
    file.write_text(json.dumps(members), encoding="utf-8")
    said = cse("recommend", file, "--as", "board-ele", env=copied.environment())
    assert (said.code, "name_latin" in said.err, name in said.err) == (3, True, False)


def test_an_officer_of_a_society_takes_out_its_own_certificates_only(demo: Demo, cse: Cse, tmp_path: Path) -> None:
    found = {one.society: number for number, one in demo.engineers.items()}
    for society, code in (("ELE", 0), ("CIV", 3)):
        asked = ("export", found[society], "--out", tmp_path / f"{society}.json", "--as", "board-ele")
        assert cse(*asked, env=demo.environment()).code == code
    assert [path.name for path in tmp_path.iterdir()] == ["ELE.json"]


@pytest.mark.parametrize(
    ("story", "warning"),
    [
        (Story.VALID, ""),
        (Story.REVOKED, "This certificate is not valid today: revoked\n"),
        (Story.SUSPENDED_CPD, "This certificate is not valid today: suspended\n"),
        (Story.EXPIRED, "This certificate is not valid today: expired\n"),
    ],
)
@pytest.mark.parametrize("form", ["vc", "qr-png", "qr-svg"])
def test_what_is_taken_out_is_named_and_a_certificate_that_ended_told(
    demo: Demo, cse: Cse, tmp_path: Path, story: Story, warning: str, form: str
) -> None:
    said = cse("export", demo.number(story), "--format", form, "--out", tmp_path / "out", env=demo.environment())
    assert (said.code, said.err, f" as {form}, " in said.out) == (0, warning, True)
