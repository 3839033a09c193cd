"""CSV and its relatives, streamed: any of the usual encodings and separators, headings anywhere near the top."""

from __future__ import annotations

import csv as plain_csv
import io
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing

import numpy as np
import polars as pl
import pyarrow as pa
from pyarrow import csv

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.adapters.reading.frames import REMARK, REMARKS, frame_of, no_headings, note, real_rows
from mianzheng.centre.adapters.reading.quotes import MARK, mended
from mianzheng.centre.ports import Part, Source
from mianzheng.centre.rules.headings import find
from mianzheng.centre.rules.intakes import Fault
from mianzheng.common.errors import Refusal
from mianzheng.common.headings import SEARCHED, Found
from mianzheng.common.reasons import N_, Reason
from mianzheng.web.reading.encodings import LOST, PIECE, encoding_of, ends_by_carriage, lines_of

SAMPLE = 1 << 18
SEPARATORS = b",;\t|"
RAGGED = N_("这一行有%(cells)s格，表头有%(columns)s列，多半是分隔符或引号写错了")
UNQUOTED = Reason(N_("这一行的引号没有成对"))
UNREADABLE = Reason(N_("这一行有乱码，读不出来"))
LONGEST_VALUE = 400
"""Signs of a broken row that are told."""


class CsvTable:
    """A text file as a stream of parts."""

    def __init__(self, source: Source, item: Item) -> None:
        self._source = source
        self._notes: list[Reason] = []
        with closing(source.open()) as stream:
            start = stream.read(SAMPLE)
            size = stream.seek(0, io.SEEK_END)
        self._encoding, self._skip = encoding_of(start)
        self._carriage = ends_by_carriage(start, self._encoding)
        with closing(self._lines(SAMPLE, SEPARATORS)) as pieces:
            whole = len(start) == size
            text = (b"".join(pieces) if whole else next(pieces, b"")).decode("utf-8", "replace")
        _check_kind(text)
        found, separator, rows = _headings(text, item)
        self._separator = chr(separator)
        self._first = found.first + 1  # number of the first row of data
        self.headings = found.headings
        self._surplus = _surplus(rows[found.first :], len(found.headings))
        self._heading_cells = rows[found.first - 1]
        here = max(sum(any(row) for row in rows[found.first :]), 1)
        self.expected_rows = here if whole and len(rows) < MOST_ROWS else _about(text, len(start), size)

    @property
    def notes(self) -> tuple[Reason, ...]:
        return tuple(self._notes)

    def parts(self) -> Iterator[Part]:
        """Yield the rows; one that does not fit the headings becomes a fault."""
        names = [*self.headings, *(f"\n{n}" for n in range(self._surplus))]
        broken: list[csv.InvalidRow] = []

        def skip(row: csv.InvalidRow) -> str:
            broken.append(row)
            return "skip"

        with closing(_Stream(self._lines(PIECE, self._separator.encode()))) as stream:
            try:
                reader = csv.open_csv(
                    stream,
                    # one thread: only then are rows that do not fit told with their numbers
                    read_options=csv.ReadOptions(block_size=4 * PIECE, use_threads=False, column_names=names),
                    parse_options=csv.ParseOptions(
                        delimiter=self._separator,
                        newlines_in_values=True,
                        ignore_empty_lines=False,
                        invalid_row_handler=skip,
                    ),
                    convert_options=csv.ConvertOptions(
                        check_utf8=False,
                        column_types=dict.fromkeys(names, pa.string()),
                        strings_can_be_null=True,
                        quoted_strings_can_be_null=True,
                        null_values=[""],
                    ),
                )
                with reader:
                    yield from self._parts(reader, broken, stream)
            except pa.ArrowInvalid as error:
                if "Empty CSV" not in str(error):
                    raise _torn() from None

    def _parts(self, reader: csv.CSVStreamingReader, broken: list[csv.InvalidRow], stream: _Stream) -> Iterator[Part]:
        done = 0
        waiting: list[csv.InvalidRow] = []  # rows that do not fit, not yet counted
        for batch in reader:
            waiting += broken[: len(broken)]
            del broken[: len(broken)]
            frame = pl.from_arrow(batch)
            assert isinstance(frame, pl.DataFrame)
            numbers = _numbered(done, frame.height, [row.number or 0 for row in waiting])
            done = int(numbers[-1]) if len(numbers) else done
            frame = frame.with_columns(pl.Series("row", numbers, dtype=pl.UInt32))
            told, waiting = waiting, [row for row in waiting if (row.number or 0) > done]
            yield self._part(frame, [row for row in told if (row.number or 0) <= done], stream.lost)
        if waiting or broken:
            empty = pl.DataFrame(schema=dict.fromkeys(self.headings, pl.String) | {"row": pl.UInt32})
            yield self._part(empty, [*waiting, *broken], stream.lost)

    def _part(self, frame: pl.DataFrame, broken: list[csv.InvalidRow], lost: bool) -> Part:
        faults: list[Fault] = []
        if frame.height and frame["row"][0] < self._first:
            frame = frame.filter(pl.col("row") >= self._first)
        if self._surplus and frame.height:
            extra = frame.columns[len(self.headings) : -1]
            beyond = frame.select(pl.any_horizontal(pl.col(extra).is_not_null())).to_series()
            wide = len(self.headings) + self._surplus
            faults += [self._ragged(row, wide, "") for row in frame.filter(beyond)["row"].to_list()]
            frame = frame.filter(~beyond).drop(extra)
        mendable: list[tuple[int, list[str | None]]] = []
        for row in broken:
            self._look_at(row, mendable, faults)
        if mendable:
            frame = frame.vstack(frame_of(self.headings, *zip(*mendable, strict=True)).select(frame.columns)).sort(
                "row"
            )
        frame = real_rows(frame, self._notes, self._heading_cells[0])
        if lost:
            odd = frame.select(pl.any_horizontal(pl.col(self.headings).str.contains(LOST, literal=True))).to_series()
            odd = odd.fill_null(False)
            faults += [Fault(row, "", "", UNREADABLE) for row in frame.filter(odd)["row"].to_list()]
            frame = frame.filter(~odd)
        return Part(frame, faults)

    def _look_at(self, row: csv.InvalidRow, mendable: list[tuple[int, list[str | None]]], faults: list[Fault]) -> None:
        """Decide about a row with too few or too many cells: a remark, one whose surplus is empty, or a fault."""
        number, text = row.number or 0, row.text
        bare = text.strip(f"{self._separator} \t\r\n\x1a\u3000")
        if number < self._first or not bare:
            return
        if bare.startswith(MARK):
            faults.append(Fault(number, "", bare.removeprefix(MARK).strip()[:LONGEST_VALUE], UNQUOTED))
        elif REMARK.match(bare):
            note(self._notes, Reason(REMARKS, {"row": number}))
        elif "\n" in text or row.actual_columns < len(self.headings):
            faults.append(self._ragged(number, row.actual_columns, text))
        else:
            cells = next(plain_csv.reader([text], delimiter=self._separator))
            if any(cells[len(self.headings) :]):
                faults.append(self._ragged(number, row.actual_columns, text))
            else:
                mendable.append((number, [cell or None for cell in cells[: len(self.headings)]]))

    def _ragged(self, row: int, cells: int, text: str) -> Fault:
        reason = Reason(RAGGED, {"cells": cells, "columns": len(self.headings)})
        return Fault(row, "", text.strip()[:LONGEST_VALUE], reason)

    def _lines(self, piece: int, separators: bytes) -> Generator[bytes, None, None]:
        with closing(self._source.open()) as stream:
            stream.seek(self._skip)
            yield from mended(lines_of(stream, self._encoding, carriage=self._carriage, piece=piece), separators)


