"""Awful files that are neither text nor workbooks."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal

import pyarrow as pa
from pyarrow import parquet

from tests.adapters.awful.item import ANN, BO, CY


def others() -> dict[str, bytes]:
    """Return each file's content by its name."""
    day, end = datetime.date(2024, 1, 5), datetime.date(2029, 1, 5)
    typed = pa.table(
        {
            "subject": [ANN, BO, CY],
            "permit_no": pa.array([1, 2, 3], pa.int64()),
            "kind": pa.array(["pension", "medical", None]).dictionary_encode(),
            "months": pa.array([12.0, 12.5, None]),
            "amount": pa.array([Decimal("100.50"), Decimal("0.10"), None], pa.decimal128(10, 2)),
            "issued_on": pa.array([datetime.datetime(2024, 1, 5)] * 3, pa.timestamp("us")),
            "valid_until": pa.array([end, day, None], pa.date32()),
            "active": pa.array([True, False, None]),
        }
    )
    good = _parquet(typed)
    return {
        "77-typed.parquet": good,
        "88-cut-off.parquet": good[: len(good) // 2],
        "89-nested.parquet": _parquet(typed.append_column("history", pa.array([[1], [2], []]))),
        "90-picture.xlsx": b"\x89PNG\r\n\x1a\n" + bytes(500),
        "91-form.xlsx": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
    }


def _parquet(table: pa.Table) -> bytes:
    written = io.BytesIO()
    parquet.write_table(table, written)
    return written.getvalue()
