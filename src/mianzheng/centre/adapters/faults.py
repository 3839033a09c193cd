"""Refused rows, kept encrypted in the spool as lines of JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import BinaryIO

from mianzheng.centre.ports import SPOOL
from mianzheng.centre.rules.intakes import Fault
from mianzheng.common.reasons import packed, unpacked

LARGEST = 1 << 30
"""Bytes of an error file."""

MOST = 100_000
"""Faults that are kept; the first ones."""


class FaultFile:
    """Writes and reads files of refused rows."""

    def write(self, faults: Sequence[Fault]) -> str:
        """Keep `faults`, at most the first `MOST`; return the token."""
        kept = io.BytesIO()
        for fault in faults[:MOST]:
            kept.write(json.dumps([fault.row, fault.column, fault.value, packed(fault.reason)]).encode() + b"\n")
        kept.seek(0)
        return SPOOL().write(kept, LARGEST)[0]

    def read(self, token: str) -> Iterator[Fault]:
        """Return what was kept. Raises `NotFound` where it is gone."""
        return _read(SPOOL().open(token))  # opened here and not when the first is asked for, so that it is refused here


def _read(kept: BinaryIO) -> Iterator[Fault]:
    with closing(kept) as stream:
        for line in stream:
            row, column, value, reason = json.loads(line)
            yield Fault(row, column, value, unpacked(reason))
