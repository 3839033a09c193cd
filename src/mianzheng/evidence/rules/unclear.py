"""Why a verdict is *unknown*, as machines are told, and which way remains (办理方式): never a dead end."""

from __future__ import annotations

from enum import StrEnum

from mianzheng.centre.rules.readiness import State
from mianzheng.evidence.rules.forms import Trace
from mianzheng.evidence.rules.verdicts import Way


class Unclear(StrEnum):
    """Why the records cannot tell."""

    SILENT = "source_silent"
    STALE = "source_stale"
    ABSENT = "source_not_connected"
    DISPUTED = "record_disputed"
    INCOMPLETE = "register_incomplete"
    MISSING = "value_missing"
    STRANGER = "person_not_registered"


_STATES = {State.SILENT: Unclear.SILENT, State.STALE: Unclear.STALE, State.ABSENT: Unclear.ABSENT}


def not_ready(state: State) -> Unclear:
    """Return why an item that is not ready cannot tell."""
    return _STATES[state]


def unsettled(trace: Trace, *, disputed: bool) -> Unclear:
    """Return why records that were read did not settle it."""
    if disputed:
        return Unclear.DISPUTED
    return Unclear.MISSING if trace.records else Unclear.INCOMPLETE


def way_left(unclear: Unclear) -> Way:
    """Return which way remains: the department that keeps the register can look, unless nobody here knows the person."""
    return Way.REVIEW if unclear is Unclear.STRANGER else Way.DEPARTMENT
