"""Circular demands as a picture: whole coordinates that a template draws as SVG, and the same in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import networkx as nx

from mianzheng.common.reasons import N_, Param, Reason
from mianzheng.common.texts import Text
from mianzheng.reform.rules.circles import Circle, Edge
from mianzheng.reform.rules.offices import Level


@dataclass(frozen=True, slots=True)
class Dot:
    """A paper, at the middle of its label."""

    x: int
    y: int
    label: str

    @property
    def lines(self) -> tuple[str, ...]:
        """The label in lines that fit into its room; what is longer than three is cut, the words have it whole."""
        lines = [self.label[start : start + _LETTERS] for start in range(0, len(self.label), _LETTERS)]
        return tuple(lines) if len(lines) <= 3 else (*lines[:2], lines[2][:-1] + "…")


@dataclass(frozen=True, slots=True)
class Arrow:
    """From a paper to what it needs: a quadratic curve from (x1, y1) by (cx, cy) to (x2, y2); `cut` where to give it up."""

    x1: int
    y1: int
    cx: int
    cy: int
    x2: int
    y2: int
    cut: bool
    label: Reason


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing of `width` by `height`, origin at the upper left, `radius` the room around a dot; `words` say the same."""

    width: int
    height: int
    radius: int
    dots: tuple[Dot, ...]
    arrows: tuple[Arrow, ...]
    words: tuple[Reason, ...]


WIDTH, RADIUS, _APART, _MARGIN = 720, 46, 130, 100
"""Width of a picture, room around a dot, least distance of neighbours, margin that a loop fits in; in units of the drawing."""
_LETTERS = 6

_LEVELS = {
    Level.CITY: Reason(N_("市级")),
    Level.TOWN: Reason(N_("镇街")),
    Level.COMMUNITY: Reason(N_("村（社区）")),
    Level.OUTSIDE: Reason(N_("市外")),
    Level.UNKNOWN: Reason(N_("层级不明")),
}


def drawn(circles: Sequence[Circle]) -> Picture:
    """Draw `circles`: papers that hang together stand on one ring, rings one after the other in rows."""
    edges = {(edge.paper, edge.needs): edge for circle in circles for edge in circle.edges}
    cuts = {(circle.cut.paper, circle.cut.needs) for circle in circles}
    at: dict[str, tuple[int, int]] = {}
    x = y = tallest = 0
    width = 0
    for ring in _rings(circles, edges):
        across = _across(len(ring))
        if x and x + across > WIDTH:
            x, y, tallest = 0, y + tallest, 0
        at |= _placed(ring, x + across // 2, y + across // 2, across // 2 - _MARGIN)
        x, tallest, width = x + across, max(tallest, across), max(width, x + across)
    return Picture(
        width, y + tallest, RADIUS,
        tuple(Dot(*place, label) for label, place in sorted(at.items())),
        tuple(_arrow(edge, at, cut=pair in cuts) for pair, edge in sorted(edges.items())),
        tuple(_said(edge) for _, edge in sorted(edges.items())) + tuple(circle.why for circle in circles),
    )  # fmt: skip


def _rings(circles: Sequence[Circle], edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Return the papers that hang together, each ring in the order in which circles name them."""
    named = list(dict.fromkeys(edge.paper for circle in circles for edge in circle.edges))
    order = {paper: n for n, paper in enumerate(named)}
    rings = [sorted(ring, key=order.__getitem__) for ring in nx.connected_components(nx.Graph(list(edges)))]
    return sorted(rings, key=lambda ring: order[ring[0]])


def _across(papers: int) -> int:
    """Return how wide a ring of so many papers is, with its margin."""
    least = _APART / 2 if papers < 3 else _APART / 2 / math.sin(math.pi / papers)
    return 2 * (_MARGIN + (0 if papers == 1 else math.ceil(least)) + RADIUS)


def _placed(ring: Sequence[str], x: int, y: int, radius: int) -> dict[str, tuple[int, int]]:
    if len(ring) == 1:
        return {ring[0]: (x, y)}
    turn = 2 * math.pi / len(ring)
    return {
        paper: (round(x + radius * math.sin(n * turn)), round(y - radius * math.cos(n * turn)))
        for n, paper in enumerate(ring)
    }


def _arrow(edge: Edge, at: dict[str, tuple[int, int]], *, cut: bool) -> Arrow:
    (x1, y1), (x2, y2) = at[edge.paper], at[edge.needs]
    if edge.paper == edge.needs:
        side = round(RADIUS * math.sqrt(0.5))  # leaves at the upper left, comes back at the upper right
        return Arrow(x1 - side, y1 - side, x1, round(y1 - 3.2 * RADIUS), x1 + side, y1 - side, cut, _said(edge))
    length = math.hypot(x2 - x1, y2 - y1)
    dx, dy = (x2 - x1) / length, (y2 - y1) / length
    # bent to one side of its way, so that A -> B and B -> A are two lines
    bend = min(length / 4, RADIUS)
    cx, cy = (x1 + x2) / 2 + dy * bend, (y1 + y2) / 2 - dx * bend
    ends = (x1 + dx * RADIUS, y1 + dy * RADIUS, x2 - dx * RADIUS, y2 - dy * RADIUS)
    return Arrow(round(ends[0]), round(ends[1]), round(cx), round(cy), round(ends[2]), round(ends[3]), cut, _said(edge))


def _said(edge: Edge) -> Reason:
    """Say an edge: what is needed for what, and who of which level demands it first; how many more do."""
    office, level = edge.offices[0]
    params: dict[str, Param] = {
        "paper": edge.paper,
        "needs": edge.needs,
        "office": Text(office),
        "level": _LEVELS[level],
    }
    if len(edge.offices) == 1:
        return Reason(N_("办“%(paper)s”，%(office)s（%(level)s）要“%(needs)s”。"), params)
    words = N_("办“%(paper)s”，%(office)s（%(level)s）等%(count)s个单位要“%(needs)s”。")
    return Reason(words, params | {"count": len(edge.offices)})
