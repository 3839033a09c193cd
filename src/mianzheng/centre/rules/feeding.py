"""Changes for those who used to learn them from a certificate (回流)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from enum import StrEnum

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.catalogue.rules.exchange import Feed
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text

LEASE = datetime.timedelta(minutes=5)
"""So long nobody else takes up what a sender took; past it the sender is taken for dead."""

LONGEST_WAIT = datetime.timedelta(hours=6)


class Change(StrEnum):
    """What happened to a record."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class Status(StrEnum):
    """Where a delivery stands: it waits, a person has it on the work list, it is done, or a person must look (死信)."""

    PENDING = "pending"
    LISTED = "listed"
    DONE = "done"
    DEAD = "dead"


CHANGES = {
    Change.ADDED: N_("新登记"),
    Change.CHANGED: N_("有变动"),
    Change.REMOVED: N_("已不在登记中"),
}

PROBLEMS = {
    "timeout": N_("对方没有在限定的时间内应答。"),
    "unreachable": N_("连不上对方的地址。"),
    "certificate": N_("对方的安全证书不可信，没有发送。"),
    "redirect": N_("对方让我们转到别的地址，没有照做。"),
    "gone": N_("对方说这个地址已经停用。"),
    "forbidden": N_("这个地址不允许发送：须用 https，且不能是内部地址。"),
    "secret": N_("签名密钥打不开，请重新登记接收地址。"),
    "unknown": N_("身份库里没有这个主体，说不清是谁的变动。"),
    "withdrawn": N_("城市包里已经没有这一种回流。"),
    "nowhere": N_("登记里写的村社，城市包里没有，或者不止一个，不知道该告诉谁。"),
    "status": N_("对方应答 %(status)s，没有收下。"),
}
"""What went wrong with a try, by the word that is kept; ``status:500`` is kept with its number."""

HOPELESS = ("gone", "unknown", "withdrawn", "nowhere")
"""Problems that another try does not mend: a person looks at once."""


def wait(tries: int) -> datetime.timedelta:
    """Return how long to wait after the `tries`-th failure: 10 s, 40 s, 160 s ... at most 6 hours."""
    return min(datetime.timedelta(seconds=10 * 4 ** min(tries - 1, 10)), LONGEST_WAIT)


def next_try(tries: int, *, asked: int = 0) -> datetime.timedelta:
    """Return how long to wait after the `tries`-th failure where the other side asked for `asked` seconds."""
    return max(wait(tries), min(datetime.timedelta(seconds=asked), LONGEST_WAIT))


def problem_in_words(problem: str) -> Reason:
    """Say why the last try failed."""
    word, _, status = problem.partition(":")
    return Reason(PROBLEMS.get(word, PROBLEMS["unreachable"]), {"status": status} if status else {})


def payload_in_words(item: Item | None, payload: dict[str, object]) -> list[tuple[Text, Text | Reason | str]]:
    """Return what was told, field by field, in the words of the catalogue."""
    fields = {field.code: field for field in item.fields} if item else {}
    told: list[tuple[Text, Text | Reason | str]] = []
    for code, value in payload.items():
        field = fields.get(code)
        if field is None or value is None:
            continue
        if isinstance(value, bool):
            told.append((field.name, Reason(N_("是")) if value else Reason(N_("否"))))
        else:
            told.append((field.name, field.codes.get(str(value), str(value))))
    return told


def receivers(city: City) -> dict[str, tuple[Feed, ...]]:
    """Return who takes changes by machine, each with its feeds. A community is no machine."""
    found: dict[str, list[Feed]] = {}
    for feed in city.feeds.values():
        if feed.route == "webhook" and feed.to != "community":
            found.setdefault(feed.receiver, []).append(feed)
    return {receiver: tuple(feeds) for receiver, feeds in found.items()}


def receiver_name(city: City, code: str) -> Text:
    """Return the name of a department, body or community; its code where the package no longer knows it."""
    if not code:
        return Text("不知道归谁", "Nobody knows whose it is")
    place = city.communities.get(code)
    return city.office(code) or (place.name if place else Text(code, code))


def check_receiver(city: City, receiver: str) -> None:
    """Refuse an address for somebody who takes no changes by machine."""
    if receiver not in receivers(city):
        raise Refusal(
            Reason(N_("“%(receiver)s”没有按接口接收的变动。"), {"receiver": receiver_name(city, receiver)}),
            Reason(N_("先在城市包的 feeds.yaml 里写明送什么、为什么。")),
            field="receiver",
        )


def check_note(note: str, *, field: str = "note") -> str:
    """Return `note` without blanks around it; refuse an empty one where somebody later must know why."""
    if not note.strip():
        raise Refusal(Reason(N_("请写明原因。")), Reason(N_("写一句即可，以后查起来有据。")), field=field)
    return note.strip()


def community_codes(city: City) -> tuple[Sequence[str], Sequence[str]]:
    """Return names (and codes) of communities beside their codes; a name that two of them bear names neither."""
    names: dict[str, set[str]] = {}
    for place in city.communities.values():
        for word in {place.name.zh, place.code}:
            names.setdefault(word, set()).add(place.code)
    one = {word: next(iter(codes)) for word, codes in names.items() if len(codes) == 1}
    return list(one), list(one.values())
