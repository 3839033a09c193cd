"""Working days (工作日): the State Council's yearly arrangement of holidays (国务院办公厅节假日安排), with the city's
own changes on top. And on which day something was, here.

The arrangement comes from the `chinesecalendar` package and is published year by year. For years it does not know yet
a day counts as working by weekends and the fixed public holidays alone (全国年节及纪念日放假办法), and is marked
provisional: moved working days and the holidays of the lunar calendar are not in it.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import chinese_calendar

ZONE = ZoneInfo("Asia/Shanghai")
"""The zone of every city of the mainland (北京时间); the site's settings name the same."""

_ONE_DAY = datetime.timedelta(days=1)
_FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


@dataclass(frozen=True)
class WorkingDays:
    """A calendar; `holidays` overrides it: True makes a date a working day, False a day off."""

    holidays: Mapping[datetime.date, bool] = field(default_factory=dict)

    def is_working(self, day: datetime.date) -> bool:
        """Say whether offices work on `day`."""
        override = self.holidays.get(day)
        return _is_working(day)[0] if override is None else override

    def is_provisional(self, day: datetime.date) -> bool:
        """Say whether the arrangement for `day` is not published yet, so that a deadline on it may still move."""
        return day not in self.holidays and _is_working(day)[1]

    def add(self, day: datetime.date, n: int) -> datetime.date:
        """Return the last day of a period of `n` working days that begins on `day`; the day it begins on does not
        count.

        With 0 it ends on `day` itself, or on the next working day if `day` is none.
        """
        if n < 0:
            raise ValueError("a period has no negative length")
        while n == 0 and not self.is_working(day):
            day += _ONE_DAY
        while n:
            day += _ONE_DAY
            n -= self.is_working(day)
        return day

    def between(self, first: datetime.date, last: datetime.date) -> int:
        """Return how many working days come after `first` up to and with `last`; negative where `last` is the earlier
        one.
        """
        if last < first:
            return -self.between(last, first)
        days = (first + datetime.timedelta(days=n) for n in range(1, (last - first).days + 1))
        return sum(self.is_working(day) for day in days)


def here(time: datetime.datetime) -> datetime.datetime:
    """Return `time` as clocks here show it, without its zone; one that has none was written down here already.

    The end of days stays where it is: in no zone is there a day after it.
    """
    if time.tzinfo is None:
        return time
    try:
        return time.astimezone(ZONE).replace(tzinfo=None)
    except OverflowError:
        return time.replace(tzinfo=None)


@functools.lru_cache(maxsize=4096)
def _is_working(day: datetime.date) -> tuple[bool, bool]:
    """Return whether `day` is a working day, and whether that is provisional."""
    try:
        return chinese_calendar.is_workday(day), False
    except NotImplementedError:
        return day.weekday() < 5 and (day.month, day.day) not in _FIXED_HOLIDAYS, True
