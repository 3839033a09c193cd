"""The charts of one item: each a picture, its caption with unit and source, and the table behind it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.queries.quality import Day
from mianzheng.centre.rules.charts import Figure, chart
from mianzheng.centre.rules.quality import Quality
from mianzheng.common.reasons import N_, Reason


def figures(item: Item, quality: Quality, days: Sequence[Day], *, cycle: int, now: datetime.datetime) -> list[Figure]:
    """Return the charts of `item` over `days`; those that say nothing about an item asked at its source are left out.

    Today has only begun: what is counted by day is drawn up to yesterday.
    """
    full = [each for each in days if each.day < now.date()]
    held = [
        _figure(
            "records", N_("记录"), N_("条，每天结束时"), days, [(N_("记录"), [d.records for d in days])], zero=False
        ),
        _coverage(quality, days),
        _age(days, cycle, now),
        _figure(
            "refused",
            N_("拒收的行"),
            N_("占当天交来的行"),
            full,
            [(N_("拒收"), [_rate(d.refused, d.rows) for d in full])],
            percent=True,
        ),
    ]
    asked = [
        _figure("asked", N_("查询"), N_("次，每天"), full, [(N_("查询"), [d.asked for d in full])]),
        _figure(
            "unknown",
            N_("暂不能确定"),
            N_("占当天的查询"),
            full,
            [(N_("暂不能确定"), [_rate(d.unknown, d.asked) for d in full])],
            percent=True,
        ),
    ]
    return [figure for figure in ([] if item.at_source else held) + asked if figure is not None]


def _figure(
    code: str,
    title: str,
    unit: str,
    days: Sequence[Day],
    series: Sequence[tuple[str, Sequence[float | None]]],
    *,
    percent: bool = False,
    zero: bool = True,
    limit: float | None = None,
    limit_name: Reason | None = None,
) -> Figure:
    dates = [d.day for d in days]
    drawn = chart(
        dates, [(code, name, values) for name, values in series], percent=percent, limit=limit, from_zero=zero
    )
    rows = tuple((day, tuple(values[n] for _, values in series)) for n, day in enumerate(dates))
    names = tuple(name for name, _ in series)
    return Figure(code, title, Reason(unit), drawn, names, rows[::-1], percent, limit, limit_name)


def _coverage(quality: Quality, days: Sequence[Day]) -> Figure | None:
    if not quality.expected:
        return None
    values: list[Any] = [d.subjects / d.expected if d.expected else None for d in days]
    return _figure(
        "coverage",
        N_("覆盖"),
        N_("有记录的占应有的"),
        days,
        [(N_("覆盖"), values)],
        percent=True,
        limit=1.0,
        limit_name=Reason(N_("应有的")),
    )


def _age(days: Sequence[Day], cycle: int, now: datetime.datetime) -> Figure:
    ages = [_days_old(d, now) for d in days]
    return _figure(
        "age",
        N_("数据有多旧"),
        N_("天，每天结束时"),
        days,
        [(N_("天数"), ages)],
        limit=float(cycle),
        limit_name=Reason(N_("承诺的更新周期 %(days)s 天"), {"days": cycle}),
    )


def _days_old(day: Day, now: datetime.datetime) -> float | None:
    if day.as_of is None:
        return None
    end = timezone.make_aware(datetime.datetime.combine(day.day + datetime.timedelta(days=1), datetime.time()))
    return max(0.0, round((min(end, now) - day.as_of) / datetime.timedelta(days=1), 1))


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None
