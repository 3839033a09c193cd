"""Small charts as points, drawn by the page as SVG: nothing to run, nothing to wait for."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mianzheng.common.reasons import Reason

WIDE, HIGH = 640, 200
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 12, 28
"""The room around the lines of a chart for its numbers."""


@dataclass(frozen=True, slots=True)
class Spark:
    """A line without axes (迷你图); `points` for a polyline in a box of `width` by `height`, `x` and `y` its last one."""

    points: str
    width: int
    height: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis with its number or date."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """One series, in pieces where days are missing, and each value as a dot for those who point at it."""

    code: str
    name: str
    pieces: tuple[str, ...]
    dots: tuple[tuple[float, float, str], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart over days: lines, the axes' ticks, and the height of a `limit` the values should stay below or above."""

    lines: tuple[Line, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    limit: float | None = None
    width: int = WIDE
    height: int = HIGH
    left: int = LEFT
    right: int = WIDE - RIGHT
    bottom: int = HIGH - BOTTOM


def spark(values: Sequence[float], *, width: int = 132, height: int = 32) -> Spark | None:
    """Return the line of `values`, oldest first; None for fewer than two. It starts at zero so that little looks little,
    but a big number that hardly moves is shown within its own range.
    """
    if len(values) < 2:
        return None
    low, high = _range(values)
    step = (width - 6) / (len(values) - 1)
    points = [(3 + n * step, 3 + (height - 6) * (1 - (value - low) / (high - low))) for n, value in enumerate(values)]
    return Spark(_path(points), width, height, round(points[-1][0], 1), round(points[-1][1], 1))


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    if low <= 0 or (high - low) > 0.2 * high:
        low = min(0, low)
    else:
        room = max(high - low, high * 0.02)
        low, high = low - room, high + room
    return low, (high if high > low else low + 1)


def chart(
    days: Sequence[datetime.date],
    series: Sequence[tuple[str, str, Sequence[float | None]]],
    *,
    percent: bool = False,
    limit: float | None = None,
    from_zero: bool = True,
) -> Chart | None:
    """Return a chart of `series` (code, name, a value or None for each of `days`); None where there is nothing to draw.

    `percent` writes shares as per cent; `limit` is drawn across. The axis starts at zero unless told otherwise.
    """
    known = [value for _, _, values in series for value in values if value is not None]
    if len(days) < 2 or not known:
        return None
    reach = [*known, *([limit] if limit is not None else ())]
    low = 0.0 if from_zero else min(reach)
    steps = _steps(low, max(reach), percent=percent)
    low, high = steps[0], steps[-1]
    span = max((days[-1] - days[0]).days, 1)

    def across(day: datetime.date) -> float:
        return round(LEFT + (WIDE - LEFT - RIGHT) * (day - days[0]).days / span, 1)

    def up(value: float) -> float:
        return round(TOP + (HIGH - TOP - BOTTOM) * (1 - (value - low) / (high - low)), 1)

    lines = []
    for code, name, values in series:
        dots = [
            (across(day), up(value), f"{day.isoformat()} {_written(value, percent=percent)}")
            for day, value in zip(days, values, strict=True)
            if value is not None
        ]
        lines.append(Line(code, name, tuple(_pieces(days, values, across, up)), tuple(dots)))
    shown = sorted({days[0], days[len(days) // 3], days[2 * len(days) // 3], days[-1]})
    return Chart(
        tuple(lines),
        tuple(Tick(across(day), f"{day.month}-{day.day}") for day in shown),
        tuple(Tick(up(value), _written(value, percent=percent)) for value in steps),
        up(limit) if limit is not None else None,
    )


def _pieces(
    days: Sequence[datetime.date],
    values: Sequence[float | None],
    across: Callable[[datetime.date], float],
    up: Callable[[float], float],
) -> Iterator[str]:
    piece: list[tuple[float, float]] = []
    for day, value in zip(days, values, strict=True):
        if value is None:
            if piece:
                yield _path(piece)
            piece = []
        else:
            piece.append((across(day), up(value)))
    if piece:
        yield _path(piece)


def _steps(low: float, high: float, *, percent: bool) -> list[float]:
    """Return three to five round numbers from at most `low` to at least `high`."""
    if high <= low:
        high = low + (0.01 if percent else 1)
    rough = max((high - low) / 3, 1e-300)  # below, floats lose their digits
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(n * power for n in (1, 2, 2.5, 5, 10) if n * power >= rough)
    if not percent and step < 1:
        step = 1
    start = math.floor(low / step) * step
    count = math.ceil((high - start) / step)
    return [start + n * step for n in range(count + 1)]


def _written(value: float, *, percent: bool) -> str:
    if percent:
        return f"{value * 100:.3g}%"
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 100 else f"{value:,.1f}"


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


@dataclass(frozen=True, slots=True)
class Figure:
    """One chart as a page shows it: the picture with its unit, and the table behind it, `columns` after the day."""

    code: str
    title: str
    unit: Reason
    chart: Chart | None
    columns: tuple[str, ...]
    rows: tuple[tuple[datetime.date, tuple[float | None, ...]], ...]
    percent: bool = False
    limit: float | None = None
    limit_name: Reason | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """A piece of a bar: how many, from where to where in per cent."""

    code: str
    name: str
    count: int
    start: float
    width: float


def bar(counts: Sequence[tuple[str, str, int]]) -> tuple[Slice, ...]:
    """Return `counts` (code, name, how many) as the pieces of one bar, 100 wide; what is zero is left out."""
    whole = sum(count for _, _, count in counts)
    found, start = [], 0.0
    for code, name, count in counts:
        if count:
            width = 100 * count / whole
            found.append(Slice(code, name, count, round(start, 2), round(width, 2)))
            start += width
    return tuple(found)
