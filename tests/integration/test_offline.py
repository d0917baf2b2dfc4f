"""Offline: a folder, a pinned root, no connection. A folder never vouches for itself (G07, interface 0.3)."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from registry.adapters.folder import PublishFolder
from registry.demo.officers import PUBLISHER
from registry.demo.plan import Story
from registry.services.publishing import publish
from registry.services.trust import pinned_root
from tests.integration.conftest import Cse, Said
from tests.integration.published import check_all, root_sha256
from tests.integration.registers import AT, DATABASE, Demo, clean_environment, office_of, staffed_in

PROJECT = Path(__file__).resolve().parents[2]
CLOCK = {"CSE_CLOCK": AT.isoformat()}


@pytest.fixture
def site(demo: Demo, tmp_path: Path) -> Path:
    """A copy of the published folder, for changing."""
    return Path(shutil.copytree(demo.published, tmp_path / "site"))


@pytest.fixture
def pin(demo: Demo) -> str:
    """The root, learned from the operator and not from a folder."""
    with demo.desk().open_reading() as work:
        return f"sha256:{pinned_root(work).sha256}"


def certificate(demo: Demo, story: Story, folder: Path) -> Path:
    page = demo.pages()[demo.number(story)]
    with demo.desk().open_reading() as work:
        found = work.certificates.by_page(page)
    assert found is not None
    file = folder / "certificate.json"
    file.write_bytes(found.document)
    return file


def codes(said: Said) -> set[str]:
    return {check["code"] for check in said.json["checks"] if check["result"] in {"fail", "unknown"}}


def test_what_publish_writes_elsewhere_is_whole(copied: Demo, cse: Cse, tmp_path: Path) -> None:
    said = cse("publish", "--out", tmp_path / "site", "--as", "publisher", env=copied.environment())
    assert (said.code, said.out.startswith("Published ")) == (0, True)
    check_all(copied, folder=tmp_path / "site")


@pytest.mark.parametrize(
    ("story", "code", "state"),
    [
        (Story.VALID, 0, "offline_snapshot"),
        (Story.NAME_WITHHELD, 0, "offline_snapshot"),
        (Story.SUSPENDED_CPD, 1, "suspended"),
        (Story.REVOKED, 1, "ended_unspecified"),
        (Story.EXPIRED, 1, "offline_expired"),
    ],
)
def test_the_folder_and_the_pinned_root_are_enough(
    demo: Demo, site: Path, pin: str, cse: Cse, tmp_path: Path, story: Story, code: int, state: str
) -> None:
    file = certificate(demo, story, tmp_path)
    said = cse("verify", file, "--offline", site, "--trust-root", pin, "--json", env=CLOCK)
    assert (said.code, said.json["outcome"]) == (code, "valid" if code == 0 else "invalid")
    assert said.json["state"] == state
    by_file = tmp_path / "root.json"
    by_file.write_bytes((site / "root" / "did.json").read_bytes())
    again = cse("verify", file, "--offline", site, "--trust-root", by_file, "--json", env=CLOCK)
    assert (again.code, again.json["state"]) == (code, said.json["state"])


def test_without_a_root_nothing_is_decided(demo: Demo, site: Path, cse: Cse, tmp_path: Path) -> None:
    said = cse("verify", certificate(demo, Story.VALID, tmp_path), "--offline", site, "--json", env=CLOCK)
    assert (said.code, said.json["outcome"]) == (2, "indeterminate")
    assert "trust_root_unpinned" in codes(said)


@pytest.mark.parametrize("purpose", ["revocation", "suspension"])
def test_a_missing_list_is_no_clear_bit(
    demo: Demo, site: Path, pin: str, cse: Cse, tmp_path: Path, purpose: str
) -> None:
    (site / "status" / f"{purpose}-1").unlink()
    said = cse(
        "verify", certificate(demo, Story.VALID, tmp_path), "--offline", site, "--trust-root", pin, "--json", env=CLOCK
    )
    assert (said.code, codes(said)) == (2, {"list_missing"})


@pytest.mark.parametrize(("hours", "code"), [(0, 0), (24, 0), (25, 2)])
def test_a_list_counts_for_a_day(
    demo: Demo, site: Path, pin: str, cse: Cse, tmp_path: Path, hours: int, code: int
) -> None:
    clock = {"CSE_CLOCK": (AT + timedelta(hours=hours)).isoformat()}
    file = certificate(demo, Story.VALID, tmp_path)
    said = cse("verify", file, "--offline", site, "--trust-root", pin, "--json", env=clock)
    assert said.code == code


@pytest.mark.parametrize(("hours", "code"), [(1, 0), (2, 2)])
def test_the_age_can_be_shortened(
    demo: Demo, site: Path, pin: str, cse: Cse, tmp_path: Path, hours: int, code: int
) -> None:
    clock = {"CSE_CLOCK": (AT + timedelta(hours=hours)).isoformat()}
    asked = ("--offline", site, "--trust-root", pin, "--max-status-age", "1", "--json")
    assert cse("verify", certificate(demo, Story.VALID, tmp_path), *asked, env=clock).code == code


def test_a_list_of_another_slot_is_not_believed(
    demo: Demo, copied: Demo, site: Path, pin: str, cse: Cse, tmp_path: Path
) -> None:
    """Lists with the bit clear, kept from before, beside the manifest of today."""
    number = demo.number(Story.VALID)
    old = (site / "status" / "suspension-1").read_bytes()
    later = copied.environment(AT + timedelta(minutes=1))
    assert cse("decide", "suspend", number, "--reason", "identity", "--decision", "D/1", env=later).code == 0
    assert cse("publish", "--out", site, env=later).code == 0
    (site / "status" / "suspension-1").write_bytes(old)
    file = certificate(demo, Story.VALID, tmp_path)
    said = cse("verify", file, "--offline", site, "--trust-root", pin, "--json", env={"CSE_CLOCK": later["CSE_CLOCK"]})
    assert (said.code, codes(said)) == (2, {"manifest_mismatch"})


@pytest.fixture(scope="session")
def forgery(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A complete register of somebody else under our address: a certificate, and its published folder."""
    base = tmp_path_factory.getbasetemp()
    original = staffed_in(base, None)
    folder = tmp_path_factory.mktemp("forged")
    with office_of(original) as office:
        publish(office.desk, office.keyring, PublishFolder(folder / "site"), actor=PUBLISHER, now=AT)
        with office.desk.open_reading() as work:
            (only,) = work.certificates.of_registration(original.numbers[0], 1)
    (folder / "certificate.json").write_bytes(only.document)
    return folder / "certificate.json", folder / "site"


