"""Circular demands (循环证明), drawn: who makes which paper need which other, and where to cut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.common.reasons import N_, Reason
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.queries.circles import Around, found_circles
from mianzheng.reform.rules.circles import Edge
from mianzheng.reform.rules.pictures import Arrow, Picture, drawn
from mianzheng.web.access import allow
from mianzheng.web.paging import paged
from mianzheng.web.words import say

A_PAGE = 10
_NEAR, _LINE, _EDGE = 12, 10, 8
"""Within how much of the middle a label stands over its arrow; half a line of it; what is left free around."""
_SHORT = 9
"""Signs of an office's name in a picture; the list beside it has the whole name."""


@allow(REFORM)
@require_safe
def circles(request: HttpRequest) -> HttpResponse:
    """Every circle as a picture and in words, the shortest first."""
    found, whole = found_circles(city_in_force())
    pages = paged(request, found, a_page=A_PAGE)
    context = {**pages, "rows": [_row(each) for each in pages["page"]], "whole": whole, "here": "circles"}
    return render(request, "reform/circles.html", context)


def _row(around: Around) -> dict[str, Any]:
    picture = drawn([around.circle])
    edges = sorted(around.circle.edges, key=lambda edge: (edge.paper, edge.needs))
    labels = [_label(*pair, picture.width / 2) for pair in zip(picture.arrows, edges, strict=True)]
    said = {(edge.paper, edge.needs): rows for edge, rows in zip(around.circle.edges, around.rows, strict=True)}
    return {
        "picture": picture,
        "papers": [edge.paper for edge in around.circle.edges],
        "why": around.circle.why,
        "box": _box(picture, labels),
        "arrows": list(zip(picture.arrows, labels, strict=True)),
        "edges": [
            {"said": arrow.label, "cut": arrow.cut, "rows": said[edge.paper, edge.needs]}
            for arrow, edge in zip(picture.arrows, edges, strict=True)
        ],
    }


def _label(arrow: Arrow, edge: Edge, middle: float) -> dict[str, Any]:
    """Return who demands it, beside the middle of the arrow, on the outer side of the ring."""
    office = edge.offices[0][0]
    short = office if len(office) <= _SHORT else office[: _SHORT - 1] + "…"
    more = Reason(N_("%(office)s等 %(count)s 个"), {"office": short, "count": len(edge.offices)})
    x = round(arrow.x1 / 4 + arrow.cx / 2 + arrow.x2 / 4)
    y = round(arrow.y1 / 4 + arrow.cy / 2 + arrow.y2 / 4)
    beside = 0 if abs(x - middle) < _NEAR else -1 if x < middle else 1
    anchor = {0: "middle", -1: "end", 1: "start"}[beside]
    return {"x": x + beside * _EDGE, "y": y, "anchor": anchor, "words": short if len(edge.offices) == 1 else more}


def _box(picture: Picture, labels: Sequence[dict[str, Any]]) -> tuple[int, int, int, int]:
    """Return the part of the picture that is filled: left, top, width, height."""
    heights = [dot.y + side * picture.radius for dot in picture.dots for side in (-1, 1)]
    heights += [label["y"] + side * _LINE for label in labels for side in (-1, 1)]
    reach = [0, picture.width]
    for label in labels:
        wide = sum(_WIDE if ord(sign) > 0x2E80 else _NARROW for sign in say(label["words"]))
        reach += [label["x"] - wide * (label["anchor"] == "end"), label["x"] + wide * (label["anchor"] == "start")]
    left, top = min(reach), min(heights) - _EDGE
    return left, top, max(reach) - left, max(heights) + _EDGE - top


_WIDE, _NARROW = 14, 8
"""Units that a Chinese sign and another one take."""
