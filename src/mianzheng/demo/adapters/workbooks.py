"""Lists of certificates as files: workbooks, and text as old programs export it."""

from __future__ import annotations

import csv
import io

from openpyxl import Workbook

from mianzheng.demo.rules.lists import Book


def content_of(book: Book) -> bytes:
    """Return the file."""
    return _text(book) if book.encoding else _workbook(book)


def _workbook(book: Book) -> bytes:
    made = Workbook()
    made.remove(made.active)
    for sheet in book.sheets:
        page = made.create_sheet(sheet.name)
        for row in sheet.rows:
            page.append(list(row))
        for first, left, last, right in sheet.merged:
            page.merge_cells(start_row=first + 1, start_column=left + 1, end_row=last + 1, end_column=right + 1)
        page.sheet_state = "hidden" if sheet.hidden else "visible"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _text(book: Book) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(book.sheets[0].rows)
    return out.getvalue().encode(book.encoding)
