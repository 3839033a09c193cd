"""Acts that open or close a way for data leave a line in the log, like every look at it does."""

from __future__ import annotations

import datetime
import uuid

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NewEntry
from mianzheng.common.actors import Actor

NOBODY = uuid.UUID(int=0)
"""Stands in the log where an act is about nobody in particular."""


def note(*, action: str, purpose: str, item: str = "", actor: Actor, now: datetime.datetime, **detail: str) -> None:
    """Write one line, in the caller's transaction; `detail` names documents, keys and offices, never a person."""
    entry = NewEntry(at=now, action=action, purpose=purpose, subject=NOBODY, item=item, detail=detail, **actor.log())
    audit.write([entry])
