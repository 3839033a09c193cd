"""`mianzheng reform import`: many files, each told, each whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mianzheng.audit.models import Entry
from mianzheng.reform.commands import import_files
from mianzheng.reform.models import Report, Row
from tests.actions.conftest import town
from tests.lists import BAD, HEADINGS, ROWS, book, computed, empty_rows, listing, many

__all__ = ["town"]

pytestmark = pytest.mark.usefixtures("town")


def run(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(import_files, list(map(str, words)))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


def put(folder: Path, **files: bytes) -> list[Path]:
    paths = []
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content)
        paths.append(path)
    return paths


def test_files_say_whose_they_are_and_are_counted_in(tmp_path: Path):
    two = put(tmp_path, a__xlsx=listing(), 石桥市民政局证明清单__xlsx=book(("表", [HEADINGS[:2], [1, "居住证明"]])))
    code, told, progress = run(*two, "--json")
    assert code == 0, told
    first, second = json.loads(told)
    assert (first["office"], first["side"], first["certificates"], first["rows"]) == ("homes", "demand", 3, 5)
    assert (second["office"], second["certificates"]) == ("civil", 1)
    assert first["sheets"][0]["left"] == {"above": 1, "headings": 1}
    assert "2/2" in progress
    assert Row.objects.count() == 6


def test_a_newer_file_replaces_and_the_same_is_told(tmp_path: Path):
    old, new = put(tmp_path, a__xlsx=listing(), b__xlsx=listing(ROWS[0]))
    run(old)
    (again,) = json.loads(run(old, "--json")[1])
    assert again["again"] and Report.objects.count() == 1
    (told,) = json.loads(run(new, "--json")[1])
    assert told["changes"] == {"new": 0, "gone": 4, "changed": 0, "same": 1}
    assert sorted(Report.objects.values_list("stage", flat=True)) == ["replaced", "taken"]


def test_bad_files_are_told_and_the_good_ones_are_in(tmp_path: Path):
    paths = []
    for name, (made, _) in BAD.items():
        path = tmp_path / name
        path.write_bytes(made())
        paths.append(path)
    good = put(tmp_path, good__xlsx=empty_rows(), sums__xlsx=computed())
    code, told, _ = run(*paths, *good, "--json")
    lines: list[dict[str, Any]] = json.loads(told)
    assert code == 1
    assert {line["file"]: line.get("refused") for line in lines} == {name: said for name, (_, said) in BAD.items()} | {
        "good.xlsx": None,
        "sums.xlsx": None,
    }
    assert list(Report.objects.order_by("name").values_list("name", flat=True)) == ["good.xlsx", "sums.xlsx"]
    assert Entry.objects.filter(action__in=["reform_take_in", "reform_accept"]).count() == 4


def test_nothing_is_kept_of_a_file_nobody_knows_whose_or_without_a_name(tmp_path: Path):
    unknown, nameless = put(
        tmp_path,
        x__xlsx=book(("表", [HEADINGS, *ROWS])),
        y__xlsx=book(("表", [["填报单位：石桥市住房局"], ["项目", "找谁"], ["收入证明", "古井社区"]])),
    )
    code, told, _ = run(unknown, nameless)
    assert code == 1
    assert "看不出是哪个单位的清单" in told and "没有认出一个证明名称" in told
    assert not Report.objects.exists() and not Entry.objects.filter(action__startswith="reform").exists()
    code, told, _ = run(unknown, "--office", "water", "--side", "demand")
    assert (code, Report.objects.get().office) == (0, "water")
    code, told, _ = run(unknown, "--office", "nobody")
    assert code == 1 and "名录里没有“nobody”" in told
    assert run(unknown, "--side", "elsewhere")[0] == 1
    assert run(unknown, "--side", "elsewhere", "--office", "邻市")[0] == 0


def test_hundreds_of_files(tmp_path: Path):
    paths = put(tmp_path, **{f"{n}__xlsx": many(n) for n in range(1, 121)})
    for number, path in enumerate(paths, 1):  # names of their own, so that none is a newer list of another
        path.write_bytes(listing([1, f"第{number}种证明", "住房局", "住房局", "购房", number]))
    code, told, progress = run(*paths)
    assert code == 0, told
    assert (progress.count("\n"), Row.objects.count(), Report.objects.filter(stage="taken").count()) == (120, 120, 120)
