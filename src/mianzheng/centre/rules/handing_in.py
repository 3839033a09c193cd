"""Who may hand in a batch of which item, and how a batch and its parts are called on pages."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.rules.intakes import MOVES, Kind, Stage, Way
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason

STAGES: dict[Stage, str] = {
    Stage.WAITING: N_("等您确认"),
    Stage.QUEUED: N_("排队入库"),
    Stage.READING: N_("正在入库"),
    Stage.LOADED: N_("已入库"),
    Stage.REFUSED: N_("没有入库"),
    Stage.BROKEN: N_("中断"),
    Stage.CANCELLED: N_("已取消"),
}
KINDS: dict[Kind, str] = {Kind.SNAPSHOT: N_("全量"), Kind.INCREMENT: N_("增量")}
WAYS: dict[Way, str] = {
    Way.PAGE: N_("网页上交"),
    Way.API: N_("接口推送"),
    Way.PULL: N_("拉取"),
    Way.COMMAND: N_("命令行"),
}

AT_WORK = (Stage.QUEUED, Stage.READING)
"""Stages in which the program is busy with a batch."""


class NotYours(Refusal):
    """The item, or the batch, belongs to another department."""


class Reused(Refusal):
    """The key of one batch was sent with another."""


def check_item(item: Item, *, office: str, approved: bool) -> None:
    """Refuse to take a copy of `item` from `office`: only its owner hands in, only with an approval in force (数据归集
    授权), and only what is held as a copy.
    """
    if office != item.owner:
        what = Reason(N_("“%(item)s”不是贵部门的信息项，不能由贵部门上交。"), {"item": item.name})
        raise NotYours(what, Reason(N_("请选择本部门的信息项。")), field="item")
    check_copy(item, approved=approved)


def check_copy(item: Item, *, approved: bool) -> None:
    """Refuse to keep a copy of `item` where it stays at its source, is not typed, or nobody approved of copying it."""
    if item.at_source:
        what = Reason(N_("“%(item)s”留在源头，用时再查，数据中心不存副本。"), {"item": item.name})
        raise Refusal(what, Reason(N_("不用上交。要改为归集副本，请先修改目录。")), field="item")
    if not item.fields:
        what = Reason(N_("“%(item)s”在目录里还没有字段，没法核对数据。"), {"item": item.name})
        raise Refusal(what, Reason(N_("请先在目录里登记它的字段。")), field="item")
    if not approved:
        what = Reason(N_("“%(item)s”没有有效的归集授权，不能存副本。"), {"item": item.name})
        raise Refusal(what, Reason(N_("请先登记授权文件，再上交数据。")), field="item")


def can_copy(item: Item, *, approved: bool) -> bool:
    """Return whether a copy of `item` may be kept."""
    try:
        check_copy(item, approved=approved)
    except Refusal:
        return False
    return True


def check_time(kind: Kind, as_of: datetime.datetime, *, held: datetime.datetime | None, now: datetime.datetime) -> None:
    """Refuse a batch that is true of a time to come, and one older than the records there are (`held`): a late increment
    too would put old values over new ones.
    """
    if as_of > now:
        what = Reason(N_("数据截止日 %(day)s 还没有到。"), {"day": as_of.date()})
        raise Refusal(what, Reason(N_("请填写数据实际截止的日期。")), field="as_of")
    if held is None or as_of.astimezone(now.tzinfo).date() >= held.astimezone(now.tzinfo).date():
        return
    days = {"held": held.astimezone(now.tzinfo).date(), "day": as_of.astimezone(now.tzinfo).date()}
    if kind is Kind.SNAPSHOT:
        what = Reason(N_("现有数据截至 %(held)s，这份全量只截至 %(day)s，更旧，没有收下。"), days)
        raise Refusal(what, Reason(N_("请导出最新的全量再上交。")), field="as_of")
    what = Reason(N_("现有数据截至 %(held)s，这份增量只截至 %(day)s，会用旧内容盖掉新的，没有收下。"), days)
    raise Refusal(what, Reason(N_("请按先后顺序上交增量；漏交了的，请改交一份最新的全量。")), field="as_of")


def end_of(day: datetime.date, *, now: datetime.datetime) -> datetime.datetime:
    """Return the time records are true of that somebody dates `day`: its end, or now where the day is today."""
    last = datetime.datetime.combine(day, datetime.time(23, 59, 59), tzinfo=now.tzinfo)
    return now if day == now.date() else last


def check_move(stage: str, to: Stage) -> None:
    """Refuse a move of a batch that `MOVES` does not know."""
    if to not in MOVES[Stage(stage)]:
        what = Reason(N_("这一批现在是“%(stage)s”，不能这样做。"), {"stage": Reason(STAGES[Stage(stage)])})
        raise Refusal(what, Reason(N_("请刷新页面看它现在的情况。")))


def can_move(stage: str, to: Stage) -> bool:
    """Return whether a batch at `stage` may go `to`."""
    return to in MOVES[Stage(stage)]


def wants_confirmation(stage: str, reason: Mapping[str, Any]) -> bool:
    """Return whether a batch was refused only because nobody had confirmed that so many records are gone."""
    return stage == Stage.REFUSED and reason.get("field") == "confirmed"
