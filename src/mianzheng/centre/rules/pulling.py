"""Which copies the centre can fetch itself, over the connection of their item (拉取)."""

from __future__ import annotations

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason

PULLED_KINDS = ("database", "plain")
"""Kinds of connections that give a whole register; the province's platform answers about one number at a time."""


def check_pull(city: City, item: Item) -> None:
    """Refuse to pull `item` where it is no copy, or has no connection that gives a whole register."""
    if item.at_source:
        what = Reason(N_("“%(item)s”留在源头，用时再查，不用拉取。"), {"item": item.name})
        raise Refusal(what, Reason(N_("要改为归集副本，请先修改目录。")), field="item")
    connection = city.connections.get(item.connection)
    if connection is None:
        what = Reason(N_("“%(item)s”在目录里没有连接，没法拉取。"), {"item": item.name})
        raise Refusal(what, Reason(N_("请由部门上交文件，或者先在目录里写明连接。")), field="item")
    if connection.kind not in PULLED_KINDS:
        what = Reason(N_("“%(item)s”的连接一次只答一个号码，不能整个拉取。"), {"item": item.name})
        raise Refusal(what, Reason(N_("请由部门上交文件，或者在目录里换一个连接。")), field="item")


def can_pull(city: City, item: Item) -> bool:
    """Return whether the centre can fetch `item` itself."""
    try:
        check_pull(city, item)
    except Refusal:
        return False
    return True
