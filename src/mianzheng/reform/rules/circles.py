"""Circular demands: paper A needs paper B, and B needs A, across offices and levels; and where to cut the circle."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.rules.grouping import Named, groups
from mianzheng.reform.rules.meanings import plain
from mianzheng.reform.rules.offices import Level


@dataclass(frozen=True, slots=True)
class Demanded:
    """One row of a list: `paper` is demanded by `office` for `purpose`."""

    paper: str
    office: str
    level: Level
    purpose: str


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """An office that makes one paper depend on another, and the row that says so (from 0)."""

    office: str
    level: Level
    row: int


@dataclass(frozen=True, slots=True)
class Edge:
    """To get `paper` one needs `needs`; who demands that."""

    paper: str
    needs: str
    wheres: tuple[Where, ...]

    @property
    def offices(self) -> tuple[tuple[str, Level], ...]:
        """Who would have to give the demand up, each once."""
        return tuple(dict.fromkeys((where.office, where.level) for where in self.wheres))


@dataclass(frozen=True, slots=True)
class Circle:
    """Papers that need one another; the last needs the first. `cut` is the edge to give up first, and `why`."""

    edges: tuple[Edge, ...]
    cut: Edge
    why: Reason


@dataclass(frozen=True, slots=True)
class Circles:
    """The shortest circle through each demand that is in one, each once. `whole` is False where looking was ended early."""

    found: tuple[Circle, ...]
    whole: bool = True


_MAKES_OUT = re.compile(
    r"(?:^|[，,；;、。(])(?:申请|用于|为了?|因|凭此)?(?:开具|出具|开立|开(?![户发采业设办放])|办理|办(?![学公案事])|申办|申领|领取|补办|补领|换领|换发|核发|申请)++(?:新的?|有关|相关|单位|个人)?"
    r"(?P<paper>[^，,；;、。()]{1,24}?(?:证明(?:书|信|函|材料|文件)?|(?<!公)证书?|介绍信)|[^，,；;、。()]{0,24}?(?:户口簿|户口本|执照|护照))(?:时|使?用|手续)?(?:[，,；;、。)]|$)"
)
_ITSELF = re.compile(r"^[^，,；;、。]{1,24}(?:证明(?:书|信|函|材料|文件)?|(?<!公)证)(?:开具|出具|办理|申领|补办)?$")
_DONE = re.compile(r"(?:的?(?:开具|出具|办理|申领|补办))$")
_STEPS = 1_000_000
"""Demands followed in all while looking for circles; enough for lists of real cities, an end for wild ones."""

_NAMES = 3_000
"""Names compared with one another at most; of more, only those written alike are one paper."""


def made_out(purpose: str) -> str:
    """Return the paper whose making out is the purpose of a demand (开具无房证明), or nothing."""
    text = plain(purpose)
    if _ITSELF.match(text) and not _MAKES_OUT.match(text):
        return _DONE.sub("", text)
    said = _MAKES_OUT.search(text)
    return said["paper"] if said else ""


def circles(rows: Sequence[Demanded]) -> Circles:
    """Find the circular demands in `rows`; near-identical papers count as one, whatever the lists call them."""
    graph = nx.DiGraph()
    said = edges(rows)
    for edge in said:
        graph.add_edge(edge.paper, edge.needs, edge=edge)
    found: dict[tuple[str, ...], Circle] = {}
    steps = _STEPS
    for papers in sorted(map(sorted, nx.strongly_connected_components(graph))):
        within = set(papers)
        ahead = {paper: sorted(within.intersection(graph.successors(paper))) for paper in papers}
        for paper, needs in sorted(graph.subgraph(papers).edges):
            path, taken = _shortest(ahead, needs, paper, steps)
            steps -= taken
            if path is None:
                return Circles(_ordered(found), whole=False)
            turned = _turned(path)
            if turned not in found:
                found[turned] = _circle(graph, turned)
    return Circles(_ordered(found), whole=len({edge.paper for edge in said} | {edge.needs for edge in said}) <= _NAMES)


def edges(rows: Sequence[Demanded]) -> tuple[Edge, ...]:
    """Return which paper needs which, with every row that says so; rows whose purpose is no paper say nothing."""
    said = [(row, place, made) for place, row in enumerate(rows) if (made := made_out(row.purpose))]
    one = _one_name({name for row, _, made in said for name in (row.paper, made)})
    wheres: dict[tuple[str, str], list[Where]] = defaultdict(list)
    for row, place, made in said:
        wheres[one[made], one[row.paper]].append(Where(row.office, row.level, place))
    return tuple(Edge(paper, needs, tuple(sorted(found))) for (paper, needs), found in sorted(wheres.items()))


def _one_name(names: Iterable[str]) -> Mapping[str, str]:
    """Return for each name the one that stands for its paper."""
    listed = sorted(names)
    if len(listed) > _NAMES:
        return {name: plain(name) for name in listed}
    return {
        listed[member.place]: listed[group.stands]
        for group in groups([Named(name) for name in listed])
        for member in group.members
    }


def _shortest(ahead: Mapping[str, Sequence[str]], start: str, goal: str, most: int) -> tuple[list[str] | None, int]:
    """Return the shortest way from `start` to `goal`, None where that takes more than `most` steps, and the steps taken."""
    before: dict[str, str] = {start: ""}
    waiting, taken = deque([start]), 0
    while waiting:
        paper = waiting.popleft()
        if paper == goal:
            return list(_back(before, goal))[::-1], taken
        for needs in ahead[paper]:
            taken += 1
            if needs not in before:
                before[needs] = paper
                waiting.append(needs)
        if taken > most:
            break
    return None, taken


def _back(before: Mapping[str, str], paper: str) -> Iterator[str]:
    while paper:
        yield paper
        paper = before[paper]


def _turned(path: Sequence[str]) -> tuple[str, ...]:
    """Return a circle beginning with its first name in order, so that each is known again."""
    first = path.index(min(path))
    return (*path[first:], *path[:first])


def _circle(graph: nx.DiGraph, papers: Sequence[str]) -> Circle:
    """Return the circle with where to cut it: fewest offices to change, then the paper that needs least itself."""
    around = tuple(graph.edges[pair]["edge"] for pair in zip(papers, (*papers[1:], papers[0]), strict=True))
    cut = min(around, key=lambda edge: (len(edge.offices), graph.out_degree(edge.needs), edge.paper))
    params = {"paper": cut.paper, "needs": cut.needs, "count": len(cut.offices)}
    if len(around) == 1:
        return Circle(
            around, cut, Reason(N_("办“%(paper)s”还要同一份证明：不再要就断了，要改的单位有%(count)s个。"), params)
        )
    words = N_("办“%(paper)s”时不再要“%(needs)s”就断了：这一处要改的单位最少，有%(count)s个。")
    return Circle(around, cut, Reason(words, params))


def _ordered(found: Mapping[tuple[str, ...], Circle]) -> tuple[Circle, ...]:
    return tuple(found[papers] for papers in sorted(found, key=lambda papers: (len(papers), papers)))
