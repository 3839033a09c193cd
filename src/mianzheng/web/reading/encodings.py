"""Text files as lines of UTF-8, whatever they were written in; bytes that fit nothing become U+FFFD."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa

from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason

PIECE = 8 << 20
LONGEST_LINE = 64 << 20
"""Bytes without a line break beyond which a file is no table."""

LOST = "\ufffd"
UNDECIDED = "ascii"
"""So far every byte reads the same in UTF-8 and GB18030."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le")
_CONTROL = bytes(sign for sign in range(32) if sign not in b"\t\n\v\f\r\x1a")
MOST_CONTROL = 0.02
MOST_LOST = 0.3
"""Shares of a text that may be control signs, or bytes that fit nothing, before it is taken for no text at all."""


def encoding_of(sample: bytes) -> tuple[str, int]:
    """Return the encoding a file begins in and the length of its byte order mark. Refuses what is no text."""
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding, len(mark)
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if even + odd > len(sample) // 8 and max(even, odd) > 20 * min(even, odd):
        return ("utf-16-be" if even > odd else "utf-16-le"), 0
    if len(sample) - len(sample.translate(None, _CONTROL)) > len(sample) * MOST_CONTROL:
        raise _not_text()
    return (UNDECIDED if sample.isascii() else _decided(sample)), 0


def ends_by_carriage(sample: bytes, encoding: str) -> bool:
    """Return whether lines end by a lone CR."""
    text = sample.decode(encoding if encoding in _WIDE else "latin-1", "ignore")
    return "\r" in text and "\n" not in text


def lines_of(stream: BinaryIO, encoding: str, *, carriage: bool = False, piece: int = PIECE) -> Iterator[bytes]:
    """Yield what follows in `stream` as UTF-8, about `piece` bytes of whole lines at a time.

    With `carriage` a lone CR ends a line, as on old Macs. Whether it is UTF-8 or GB18030 is decided at the first byte
    where they differ.
    """
    left = b""
    for found in _wide(stream, encoding, piece) if encoding in _WIDE else iter(lambda: stream.read(piece), b""):
        chunk = left + (found.replace(b"\r", b"\n") if carriage else found)
        end = chunk.rfind(b"\n") + 1
        if not end:
            if len(chunk) > LONGEST_LINE:
                raise _not_text()
            left = chunk
            continue
        left, chunk = chunk[end:], chunk[:end]
        encoding, text = _as_utf8(chunk, encoding)
        yield text
    if left:
        yield _as_utf8(left, encoding)[1]


def _wide(stream: BinaryIO, encoding: str, piece: int) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while found := stream.read(piece):
        yield decoder.decode(found).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode()


def _as_utf8(chunk: bytes, encoding: str) -> tuple[str, bytes]:
    if encoding == UNDECIDED:
        if chunk.isascii():
            return encoding, chunk
        encoding = _decided(chunk)
    if encoding == "utf-8":
        return encoding, chunk if _is_utf8(chunk) else chunk.decode("utf-8", "replace").encode()
    return encoding, chunk if encoding in _WIDE else chunk.decode(encoding, "replace").encode()


def _decided(sample: bytes) -> str:
    """Return ``utf-8`` where most of `sample` fits it, which does not happen by chance, else ``gb18030``."""
    sample = sample[: sample.rfind(b"\n") + 1] or sample
    if _is_utf8(sample):
        return "utf-8"
    sample = sample[: 1 << 20]
    for encoding in ("utf-8", "gb18030"):
        text = sample.decode(encoding, "replace")
        foreign = sum(not sign.isascii() for sign in text)
        if text.count(LOST) <= max(foreign * MOST_LOST, 2):
            return encoding
    raise _not_text()


def _is_utf8(chunk: bytes) -> bool:
    try:
        pa.array([chunk], pa.large_binary()).cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def _not_text() -> Refusal:
    return Refusal(
        Reason(N_("这不是表格文件，里面不是文字。")),
        Reason(N_("请交 XLSX、XLS、CSV 或 Parquet 文件。")),
        field="file",
    )
