"""Looking into a workbook before it is opened: is it one, is it harmless, has everything in it been computed."""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason

LARGEST = 1 << 30
"""Bytes the parts of a workbook may have when unpacked."""

TIMES = 300
"""How many times larger than packed a large part may be: beyond that somebody means harm."""

LARGE = 64 << 20
MOST_CELLS = 30_000_000
"""Cells from the first filled one to the last: the reader keeps the empty ones between them too."""

MOST_ERRORS = 100_000

Place = tuple[int, int]
"""Row and column of a cell, from 0."""

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
# Each pattern begins with a sign that what it repeats leaves out. So a search never looks twice at the same place, and a
# part takes time in proportion to its size, whatever is in it.
_CELL = re.compile(rb"<(?:\w+:)?c\s")
_INSIDE = re.compile(rb"([^<>]*)>(.*?)(?:</(?:\w+:)?c>|$)", re.DOTALL)
"""From behind ``<c `` on: attributes and content."""
_COLUMNS = re.compile(rb'<(?:\w+:)?c\sr="([A-Z]{1,3})\d+"[^<>]*>(?<!/>)')
_ROWS = re.compile(rb'<(?:\w+:)?c\sr="[A-Z]{1,3}(\d{1,10})\d*"[^<>]*>(?<!/>)')
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,10})\d*"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)(?:\s[^<>]*)?>([^<]+)<")
_STARTS = (b"<c ", b"<x:c ", b"<row", b"<x:row")

