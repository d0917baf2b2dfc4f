"""What `make bench` measures: ours and its peers on the same document, contexts local, keys in memory."""

import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import timedelta
from functools import cache, partial
from io import BytesIO, StringIO
from itertools import cycle, product
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import qrcode
import rfc8785
from nacl.signing import SigningKey, VerifyKey
from pyld import jsonld
from qrcode.image.svg import SvgPathImage
from starlette.testclient import TestClient

from issuer.certificate_pdf import certificate_pdf, page_of
from issuer.press import Press
from issuer.proofs import document_bytes, make_proof, proof_pairs
from issuer.qr import paper_code, qr_png, qr_svg
from issuer.status_lists import encode_bits, sign_list, unsigned_list
from issuer.template import drafted
from registry.app import create
from registry.cli.main import run
from schemas import base58btc
from schemas.contexts import context_document
from schemas.contracts import first_violation
from schemas.paper_code import code_segments
from tests.bench.batch import count, issue_pending, sample, waiting_in
from tests.bench.large import cost, grow, originals, plot
from tests.bench.march import march
from tests.bench.night import engine_of, night
from tests.bench.runner import FLAT, Case, NotHereError, Row, milliseconds
from tests.conformance.interop import run_interop, why_unavailable
from tests.integration.postgres import DATABASES, MISSING
from tests.integration.registers import AT, BASE, Demo, demo_in
from tests.integration.serving import served
from tests.support import world
from tests.support.expect import changed
from tests.support.online import online
from verifier.authenticity import check_proofs
from verifier.checks import Outcome, Result
from verifier.credential import judge_credential
from verifier.cryptosuite import JCS, RDFC, DocumentHashes, proof_fault
from verifier.documents import read_document
from verifier.proof_set import shape_fault, signature_faults
from verifier.status_list import MINIMUM_BITS, read_status_list
from verifier.study import Results, Study
from verifier.terms import check_all_terms_signed
from verifier.weight import light_document

ROOT = Path(__file__).resolve().parents[2]
INTEROP = ROOT / "tests" / "interop"
NODE = ROOT / ".venv" / "bin" / "node"
_BATCH, _LARGEST = (
    int(os.environ.pop(name, usual)) for name, usual in (("CSE_BENCH_BATCH", "5000"), ("CSE_BENCH_REGISTER", "1000000"))
)
# Not left in the environment: a register refuses a setting that it does not know.


def issue() -> Iterator[Row]:
    """Measure making and signing with four proofs, each time another certificate; no storage."""
    signers = [world.signer("cse/issue-2026"), world.signer("ele/issue-2026")]
    given = [
        (replace(world.PROFILE, issue_number=n + 1, name_latin=f"Lin {n}"), world.ISSUED + timedelta(seconds=37 * n))
        for n in range(1_000)
    ]
    waiting = cycle(given)

    def ours(*, has_one: bool = False) -> object:
        profile, moment = next(waiting)
        draft = drafted(profile)
        of = draft.hashes
        proof = make_proof(of, signers[0], RDFC, moment) if has_one else proof_pairs(of, signers, moment)
        return b'%b,"proof":%b}' % (draft.text[:-1], document_bytes(proof))

    yield from _beside("issue", milliseconds(ours), milliseconds(_plain_issue))
    alone = milliseconds(partial(ours, has_one=True))
    yield Row("issue.one_proof", alone, "ms", note="one rdfc proof of CSE alone")


def verify() -> Iterator[Row]:
    """Measure strict parse, closed schema, respelling rule and four proofs, of one certificate after another."""
    trust, contents = world.trust(), cycle(_certificates(100))
    keys = {key: listed.public_key for key, listed in trust.keys.items() if listed.public_key is not None}

    def ours(*, has_one: bool = False) -> object:
        value = read_document(next(contents)).value
        assert first_violation("certificate", world.BASE, value) is None
        hashes, first = DocumentHashes(value, world.BASE, is_ours=True), value["proof"][0]
        assert check_all_terms_signed(value, world.BASE, hashes=hashes).result is Result.PASS
        if has_one:
            return proof_fault(hashes, first, keys[first["verificationMethod"]])
        assert shape_fault(value, 2) is None
        assert not any(signature_faults(hashes, value["proof"], keys, (JCS, RDFC)).values())
        return value

    yield from _beside("verify", milliseconds(ours), milliseconds(_plain_verify))
    alone = milliseconds(partial(ours, has_one=True))
    yield Row("verify.one_proof", alone, "ms", note="strict parse, closed schema and one rdfc proof")


