"""A list of records from an HTTP address, page by page."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.adapters.reading.frames import parts_of
from mianzheng.centre.ports import Part, Source
from mianzheng.centre.rules.headings import match
from mianzheng.centre.rules.intakes import too_slow
from mianzheng.common.errors import Refusal
from mianzheng.common.headings import distinct
from mianzheng.common.reasons import N_, Reason
from mianzheng.web.reading.texts import as_text

TIMEOUT = 30.0
PAGES = 100_000
LARGEST = 64 << 20
"""Bytes of a page."""

LISTS = ("/data", "/items", "/results", "/records", "/rows", "/list", "/data/list", "/data/records", "/data/rows")
"""Where the list usually stands, while ``source.query`` does not say."""


class HttpTable:
    """JSON: a list of objects, or an object with the list at ``source.query`` (a JSON Pointer, RFC 6901) and the address of
    the next page in ``next``. Fields that the first page leaves out everywhere are known by the item.
    """

    notes: tuple[Reason, ...] = ()
    expected_rows = 0

    def __init__(self, source: Source, item: Item) -> None:
        self._source, self._item = source, item
        with _client(source) as client:
            records, _ = _page(client, source.url, source)
        if not records:
            raise _refused(N_("对方的接口没有给出任何记录。"))
        keys = list(dict.fromkeys(key for record in records for key in record))
        known = match(item, keys, {}).fields
        later = [field.code for field in item.fields if field.code not in known and field.code not in keys]
        self.headings = distinct([*keys, *later])
        self._places = {key: place for place, key in enumerate(keys)}
        self._later = {code: len(keys) + place for place, code in enumerate(later)}

    def parts(self) -> Iterator[Part]:
        """Yield the rows, numbered from 1."""
        with closing(self._records()) as records:
            yield from parts_of(self.headings, enumerate(map(self._row, records), 1))

    def _row(self, record: dict[str, Any]) -> list[str | None]:
        row: list[str | None] = [None] * len(self.headings)
        for key, value in record.items():
            place = self._places.get(key)
            if place is None:
                place = self._places[key] = self._place_of(key)
            if place >= 0:
                row[place] = _text(value)
        return row

    def _place_of(self, key: str) -> int:
        """Return where a key belongs that the first page did not have, -1 for nowhere."""
        return next((self._later[code] for code in match(self._item, [key], {}).fields if code in self._later), -1)

    def _records(self) -> Generator[dict[str, Any], None, None]:
        url, seen = self._source.url, set[str]()
        with _client(self._source) as client:
            while url:
                if url in seen or len(seen) == PAGES:
                    raise _refused(N_("对方的接口一页接一页没有尽头。"))
                seen.add(url)
                records, url = _page(client, url, self._source)
                yield from records


def _client(source: Source) -> httpx.Client:
    trusted = ssl.create_default_context(cafile=source.ca or None)
    return httpx.Client(headers=dict(source.headers), timeout=TIMEOUT, verify=trusted, trust_env=False)


def _page(client: httpx.Client, url: str, source: Source) -> tuple[list[dict[str, Any]], str]:
    """Return the records of a page and the address of the next."""
    try:
        tree = json.loads(_fetched(client, url, source.deadline), parse_float=str, parse_int=str)
    except httpx.HTTPStatusError as said_no:
        raise _said_no(said_no.response.status_code) from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError):
        raise _refused(N_("对方的接口没有应答，或者答复的不是 JSON。")) from None
    following = tree.get("next") if isinstance(tree, dict) else None
    following = urljoin(url, following) if isinstance(following, str) and following else ""
    if following and urlsplit(following)[:2] != urlsplit(url)[:2]:
        raise _refused(N_("对方的接口把下一页指到了别的地址，没有跟过去。"))
    found = tree
    if isinstance(tree, dict):
        found = next(
            (there for each in ([source.query] if source.query else LISTS) if (there := _at(tree, each)) is not None),
            None,
        )
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
        raise _refused(N_("对方的接口给出的不是一列记录。"))
    return found, following


def _fetched(client: httpx.Client, url: str, deadline: float) -> bytes:
    with client.stream("GET", url) as answer:
        answer.raise_for_status()
        if answer.is_redirect:
            raise ValueError("moved elsewhere")
        content = bytearray()
        for piece in answer.iter_bytes():
            content += piece
            if len(content) > LARGEST:
                raise _refused(N_("对方的接口一页给得太多。"))
            if time.monotonic() > deadline:
                raise too_slow()
        return bytes(content)


def _at(tree: Any, pointer: str) -> Any:
    for step in filter(None, pointer.split("/")):
        tree = tree.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(tree, dict) else None
    return tree if isinstance(tree, list) else None


def _text(value: Any) -> str | None:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else as_text(value)


_SAID_NO = {
    401: N_("对方的接口不认我们的密钥（HTTP %(status)s）。"),
    403: N_("对方的接口没有授权我们取数（HTTP %(status)s）。"),
    404: N_("对方的接口没有这个地址（HTTP %(status)s）。"),
}


def _said_no(status: int) -> Refusal:
    moved = N_("对方的接口转到了别的地址（HTTP %(status)s），没有跟过去。")
    other = N_("对方的接口应答了，但没有给数据（HTTP %(status)s）。")
    return _refused(_SAID_NO.get(status, moved if 300 <= status < 400 else other), status=status)


def _refused(what: str, **params: int) -> Refusal:
    now = Reason(N_("请运维人员与对方核对接口；已有的记录没有改变。"))
    return Refusal(Reason(what, params), now, field="source")
