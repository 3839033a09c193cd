"""Lists of certificates as files, for tests that hand them in."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl

HEADINGS = ["序号", "证明名称", "索要单位", "开具单位", "办理事项", "年办件量"]
ROWS: list[list[Any]] = [
    [1, "收入证明", "住房局", "村（社区）", "申请公租房", "约1.2万份"],
    [2, "住房证明、婚姻状况证明", "住房局、民政局", "古井社区", "申请低保", "300"],
]


def book(*sheets: tuple[str, Sequence[Sequence[Any]]], merged: Sequence[str] = ()) -> bytes:
    """Return a workbook; `merged` are ranges of its first sheet."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets:
        page = made.create_sheet(name)
        for row in rows:
            page.append(list(row))
    for place in merged:
        made.worksheets[0].merge_cells(place)
    return saved(made)


def saved(made: openpyxl.Workbook) -> bytes:
    """Return a workbook as its file."""
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def listing(*rows: Sequence[Any], office: str = "石桥市住房局") -> bytes:
    """Return an office's list."""
    return book(("清单", [[f"填报单位：{office}"], HEADINGS, *(rows or ROWS)]))


def many(count: int, *, office: str = "石桥市住房局") -> bytes:
    """Return a list of `count` certificates."""
    rows = [[n, f"第{n}类收入证明", "住房局", "村（社区）", "申请公租房", n] for n in range(1, count + 1)]
    return listing(*rows, office=office)


def locked() -> bytes:
    """Return a workbook under a password: a compound file whose folder names an encrypted package."""
    folder = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", "EncryptedPackage"))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + folder


def bomb() -> bytes:
    """Return a small workbook that would unpack to 400 MB."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/workbook.xml", "<workbook/>")
        with packed.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(400):
                sheet.write(b"0" * (1 << 20))
    return stream.getvalue()


def with_macro() -> bytes:
    """Return a workbook that carries a macro."""
    stream = io.BytesIO(listing())
    with zipfile.ZipFile(stream, "a") as packed:
        packed.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return stream.getvalue()


def uncomputed() -> bytes:
    """Return a list in which a cell is a formula nobody has computed."""
    return listing([1, '=CONCATENATE("收入","证明")', "住房局", "村（社区）", "申请公租房", 3])


def computed() -> bytes:
    """Return the same list as a spreadsheet program saves it: the formula with its value, and one that is an error."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(uncomputed())) as old, zipfile.ZipFile(stream, "w") as new:
        for part in old.namelist():
            text = old.read(part)
            if part == "xl/worksheets/sheet1.xml":
                text = re.sub(
                    rb'<c r="B3"[^>]*><f>(.*?)</f><v ?/?>(</v>)?',
                    '<c r="B3" t="str"><f>\\1</f><v>收入证明</v>'.encode(),
                    text,
                )
                text = re.sub(rb'<c r="F3"[^>]*><v>3</v>', rb'<c r="F3" t="e"><f>1/0</f><v>#DIV/0!</v>', text)
            new.writestr(part, text)
    return stream.getvalue()


def empty_rows() -> bytes:
    """Return a list that reaches down to row 1,000,000, with nothing between."""
    made = openpyxl.load_workbook(io.BytesIO(listing()))
    made.active.cell(1_000_000, 1).value = ""
    made.active.cell(1_000_000, 1).number_format = "0.00"
    return saved(made)


def wages() -> bytes:
    """Return a table that is no list of certificates."""
    return book(("工资", [["工号", "岗位", "工资"], ["1", "窗口", "5000"], ["2", "后台", "6000"]]))


BAD = {
    "locked.xlsx": (locked, "工作簿加了密码，打不开。"),
    "damaged.xlsx": (lambda: listing()[:900], "工作簿已经损坏，打不开。"),
    "macro.xlsm": (with_macro, "工作簿里有宏，为安全起见没有打开。"),
    "formula.xlsx": (uncomputed, "单元格 B3 是公式，没有算出结果。"),
    "bomb.xlsx": (bomb, "工作簿解开后大得不正常，没有打开。"),
    "wages.xlsx": (wages, "表里没有一处写到证明，不是证明清单。"),
    "empty.csv": (lambda: b" \n", "文件是空的。"),
    "scan.pdf": (lambda: b"%PDF-1.7", "这不是表格文件（是图片、PDF 或压缩包）。"),
}
"""Files that are no list, how each is made, and the sentence that says so."""
