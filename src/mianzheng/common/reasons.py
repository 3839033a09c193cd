"""A reason travels as a message id with its parameters and is put into words at the edge, in the reader's language."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from mianzheng.common.texts import Text

Param: TypeAlias = "str | int | float | datetime.date | uuid.UUID | Text | Reason"


def N_(msgid: str) -> str:
    """Mark a message id for translation where it is written; it is translated where it is shown."""
    return msgid


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is so: `msgid` with ``%(name)s`` places, filled from `params` when it is shown."""

    msgid: str
    params: Mapping[str, Param] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.msgid)

    def __hash__(self) -> int:
        return hash((self.msgid, tuple(sorted((k, str(v)) for k, v in self.params.items()))))


def packed(reason: Reason) -> dict[str, Any]:
    """Return `reason` as JSON keeps it: texts in both languages, dates as ISO 8601, reasons within it likewise."""
    return {"msgid": reason.msgid, "params": {name: _packed(value) for name, value in reason.params.items()}}


def unpacked(kept: Mapping[str, Any]) -> Reason:
    """Return a reason that was kept; one without words where nothing was."""
    return Reason(kept.get("msgid", ""), {name: _unpacked(value) for name, value in kept.get("params", {}).items()})


def _packed(value: Param) -> Any:
    if isinstance(value, Text):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, Reason):
        return packed(value)
    if isinstance(value, datetime.date):
        return {"date": value.isoformat()[:10]}
    return value if isinstance(value, int | float) else str(value)


def _unpacked(value: Any) -> Param:
    if not isinstance(value, Mapping):
        return value
    if "msgid" in value:
        return unpacked(value)
    return datetime.date.fromisoformat(value["date"]) if "date" in value else Text(value["zh"], value.get("en", ""))
