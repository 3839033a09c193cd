"""Opening a workbook, once it is known to be one and harmless."""

from __future__ import annotations

from typing import BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from mianzheng.web.reading.packed import Place, check_old, check_packed, damaged, errors_in, locked

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FOREIGN = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"GIF8")
"""How files that hold no table begin."""


def opened(
    stream: BinaryIO, *, packed: bool, with_hidden: bool = False
) -> tuple[list[CalamineSheet], list[str], dict[str, dict[Place, str]]]:
    """Return the sheets of an XLSX (`packed`) or XLS file in their order, the names of those that are hidden, which are read
    `with_hidden` only, and what is wrong in cells of each sheet by name. Refuses in one sentence what is locked, damaged or
    harmful.
    """
    errors: dict[str, dict[Place, str]] = {}
    if packed:
        check_packed(stream)
        errors = errors_in(stream)
    else:
        check_old(stream.read())
    stream.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(stream)
        sheets = [about for about in book.sheets_metadata if about.typ == SheetTypeEnum.WorkSheet]
        hidden = [about.name for about in sheets if about.visible != SheetVisibleEnum.Visible]
        read = [about.name for about in sheets if with_hidden or about.name not in hidden]
        return [book.get_sheet_by_name(name) for name in read], hidden, errors
    except PasswordError:
        raise locked() from None
    except (CalamineError, OSError, ValueError):
        raise damaged() from None
