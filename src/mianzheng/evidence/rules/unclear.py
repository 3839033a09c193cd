"""Why a verdict is *unknown*, as machines are told, and which way remains (办理方式): never a dead end."""

from __future__ import annotations

from enum import StrEnum

from mianzheng.centre.rules.readiness import State
from mianzheng.common.reasons import N_
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


WORDS = {
    Unclear.SILENT: N_("登记系统没有应答"),
    Unclear.STALE: N_("登记超过约定时间没有更新"),
    Unclear.ABSENT: N_("登记还没有接入"),
    Unclear.DISPUTED: N_("记录正在复核"),
    Unclear.INCOMPLETE: N_("登记不完整，查不到不等于没有"),
    Unclear.MISSING: N_("记录缺少判断所需的内容"),
    Unclear.STRANGER: N_("本市的登记里没有这个号码"),
}
"""The same for people."""

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
