"""Parquet files, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import polars as pl
import pyarrow as pa
from pyarrow import compute as pc
from pyarrow import parquet

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.adapters.reading.frames import ROWS
from mianzheng.centre.ports import Part, Source
from mianzheng.common.errors import Refusal
from mianzheng.common.headings import distinct
from mianzheng.common.reasons import N_, Reason
from mianzheng.web.reading.texts import as_text


class ParquetTable:
    """A Parquet file; its values as text, dates as ISO 8601."""

    def __init__(self, source: Source, item: Item) -> None:
        self._source = source
        with closing(source.open()) as stream:
            try:
                file = parquet.ParquetFile(stream)
                schema, self.expected_rows = file.schema_arrow, file.metadata.num_rows
            except (pa.ArrowException, OSError):
                raise _damaged() from None
        plain = [place for place, field in enumerate(schema) if not pa.types.is_nested(field.type)]
        nested = [field.name for field in schema if pa.types.is_nested(field.type)]
        words = N_("这些列里不是单个的值，没有读取：%(columns)s。")
        self.notes = (Reason(words, {"columns": "、".join(nested)}),) if nested else ()
        self._plain = plain
        self.headings = distinct([schema.names[place] or f"#{place + 1}" for place in plain])

    def parts(self) -> Iterator[Part]:
        """Yield the rows, numbered from 1: there is no row of headings."""
        row = 1
        with closing(self._source.open()) as stream:
            try:
                for batch in parquet.ParquetFile(stream, pre_buffer=False).iter_batches(batch_size=ROWS):
                    columns = [_text(batch.column(place)) for place in self._plain]
                    frame = pl.DataFrame(
                        {name: pl.from_arrow(column) for name, column in zip(self.headings, columns, strict=True)},
                        schema=dict.fromkeys(self.headings, pl.String),
                    )
                    rows = pl.int_range(row, row + batch.num_rows, dtype=pl.UInt32, eager=True)
                    row += batch.num_rows
                    yield Part(frame.with_columns(rows.alias("row")), [])
            except (pa.ArrowException, OSError):
                raise _damaged() from None


def _text(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.dictionary_decode())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        values = (value and value.decode("utf-8", "replace") for value in column.to_pylist())
        return pa.array([value or None for value in values], pa.string())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return pc.if_else(pc.equal(column, ""), pa.scalar(None, kind), column)
    if pa.types.is_date(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return pc.cast(column, pa.string())
    return pa.array([as_text(value) for value in column.to_pylist()], pa.string())


def _damaged() -> Refusal:
    return Refusal(
        Reason(N_("Parquet 文件已经损坏，打不开。")), Reason(N_("请在原系统里重新导出一份再交。")), field="file"
    )
