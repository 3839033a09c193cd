"""Lists of certificates in files as offices really send them, and files that are none."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from mianzheng.common.errors import Refusal
from mianzheng.reform.commands import read_files
from mianzheng.reform.rules.inventory import Why, read
from mianzheng.web.reading.grids import grids_of

HEADINGS = ["序号", "证明名称", "索要单位", "开具单位", "办理事项"]
ROWS: list[list[Any]] = [
    [1, "收入证明", "民政局", "村（社区）", "申请低保"],
    [2, "住房证明", "住建局", "村（社区）", "申请公租房"],
]
CSV = "\r\n".join(",".join(map(str, row)) for row in [HEADINGS, *ROWS])


def book(*sheets: tuple[str, list[list[Any]]], merged: tuple[str, ...] = (), hidden: str = "") -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if name == hidden:
            sheet.sheet_state = "hidden"
    for place in merged:
        made.worksheets[0].merge_cells(place)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def names(content: bytes) -> list[str]:
    return [each.name for grid in grids_of(content) for each in read(grid.lines, {}).listed]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_is_read_in_any_encoding_and_with_any_separator(encoding: str, separator: str) -> None:
    assert names(CSV.replace(",", separator).encode(encoding)) == ["收入证明", "住房证明"]


def test_a_cell_of_several_lines_keeps_the_numbers_of_rows() -> None:
    text = '序号,证明名称,索要单位\n1,"收入证明\n住房证明",民政局\n\n2,无业证明,人社局\n'
    (grid,) = grids_of(text.encode())
    assert [(each.row, each.name) for each in read(grid.lines, {}).listed] == [
        (2, "收入证明"), (2, "住房证明"), (5, "无业证明"),
    ]  # fmt: skip


def test_every_sheet_is_read_wherever_its_table_stands() -> None:
    below: list[list[Any]] = [[], ["2018年证明清理表"], [], ["", *HEADINGS], ["", *ROWS[0]]]
    content = book(
        ("说明", [["请各单位认真填写"]]),
        ("表一", [HEADINGS, ROWS[1]]),
        ("表二", below),
        ("旧表", [HEADINGS, ROWS[0]]),
        hidden="旧表",
    )
    found = {grid.name: (read(grid.lines, {}), grid.hidden) for grid in grids_of(content)}
    assert [each.name for each in found["表一"][0].listed] == ["住房证明"]
    assert [(each.name, each.row) for each in found["表二"][0].listed] == [("收入证明", 5)]
    assert [each.why for each in found["说明"][0].left] == [Why.NO_HEADINGS]
    assert found["旧表"][1]


def test_merged_cells_say_the_same_in_each_of_their_rows_and_headings_of_two_lines_are_one() -> None:
    rows: list[list[Any]] = [
        ["证明事项清单"], ["证明名称", "单位", None, "用途"], [None, "索要", "开具", None], ["收入证明", "民政局", "村", "低保"], ["住房证明", None, "村", "低保"],
        ["一、住建系统"], ["无房证明", "住建局", "房管处", "公租房"],
    ]  # fmt: skip
    content = book(("表", rows), merged=("A1:D1", "A2:A3", "B2:C2", "D2:D3", "B4:B5", "A6:D6"))
    (grid,) = grids_of(content)
    found = read(grid.lines, {"单位/索要": "demander", "单位/开具": "issuer"})
    assert [(each.name, each.demander, each.issuer) for each in found.listed] == [
        ("收入证明", "民政局", "村"), ("住房证明", "民政局", "村"), ("无房证明", "住建局", "房管处"),
    ]  # fmt: skip
    assert (6, Why.SECTION) in [(each.row, each.why) for each in found.left]


def _bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (400 << 20))
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \n ",
        b"%PDF-1.7 x",
        b"\x89PNG\r\n\x1a\n",
        b"PK\x03\x04 torn",
        book(("表", [HEADINGS, *ROWS]))[:900],
        bytes(range(256)) * 20,
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(content: bytes) -> None:
    with pytest.raises(Refusal):
        grids_of(content)


def test_a_zip_bomb_is_refused_before_it_is_opened() -> None:
    with pytest.raises(Refusal):
        grids_of(_bomb())


def test_a_million_empty_rows_are_no_rows() -> None:
    made = openpyxl.Workbook()
    for row in [HEADINGS, *ROWS]:
        made.active.append(row)
    made.active.cell(1_000_000, 1).value = ""
    made.active.cell(1_000_000, 1).number_format = "0.00"
    stream = io.BytesIO()
    made.save(stream)
    assert names(stream.getvalue()) == ["收入证明", "住房证明"]


def test_a_sheet_of_too_many_rows_is_no_list() -> None:
    with pytest.raises(Refusal):
        grids_of(b"a,b\n" * 60_000)


def test_the_command_says_what_was_understood_and_what_was_not(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(book(("表一", [["填报单位：民政局"], HEADINGS, *ROWS, ["合计", 2]])))
    (tmp_path / "b.csv").write_bytes(CSV.encode("gb18030"))
    done = CliRunner().invoke(read_files, [str(tmp_path / "a.xlsx"), str(tmp_path / "b.csv"), "--json"])
    assert done.exit_code == 0, done.output
    first, second = json.loads(done.output)
    assert (first["certificates"], second["certificates"]) == (2, 2)
    assert first["sheets"][0]["left"] == [
        {"row": 1, "why": "above"},
        {"row": 2, "why": "headings"},
        {"row": 5, "why": "total"},
    ]
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.7")
    done = CliRunner().invoke(read_files, [str(tmp_path / "c.pdf")])
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
