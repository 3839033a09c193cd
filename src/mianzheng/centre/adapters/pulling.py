"""Where a batch is read from that nobody handed in: over the item's connection, at the address the operator gave."""

from __future__ import annotations

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
    the operator has not said where the other side is.
    """
    if batch.way != Way.PULL:
        return None
    connection = city.connections[city.items[batch.item].connection]
    given = configured(connection.code)
    problems = given.problems(("address",))
    if problems:
        raise Refusal(problems[0], _ASK_OPERATOR)
    service = connection.service(batch.item).service
    if connection.kind == "database":
        return Source("", _nothing_to_open, url=given.address, query=service)
    if "{number}" in given.address:
        raise Refusal(Reason(N_("这个接口一次只能查一个号码，不能整个拉取。")), _ASK_OPERATOR)
    headers = {"Authorization": f"Bearer {given.secret}"} if given.secret else {}
    return Source("", _nothing_to_open, url=given.address.replace("{service}", service), headers=headers, ca=given.ca)


def _nothing_to_open() -> BinaryIO:
    raise AssertionError("a source with an address has no file")
