"""Circular demands: found, each once, cut where it is least trouble, drawn; and what always holds."""

from __future__ import annotations

import math
import time

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mianzheng.reform.rules.circles import Circles, Demanded, circles, edges, made_out
from mianzheng.reform.rules.offices import Level
from mianzheng.reform.rules.pictures import RADIUS, drawn

CITY, TOWN, VILLAGE = Level.CITY, Level.TOWN, Level.COMMUNITY


@pytest.mark.parametrize(
    ("purpose", "paper"),
    [
        ("开具无房证明", "无房证明"),
        ("出具亲属关系证明时", "亲属关系证明"),
        ("办理身份证", "身份证"),
        ("用于办理居住证", "居住证"),
        ("申请补办户口簿", "户口簿"),
        ("户籍证明", "户籍证明"),
        ("无犯罪记录证明开具", "无犯罪记录证明"),
        ("子女入学，开具居住证明", "居住证明"),
        ("申请最低生活保障", ""),
        ("公共租赁住房申请", ""),
        ("办理户口迁移", ""),
        ("开户", ""),
        ("市内公证机构办理出生公证", ""),
        ("出生公证", ""),
        ("开户许可证", "开户许可证"),
        ("办学许可证", "办学许可证"),
        ("开具甲证明", "甲证明"),
        ("", ""),
    ],
)
def test_a_purpose_may_be_another_paper(purpose: str, paper: str) -> None:
    assert made_out(purpose) == paper


def around(found: Circles) -> list[list[str]]:
    return [[edge.paper for edge in circle.edges] for circle in found.found]


PLANTED = [
    # the police want the village's paper first, the village the police's: two levels
    Demanded("居住证明", "公安局", CITY, "开具户籍证明"),
    Demanded("户籍证明", "村（社区）", VILLAGE, "开具居住证明"),
    # three offices, three levels
    Demanded("收入证明", "民政局", CITY, "出具低保对象证明"),
    Demanded("低保对象证明", "镇街", TOWN, "开具困难学生证明"),
    Demanded("家庭贫困学生证明", "村（社区）", VILLAGE, "开具收入证明"),
    # more who want the same, so that the cut lies elsewhere
    Demanded("收入证明", "残联", CITY, "出具低保对象证明"),
    Demanded("低保对象证明", "教育局", CITY, "开具困难学生证明"),
    # a chain that closes nowhere, and rows that speak of no paper
    Demanded("死亡证明", "公安局", CITY, "开具注销户口证明"),
    Demanded("注销户口证明", "民政局", CITY, "停发养老金"),
]


def test_planted_circles_are_found_with_who_demands_and_where_to_cut() -> None:
    found = circles(PLANTED)
    assert found.whole
    assert [len(each) for each in around(found)] == [2, 3]
    two, three = found.found
    assert {(edge.paper, edge.needs, edge.offices) for edge in two.edges} == {
        ("户籍证明", "居住证明", (("公安局", CITY),)),
        ("居住证明", "户籍证明", (("村（社区）", VILLAGE),)),
    }
    assert (three.cut.paper, three.cut.offices) == ("收入证明", (("村（社区）", VILLAGE),))
    assert three.why.params["count"] == 1
    assert [where.row for where in three.cut.wheres] == [4]


def test_a_paper_that_needs_itself_from_another_level_is_a_circle() -> None:
    (circle,) = circles([Demanded("经济困难证明", "镇街", TOWN, "开具家庭困难证明")]).found
    assert len(circle.edges) == 1
    assert circle.cut == circle.edges[0]


def test_the_cut_of_two_as_easy_ones_is_the_paper_that_needs_least_itself() -> None:
    rows = [
        Demanded("甲证明", "一局", CITY, "开具乙证明"),
        Demanded("乙证明", "二局", CITY, "开具甲证明"),
        Demanded("丙证明", "二局", CITY, "开具甲证明"),
    ]
    (circle,) = circles(rows).found
    assert circle.cut.needs == "乙证明"