def hostile() -> Iterator[Row]:
    """Measure what a certificate that is refused costs the process that answers everybody, until a child judges it."""
    document, sources = world.parsed(world.certificate()), online()
    society = document["credentialSubject"]["registration"]["society"]
    changes: dict[str, tuple[str, object]] = {
        f"one with {count:,} empty members of {name}": (name, [{}] * count)
        for name, count in product(("proof", "evidence"), (2_400, 4_700))
    }
    changes["one that PyLD must read"] = ("credentialSubject/registration/society", society.removeprefix("d"))

    def refused(content: bytes) -> object:
        study = light_document(content, world.BASE, Results())
        report = judge_credential(study, sources, now=world.NOW) if study is not None else None
        assert report is None or report.outcome is Outcome.INVALID
        return report

    costs = {
        what: milliseconds(partial(refused, document_bytes(changed(document, change))))
        for what, change in changes.items()
    }
    what, cost = max(costs.items(), key=itemgetter(1))
    note = f"{what}, the costliest of {len(costs)} that were tried, without a child"
    yield Row("verify.hostile", cost, "ms", note=note)


def again() -> Iterator[Row]:
    """Measure what proves a certificate, of bytes that were judged before and of others: no clock, no register."""
    trust, content, results = world.trust(), world.certificate(), Results()

    def proved(known: Results) -> Study:
        study = light_document(content, world.BASE, known)
        assert study is not None
        assert study.schema.result is study.terms.result is check_proofs(study, trust).result is Result.PASS
        return study

    first = milliseconds(lambda: proved(Results()))
    results.keep(proved(results), content, trust)
    used = time.process_time()
    for _ in range(10_000):
        proved(results)
    used = (time.process_time() - used) / 10
    yield Row("verify.again", round(used, 4), "ms", "the first verification", first, "same bytes")


def _certificates(count: int) -> list[bytes]:
    """Return certificates that differ in what makes two of a kind differ, and in when they were signed."""
    made = []
    for number in range(count):
        profile = replace(world.PROFILE, issue_number=number + 1, name_latin=f"Lin {number}")
        made.append(world.certificate(profile, created=world.ISSUED + timedelta(seconds=number)))
    return made


def jcs() -> Iterator[Row]:
    """Measure the proof over the text alone, with strict parse, beside one bare verification of its key."""
    content, proof = world.certificate(), world.parsed(world.certificate())["proof"][1]
    key = world.signer("cse/issue-2026").public_key
    message = DocumentHashes(world.parsed(content), world.BASE).signed_bytes(proof)
    signature, bare = base58btc.decode(proof["proofValue"], length=64), VerifyKey(key)

    def ours() -> object:
        value = read_document(content).value
        assert proof_fault(DocumentHashes(value, world.BASE), value["proof"][1], key) is None
        return value

    def theirs() -> object:
        hashlib.sha256(content).digest()
        return bare.verify(message, signature)

    yield Row("verify.jcs", milliseconds(ours), "ms", "PyNaCl, one signature", milliseconds(theirs))


def _beside(verb: str, ours: float, plain: float) -> Iterator[Row]:
    name = f"{verb}.four_proofs"
    yield Row(name, ours, "ms", "pyld", plain, "plain PyLD canonicalizes once, signs or verifies four times")
    yield Row(name, ours, "ms", "@digitalbazaar/vc", _node()[verb], "its two rdfc proofs")


def _graph_hash(document: dict[str, Any]) -> bytes:
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": _load}
    return hashlib.sha256(jsonld.normalize(document, options).encode()).digest()


def _text_hash(document: dict[str, Any]) -> bytes:
    return hashlib.sha256(rfc8785.dumps(document)).digest()


def _load(url: str, _options: object = None) -> dict[str, Any]:
    document = context_document(url, world.BASE)
    static = {"contextUrl": None, "documentUrl": url, "document": document, "tag": "static"}
    return static | {"contentType": "application/ld+json"}