_OLD_PASSWORD = re.compile(rb"\x09\x08\x10\x00\x00\x06\x05\x00.{12}(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL)
"""The beginning of an encrypted BIFF8 workbook: BOF, perhaps WriteProtect, FilePass ([MS-XLS] 2.4)."""

_MACROS = ("vbaProject.bin", "macrosheets/")
_OTHERS = {"word/": N_("这是 Word 文档，不是表格。"), "ppt/": N_("这是演示文稿，不是表格。")}
_SAVE_AS = N_("请用表格软件打开，另存为 XLSX 或 CSV 后再交。")
_NO_MACROS = N_("请另存为不带宏的 XLSX 后再交。")
_MACRO = N_("工作簿里有宏，为安全起见没有打开。")
_LOCKED = N_("工作簿加了密码，打不开。")
_UNLOCK = N_("请取消密码后另存一份再交。")


def refused(what: str, now: str, **params: str | int) -> Refusal:
    """Return a refusal about the file."""
    return Refusal(Reason(what, params), Reason(now), field="file")


def damaged() -> Refusal:
    return refused(N_("工作簿已经损坏，打不开。"), N_("请在原系统里重新导出一份再交。"))


def locked() -> Refusal:
    return refused(_LOCKED, _UNLOCK)


def too_large() -> Refusal:
    return refused(N_("工作簿解开后大得不正常，没有打开。"), N_("请删去多余的行和列，或者另存为 CSV 后再交。"))


def check_old(content: bytes) -> None:
    """Refuse an OLE file (before 2007, or encrypted) that is no plain workbook; its parts are named in UTF-16."""
    if _named("EncryptedPackage") in content or _OLD_PASSWORD.search(content):
        raise locked()
    if _named("_VBA_PROJECT_CUR") in content:
        raise refused(_MACRO, _NO_MACROS)
    if _named("WordDocument") in content:
        raise refused(_OTHERS["word/"], _SAVE_AS)
    if _named("Workbook") not in content and _named("Book") not in content:
        raise refused(N_("这不是表格文件。"), _SAVE_AS)


def _named(part: str) -> bytes:
    return part.encode("utf-16-le") + b"\0\0"


def check_packed(stream: BinaryIO) -> None:
    """Refuse a packed file that is no plain workbook or would blow up."""
    try:
        with zipfile.ZipFile(stream) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise damaged() from None
    names = [part.filename for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        raise locked()
    for folder, what in _OTHERS.items():
        if any(name.startswith(folder) for name in names):
            raise refused(what, _SAVE_AS)
    if "xl/workbook.xml" not in names:
        if "xl/workbook.bin" in names or "content.xml" in names:
            raise refused(N_("这种格式的工作簿（XLSB、ODS）没有打开。"), _SAVE_AS)
        raise refused(N_("这是压缩包，不是表格。"), N_("请先解开，把里面的表格一份一份地交。"))
    if any(part in name for name in names for part in _MACROS):
        raise refused(_MACRO, _NO_MACROS)
    if sum(part.file_size for part in parts) > LARGEST or any(_blows_up(part) for part in parts):
        raise too_large()


def _blows_up(part: zipfile.ZipInfo) -> bool:
    return part.file_size > LARGE and part.file_size > TIMES * max(part.compress_size, 1)


def errors_in(stream: BinaryIO) -> dict[str, dict[Place, str]]:
    """Return for each sheet's name the cells that hold an error such as #N/A, which the reader takes for empty.

    Refuses a sheet with a formula nobody has computed, or with a cell so far away that it would fill the memory.
    """
    with zipfile.ZipFile(stream) as packed:
        found = {name: _scanned(packed, name) for name in packed.namelist() if _SHEET.fullmatch(name)}
        if not any(found.values()):
            return {}
        try:
            names = _sheet_names(packed)
        except KeyError:
            raise damaged() from None
    return {names[part]: errors for part, errors in found.items() if part in names}


def _sheet_names(packed: zipfile.ZipFile) -> dict[str, str]:
    """Return the sheet's name for each part."""
    book = packed.read("xl/workbook.xml").decode("utf-8", "replace")
    links = packed.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {
        _attribute(link, "Id"): "xl/" + _attribute(link, "Target").removeprefix("/").removeprefix("xl/")
        for link in re.findall(r"<(?:\w+:)?Relationship\s[^<>]*>", links)
    }
    sheets = re.findall(r"<(?:\w+:)?sheet\s[^<>]*>", book)
    return {targets.get(_attribute(sheet, r"\w+:id"), ""): _attribute(sheet, "name") for sheet in sheets}


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""


def _scanned(packed: zipfile.ZipFile, name: str) -> dict[Place, str]:
    errors: dict[Place, str] = {}
    columns: set[bytes] = set()
    rows: set[bytes] = set()
    for text in _pieces(packed, name):
        columns.update(_COLUMNS.findall(text))
        rows.update(_ROWS.findall(text))
        if b't="e"' in text or _FORMULA.search(text):
            for cell in _CELL.split(text)[1:]:
                _look_at(cell, errors)
    if columns and _span([_column(each) for each in columns]) * _span([int(each) for each in rows]) > MOST_CELLS:
        raise too_large()
    return errors


def _look_at(cell: bytes, errors: dict[Place, str]) -> None:
    inside = _INSIDE.match(cell)
    if inside is None or inside[1].endswith(b"/"):
        return
    attributes, content = inside[1], inside[2]
    value, where = _VALUE.search(content), _REFERENCE.search(attributes)
    if value is None and b't="str"' not in attributes and _FORMULA.search(content):
        raise refused(
            N_("单元格 %(cell)s 是公式，没有算出结果。"),
            N_("请用表格软件打开、保存一次，或者把公式粘贴为数值，再交。"),
            cell=(where[1] + where[2]).decode() if where else "",
        )
    if b't="e"' in attributes and where and len(errors) < MOST_ERRORS:
        errors[int(where[2]) - 1, _column(where[1]) - 1] = value[1].decode("utf-8", "replace") if value else "#"


def _pieces(packed: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Yield the part's text, cut before a cell or row. Refuses one that is broken or larger than it says."""
    left = bytearray()
    try:
        with packed.open(name) as stream:
            while piece := stream.read(1 << 20):
                seen = max(len(left) - len(_STARTS[-1]), 1)  # what was left holds no start but its own
                left += piece
                end = max(0, *(left.rfind(start, seen) for start in _STARTS))
                if not end and len(left) > LARGE:
                    raise too_large()
                yield bytes(left[:end])
                del left[:end]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
        raise damaged() from None
    yield bytes(left)


def _span(places: list[int]) -> int:
    return max(places) - min(places) + 1


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
