"""The edge where reasons, names and dates become words in the reader's language."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, TypeVar

from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext, override

from mianzheng.common.periods import WorkingDays
from mianzheng.common.reasons import Reason
from mianzheng.common.texts import Text
from mianzheng.web import clock

_WEEKDAYS = "一二三四五六日"
_Said = TypeVar("_Said")


def say(said: Reason | Text | str | None) -> str:
    """Put a reason, a name of the city package or a message id into the active language; None becomes nothing."""
    if isinstance(said, Text):
        return said.in_(language())
    if isinstance(said, Reason):
        return gettext(said.msgid) % {name: _param(value) for name, value in said.params.items()} if said.msgid else ""
    return gettext(said) if said else ""


def language() -> str:
    """Return the active language as an IETF tag."""
    return get_language() or "zh-hans"


def english() -> bool:
    return language().startswith("en")


def in_both(said: Callable[[], _Said]) -> tuple[_Said, _Said]:
    """Return what `said` says in Chinese and in English, for papers that are read by whoever gets them."""
    with override("zh-hans"):
        chinese = said()
    with override("en"):
        return chinese, said()


def day(value: datetime.date | None) -> str:
    """Write a date: 11月25日(周三) or Wed 25 Nov, with the year where it is not this one."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value).date()
    return _written(value, with_year=value.year != clock.today().year)


def moment(value: datetime.datetime | None) -> str:
    """Write a date with its time of day in the city's zone."""
    return f"{day(value)} {timezone.localtime(value):%H:%M}" if value else ""


def full_day(value: datetime.date | None) -> str:
    """Write a date for paper, which outlives the year: 2026年11月25日(周三) or Wed 25 Nov 2026."""
    if value is None:
        return ""
    return _written(timezone.localtime(value).date() if isinstance(value, datetime.datetime) else value, with_year=True)


def full_moment(value: datetime.datetime | None) -> str:
    """Write a date for paper with its time of day in the city's zone."""
    return f"{full_day(value)} {timezone.localtime(value):%H:%M}" if value else ""


def _written(value: datetime.date, *, with_year: bool) -> str:
    if english():
        return f"{value:%a} {value.day} {value:%b}" + (f" {value.year}" if with_year else "")
    return (f"{value.year}年" if with_year else "") + f"{value.month}月{value.day}日(周{_WEEKDAYS[value.weekday()]})"


def workdays_left(value: int | datetime.date | None) -> str:
    """Write how many working days are left: of a number as given; of a date, from today by the national calendar."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value).date()
    if isinstance(value, datetime.date):
        count = WorkingDays().between(clock.today(), value)
        late = value < clock.today()
    else:
        count, late = value, value < 0
    if late:
        return ngettext("已超过 %(count)s 个工作日", "已超过 %(count)s 个工作日", abs(count)) % {"count": abs(count)}
    if count == 0:
        return gettext("今天到期")
    return ngettext("还剩 %(count)s 个工作日", "还剩 %(count)s 个工作日", count) % {"count": count}


def _param(value: Any) -> Any:
    if isinstance(value, (Text, Reason)):
        return say(value)
    if isinstance(value, datetime.datetime):
        return moment(value)
    if isinstance(value, datetime.date):
        return day(value)
    return value
