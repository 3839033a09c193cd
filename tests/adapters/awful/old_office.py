"""What old office programs write: compound files ([MS-CFB]) and workbooks in BIFF8 ([MS-XLS]), as little as can be read."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SMALLEST = 4096
"""A shorter stream would have to go into the mini stream."""


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """Return a compound file of `streams`, each filled up with zeros."""
    contents = [stream.ljust(SMALLEST, b"\0") for stream in streams.values()]
    table, body, starts = [FAT, END], b"", []
    for content in contents:
        sectors = -(-len(content) // SECTOR)
        starts.append(len(table))
        table += [*range(len(table) + 1, len(table) + sectors), END]
        body += content.ljust(sectors * SECTOR, b"\0")
    directory = _entry("Root Entry", 5, child=1, start=END, size=0)
    for number, (name, content, start) in enumerate(zip(streams, contents, starts, strict=True), 1):
        following = number + 1 if number < len(contents) else FREE
        directory += _entry(name, 2, right=following, start=start, size=len(content))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, 1, 0, SMALLEST, END, 0, END, 0) + struct.pack("<109I", 0, *[FREE] * 108)
    assert len(table) <= SECTOR // 4 and len(directory) <= SECTOR
    return header + struct.pack("<128I", *table, *[FREE] * (128 - len(table))) + directory.ljust(SECTOR, b"\0") + body


def _entry(name: str, kind: int, *, right: int = FREE, child: int = FREE, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    named = encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded), kind, 1)
    return named + struct.pack("<3I36xIQ", FREE, right, child, start, size)


def old_workbook(
    rows: Sequence[Sequence[str | float | None]], *, dates: Sequence[int] = (), locked: bool = False
) -> bytes:
    """Return an .xls with one sheet; numbers in the columns `dates` are shown as dates."""
    cells = b"".join(
        _cell(row, column, value, column in dates)
        for row, values in enumerate(rows)
        for column, value in enumerate(values)
        if value is not None
    )
    sheet = _record(0x809, struct.pack("<4HII", 0x600, 0x10, 0, 0, 0, 0)) + cells + _record(0x0A)
    password = _record(0x2F, struct.pack("<3H", 1, 1, 1) + bytes(range(48))) if locked else b""
    begin = _record(0x809, struct.pack("<4HII", 0x600, 0x05, 0, 0, 0, 0)) + password
    begin += _record(0x42, struct.pack("<H", 1200)) + _format(0) + _format(14)
    name = "名册".encode("utf-16-le")
    at = len(begin) + 4 + 8 + len(name) + 4
    begin += _record(0x85, struct.pack("<IBBBB", at, 0, 0, len(name) // 2, 1) + name) + _record(0x0A)
    return compound_file({"Workbook": begin + sheet})


def _cell(row: int, column: int, value: str | float, is_date: bool) -> bytes:
    place = struct.pack("<3H", row, column, int(is_date))
    if isinstance(value, str):
        return _record(0x204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
    return _record(0x203, place + struct.pack("<d", value))


def _format(number: int) -> bytes:
    return _record(0xE0, struct.pack("<HH16x", 0, number))


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content