def test_a_forged_certificate_with_its_own_folder_is_never_good(
    demo: Demo, site: Path, pin: str, forgery: tuple[Path, Path], cse: Cse, tmp_path: Path
) -> None:
    file, forged = forgery
    own = f"sha256:{root_sha256(forged)}"
    assert cse("verify", file, "--offline", forged, "--trust-root", own, "--json", env=CLOCK).code == 0, (
        "a good forgery"
    )
    said = cse("verify", file, "--offline", forged, "--trust-root", pin, "--json", env=CLOCK)
    assert (said.code, codes(said)) == (2, {"trust_root_mismatch"})
    dressed = tmp_path / "dressed"
    shutil.copytree(forged, dressed)
    shutil.copy(site / "root" / "did.json", dressed / "root" / "did.json")
    said = cse("verify", file, "--offline", dressed, "--trust-root", pin, "--json", env=CLOCK)
    assert (said.code, codes(said)) == (2, {"trust_list_not_signed_by_root"})
    for path in ("trust/list.json", "manifest.json"):
        shutil.copy(site / path, dressed / path)
        assert cse("verify", file, "--offline", dressed, "--trust-root", pin, "--json", env=CLOCK).code != 0
    said = cse("verify", file, "--offline", site, "--trust-root", pin, "--json", env=CLOCK)
    assert (said.code, said.json["outcome"]) == (1, "invalid")
    said = cse("verify", file, "--json", env=demo.environment())
    assert (said.code, said.json["outcome"]) == (1, "invalid")


@pytest.mark.parametrize("member", ["grade", "validUntil", "name"])
def test_a_changed_certificate_is_not_good(
    demo: Demo, site: Path, pin: str, cse: Cse, tmp_path: Path, member: str
) -> None:
    file = certificate(demo, Story.EXPIRED, tmp_path)
    document = json.loads(file.read_bytes())
    if member == "grade":
        document["credentialSubject"]["registration"]["grade"] = "SPE"
    elif member == "validUntil":
        document["validUntil"] = "2031-06-30T15:59:59Z"
    else:
        document["credentialSubject"]["name"] = "王伟"
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    for asked in (("--offline", site, "--trust-root", pin), ()):
        said = cse("verify", file, *asked, "--json", env=demo.environment())
        assert (said.code, said.json["outcome"]) == (1, "invalid")
        assert "certificate" not in said.json


def test_good_signatures_without_a_row_in_the_register_are_red(copied: Demo, cse: Cse, tmp_path: Path) -> None:
    """What a stolen key would make: four good proofs, and no such certificate (T13)."""
    file = certificate(copied, Story.VALID, tmp_path)
    with closing(sqlite3.connect(copied.folder / DATABASE)) as database:
        database.execute("UPDATE certificate SET state = 'void' WHERE register_no = ?", (copied.number(Story.VALID),))
        database.commit()
    said = cse("verify", file, "--json", env=copied.environment())
    assert (said.code, said.json["state"]) == (1, "signed_but_not_registered")


# Nothing of the interpreter's network can be used: the audit hook sees every call, also those in C.
NO_SOCKETS = """
import sys
from registry.cli.main import run
def forbid(event, _arguments):
    if event.startswith("socket."):
        raise RuntimeError("a socket was used: " + event)
sys.addaudithook(forbid)
sys.exit(run(sys.argv[1:]))
"""


def _without_sockets(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", NO_SOCKETS, *map(str, arguments)],
        cwd=PROJECT,
        env={**clean_environment(), **CLOCK},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_threat_g07_offline_verification_uses_no_socket(demo: Demo, site: Path, pin: str, tmp_path: Path) -> None:
    file = certificate(demo, Story.VALID, tmp_path)
    done = _without_sockets("verify", file, "--offline", site, "--trust-root", pin, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["outcome"] == "valid"


def test_the_wrapper_would_have_noticed_a_socket() -> None:
    probe = NO_SOCKETS.replace("sys.exit(run(sys.argv[1:]))", "import socket; socket.socket()")
    noticed = subprocess.run([sys.executable, "-c", probe], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert "a socket was used: socket.__new__" in noticed.stderr
