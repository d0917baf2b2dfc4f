"""Recognition checks as anybody asks them: the API, the check `agreement` of a verdict, and the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from registry.demo.plan import Story
from registry.store.engine import open_engine
from registry.store.tables import STATEMENT
from schemas.contracts import validator
from tests.integration.conftest import Cse
from tests.integration.registers import BASE, Database, Demo

CHECKS = "/api/v1/recognition-checks"
Visit = Callable[..., TestClient]


def ask(client: TestClient, question: Any, **headers: str) -> Any:
    content = question if isinstance(question, bytes) else json.dumps(question).encode()
    return client.post(CHECKS, content=content, headers={"content-type": "application/json", **headers})


def documents(demo: Demo, number: str) -> tuple[str, bytes]:
    """Return the page of a number, and its certificate."""
    page = demo.pages()[number]
    with demo.desk().open_reading() as work:
        certificate = work.certificates.by_page(page)
    assert certificate is not None
    return page, certificate.document


def of_grade(demo: Demo, grade: str) -> str:
    """Return the number of somebody with an old enough, active registration of a grade."""
    good = (number for number, one in demo.engineers.items() if one.story == Story.VALID and one.grade == grade)
    return next(good)


def test_a_number_a_page_and_the_certificate_give_the_same_answer(demo: Demo, visit: Visit) -> None:
    client, number = visit(demo), of_grade(demo, "SPE")
    page, document = documents(demo, number)
    asked = [
        {"number": number},
        {"number": number.lower()},
        {"page": f"{BASE}/v/{page}"},
        {"page": f"{BASE.upper()}/V/{page.upper()}#123"},
        {"credential": json.loads(document)},
        {"credential": document.decode()},
    ]
    answers = [ask(client, {**one, "agreement": "M1"}) for one in asked]
    assert {answer.status_code for answer in answers} == {200}
    assert [answer.json() for answer in answers] == [answers[0].json()] * len(asked)
    first = answers[0]
    assert first.headers["cse-outcome"] == first.json()["outcome"] == "ELIGIBLE_SUBJECT_TO"
    assert first.json()["codes"] == ["PERSONAL_CONDITIONS_NOT_SHOWN"]
    assert first.headers["cache-control"] == "no-store"
    schema = validator("verdict", BASE).evolve(schema=validator("verdict", BASE).schema)
    whole = {"$defs": schema.schema["$defs"], **schema.schema["properties"]["recognition"]}
    assert list(schema.evolve(schema=whole).iter_errors(first.json())) == []


def test_a_number_never_leads_to_a_page(demo: Demo, visit: Visit) -> None:
    client = visit(demo)
    for number in demo.engineers:
        answer = ask(client, {"number": number, "title": "Registered Engineer (XA)", "jurisdiction": "XA"}).text
        assert not [page for page in demo.pages().values() if page in answer]
        assert "/v/" not in answer


@pytest.mark.parametrize(
    ("agreement", "code"),
    [
        ("m1", "PERSONAL_CONDITIONS_NOT_SHOWN"),
        ("m2", "MRA_ENDED"),
        ("m3", "MRA_FRAMEWORK_ONLY"),
        ("m4", "MRA_NOT_YET_IN_FORCE"),
        ("m5", "PERSONAL_CONDITIONS_NOT_SHOWN"),
        ("m6", "MRA_DIRECTION"),
        ("m7", "MRA_SUSPENDED"),
        ("m99", "MRA_UNKNOWN"),
    ],
)
def test_every_agreement_of_the_demonstration_is_asked_about(
    demo: Demo, visit: Visit, agreement: str, code: str
) -> None:
    answer = ask(visit(demo), {"number": of_grade(demo, "SPE"), "agreement": agreement}).json()
    assert answer["primary_code"] == code


@pytest.mark.parametrize("story", [Story.SUSPENDED_CPD, Story.EXPIRED, Story.REVOKED, Story.NAME_WITHHELD])
def test_who_does_not_count_today_is_not_eligible(demo: Demo, visit: Visit, story: Story) -> None:
    answer = ask(visit(demo), {"number": demo.number(story), "agreement": "m4"}).json()
    own = {"SUSPENDED_CPD": "suspended", "EXPIRED": "expired", "REVOKED": "revoked", "NAME_WITHHELD": "active"}
    assert answer["current"]["status"] == own[story.name]
    assert answer["outcome"] == "NOT_ELIGIBLE"
    assert "wang" not in json.dumps(answer).lower()


def test_today_alone_is_told_to_anybody(demo: Demo, visit: Visit) -> None:
    client, question = visit(demo), {"number": of_grade(demo, "SPE"), "agreement": "m1"}
    codes = {
        day: ask(client, {**question, "as_of": day}).json()["primary_code"]
        for day in ("2026-06-30", "2026-07-01", "2026-07-02", "2099-01-01", "2026-07-01T00:00:00+08:00")
    }
    assert codes == {
        "2026-06-30": "HISTORY_NOT_SHOWN",
        "2026-07-01": "PERSONAL_CONDITIONS_NOT_SHOWN",
        "2026-07-02": "AS_OF_FUTURE",
        "2099-01-01": "AS_OF_FUTURE",
        "2026-07-01T00:00:00+08:00": "PERSONAL_CONDITIONS_NOT_SHOWN",
    }


def test_what_only_the_asker_says_confirms_nothing(demo: Demo, visit: Visit) -> None:
    """No member of the question gives a right: neither lodgement nor kind of claim nor anything unknown."""
    client, number = visit(demo), of_grade(demo, "SPE")
    lodged = {"number": number, "agreement": "m2", "lodged_on": "2025-12-20", "claim_kind": "holds_title"}
    codes = ask(client, lodged).json()["codes"]
    assert "CLAIM_OVERSTATED" in codes
    assert codes[0] in {"LODGEMENT_UNCONFIRMED", "MRA_ENDED"}
    for name in ("is_personal", "has_history", "body", "is_confirmed"):
        assert ask(client, {"number": number, "agreement": "m1", name: True}).status_code == 400


NUMBER = "CSE26ELE00012379"


@pytest.mark.parametrize(
    "question",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"number": "CSE26ELE00012379", "number": "x", "agreement": "m1"}',
        b'{"number": "\xff", "agreement": "m1"}',
        b'{"a": ' * 40 + b"1" + b"}" * 40,
        {},
        {"number": NUMBER},
        {"agreement": "m1"},
        {"number": NUMBER, "title": "T"},
        {"number": NUMBER, "page": f"{BASE}/v/x", "agreement": "m1"},
        {"number": NUMBER, "agreement": "../trust"},
        {"number": NUMBER, "agreement": 1},
        {"number": NUMBER, "agreement": "m1\n"},
        {"number": NUMBER, "title": "Registered Engineer (XA)", "jurisdiction": "XA\n"},
        {"number": 1, "agreement": "m1"},
        {"credential": [], "agreement": "m1"},
        {"credential": 1, "agreement": "m1"},
        {"number": NUMBER, "agreement": "m1", "as_of": "2026-02-30"},
        {"number": NUMBER, "agreement": "m1", "as_of": "0001-01-01"},
        {"number": NUMBER, "agreement": "m1", "as_of": "2026-07-01T25:00:00Z"},
        {"number": NUMBER, "agreement": "m1", "as_of": "2026-07-01T10:00:00"},
        {"number": NUMBER, "agreement": "m1", "lodged_on": "yesterday"},
        {"number": NUMBER, "agreement": "m1", "claim_kind": "other"},
        {"number": NUMBER, "agreement": "m1", "jurisdiction": "Hong Kong"},
        {"number": NUMBER, "agreement": "m1", "<script>alert(1)</script>": 1},
    ],
)
def test_what_is_no_question_is_refused_and_not_repeated(demo: Demo, visit: Visit, question: Any) -> None:
    answer = ask(visit(demo), question)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/recognition-question")
    assert "script" not in answer.text
    assert "12379" not in answer.text


def test_a_question_beside_the_body_is_refused(demo: Demo, visit: Visit) -> None:
    question = json.dumps({"number": of_grade(demo, "SPE"), "agreement": "m1"})
    for beside in ("?as_of=2026-06-30", "?x=", "?require=valid"):
        answer = visit(demo).post(CHECKS + beside, content=question, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/requirement")
        assert "in the body" in answer.json()["detail"]


@pytest.mark.parametrize(
    "asked",
    [
        {"number": "CSE26ELE00012379"},
        {"number": "CSE26ELE00012378"},
        {"number": "no number"},
        {"page": "http://elsewhere.example/v/7q2mx4t9k0rb3wzd8hvn"},
        {"page": f"{BASE}/v/7q2mx4t9k0rb3wzd8hvn"},
        {"page": f"{BASE}/trust"},
    ],
)
def test_what_the_register_does_not_have_is_not_found(demo: Demo, visit: Visit, asked: dict[str, str]) -> None:
    answer = ask(visit(demo), {**asked, "agreement": "m1"})
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


def test_other_media_types_and_large_bodies_are_refused(demo: Demo, visit: Visit) -> None:
    client = visit(demo)
    assert client.post(CHECKS, content=b"{}", headers={"content-type": "text/plain"}).status_code == 415
    assert ask(client, b" " * (256 * 1024 + 1)).status_code == 413
    assert ask(client, b"{}", **{"content-encoding": "gzip"}).status_code == 415


def test_a_certificate_that_does_not_count_is_not_checked(demo: Demo, visit: Visit) -> None:
    client = visit(demo)
    _, document = documents(demo, of_grade(demo, "SPE"))
    forged = document.replace(b'"grade":"SPE"', b'"grade":"PE"')
    answer = ask(client, {"credential": json.loads(forged), "agreement": "m1"}).json()
    assert answer["outcome"] == "NOT_VERIFIED"
    assert "current" not in answer
    assert ask(client, {"credential": {"hello": 1}, "agreement": "m1"}).json()["primary_code"] == "CRED_MALFORMED"
    assert ask(client, {"credential": "no token", "agreement": "m1"}).status_code == 400


def test_agreements_that_cannot_be_believed_decide_nothing(copied: Demo, visit: Visit) -> None:
    """Somebody who writes into the database makes no agreement: the trust list pins the bytes."""
    database = Database(open_engine(copied.settings.database_url))
    ((document,),) = database.execute(select(STATEMENT.c.document).filter_by(path="/agreements/m1/1"))
    easier = bytes(document).replace(b'"minYearsRegistered":2', b'"minYearsRegistered":1')
    database.execute(update(STATEMENT).filter_by(path="/agreements/m1/1").values(document=easier))
    client, number = visit(copied), of_grade(copied, "SPE")
    answer = ask(client, {"number": number, "agreement": "m1"}).json()
    assert (answer["outcome"], answer["codes"]) == ("INDETERMINATE", ["MRA_UNAVAILABLE"])
    assert ask(client, {"number": number, "agreement": "m7"}).json()["primary_code"] == "MRA_SUSPENDED"
    by_title = {"number": number, "title": "Associate Practitioner (XB)", "jurisdiction": "XB"}
    assert ask(client, by_title).json()["codes"] == ["MRA_UNAVAILABLE"]


def test_a_register_that_cannot_be_read_decides_nothing(copied: Demo, visit: Visit) -> None:
    client = visit(copied)
    Database(open_engine(copied.settings.database_url)).execute("DROP TABLE registration_term")
    answer = ask(client, {"number": copied.number(Story.VALID), "agreement": "m1"})
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/register-unreachable")


# --- the check `agreement` of a verdict ------------------------------------------------------------------------------


def verify(client: TestClient, document: bytes, query: str) -> Any:
    return client.post(f"/api/v1/verify?{query}", content=document, headers={"content-type": "application/vc"})


def test_the_verdict_says_whether_the_agreement_that_was_asked_about_covers_it(demo: Demo, visit: Visit) -> None:
    client = visit(demo)
    _, document = documents(demo, of_grade(demo, "SPE"))
    states = {}
    for agreement in ("m1", "M4", "m7", "none"):
        answer = verify(client, document, f"agreement={agreement}").json()
        assert list(validator("verdict", BASE).iter_errors(answer)) == []
        check = answer["checks"][-1]
        states[agreement] = (answer["outcome"], answer["state"], check["result"], answer["recognition"]["primary_code"])
    assert states == {
        "m1": ("indeterminate", "eligibility_open", "unknown", "PERSONAL_CONDITIONS_NOT_SHOWN"),
        "M4": ("invalid", "not_eligible", "fail", "MRA_NOT_YET_IN_FORCE"),
        "m7": ("invalid", "not_eligible", "fail", "MRA_SUSPENDED"),
        "none": ("invalid", "not_eligible", "fail", "MRA_UNKNOWN"),
    }
    assert verify(client, document, "agreement=m1&require=valid").status_code == 409
    unasked = verify(client, document, "explain=1").json()
    assert (unasked["outcome"], "recognition" in unasked) == ("valid", False)


def test_an_agreement_that_covers_it_lets_the_verdict_be_valid(
    copied: Demo, visit: Visit, cse: Cse, tmp_path: Path
) -> None:
    file, env = tmp_path / "m8.json", copied.environment()
    party = [{"id": "did:web:engineers.xa.example", "nameHans": "示例理事会", "nameLatin": "Example Board"}]
    told = {"id": "m8", "agreementVersion": 1, "party": party, "jurisdictions": ["XA"], "kind": "binding"}
    told |= {"direction": "outbound", "targetTitle": "Visitor (XA)", "signedOn": "2026-01-05", "conditions": {}}
    told |= {"effectiveFrom": "2026-02-01", "stateHistory": [{"state": "in_force", "sinceDate": "2026-02-01"}]}
    fields = sorted({one.field for one in copied.engineers.values()})
    told |= {"mapping": [{"grade": grade, "fields": fields} for grade in ("AE", "PE", "SPE")]}
    file.write_text(json.dumps(told), encoding="utf-8")
    assert cse("agreements", "add", file, env=env).code == 0
    assert cse("trust", "publish", env=env).code == 0
    _, document = documents(copied, of_grade(copied, "SPE"))
    answer = verify(visit(copied), document, "agreement=m8&require=valid")
    assert (answer.status_code, answer.json()["state"]) == (200, "valid")
    assert answer.json()["recognition"]["outcome"] == "ELIGIBLE"
    held = ask(visit(copied), {"number": copied.number(Story.SUSPENDED_CPD), "agreement": "m8"}).json()
    assert held["codes"] == ["REG_SUSPENDED", "CPD"]


@pytest.mark.parametrize("query", ["agreement=", "agreement=../x", "agreement=m1&agreement=m2", "Agreement=m1"])
def test_a_slip_in_the_question_is_refused(demo: Demo, visit: Visit, query: str) -> None:
    _, document = documents(demo, of_grade(demo, "SPE"))
    answer = verify(visit(demo), document, query)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/requirement")


def test_an_agreement_is_asked_about_of_a_certificate_alone(demo: Demo, visit: Visit) -> None:
    number = of_grade(demo, "SPE")
    headers = {"content-type": "text/plain"}
    for content in (number, f"{BASE}/v/{demo.pages()[number]}"):
        answer = visit(demo).post("/api/v1/verify?agreement=m1", content=content.encode(), headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/no-certificate")


def test_the_commands_ask_online_and_by_the_folder_alone(demo: Demo, cse: Cse, cse_verify: Cse, tmp_path: Path) -> None:
    _, document = documents(demo, of_grade(demo, "SPE"))
    file, env = tmp_path / "certificate.json", demo.environment()
    file.write_bytes(document)
    root = demo.published / "root" / "did.json"
    pinned = tmp_path / "root.json"
    pinned.write_bytes(root.read_bytes())
    online = cse("verify", file, "--agreement", "m7", env=env)
    assert online.code == 1
    assert "Genuine – not eligible under the agreement asked about" in online.out
    assert "recognition NOT_ELIGIBLE: Not eligible to use the simplified procedure" in online.out
    assert "MRA_SUSPENDED" in online.out
    shown = (file, "--offline", demo.published, "--trust-root", pinned, "--agreement", "M1")
    for said in (cse("verify", *shown, env=env), cse_verify(*shown, env=env)):
        assert said.code == 2
        assert "recognition ELIGIBLE_SUBJECT_TO: Subject to the conditions named here:" in said.out
        assert "ONLINE_CHECK_REQUIRED" in said.out
    assert cse_verify(file, "--offline", demo.published, "--trust-root", pinned, env=env).code == 0
    alone = cse_verify(file, "--agreement", "M1", "--json", env=env)
    assert (alone.code, alone.json["recognition"]["codes"]) == (2, ["STATUS_UNAVAILABLE"])
    past = (*shown, "--at", "2026-07-01T09:59:00+08:00", "--json")
    assert cse_verify(*past, env=env).json["recognition"]["outcome"] in {"INDETERMINATE", "ELIGIBLE_SUBJECT_TO"}
    chinese = cse_verify(*shown, "--lang", "zh", env=env)
    assert "须另满足此处所列条件" in chinese.out
