"""The error file: a spreadsheet that opens everywhere, with nothing in it that acts, and never in plain text on disk."""

from __future__ import annotations

import io
import tempfile
import tracemalloc
from collections.abc import Iterator

import openpyxl
import pytest
from django.utils import translation
from python_calamine import CalamineWorkbook

from mianzheng.centre.adapters.fault_sheets import as_csv, as_xlsx
from mianzheng.centre.adapters.faults import MOST
from mianzheng.centre.rules.intakes import Fault
from mianzheng.common.reasons import Reason

WHY = Reason("应当是整数")
NUMBER = "330782198005170015"


@pytest.fixture(autouse=True)
def in_chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


def written(*values: str) -> io.BytesIO:
    return as_xlsx(Fault(row, "欠款", value, WHY) for row, value in enumerate(values, 2))


def test_nothing_is_written_to_disk_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere/at/all")
    assert openpyxl.load_workbook(written(NUMBER)).active["C2"].value == NUMBER


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=SUM(A1)", "=SUM(A1)"),
        (NUMBER, NUMBER),
        ('  <a> & "b" ]]>', '  <a> & "b" ]]>'),
        ("x\x00\x1b\ufffe\ud800y", "xy"),
        ("一\n二", "一\n二"),
        ("字" * 40_000, "字" * 32_767),
        ("", None),
    ],
)
def test_every_value_is_text_as_it_was_sent(value: str, shown: str | None) -> None:
    cell = openpyxl.load_workbook(written(value)).active["C2"]
    assert cell.value == shown
    assert shown is None or (cell.data_type, cell.number_format) == ("s", "@")


def test_it_goes_by_row_under_headings_that_stay_in_sight() -> None:
    made = as_xlsx(iter([Fault(7, "b", "2", WHY), Fault(3, "a", "1", WHY)]))
    sheet = openpyxl.load_workbook(made).active
    assert (sheet.title, sheet.freeze_panes, sheet.column_dimensions["D"].width) == ("错误清单", "A2", 60)
    assert [list(row) for row in sheet.iter_rows(values_only=True)] == [
        ["行号", "列", "原值", "原因"],
        [3, "a", "1", "应当是整数"],
        [7, "b", "2", "应当是整数"],
    ]
    made.seek(0)
    assert CalamineWorkbook.from_filelike(made).get_sheet_by_index(0).to_python()[1] == [3.0, "a", "1", "应当是整数"]


def test_the_longest_error_file_needs_little_memory() -> None:
    def faults() -> Iterator[Fault]:
        return (Fault(row, "身份证号", str(row), WHY) for row in range(MOST))

    kept = list(faults())
    tracemalloc.start()
    as_xlsx(kept)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 << 20


def test_in_a_text_file_nothing_acts_either() -> None:
    text = b"".join(as_csv([Fault(2, "a", "=1+1", WHY)])).decode("utf-8-sig")
    assert text == "行号,列,原值,原因\r\n2,a,'=1+1,应当是整数\r\n"
