"""Asking a department's own HTTP interface: JSON in, JSON out, a bearer token if it wants one."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from mianzheng.catalogue.rules.city import Item
from mianzheng.catalogue.rules.exchange import Connection
from mianzheng.centre.adapters.calling import Request, Response, busy, call, down
from mianzheng.centre.adapters.connections_file import Configured
from mianzheng.centre.ports import SourceFailed
from mianzheng.centre.rules.answers import Failure, translated
from mianzheng.common.reasons import N_, Reason

LISTS = ("data", "records", "rows", "list")
"""Under which of these names an answer that is an object has its records."""


class Plain:
    """See `centre.ports.Connector`.

    The address has ``{service}`` where the service's name goes. With ``{number}`` in it the question is a GET; without,
    it is a POST of ``{"number": ...}``, which keeps the number out of other people's logs.
    """

    together = 1

    def __init__(self, connection: Connection, configured: Configured) -> None:
        self.connection = connection
        self.configured = configured

    def ask(self, item: Item, numbers: Sequence[str], *, deadline: float) -> dict[str, list[dict[str, Any]]]:
        service = self.connection.service(item.code)
        found = {}
        for number in numbers:
            response = call(self._request(service.service, number), deadline=deadline)
            try:
                found[number] = translated(item, service, _records(response))
            except ValueError:
                raise SourceFailed(Reason(N_("答复的内容与信息项不符。")), Failure.WRONG) from None
        return found

    def check_config(self, items: Sequence[Item] = ()) -> list[Reason]:
        """See that the address answers at all; whether it knows a service shows when it is asked."""
        problems = self.configured.problems(("address",))
        if problems:
            return problems
        base = self.configured.address.split("{", 1)[0]
        request = Request("GET", base, self._headers(), ca=self.configured.ca)
        try:
            response = call(request, deadline=time.monotonic() + self.connection.timeout)
        except SourceFailed as failed:
            return [failed.reason]
        if response.status in (401, 403):
            return [_NOT_US]
        if response.status >= 500:
            return [Reason(N_("对方出错（%(status)s）。"), {"status": response.status})]
        return self.configured.open_to_all()

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.configured.secret}"} if self.configured.secret else {}

    def _request(self, service: str, number: str) -> Request:
        given = self.configured
        headers = self._headers()
        url = given.address.replace("{service}", quote(service, safe=""))
        if "{number}" in url:
            return Request("GET", url.replace("{number}", quote(number, safe="")), headers, ca=given.ca)
        body = json.dumps({"number": number}).encode()
        return Request("POST", url, {"content-type": "application/json", **headers}, body, given.ca)


_NOT_US = Reason(N_("对方没有受理：请核对应用编号、密钥和授权。"))


def _records(response: Response) -> list[Any]:
    """Return the records of an answer, or raise `SourceFailed`."""
    if response.status == 429:
        raise busy(response)
    if response.status in (401, 403, 404):
        raise SourceFailed(_NOT_US, Failure.REFUSED)
    if response.status != 200:
        raise down(N_("对方出错（%(status)s）。"), status=response.status)
    try:
        said = json.loads(response.body)
    except (ValueError, RecursionError):
        raise down(N_("答复不是约定的格式。")) from None
    if isinstance(said, dict):
        said = next((said[name] for name in LISTS if isinstance(said.get(name), list)), None)
    if not isinstance(said, list):
        raise SourceFailed(Reason(N_("答复里没有记录清单。")), Failure.WRONG)
    return said
