"""A reason travels as a message id with its parameters and is put into words at the edge, in the reader's language."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

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

    def __hash__(self) -> int:
        return hash((self.msgid, tuple(sorted((k, str(v)) for k, v in self.params.items()))))
