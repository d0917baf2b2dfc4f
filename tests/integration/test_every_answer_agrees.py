"""One register, five ways to ask: number, page, JSON, API, command line. They never disagree."""

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from registry.demo.plan import Story
from registry.store.engine import open_engine
from tests.integration.conftest import Cse
from tests.integration.registers import BASE, Database, Demo

# From site.md 4 and the plan, written out: what each story must read as.
STATE = {
    Story.VALID: "valid",
    Story.DUE_SOON: "valid_notice",
    Story.NAME_WITHHELD: "valid",
    Story.TWO_FIELDS: "valid",
    Story.HOLD_LIFTED: "valid",
    Story.SUSPENDED_CPD: "suspended",
    Story.SUSPENDED_TWICE: "suspended",
    Story.SUSPENDED_INTERIM: "suspended",
    Story.SUSPENDED_SANCTION: "suspended",
    Story.SUSPENDED_REVIEW: "suspended",
    Story.SUSPENDED_IDENTITY: "suspended",
    Story.SUSPENDED_EXPIRED: "suspended",
    Story.EXPIRED: "expired",
    Story.REVOKED: "revoked",
    Story.REVOKED_WHILE_HELD: "revoked",
}
HEADLINE = {
    "valid": ("Valid today", "今日有效"),
    "valid_notice": ("Valid today – renewal due soon", "今日有效——即将到期"),
    "suspended": ("Not valid now – suspended", "目前无效——已暂停"),
    "expired": ("Not valid now – expired", "目前无效——已到期"),
    "revoked": ("Not valid – revoked", "无效——已吊销"),
}
OUTCOME = {
    "valid": "valid",
    "valid_notice": "valid",
    "suspended": "invalid",
    "expired": "invalid",
    "revoked": "invalid",
}
EXIT = {"valid": 0, "invalid": 1, "indeterminate": 2}
TABLE = Path(__file__).resolve().parents[2] / "var" / "state-table.txt"


def said(html: str) -> tuple[str, str, str]:
    """State, outcome and headline of a page."""
    panel = re.search(r'data-state="(\w+)" data-outcome="(\w+)"', html)
    headline = re.search(r"<h1>(.*?)</h1>", html)
    assert panel is not None
    assert headline is not None
    return panel[1], panel[2], unescape(headline[1])


def core(answer: dict[str, Any]) -> tuple[str, str]:
    return answer["state"], answer["outcome"]


def ask(client: TestClient, cse: Cse, demo: Demo, number: str, page: str, file: Path) -> dict[str, Any]:
    """Ask in every way and return each answer."""
    exported = cse("export", number, "--out", file, env=demo.environment())
    served = client.get(f"/credentials/{page}", headers={"Accept": "application/vc"})
    printed = client.get(f"/v/{page}/qr.svg")
    if demo.engineers[number].consent_c1:
        assert (exported.code, printed.status_code, served.content) == (0, 200, file.read_bytes())
    else:
        # The document holds the name that its holder does not publish.
        assert (exported.code, printed.status_code, served.status_code) == (0, 404, 404)
    posted = client.post("/api/v1/verify", content=file.read_bytes(), headers={"Content-Type": "application/vc"})
    assert posted.headers["CSE-Outcome"] == posted.json()["outcome"]
    verdict = client.get(f"/v/{page}.json")
    assert verdict.headers["CSE-Outcome"] == verdict.json()["outcome"]
    asked = (file, number, f"{BASE}/v/{page}")
    commands = [cse("verify", what, "--json", env=demo.environment()) for what in asked]
    return {
        "number": client.get("/lookup", params={"number": number, "lang": "en"}).text,
        "page": client.get(f"/V/{page.upper()}", params={"lang": "en"}).text,
        "zh": client.get(f"/v/{page}", params={"lang": "zh"}).text,
        "json": verdict.json(),
        "api": posted.json(),
        "commands": commands,
        "required": client.post(
            "/api/v1/verify?require=valid", content=file.read_bytes(), headers={"Content-Type": "application/vc"}
        ).status_code,
    }