class _Stream:
    """Pieces as a file that is read piece by piece; `lost` once bytes came that fit nothing."""

    closed = False
    lost = False

    def __init__(self, pieces: Generator[bytes, None, None]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")

    def read(self, size: int) -> bytes:
        """Return the next piece, or as much of it as is wanted."""
        if not self._left:
            piece = next(self._pieces, b"")
            self.lost = self.lost or LOST.encode() in piece
            if len(piece) <= size:
                return piece
            self._left = memoryview(piece)
        part, self._left = self._left[:size], self._left[size:]
        return bytes(part)

    def close(self) -> None:
        self.closed = True
        self._pieces.close()


MOST_ROWS = 5_000
"""Rows of the sample that are looked at."""


def _headings(text: str, item: Item) -> tuple[Found, int, list[list[str]]]:
    """Return the headings, the separator under which most of them are understood, and the first rows."""
    found: list[tuple[int, int, Found, int]] = []
    for rank, separator in enumerate(SEPARATORS):
        there = find(_rows(text, separator, SEARCHED + 2), item)
        if there:
            found.append((there.fits, -rank, there, separator))
    if not found:
        raise no_headings()
    _, _, best, separator = max(found, key=lambda one: one[:2])
    return best, separator, _rows(text, separator, MOST_ROWS)


def _rows(text: str, separator: int, most: int) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in plain_csv.reader(io.StringIO(text, newline=""), delimiter=chr(separator)):
            rows.append(row)
            if len(rows) == most:
                break
    except plain_csv.Error:
        pass  # what was read until there is enough to look for headings
    return rows


def _surplus(rows: list[list[str]], columns: int) -> int:
    """Return how many cells most rows have beyond the headings: a separator at the end of each line is common."""
    widths = Counter(len(row) for row in rows if any(row))
    return max(widths.most_common(1)[0][0] - columns, 0) if widths else 0


def _about(text: str, bytes: int, size: int) -> int:
    """Return how many lines a file of `size` has, going by its first `bytes`, to two digits."""
    lines = text.count("\n") * size / max(bytes, 1)
    return int(float(f"{lines:.2g}"))


def _numbered(done: int, height: int, skipped: list[int]) -> np.ndarray:
    """Return the numbers of the next `height` rows after `done`, passing over `skipped`."""
    if not skipped:
        return np.arange(done + 1, done + 1 + height)
    candidates = np.arange(done + 1, done + 1 + height + len(skipped))
    return np.setdiff1d(candidates, skipped)[:height]


def _check_kind(text: str) -> None:
    start = text.lstrip("\ufeff \t\r\n")
    if start[:1] in ("<", "{", "[") or start.startswith("MIME-Version:"):
        raise Refusal(
            Reason(N_("这是网页、XML 或 JSON 文件，不是表格。")),
            Reason(N_("请用表格软件打开，另存为 XLSX 或 CSV 后再交。")),
            field="file",
        )


def _torn() -> Refusal:
    return Refusal(
        Reason(N_("文件里的引号没有成对，后面的内容分不清哪里是一行。")),
        Reason(N_("请在原系统里重新导出，或者另存为 XLSX 后再交。")),
        field="file",
    )
