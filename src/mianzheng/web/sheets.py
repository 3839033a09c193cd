"""Tables as office programs open them: a spreadsheet (ECMA-376) or CSV, in which no value can act as a formula.

The spreadsheet is written here because the libraries that can do it put every row into a file in ``/tmp`` on the way, in
plain text.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

ACTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes text that begins so for a formula when it opens a CSV."""
LONGEST = 32_767
"""Signs a cell may have."""
MOST_COLUMNS = 26

_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OOXML = "http://schemas.openxmlformats.org"
_MAIN = f"{_OOXML}/spreadsheetml/2006/main"
_LINKS = f"{_OOXML}/officeDocument/2006/relationships"
_PARTS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_COLUMNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


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


def as_xlsx(
    name: str, headings: Sequence[str], rows: Iterable[Sequence[int | str]], widths: Sequence[int]
) -> io.BytesIO:
    """Write a workbook of one sheet `name`, at most 26 columns; every text is text, whatever it looks like."""
    if len(headings) > MOST_COLUMNS:
        raise ValueError("columns are named by one letter here")
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as book:
        for part, text in {**_FIXED, "xl/workbook.xml": _book(name)}.items():
            book.writestr(part, _HEAD + text)
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for piece in _sheet(headings, rows, widths):
                sheet.write(piece.encode())
    written.seek(0)
    return written


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[int | str]]) -> Iterator[bytes]:
    """Yield a table as CSV in UTF-8 with a byte order mark, which office programs want."""
    yield "\ufeff".encode()
    yield _line(headings)
    for row in rows:
        yield _line([cell if isinstance(cell, int) else _harmless(cell) for cell in row])


def _book(sheet: str) -> str:
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}">'
        f'<sheets><sheet name={quoteattr(sheet)} sheetId="1" r:id="r1"/></sheets></workbook>'
    )


def _sheet(headings: Sequence[str], rows: Iterable[Sequence[int | str]], widths: Sequence[int]) -> Iterator[str]:
    """Yield the sheet row by row: the headings, which stay in sight, and the rows."""
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    yield '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>'
    for number, width in enumerate(widths, 1):
        yield f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
    yield f"</cols><sheetData>{_row(1, headings)}"
    for place, row in enumerate(rows, 2):
        yield _row(place, row)
    yield "</sheetData></worksheet>"


def _row(place: int, values: Iterable[int | str]) -> str:
    """Return a row of numbers and texts (``inlineStr`` of style 1); nothing for a text without a sign."""
    cells = (
        f'<c r="{column}{place}"><v>{value}</v></c>'
        if isinstance(value, int)
        else f'<c r="{column}{place}" s="1" t="inlineStr"><is><t xml:space="preserve">{_as_xml(value)}</t></is></c>'
        for column, value in zip(_COLUMNS, values, strict=False)
        if value != ""
    )
    return f'<row r="{place}">{"".join(cells)}</row>'


def _as_xml(value: str) -> str:
    return escape(_NO_XML.sub("", value)[:LONGEST], {"\r": "&#13;"})


def _line(cells: Iterable[int | str]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()


def _harmless(value: str) -> str:
    return f"'{value}" if value.startswith(ACTS) else value
