"""Refused rows, kept encrypted in the spool as lines of JSON."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, BinaryIO

from mianzheng.centre.ports import SPOOL
from mianzheng.centre.rules.intakes import Fault
from mianzheng.common.reasons import Param, Reason
from mianzheng.common.texts import Text

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
            kept.write(json.dumps([fault.row, fault.column, fault.value, *_packed(fault.reason)]).encode() + b"\n")
        kept.seek(0)
        return SPOOL().write(kept, LARGEST)[0]

    def read(self, token: str) -> Iterator[Fault]:
        """Return what was kept. Raises `NotFound` where it is gone."""
        return _read(SPOOL().open(token))  # opened here and not when the first is asked for, so that it is refused here


def _read(kept: BinaryIO) -> Iterator[Fault]:
    with closing(kept) as stream:
        for line in stream:
            row, column, value, msgid, params = json.loads(line)
            yield Fault(row, column, value, Reason(msgid, {name: _opened(param) for name, param in params.items()}))


def _packed(reason: Reason) -> tuple[str, dict[str, Any]]:
    return reason.msgid, {name: _plain(param) for name, param in reason.params.items()}


def _plain(param: Param) -> Any:
    """Return a parameter as JSON: a list where it is more than a number or text."""
    if isinstance(param, Text):
        return ["text", param.zh, param.en]
    if isinstance(param, Reason):
        return ["reason", *_packed(param)]
    if isinstance(param, datetime.date):
        return ["day", param.isoformat()[:10]]
    return param if isinstance(param, int | float | str) else str(param)


def _opened(param: Any) -> Param:
    if not isinstance(param, list):
        return param  # type: ignore[no-any-return]
    kind, *rest = param
    if kind == "text":
        return Text(*rest)
    if kind == "reason":
        return Reason(rest[0], {name: _opened(inner) for name, inner in rest[1].items()})
    return datetime.date.fromisoformat(rest[0])
