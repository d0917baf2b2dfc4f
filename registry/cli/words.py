"""What a command says of a verdict, and how it ends."""

import json
import sys
from typing import Any

from public_site import catalogue, sentences
from public_site.view import result_view
from registry.cli.exits import GOOD, NO, UNDECIDED

_EXIT = {"valid": GOOD, "invalid": NO, "indeterminate": UNDECIDED}
_MARK = {"pass": "ok", "fail": "FAILED", "unknown": "not checked", "skipped": "not part"}


def exit_code(answer: dict[str, Any], *, historical: bool = False) -> int:
    """Return the exit code of a verdict; one about the past is good only for who asked for that (V51)."""
    if answer["state"] == "valid_on_date" and not historical:
        return _EXIT[answer["current_outcome"]] or UNDECIDED
    return _EXIT[answer["outcome"]]


def print_answer(answer: dict[str, Any], *, lang: str, as_json: bool) -> None:
    """Print a verdict for programs, or in the words of the result page; who reads may stop early."""
    try:
        _print_answer(answer, lang=lang, as_json=as_json)
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stdout = None  # Nothing is left to be written when the program ends; its exit code is the answer.


def _print_answer(answer: dict[str, Any], *, lang: str, as_json: bool) -> None:
    if as_json:
        # What is explained holds a stranger's text at length: to a terminal it goes escaped.
        print(json.dumps(answer, ensure_ascii="explain" in answer, indent=2))
        return
    view = result_view(answer, "zh" if lang == "zh" else "en")
    unchecked = catalogue.site("zh" if lang == "zh" else "en").get(f"inside_{answer.get('about')}_title")
    # What was not looked at stands above the answer; that a number has no paper, below it.
    above, below = (None, unchecked) if answer.get("about") == "register_entry" else (unchecked, None)
    print(*filter(None, [above]), sep="\n", end="\n" if above else "")
    for one in (view, *view.shown):
        names = (one.name.hans, one.name.latn, one.name.withheld) if one.name is not None else ()
        facts = (" / ".join(filter(None, names)), *(f"{row.label}: {row.value}" for row in one.rows), one.next_step)
        print(one.headline, *one.lines, *filter(None, (below if one is view else None, *facts)), sep="\n")
    print(f"outcome {answer['outcome']}, state {answer['state']}, checked {answer['checked_at']}")
    if "current_outcome" in answer:
        print(f"as of {answer['as_of']}; outcome now {answer['current_outcome']}, state {answer['current']['state']}")
    for name, value in answer.get("basis", {}).items():
        print(f"{name} {value}")
    _print_recognition(answer.get("recognition"), lang)
    explain = answer.get("explain", {})
    told = {check["name"]: check for check in explain.get("checks", [])}
    for check in answer["checks"]:
        why = check.get("detail", {}).get(lang, "") + (f" ({check['code']})" if "code" in check else "")
        print(f"  {check['name']:26}{_MARK[check['result']]:13}{why} {check.get('pointer', '')}".rstrip())
        if check["name"] in told:
            print("   ", told[check["name"]].get("clause", ""), told[check["name"]]["do"][lang])
    for proof in explain.get("proofs", []):
        print("", *(sentences.visible(f"  {name:15}{value}") for name, value in proof.items()), sep="\n")


def _print_recognition(answer: dict[str, Any] | None, lang: str) -> None:
    if answer is not None:
        print(f"recognition {answer['outcome']}: {answer['text'][lang]}")
        print(*(f"  {one['code']:30}{one[lang]}" for one in answer["conditions"]), sep="\n")
