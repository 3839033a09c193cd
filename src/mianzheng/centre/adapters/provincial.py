"""Asking a provincial sharing platform: a token, signed questions, the day's quota, a pause where it asks for one."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mianzheng.catalogue.rules.city import Item
from mianzheng.catalogue.rules.exchange import Connection
from mianzheng.centre.adapters.calling import Request, Response, busy, call, down
from mianzheng.centre.adapters.connections_file import Configured
from mianzheng.centre.ports import SourceFailed
from mianzheng.centre.rules import provincial as protocol
from mianzheng.centre.rules.answers import Failure, translated
from mianzheng.common.reasons import N_, Reason

EARLY = 60.0
"""Seconds before its end a token is fetched anew; of a short-lived one a tenth of its life."""

_REFUSED = {
    protocol.BAD_SIGNATURE: N_("对方说签名不对：请核对应用密钥（secret）。"),
    protocol.BAD_TIME: N_("对方说请求时间不对：请核对本机时钟。"),
    protocol.BAD_TOKEN: N_("对方不认刚取得的令牌。"),
    protocol.FORBIDDEN: N_("对方没有授权我们使用这个服务。"),
    protocol.NO_SERVICE: N_("对方没有这个服务：请核对城市包里的服务编码。"),
}


@dataclass
class _Token:
    value: str = ""
    until: float = 0.0


class Platform:
    """See `centre.ports.Connector`. One object a connection and process, shared by all who ask."""

    together = 1

    def __init__(self, connection: Connection, configured: Configured) -> None:
        self.connection = connection
        self.configured = configured
        self.quota_left: int | None = None
        self._token = _Token()
        self._lock = threading.Lock()

    def ask(self, item: Item, numbers: Sequence[str], *, deadline: float) -> dict[str, list[dict[str, Any]]]:
        service = self.connection.service(item.code)
        found = {}
        for number in numbers:
            records = self._asked(f"/services/{service.service}", {"number": number}, deadline)
            try:
                found[number] = translated(item, service, records)
            except ValueError:
                raise SourceFailed(Reason(N_("答复的内容与信息项不符。")), Failure.WRONG) from None
        return found

    def check_config(self, items: Sequence[Item] = ()) -> list[Reason]:
        """Fetch a token: that tries address, certificate, app key, secret and clock at once."""
        problems = self.configured.problems(("address", "app_key", "secret"))
        if problems:
            return problems
        try:
            self._fresh_token(self._token.value, time.monotonic() + self.connection.timeout)
        except SourceFailed as failed:
            return [failed.reason]
        return self.configured.open_to_all()

    def _asked(self, path: str, question: dict[str, str], deadline: float) -> list[Any]:
        """Return the records of the answer; a token the other side no longer takes is fetched anew, once."""
        token = self._current_token(deadline)
        response, code, said = self._sent(path, question, token, deadline)
        if response.status == 401 and code in (protocol.BAD_TOKEN, ""):
            token = self._fresh_token(token, deadline)
            response, code, said = self._sent(path, question, token, deadline)
        self._check(response, code)
        records = said.get("data")
        if not isinstance(records, list):
            raise SourceFailed(Reason(N_("答复里没有记录清单。")), Failure.WRONG)
        return records

    def _sent(
        self, path: str, question: dict[str, str], token: str, deadline: float
    ) -> tuple[Response, str, dict[str, Any]]:
        body = json.dumps(question, separators=(",", ":")).encode()
        milliseconds = int(time.time() * 1000)  # noqa: TID251 - compared with the other side's clock, not with the demo's
        nonce = secrets.token_hex(16)
        signed = protocol.Signed(self.configured.app_key, str(milliseconds), nonce, token, path, body)
        given = protocol.headers(self.configured.secret, signed)
        url = self.configured.address.rstrip("/") + path
        request = Request("POST", url, {"content-type": "application/json", **given}, body, self.configured.ca)
        response = call(request, deadline=deadline)
        left = response.headers.get(protocol.QUOTA_LEFT, "")
        if left.isascii() and left.isdigit():
            self.quota_left = int(left)
        said = _read(response)
        if response.status == 200:
            given_signature = response.headers.get(protocol.SIGNATURE, "")
            if not protocol.is_theirs(self.configured.secret, nonce=nonce, body=response.body, given=given_signature):
                raise SourceFailed(Reason(N_("答复的签名不对，没有采用。")), Failure.WRONG)
        return response, str(said.get("code", "")), said

    def _check(self, response: Response, code: str) -> None:
        if response.status == 429 or code == protocol.TOO_MANY:
            raise busy(response)
        if code in _REFUSED or response.status in (401, 403, 404):
            words = _REFUSED.get(code, N_("对方没有受理：请核对应用编号、密钥和授权。"))
            raise SourceFailed(Reason(words), Failure.REFUSED)
        if response.status != 200:
            raise down(N_("对方出错（%(status)s）。"), status=response.status)
        if code != protocol.OK:
            raise SourceFailed(Reason(N_("对方答复了不认识的代码。")), Failure.WRONG)

    def _current_token(self, deadline: float) -> str:
        token = self._token
        return (
            token.value if token.value and time.monotonic() < token.until else self._fresh_token(token.value, deadline)
        )

    def _fresh_token(self, old: str, deadline: float) -> str:
        """Return a token other than `old`; of many who notice at once one fetches it and the others wait."""
        if not self._lock.acquire(timeout=max(deadline - time.monotonic(), 0)):
            raise down(N_("没有在规定时间内答复。"))
        try:
            if self._token.value != old and time.monotonic() < self._token.until:
                return self._token.value
            response, code, said = self._sent(protocol.TOKEN_PATH, {}, "", deadline)
            self._check(response, code)
            value, seconds = _token_in(said)
            self._token = _Token(value, time.monotonic() + seconds - min(EARLY, seconds / 10))
            return value
        finally:
            self._lock.release()


def _token_in(said: dict[str, Any]) -> tuple[str, float]:
    data = said.get("data")
    value = data.get("token") if isinstance(data, dict) else None
    seconds = data.get("expires_in") if isinstance(data, dict) else None
    if not isinstance(value, str) or not value or not isinstance(seconds, int | float) or not 0 < seconds < 10**7:
        raise SourceFailed(Reason(N_("对方没有给出可用的令牌。")), Failure.WRONG)
    return value, float(seconds)


def _read(response: Response) -> dict[str, Any]:
    """Return the answer's object; a page or half an object in its place means that something in between is broken."""
    try:
        said = json.loads(response.body)
    except (ValueError, RecursionError):
        said = None
    if isinstance(said, dict):
        return said
    if response.status == 200:
        raise down(N_("答复不是约定的格式。"))
    return {}
