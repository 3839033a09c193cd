"""Who may look somebody up and tell them later (依法保密的查询), for how long, and what the public learns of it."""

from __future__ import annotations

import calendar
import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mianzheng.catalogue.rules.city import City, Need
from mianzheng.catalogue.rules.secrecy import Secrecy
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason

LONGEST_TEXT = 200
APPLICANT = "applicant"
FEWEST = 5
"""A published figure describes at least so many."""


class State(StrEnum):
    """Where an order stands."""

    WAITING = "waiting"
    IN_FORCE = "in_force"
    ENDED = "ended"


STATES = {State.WAITING: N_("等待批准"), State.IN_FORCE: N_("生效中"), State.ENDED: N_("已结束")}


def grounds(city: City, office: str) -> tuple[Secrecy, ...]:
    """Return the articles under which `office` may ask without telling; none for most."""
    return tuple(each for each in city.secrecy if each.office == office)


def of_the_person(need: Need) -> bool:
    """Return whether `need` asks about the person themself: an order is about one person, a relative needs another."""
    return need.about == APPLICANT


def state(until: datetime.date | None, ended_at: datetime.datetime | None, today: datetime.date) -> State:
    """Return where an order stands: `until` is its last approved day, None before the first approval."""
    if ended_at is not None:
        return State.ENDED
    if until is None:
        return State.WAITING
    return State.IN_FORCE if today <= until else State.ENDED


def last_day(ground: Secrecy, today: datetime.date) -> datetime.date:
    """Return the last day a term that begins `today` may have: the same day after the article's months."""
    year, month = divmod(today.year * 12 + today.month - 1 + ground.months, 12)
    return datetime.date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))


def check_term(ground: Secrecy | None, *, until: datetime.date | None, why: str, today: datetime.date) -> None:
    """Refuse a term of an office that may not, without a reason, or longer than the article's months."""
    if ground is None:
        raise Refusal(
            Reason(N_("按城市的规定，您的部门不能依这一条作保密的查询。")),
            Reason(N_("请从列出的依据中选。")),
            field="basis",
        )
    if not why.strip():
        raise Refusal(
            Reason(N_("请写明为什么不能当时告诉本人。")), Reason(N_("写一句，批准的人要看。不写姓名。")), field="why"
        )
    if len(why) > LONGEST_TEXT:
        raise Refusal(
            Reason(N_("理由太长。")), Reason(N_("请写在 %(signs)s 字以内。"), {"signs": LONGEST_TEXT}), field="why"
        )
    longest = last_day(ground, today)
    if until is None or not today <= until <= longest:
        raise Refusal(
            Reason(N_("到期日应当在今天到 %(day)s 之间。"), {"day": longest}),
            Reason(N_("一次最长 %(months)s 个月，到期前可以再批。"), {"months": ground.months}),
            field="until",
        )


def check_reference(reference: str) -> None:
    """Refuse an order without the number of its file."""
    if not reference.strip() or len(reference) > LONGEST_TEXT:
        raise Refusal(
            Reason(N_("请写案卷文号。")), Reason(N_("写立案或者批准文书的文号，不写姓名。")), field="reference"
        )


def check_approval(*, asked_by: str, actor: str, until: datetime.date, today: datetime.date, same: bool) -> None:
    """Refuse an approval by whoever asked, of a term that is over, or about somebody else than the file of the approver."""
    if asked_by == actor:
        raise Refusal(Reason(N_("提出的人不能自己批准。")), Reason(N_("请由本部门另一个人批准。")))
    if until < today:
        raise Refusal(Reason(N_("申请的到期日已经过了。")), Reason(N_("请重新提出。")))
    if not same:
        raise Refusal(
            Reason(N_("您输入的号码和提出时的不是同一个人。")),
            Reason(N_("请对照案卷核对；没有批准。")),
            field="number",
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """An order as the figures count it: opened in force on `approved`, kept secret until `ended` (None: still), and the
    days of its look-ups.
    """

    office: str
    basis: str
    approved: datetime.date
    ended: datetime.date | None
    looks: tuple[datetime.date, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What is published of one office and article in one quarter; None is fewer than `FEWEST` but not none.

    `orders` came into force, `looks` were made, `ended` orders were told of; `days` is how long those were kept on
    average.
    """

    office: str
    basis: str
    orders: int | None
    looks: int | None
    ended: int | None
    days: int | None


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter that is over."""

    year: int
    number: int
    rows: tuple[Row, ...]


def figures(kept: Iterable[Kept], *, today: datetime.date) -> tuple[Quarter, ...]:
    """Return what the public learns: each quarter that is over, the newest first, by office and article.

    A quarter under way says nothing: a count that grows from one day to the next would tell of one order.
    """
    found: dict[tuple[int, int], dict[tuple[str, str], list[list[int]]]] = defaultdict(
        lambda: defaultdict(lambda: [[], [], []])
    )
    for each in kept:
        who = each.office, each.basis
        found[_quarter(each.approved)][who][0].append(1)
        for day in each.looks:
            found[_quarter(day)][who][1].append(1)
        if each.ended is not None and each.ended <= today:
            found[_quarter(each.ended)][who][2].append((each.ended - each.approved).days)
    over = sorted((quarter for quarter in found if quarter < _quarter(today)), reverse=True)
    return tuple(
        Quarter(*quarter, tuple(_row(*who, *counts) for who, counts in sorted(found[quarter].items())))
        for quarter in over
    )


def _row(office: str, basis: str, orders: Sequence[int], looks: Sequence[int], lasted: Sequence[int]) -> Row:
    ended = published(len(lasted))
    days = round(sum(lasted) / len(lasted)) if ended else None
    return Row(office, basis, published(len(orders)), published(len(looks)), ended, days)


def published(count: int) -> int | None:
    """Return `count` as it may be published: None where it is small but not none. The one rule for it."""
    return None if 0 < count < FEWEST else count


def _quarter(day: datetime.date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3 + 1
