"""Acts of the reform office leave a line in the log; what became of a certificate is in its own trail as well."""

from __future__ import annotations

import datetime
from typing import Any

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NOBODY, NewEntry
from mianzheng.common.actors import Actor


def entry(*, action: str, purpose: str, actor: Actor, now: datetime.datetime, **detail: Any) -> NewEntry:
    """Return a line about nobody; `detail` names certificates, lists, groups and offices, never a person."""
    return NewEntry(at=now, action=action, purpose=purpose, subject=NOBODY, detail=detail, **actor.log())


def note(*, action: str, purpose: str, actor: Actor, now: datetime.datetime, **detail: Any) -> None:
    """Write one line, in the caller's transaction."""
    audit.write([entry(action=action, purpose=purpose, actor=actor, now=now, **detail)])
