"""Where a batch is read from that nobody handed in: over the item's connection, at the address the operator gave."""

from __future__ import annotations

import time
from typing import BinaryIO

from mianzheng.catalogue.rules.city import City
from mianzheng.centre.adapters.connections_file import configured
from mianzheng.centre.models import Intake
from mianzheng.centre.ports import Source
from mianzheng.centre.rules.intakes import Way
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason

_ASK_OPERATOR = Reason(N_("请运维人员在 connections.toml 里写好这个连接，下次到时自动再拉取。"))


def source_of(city: City, batch: Intake) -> Source | None:
    """Return the source of a batch that is pulled; None for one whose file waits in the spool. Raises `Refusal` where
    the operator has not said where the other side is, or the catalogue no longer says that there is one.
    """
    if batch.way != Way.PULL:
        return None
    item = city.items.get(batch.item)
    connection = city.connections.get(item.connection) if item else None
    if connection is None:
        what = Reason(N_("现行目录里“%(item)s”已经没有可以拉取的连接。"), {"item": item.name if item else batch.item})
        raise Refusal(what, Reason(N_("请在目录里核对；不再拉取的，不用再做什么。")), field="item")
    given = configured(connection.code)
    problems = given.problems(("address",))
    if problems:
        raise Refusal(problems[0], _ASK_OPERATOR)
    service = connection.service(batch.item).service
    deadline = time.monotonic() + city.policy.pull_minutes * 60
    if connection.kind == "database":
        return Source("", _nothing_to_open, url=given.address, query=service, deadline=deadline)
    if "{number}" in given.address:
        raise Refusal(Reason(N_("这个接口一次只能查一个号码，不能整个拉取。")), _ASK_OPERATOR)
    headers = {"Authorization": f"Bearer {given.secret}"} if given.secret else {}
    url = given.address.replace("{service}", service)
    return Source("", _nothing_to_open, url=url, headers=headers, ca=given.ca, deadline=deadline)


def _nothing_to_open() -> BinaryIO:
    raise AssertionError("a source with an address has no file")
