"""The error file as a department opens it: a spreadsheet or CSV, in which no value can act as a formula.

The spreadsheet (ECMA-376) is written here because the libraries that can do it put every row into a file in ``/tmp`` on
the way, in plain text.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _

from mianzheng.centre.rules.intakes import Fault
from mianzheng.web.words import say

ACTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes text that begins so for a formula when it opens a CSV."""
WIDTHS = (8, 24, 32, 60)
LONGEST = 32_767
"""Signs a cell may have."""

_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OOXML = "http://schemas.openxmlformats.org"
_MAIN = f"{_OOXML}/spreadsheetml/2006/main"
_LINKS = f"{_OOXML}/officeDocument/2006/relationships"
_PARTS = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _linked(*links: tuple[str, str]) -> str:
    each = "".join(
        f'<Relationship Id="r{number}" Type="{_LINKS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(links, 1)
    )
    return f'<Relationships xmlns="{_OOXML}/package/2006/relationships">{each}</Relationships>'


_FIXED = {
    "[Content_Types].xml": f'<Types xmlns="{_OOXML}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_PARTS}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_PARTS}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_PARTS}.styles+xml"/></Types>',
    "_rels/.rels": _linked(("officeDocument", "xl/workbook.xml")),
    "xl/_rels/workbook.xml.rels": _linked(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")),
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
"""The parts of a workbook with one sheet; its second style, number 1, is text."""


def titles() -> tuple[str, str, str, str]:
    """Return the headings of an error file."""
    return _("行号"), _("列"), _("原值"), _("原因")


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults by row, as one goes through the file; they are found column by column."""
    return sorted(faults, key=lambda fault: fault.row)


def as_xlsx(faults: Iterable[Fault]) -> io.BytesIO:
    """Write the faults as a spreadsheet; every value is text, whatever it looks like."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in {**_FIXED, "xl/workbook.xml": _book(_("错误清单"))}.items():
            book.writestr(name, _HEAD + part)
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for piece in _sheet(faults):
                sheet.write(piece.encode())
    written.seek(0)
    return written


def as_csv(faults: Iterable[Fault]) -> Iterator[bytes]:
    """Yield the faults as CSV in UTF-8 with a byte order mark, which office programs want."""
    yield "\ufeff".encode()
    yield _line(titles())
    for fault in in_order(faults):
        yield _line((str(fault.row), _harmless(fault.column), _harmless(fault.value), say(fault.reason)))


def _book(sheet: str) -> str:
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}">'
        f'<sheets><sheet name={quoteattr(sheet)} sheetId="1" r:id="r1"/></sheets></workbook>'
    )


def _sheet(faults: Iterable[Fault]) -> Iterator[str]:
    """Yield the sheet row by row: the headings, which stay in sight, and the faults."""
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    yield '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>'
    for number, width in enumerate(WIDTHS, 1):
        yield f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
    yield f"</cols><sheetData>{_row(1, titles())}"
    for place, fault in enumerate(in_order(faults), 2):
        yield _row(place, (fault.row, fault.column, fault.value, say(fault.reason)))
    yield "</sheetData></worksheet>"


def _row(place: int, values: Iterable[int | str]) -> str:
    """Return a row of numbers and texts (``inlineStr`` of style 1); nothing for a text without a sign."""
    cells = (
        f'<c r="{column}{place}"><v>{value}</v></c>'
        if isinstance(value, int)
        else f'<c r="{column}{place}" s="1" t="inlineStr"><is><t xml:space="preserve">{_as_xml(value)}</t></is></c>'
        for column, value in zip("ABCD", values, strict=True)
        if value != ""
    )
    return f'<row r="{place}">{"".join(cells)}</row>'


def _as_xml(value: str) -> str:
    return escape(_NO_XML.sub("", value)[:LONGEST], {"\r": "&#13;"})


def _line(cells: Iterable[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()


def _harmless(value: str) -> str:
    return f"'{value}" if value.startswith(ACTS) else value