def _plain_messages(value: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Give each proof with what it signs, as a careful user of plain PyLD would: the document canonicalized once."""
    document = {name: part for name, part in value.items() if name != "proof"}
    makers = {"eddsa-rdfc-2022": _graph_hash, "eddsa-jcs-2022": _text_hash}
    hashes = {suite: maker(document) for suite, maker in makers.items()}
    for proof in value["proof"]:
        options = {name: part for name, part in proof.items() if name != "proofValue"}
        suite = proof["cryptosuite"]
        yield proof, makers[suite](options | {"@context": document["@context"]}) + hashes[suite]


def _plain_issue() -> object:
    value, key = json.loads(world.certificate()), SigningKey(bytes(32))
    for proof, message in _plain_messages(value):
        proof["proofValue"] = base58btc.encode(key.sign(message).signature)
    return json.dumps(value)


def _plain_verify() -> object:
    for proof, message in _plain_messages(json.loads(world.certificate())):
        key = world.signer("cse/issue-2026" if "societies" not in proof["verificationMethod"] else "ele/issue-2026")
        VerifyKey(key.public_key).verify(message, base58btc.decode(proof["proofValue"], length=64))
    return None


@cache
def _node() -> dict[str, float]:
    """Return the figures of @digitalbazaar/vc for the same certificate. Raises `NotHereError`."""
    if not (INTEROP / "node_modules").is_dir():
        raise NotHereError("@digitalbazaar/vc (run make interop-packages)")
    with TemporaryDirectory() as name:
        folder = world.publish(Path(name))
        (folder / "certificate.json").write_bytes(world.certificate())
        command = [str(NODE), str(INTEROP / "bench.mjs"), name, world.BASE, str(folder / "certificate.json")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def status() -> Iterator[Row]:
    """Measure a changed bit to the signed list, read back as before it is published; 1 % of the bits are set."""
    signer, url, rng = world.signer("cse/status-2026"), f"{world.BASE}/status/revocation-1", random.Random(3)
    indexes = rng.sample(range(MINIMUM_BITS), MINIMUM_BITS // 100)

    def flip() -> object:
        unsigned = unsigned_list(world.BASE, "revocation", 1, [*indexes, 7], now=world.NOW)
        content = document_bytes(sign_list(unsigned, signer, now=world.NOW, base=world.BASE))
        age = timedelta(hours=24)
        return read_status_list(content, world.trust(), url=url, purpose="revocation", now=world.NOW, max_age=age)

    yield Row("status.flip", milliseconds(flip), "ms", note=f"list of {MINIMUM_BITS:,} entries")
    many = rng.sample(range(10_000_000), 100_000)
    unsigned = unsigned_list(world.BASE, "revocation", 1, (), now=world.NOW)

    def large() -> object:
        unsigned["credentialSubject"]["encodedList"] = encode_bits(many, 10_000_000)
        return document_bytes(sign_list(unsigned, signer, now=world.NOW, base=world.BASE))

    note = "10,000,000 entries to the signed list, 1 % of the bits set"
    yield Row("status.encode.10M", milliseconds(large), "ms", note=note)


def pdf() -> Iterator[Row]:
    """Measure printing, beside WeasyPrint as its manual shows it: same page, no archive form, no attachment."""
    try:
        from weasyprint import HTML
    except OSError as error:
        raise NotHereError("weasyprint (Pango is missing)") from error
    certificate, code = world.certificate(), world.paper_code()
    ours = milliseconds(lambda: certificate_pdf(certificate, code, world.BASE, True))
    html, styles, _ = page_of(certificate, code, world.BASE, True)
    page = f"<style>{styles[0]}</style>{html}"
    plain = milliseconds(lambda: HTML(string=page).write_pdf())
    note = "PDF/A-3u with the signed certificate inside; the peer without, and without a code"
    yield Row("pdf.certificate", ours, "ms", "weasyprint", plain, note)
    yield Row("pdf.size", round(len(certificate_pdf(certificate, code, world.BASE, True)) / 1000, 1), "kB")
    press = Press()
    quick = milliseconds(lambda: press(certificate, code, world.BASE, True))
    yield Row("pdf.press", quick, "ms", "weasyprint", plain, "the same page by typst, as cse print sets it")
    yield Row("pdf.press_size", round(len(press(certificate, code, world.BASE, True)) / 1000, 1), "kB")
    count, seconds = _printed_by_command()
    note = f"10,000 extrapolated from {count} by cse print --all in {seconds:.2f} s, database and files included"
    yield Row("pdf.batch", round(10_000 * seconds / count, 1), "s", "weasyprint", 10 * plain, note)


def _printed_by_command() -> tuple[int, float]:
    """Return of a register of 200 engineers how many certificates `cse print --all` printed after the first one.

    And the CPU seconds that these took: what the command takes to start and print one is left out.
    """
    with TemporaryDirectory() as name:
        demo, before = demo_in(Path(name), count=200), dict(os.environ)
        os.environ |= demo.environment()

        def seconds(*arguments: str) -> float:
            started = time.process_time()
            with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
                assert run(["print", *arguments, "--out", f"{name}/paper"]) == 0
            return time.process_time() - started

        start, whole = seconds(demo.number("valid")), seconds("--all")
        os.environ.clear()
        os.environ |= before
        return len(os.listdir(f"{name}/paper")) - 1, whole - start


def qr() -> Iterator[Row]:
    """Measure the paper code as SVG and as PNG, beside qrcode with the same text."""
    code, page = world.paper_code(), world.PROFILE.page_id
    text = "".join(part for part, _ in code_segments(world.BASE, page, code))

    def theirs(**factory: Any) -> object:
        drawn = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, **factory)
        drawn.add_data(text)
        image, file = drawn.make_image(), BytesIO()
        image.save(file)
        return file

    for name, draw, factory in (("svg", qr_svg, {"image_factory": SvgPathImage}), ("png", qr_png, {})):
        ours = milliseconds(lambda draw=draw: draw(paper_code(world.BASE, page, code)))  # type: ignore[misc]
        peer = milliseconds(lambda factory=factory: theirs(**factory))  # type: ignore[misc]
        yield Row(f"qr.{name}", ours, "ms", "qrcode", peer, "paper code, version 10-M")


def page() -> Iterator[Row]:
    """Weigh the result page of a valid certificate with everything that it loads, as it is sent."""
    with TemporaryDirectory() as name:
        demo = demo_in(Path(name))
        os.environ |= demo.environment()
        with TestClient(create(), base_url=BASE) as client:
            waiting = [f"/v/{demo.pages()[demo.number('valid')]}"]
            loaded: dict[str, int] = {}
            while waiting:
                address = waiting.pop()
                answer = client.get(address, headers={"Accept-Encoding": "gzip"})
                loaded[address] = int(answer.headers["content-length"])
                found = [f"/assets/{name}" for name in _ASSET.findall(answer.text)]
                waiting += [address for address in found if address not in loaded]
    weight = round(sum(loaded.values()) / 1000, 2)
    yield Row("page.result", weight, "kB", note=f"bodies on the wire, {len(loaded)} requests")


def api() -> Iterator[Row]:
    """Measure a served register of 1,000 certificates, with and without the reader of plain documents.

    No two requests are alike and none has the bytes that were handed out, so what is known from before answers none.
    """
    with TemporaryDirectory() as name:
        folder = waiting_in(Path(name), 1_000)
        assert issue_pending(folder).code == 0
        for number, document in enumerate(originals(folder)):
            (folder / f"{number}.json").write_bytes(document)
        plain, fast = (_asked(folder, setting) for setting in ("off", "on"))
    for index, (name, what) in enumerate((("api.verify", "16 clients"), ("api.verify.one", "one client"))):
        note = f"{what} on the same machine, one worker; the peer judges in threads, off the event loop"
        (each, _, p99, cpu), peer = fast[index], plain[index]
        yield Row(name, round(each, 1), "req/s", "the same over PyLD", round(peer[0], 1), note)
        yield Row(f"{name}.p99", round(p99, 2), "ms", "the same over PyLD", round(peer[2], 2), note)
        yield Row(f"{name}.cpu", round(cpu, 3), "ms", "the same over PyLD", round(peer[3], 3), "of the server, each")


def _asked(folder: Path, setting: str) -> list[tuple[float, ...]]:
    """Return what `tests.bench.endpoint` says, with 16 clients and with one."""
    found = []
    with served(Demo(folder, {}), CSE_FAST_GRAPHS=setting) as server:
        for clients in ("16", "1"):
            asked = [str(server.port), str(server.process.pid), str(folder), clients, "8"]
            command = [sys.executable, "-m", "tests.bench.endpoint", *asked]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            found.append(tuple(map(float, done.stdout.split())))
    return found


def flat() -> Iterator[Row]:
    """Measure one verification in registers of 1,000 certificates and more; `CSE_BENCH_REGISTER` says how many more."""
    before, points = dict(os.environ), {}
    with TemporaryDirectory() as name:
        folder, held = waiting_in(Path(name), 1_000), 1_000
        assert issue_pending(folder).code == 0
        os.environ |= Demo(folder, {}).environment()
        documents = originals(folder)
        for size in (10**power for power in range(3, 9) if 10**power <= _LARGEST):
            grow(folder, held // 1_000, size // 1_000 - 1)
            points[size], held = cost(documents), size
    os.environ.clear()
    os.environ |= before
    FLAT.parent.mkdir(exist_ok=True)
    FLAT.write_text(plot(points), encoding="utf-8")
    (least, least_p50), (most, p50) = points[1_000], points[held]
    note = (
        f"{held:,} certificates: the 1,000 that were entered first, asked about once before; "
        "all others are their rows copied in SQL, one in fifty held"
    )
    yield Row("api.verify.flat", round(most, 3), "ms", "1,000 certificates", round(least, 3), note)
    yield Row("api.verify.flat.p50", round(p50, 3), "ms", "1,000 certificates", round(least_p50, 3), note)


def batch() -> Iterator[Row]:
    """Measure `cse issue --pending`, killed once half-way and run again, then ask another implementation.

    `CSE_BENCH_BATCH` says how many certificates. What a run costs that finds nothing to do is taken off.
    """
    wanted = _BATCH
    with TemporaryDirectory() as name:
        folder = waiting_in(Path(name), wanted)
        runs = [issue_pending(folder, kill_at=wanted // 2), issue_pending(folder)]
        idle = issue_pending(folder)
        issued, voided = count(folder, "state = 'issued'"), count(folder, "state = 'void'")
        assert [run.code for run in (*runs, idle)] == [-signal.SIGKILL, 0, 0]
        assert issued == count(folder, "state = 'issued'", "DISTINCT register_no") == wanted
        cpu = sum(run.cpu_seconds - idle.cpu_seconds for run in runs)
        note = f"{wanted:,} certificates, killed once: {voided:,} intents voided; "
        note += "what a start costs that finds nothing to do is taken off"
        yield Row("issue.batch", round(1000 * cpu / wanted, 3), "ms", note=note)
        peak = max(run.peak_mib for run in runs)
        yield Row("issue.batch.memory", round(peak, 1), "MiB", note="peak of the process")
        if (missing := why_unavailable()) is not None:
            raise NotHereError(missing)
        files = sample(folder, 1_000)
        answers = run_interop(folder / "publish", BASE, files, now=AT)
        proved = [[one["assertion"] for one in answer["proofs"]][::2] for answer in answers if answer["verified"]]
        good = sum(each == [True, True] for each in proved)
        yield Row("issue.batch.checked", good, "good", note=f"of {len(files):,} by @digitalbazaar/vc, both rdfc proofs")


_ASSET = re.compile(r"""["'](?:/assets/|\./)([a-z-]+\.[0-9a-f]{16}\.[a-z]+)["']""")


def sweeping() -> Iterator[Row]:
    """Measure the clock job in a register of `CSE_BENCH_REGISTER` registrations, beside looking at each of them."""
    for database in DATABASES:
        with TemporaryDirectory() as name, engine_of(database, Path(name)) as engine:
            if engine is None:
                raise NotHereError(MISSING)
            one = night(engine, _LARGEST)
        note = f"{_LARGEST:,} registrations, {one.changed:,} due and changed with their events; "
        note += "the loop loads each and asks the rules, extrapolated from 500"
        yield Row(f"sweep.{database}", round(one.seconds, 3), "s", "orm-loop", round(one.loop_seconds, 1), note)


def assessing() -> Iterator[Row]:
    """Measure 1 March in a register of `CSE_BENCH_REGISTER` entries, beside asking the rules for each person."""
    copies = max(_LARGEST // 1_000, 1)
    for database in DATABASES:
        with TemporaryDirectory() as name, engine_of(database, Path(name)) as engine:
            if engine is None:
                raise NotHereError(MISSING)
            one = march(engine, copies)
        told = ", ".join(f"{count:,} {state.removeprefix('cpd.')}" for state, count in one.done.most_common())
        note = f"{copies * 860:,} live entries; {told}; {one.looked_at:,} looked at, as every night; "
        note += f"memory grew by {one.grown_mib:.0f} MiB; the loop asks the rules for each, extrapolated from 300"
        yield Row(f"assess.{database}", round(one.seconds, 3), "s", "orm-loop", round(one.loop_seconds, 1), note)


CASES: tuple[Case, ...] = (
    issue,
    batch,
    verify,
    hostile,
    again,
    jcs,
    status,
    api,
    flat,
    sweeping,
    assessing,
    pdf,
    qr,
    page,
)