LETTERS = st.sampled_from("金木水火土")
ROWS = st.lists(
    st.builds(
        lambda paper, made, office, level: Demanded(f"{paper}证明", office, level, f"开具{made}证明"),
        LETTERS, LETTERS, st.sampled_from(["一局", "二局"]), st.sampled_from([CITY, TOWN]),
    ),
    max_size=14,
)  # fmt: skip


@settings(max_examples=60)
@given(ROWS, st.randoms(use_true_random=False))
def test_circles_against_all_there_are(rows: list[Demanded], chance: object) -> None:
    """Held against networkx's list of every circle: each found is one, each once, and every demand in one has its shortest."""
    graph = nx.DiGraph([(edge.paper, edge.needs) for edge in edges(rows)])
    every = {frozenset(zip(one, one[1:] + one[:1], strict=True)) for one in nx.simple_cycles(graph)}
    found = circles(rows)
    shown = [frozenset((edge.paper, edge.needs) for edge in circle.edges) for circle in found.found]
    assert len(shown) == len(set(shown))
    assert set(shown) <= every
    for pair in graph.edges:
        through = [len(one) for one in every if pair in one]
        assert min((len(one) for one in shown if pair in one), default=0) == min(through, default=0)
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert around(circles(shuffled)) == around(found)
    assert all(circle.cut in circle.edges and circle.why for circle in found.found)


@settings(max_examples=60)
@given(ROWS)
def test_a_picture_holds_every_paper_apart_and_says_the_same_in_words(rows: list[Demanded]) -> None:
    found = circles(rows).found
    picture = drawn(found)
    pairs = {(edge.paper, edge.needs) for circle in found for edge in circle.edges}
    assert {dot.label for dot in picture.dots} == {paper for pair in pairs for paper in pair}
    assert len(picture.arrows) == len(pairs)
    assert len(picture.words) == len(pairs) + len(found)
    assert sum(arrow.cut for arrow in picture.arrows) == len({(c.cut.paper, c.cut.needs) for c in found})
    for n, dot in enumerate(picture.dots):
        assert RADIUS <= dot.x <= picture.width - RADIUS
        assert RADIUS <= dot.y <= picture.height - RADIUS
        assert all(math.dist((dot.x, dot.y), (other.x, other.y)) >= 2 * RADIUS for other in picture.dots[:n])
    for arrow in picture.arrows:
        assert all(0 <= x <= picture.width for x in (arrow.x1, arrow.x2, (arrow.x1 + 2 * arrow.cx + arrow.x2) / 4))
        assert all(0 <= y <= picture.height for y in (arrow.y1, arrow.y2, (arrow.y1 + 2 * arrow.cy + arrow.y2) / 4))


def test_nothing_is_drawn_of_nothing() -> None:
    assert drawn(()).dots == ()


def numbered(n: int) -> str:
    return "".join("金木水火土日月山石田"[int(digit)] for digit in str(n))


@pytest.mark.parametrize("shape", ["ring", "dense", "pairs", "lists"])
def test_ten_thousand_rows_end_in_time(shape: str) -> None:
    """A ring of 10,000 papers, thick tangles, 5,000 small circles, and lists with as many names as a city has."""

    def pair(n: int) -> tuple[int, int]:
        return {
            "ring": (n, (n + 1) % 10_000),
            "dense": (n * 7919 % 120, n * 104_729 % 113),
            "lists": (n * 7919 % 700, n * 104_729 % 1_300),
            "pairs": (n // 2 * 2 + n % 2, n // 2 * 2 + 1 - n % 2),
        }[shape]

    rows = [Demanded(f"{numbered(b)}证", "局", CITY, f"办理{numbered(a)}证") for a, b in map(pair, range(10_000))]
    begun = time.process_time()
    found = circles(rows)
    assert time.process_time() - begun < 6, "2 s on a free machine"
    assert found.found
    assert found.whole is (shape == "lists")


def test_long_labels_come_in_lines() -> None:
    name = "有利害关系业主同意住宅改经营性用房证明"
    picture = drawn(circles([Demanded(name, "局", CITY, f"开具{name}")]).found)
    (dot,) = picture.dots
    assert dot.label == name
    assert max(map(len, dot.lines)) <= 6
    assert dot.lines[-1].endswith("…")
