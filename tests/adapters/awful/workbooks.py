"""Awful workbooks."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from tests.adapters.awful.item import ANN, BO, CY, DI, HEADINGS, cells
from tests.adapters.awful.old_office import compound_file, old_workbook
from tests.adapters.awful.text_files import GOOD

LONG_AGO = (2024, 2, 1, 0, 0, 0)
Rows = Sequence[Sequence[Any]]
SHEET = "xl/worksheets/sheet1.xml"


def workbooks() -> dict[str, bytes]:
    """Return each file's content by its name."""
    return {**_sheets(), **_values(), **_formulas(), **_harmful(), **_old()}


def book(sheets: Mapping[str, Rows], dress: Callable[[Workbook], None] = lambda made: None) -> bytes:
    """Return a workbook of `sheets`; `dress` may change it before it is written."""
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    dress(made)
    written = io.BytesIO()
    made.save(written)
    return changed(written.getvalue(), {})


def changed(packed: bytes, parts: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """Return the packed file with `parts` changed (a new one gets nothing to change), and no word of when it was made."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in [*old.namelist(), *(part for part in parts if part not in old.namelist())]:
            content = old.read(name) if name in old.namelist() else b""
            if name == "docProps/core.xml":
                content = re.sub(rb"20\d\d-[\d:T-]+Z", b"2024-02-01T00:00:00Z", content)
            content = parts.get(name, bytes)(content)
            about = zipfile.ZipInfo(name, LONG_AGO)
            about.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(about, content, compresslevel=9)
    return written.getvalue()


def _good(*more: Sequence[Any]) -> list[Sequence[Any]]:
    return [HEADINGS, *GOOD, *more]


def _sheets() -> dict[str, bytes]:
    upper = ["身份证号", "姓名", "编号", "缴费", "", "", "有效期", "", "是否有效", "配偶"]
    lower = ["", "", "", "险种", "月数", "金额（元）", "发证日期", "有效期至", "", ""]
    other = [["科室", "电话"], ["一科", "0579-85000000"]]
    turned = [[*reversed(HEADINGS)], [*reversed(cells(DI, "D1"))], [*reversed(cells(DI, "D2", months="x"))]]
    remarks = [
        ["合计", None, None, None, 36, 200.5],
        ["备注：以上数据截至2024年1月31日，不含已经注销的。"],
        [None],
        ["填表人：某甲", None, None, "审核人：某乙"],
    ]

    def merge(made: Workbook) -> None:
        for place in ("A1:J1", "A2:A3", "B2:B3", "C2:C3", "D2:F2", "G2:H2", "I2:I3", "J2:J3"):
            made.active.merge_cells(place)

    def indent(made: Workbook) -> None:
        made.active.insert_rows(1, 2)
        made.active.insert_cols(1, 3)

    return {
        "28-headings-of-two-lines.xlsx": book({"名册": [["某某局缴费证名册"], upper, lower, *GOOD]}, merge),
        "29-one-sheet-fits.xlsx": book({"说明": [["填表说明"], ["请逐行填写。"]], "名册": _good(), "通讯录": other}),
        "30-two-sheets-fit.xlsx": book({"城区": _good(), "镇街": turned, "通讯录": other}),
        "31-no-sheet-fits.xlsx": book({"通讯录": other, "空": []}),
        "32-totals-and-remarks.xlsx": book({"名册": _good(*remarks)}),
        "66-table-in-the-middle.xlsx": book({"名册": _good(cells(DI, "D1", months="x"))}, indent),
        "67-nothing-in-it.xlsx": book({"Sheet1": [], "Sheet2": []}),
    }


def _values() -> dict[str, bytes]:
    day, end = datetime.datetime(2024, 1, 5), datetime.date(2029, 1, 5)
    real = [
        [ANN, "王安", 1, "养老", 12, 100.5, day, end, True, None],
        [BO, "李波", 2.0, "医疗", 12.0, 0.1 + 0.2, datetime.datetime(2024, 1, 5, 8, 30), "长期", False, None],
        [CY, "张春", 123456789012, "养老", "12", 1234.5, 45296, "2029.1.5", "是", None],
    ]
    lost = [[int(ANN), *cells()[1:]], [330782600101001, *cells()[1:]], cells(BO, "B1")]

    def chinese(made: Workbook) -> None:
        for row, written in enumerate(('yyyy"年"m"月"d"日";@', "[$-804]yyyy/m/d", "General", "yyyy\\.mm\\.dd"), 2):
            made.active.cell(row, 7).number_format = written

    builtin = changed(
        book({"名册": [HEADINGS, real[0]]}, lambda made: None),
        {"xl/styles.xml": lambda part: re.sub(rb'numFmtId="1\d+"', b'numFmtId="31"', part)},
    )
    wrong = [HEADINGS, [*cells()[:5], "#N/A", *cells()[6:]], [*cells(BO)[:4], "#DIV/0!", *cells()[5:]], cells(CY)]
    return {
        "54-dates-and-numbers.xlsx": book({"名册": [HEADINGS, *real]}),
        "55-numbers-that-lost-digits.xlsx": book({"名册": [HEADINGS, *lost]}),
        "60-chinese-dates.xlsx": book(
            {"名册": [HEADINGS, *([*cells(ANN, f"A{n}")[:6], day, *cells()[7:]] for n in range(4))]}, chinese
        ),
        "61-dates-in-built-in-formats.xlsx": builtin,
        "68-error-cells.xlsx": book({"名册": wrong}),
    }


def _formulas() -> dict[str, bytes]:
    computed = book({"名册": [HEADINGS, [*cells()[:5], "=E2*10", *cells()[6:]], cells(BO, "B1")]})
    nothing = book({"名册": [HEADINGS, [*cells()[:9], '=IF(1=1,"","x")'], cells(BO, "B1")]})

    def with_result(result: bytes, kind: bytes = b"") -> Callable[[bytes], bytes]:
        def fill(part: bytes) -> bytes:
            filled = re.sub(rb"(</f>)<v\s*/>|(</f>)<v></v>", b"</f><v>" + result + b"</v>", part)
            return re.sub(rb'<c r="([A-Z]\d)"([^>]*)><f>', rb'<c r="\1"' + kind + b"><f>", filled)

        return fill

    return {
        "50-formulas.xlsx": changed(computed, {SHEET: with_result(b"120")}),
        "51-formulas-without-results.xlsx": computed,
        "52-formulas-with-empty-results.xlsx": changed(nothing, {SHEET: with_result(b"", b' t="str"')}),
    }


def _harmful() -> dict[str, bytes]:
    good = book({"名册": _good()})
    empty = b"<row/>" * 1_048_000
    styled = b'<row r="%d"><c r="A%d" s="0" t="inlineStr"><is><t> </t></is></c></row></sheetData>'
    corner = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    return {
        "34-million-empty-rows.xlsx": changed(
            good, {SHEET: lambda part: part.replace(b"</sheetData>", empty + b"</sheetData>")}
        ),
        "85-a-blank-in-the-last-row.xlsx": changed(
            good, {SHEET: lambda part: part.replace(b"</sheetData>", styled % (1_048_576, 1_048_576))}
        ),
        "86-the-far-corner.xlsx": changed(good, {SHEET: lambda part: part.replace(b"</sheetData>", corner)}),
        "47-cut-off.xlsx": good[: len(good) // 2],
        "48-damaged-inside.xlsx": changed(good, {SHEET: lambda part: part[: len(part) // 2] + b"\xff<<"}),
        "49-macros.xlsm": changed(good, {"xl/vbaProject.bin": lambda part: compound_file({"VBA": b"Sub a()"})}),
        "53-zip-bomb.xlsx": changed(good, {"xl/media/image1.bin": lambda part: bytes(150 << 20)}),
        "79-some-other-archive.xlsx": _archive(),
        "87-bits-flipped.xlsx": _flipped(good),
    }


def _archive() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr(zipfile.ZipInfo("名册.csv", LONG_AGO), "身份证号,编号\n")
    return written.getvalue()


def _flipped(packed: bytes) -> bytes:
    """Damage the sheet's packed bytes and nothing else."""
    with zipfile.ZipFile(io.BytesIO(packed)) as whole:
        part = whole.getinfo(SHEET)
    at = part.header_offset + 30 + len(SHEET) + part.compress_size // 2
    return packed[:at] + bytes(byte ^ 0xFF for byte in packed[at : at + 40]) + packed[at + 40 :]


def _old() -> dict[str, bytes]:
    day = 45296.0
    rows = [HEADINGS, [*cells()[:4], 12.0, 100.5, day, *cells()[7:9]], [*cells(BO, "B1", months="x")[:9]]]
    return {
        "46-password.xlsx": compound_file({"EncryptionInfo": bytes(range(200)), "EncryptedPackage": bytes(5000)}),
        "59-old.xls": old_workbook(rows, dates=[6]),
        "62-password.xls": old_workbook(rows, locked=True),
        "63-some-old-document.xls": compound_file({"WordDocument": b"\xec\xa5\xc1\x00"}),
    }
