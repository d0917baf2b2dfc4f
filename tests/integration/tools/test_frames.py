"""Verbs that measure nothing yet say so; links in the documentation lead somewhere."""

import json
from pathlib import Path

import pytest

from tools import bench, check_links, later


def test_bench_writes_an_empty_list_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert bench.main() == 0
    assert json.loads(Path("var/bench.json").read_text(encoding="utf-8")) == []
    assert "nothing is measured yet" in capsys.readouterr().out


@pytest.mark.parametrize("verb", later.PARTS)
def test_a_frame_names_its_verb(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert later.main([verb]) == 0
    assert capsys.readouterr().out.startswith(f"{verb}: no")


def test_an_unlisted_verb_is_wrong_use() -> None:
    assert later.main(["polish"]) == 3


def test_a_broken_link_is_found_and_others_are_not(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[a](page.md#x) [b](#y) [c](https://example.org/) [d](gone.md)", encoding="utf-8")
    assert list(check_links.broken_links(page)) == ["gone.md"]
