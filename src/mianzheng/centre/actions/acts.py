"""Acts that open or close a way for data leave a line in the log, like every look at it does."""

from __future__ import annotations

import datetime

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NOBODY, NewEntry
from mianzheng.common.actors import Actor


def note(*, action: str, purpose: str, item: str = "", actor: Actor, now: datetime.datetime, **detail: str) -> None:
    """Write one line, in the caller's transaction; `detail` names documents, keys and offices, never a person."""
    entry = NewEntry(at=now, action=action, purpose=purpose, subject=NOBODY, item=item, detail=detail, **actor.log())
    audit.write([entry])