@pytest.fixture(params=["sqlite", "postgresql"])
def living(request: pytest.FixtureRequest) -> Demo:
    """The demonstration register on each kind of database."""
    return request.getfixturevalue("copied" if request.param == "sqlite" else "demo_on_server")  # type: ignore[no-any-return]


def test_all_answers_about_every_entry_agree(
    living: Demo,
    visit: Callable[[Demo], TestClient],
    cse: Cse,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    client, pages, table = visit(living), living.pages(), {}
    assert len(pages) == len(living.engineers) == 25
    for number, engineer in living.engineers.items():
        state = STATE[engineer.story]
        outcome, (english, chinese) = OUTCOME[state], HEADLINE[state]
        given = ask(client, cse, living, number, pages[number], tmp_path / "certificate.json")
        assert said(given["number"]) == said(given["page"]) == (state, outcome, english)
        assert said(given["zh"]) == (state, outcome, chinese)
        assert core(given["json"]) == core(given["api"]) == (state, outcome)
        assert [core(one.json) for one in given["commands"]] == [(state, outcome)] * 3
        assert [one.code for one in given["commands"]] == [EXIT[outcome]] * 3
        assert given["required"] == (200 if outcome == "valid" else 409)
        assert given["json"]["checks"] == given["api"]["checks"] == given["commands"][0].json["checks"]
        for one in given["commands"]:
            assert one.err == ""
        codes = "/".join(str(one.code) for one in given["commands"])
        table.setdefault(state, (state, number, said(given["number"])[0], english, given["json"]["state"], codes))
    _print(table, capfd)


def _print(table: dict[str, tuple[str, ...]], capfd: pytest.CaptureFixture[str]) -> None:
    rows = [("state", "number", "by number", "page", "JSON", "exit file/number/address"), *table.values()]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with capfd.disabled():
        print("\n" + TABLE.read_text(encoding="utf-8"))


def test_site_a64_a_number_never_leads_to_a_page(demo: Demo, visit: Callable[[Demo], TestClient]) -> None:
    client, pages = visit(demo), demo.pages()
    digests = {client.get(f"/v/{page}.json").json()["document_sha256"] for page in pages.values()}
    for number in pages:
        shown = [client.get("/lookup", params={"number": number, "lang": lang}).text for lang in ("en", "zh")]
        shown.append(client.get(f"/api/v1/registrations/{number}").text)
        for text in shown:
            for secret in (*pages.values(), *(page.upper() for page in pages.values()), *digests):
                assert secret not in text
            assert "/credentials/" not in text


def test_a_withheld_name_stands_nowhere_and_the_status_still_does(
    demo: Demo, visit: Callable[[Demo], TestClient]
) -> None:
    client, number = visit(demo), demo.number(Story.NAME_WITHHELD)
    name, page = demo.engineers[number].name, demo.pages()[number]
    for address in (f"/lookup?number={number}", f"/v/{page}", f"/v/{page}.json", f"/api/v1/registrations/{number}"):
        text = client.get(address).text
        assert name.hans not in text
        assert name.latin not in text
    assert client.get(f"/v/{page}.json").json()["certificate"]["name_withheld"] == "NAME_WITHHELD"
    assert "Name not published" in client.get(f"/v/{page}", params={"lang": "en"}).text


def test_the_register_entry_tells_status_and_history(demo: Demo, visit: Callable[[Demo], TestClient]) -> None:
    client = visit(demo)
    lifted = client.get(f"/api/v1/registrations/{demo.number(Story.HOLD_LIFTED)}").json()
    assert [event["type"] for event in lifted["events"]] == ["REGISTERED", "HOLD_ADDED", "HOLD_LIFTED"]
    assert [event["status"] for event in lifted["events"]] == ["active", "suspended", "active"]
    assert lifted["registration"]["status"] == "active"
    revoked = client.get(f"/api/v1/registrations/{demo.number(Story.REVOKED)}").json()
    assert revoked["registration"]["status"] == "revoked"
    assert revoked["events"][-1]["public_reason"].startswith("revoked.")
    twice = client.get(f"/lookup?lang=en&number={demo.number(Story.SUSPENDED_TWICE)}").text
    assert "yearly CPD requirement" in twice
    assert twice.index("yearly CPD requirement") < twice.index("membership")


@pytest.mark.parametrize(
    ("typed", "status", "state"),
    [("CSE26ELE00012379", 404, "unknown"), ("CSE26ELE00012378", 400, None), ("hello", 400, None), ("", 400, None)],
)
def test_numbers_that_are_not_ours(
    demo: Demo, visit: Callable[[Demo], TestClient], cse: Cse, typed: str, status: int, state: str | None
) -> None:
    client = visit(demo)
    answer = client.get("/lookup", params={"number": typed, "lang": "en"})
    assert answer.status_code == status
    assert (said(answer.text)[0] if state else None) == state
    if typed.startswith("CSE"):
        assert client.get(f"/api/v1/registrations/{typed}").status_code == 404
        code = cse("verify", typed, "--json", env=demo.environment()).code
        assert code == (2 if state else 3)


def test_addresses_of_others_and_pages_that_are_not_there(
    demo: Demo, visit: Callable[[Demo], TestClient], cse: Cse
) -> None:
    client, env = visit(demo), demo.environment()
    for page in ("7q2mx4t9k0rb3wzd8hvn", "short", "uuuuuuuuuuuuuuuuuuuu"):
        assert client.get(f"/v/{page}").status_code == 404
        assert client.get(f"/v/{page}.json").status_code == 404
        assert client.get(f"/credentials/{page}").status_code == 404
    missing = cse("verify", "http://localhost:8000/v/7q2mx4t9k0rb3wzd8hvn", "--json", env=env)
    assert (missing.code, missing.json["state"]) == (2, "unknown")
    foreign = cse("verify", "https://verify.example.net/v/7q2mx4t9k0rb3wzd8hvn", "--json", env=env)
    assert (foreign.code, foreign.json["state"]) == (2, "foreign_code")
    number = demo.number(Story.VALID)
    looked_up = cse("verify", f"http://localhost:8000/lookup?number={number}", "--json", env=env)
    assert (looked_up.code, looked_up.json["state"]) == (0, "valid")


def test_a_registration_without_its_certificate_yet_could_not_be_checked(
    copied: Demo, visit: Callable[[Demo], TestClient], cse: Cse, tmp_path: Path
) -> None:
    env, file = copied.environment(), tmp_path / "recommendation.json"
    members = {
        "member_ref": "ELE-90001", "name_latin": "Daniel Testwell", "consent_c1": True, "society": "ELE",
        "field": "ELE", "grade": "AE", "standard": "T/CAS 326-2021", "decided_on": "2026-06-20", "decision_ref": "x",
    }  # fmt: skip
    file.write_text(json.dumps(members), encoding="utf-8")
    digest = cse("recommend", file, "--as", "board-ele", "--json", env=env).json["recommendation"]
    number = cse("register", digest, "--json", env=env).json[0]["number"]
    answer = cse("verify", number, "--json", env=env)
    assert (answer.code, answer.json["state"]) == (2, "could_not_check")
    assert {check["code"] for check in answer.json["checks"] if "code" in check} >= {"certificate_pending"}
    for lang, told in (("en", "the certificate is being issued"), ("zh", "证书正在签发")):
        page = visit(copied).get("/lookup", params={"number": number, "lang": lang}).text
        assert said(page)[0] == "could_not_check"
        assert (told in page, "tone-blue" in page, "Daniel" in page) == (True, True, False)


def test_the_demonstration_that_is_there_is_left_alone(demo_on_server: Demo, cse: Cse) -> None:
    # In this file, because the demonstration on the server takes long to build.
    engine = open_engine(demo_on_server.settings.database_url)
    before = Database(engine).dump()
    assert len(before["certificate"]) == 25
    assert cse("demo", env=demo_on_server.environment()).code == 0
    assert Database(engine).dump() == before
    engine.dispose()
