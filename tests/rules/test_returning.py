"""Cancelled certificates that come back: demands labelled before coding (`papers_returning.csv`), and what always holds."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.catalogue.adapters.folder import files_of
from mianzheng.catalogue.rules.city import Certificate
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.catalogue.rules.package import read
from mianzheng.reform.rules.grouping import Named
from mianzheng.reform.rules.returning import Cancelled, How, Return, Struck, returns, same_purpose

CITY, PROBLEMS = read(files_of(Path(__file__).parents[2] / "cities/yiwu"))
assert CITY, PROBLEMS
ALL = list(CITY.certificates.values())
LEVELS = {"community": "村（社区）", "town": "镇街", "employer": "用人单位"}


def named(each: Certificate) -> Named:
    assert CITY
    office = CITY.office(each.issuer)
    return Named(each.name.zh, each.purpose.zh, LEVELS.get(each.issuer) or (office.zh if office else ""))


CANCELLED = [
    Cancelled(c.code, named(c), c.disposal is Disposal.COMMITMENT) for c in ALL if c.disposal is not Disposal.RETAINED
]
KEPT = [named(c) for c in ALL if c.disposal is Disposal.RETAINED]
STRUCK = Struck(CANCELLED, KEPT)

with Path(__file__).with_name("papers_returning.csv").open(encoding="utf-8", newline="") as file:
    DEMANDS = list(csv.DictReader(file))


def test_labelled_demands() -> None:
    """Right is also which certificate comes back; one name of `returns` suffices where several are one paper."""
    counted: Counter[str] = Counter()
    for row in DEMANDS:
        found = STRUCK.returns(row["name"], row["purpose"], row["issuer"])
        expected = [name for name in row["returns"].split("|") if name]
        if found is None:
            counted["missed" if expected else "left alone"] += 1
        else:
            counted["caught" if found.cancelled.named.name in expected else "wrong"] += 1
    assert counted["caught"] / (counted["caught"] + counted["wrong"]) >= 0.95, counted
    assert counted["caught"] / (counted["caught"] + counted["missed"]) >= 0.95, counted


def test_every_cancelled_certificate_is_caught_as_it_was_and_no_kept_one() -> None:
    demands = [(each, STRUCK.returns(*(lambda n: (n.name, n.purpose, n.issuer))(each.named))) for each in CANCELLED]
    assert [each.named.name for each, found in demands if found is None] == []
    assert [each.name for each in KEPT if STRUCK.returns(each.name, each.purpose, each.issuer)] == []


ONE = [Cancelled("c", Named("无房证明", "公租房申请", "自然资源和规划局"))]
COMMITTED = [Cancelled("c", Named("无房证明", "公租房申请", "自然资源和规划局"), committed=True)]


@pytest.mark.parametrize(
    ("name", "issuer", "how"),
    [
        ("无房证明", "自然资源和规划局", (How.AS_IT_WAS,)),
        ("无房证明", "", (How.AS_IT_WAS,)),
        ("名下无房产证明", "自然资源和规划局", (How.OTHER_NAME,)),
        ("无房情况说明", "自然资源和规划局", (How.OTHER_DRESS,)),
        ("无房证明", "村（社区）", (How.OTHER_ISSUER,)),
        ("无房情况说明", "村（社区）", (How.OTHER_DRESS, How.OTHER_ISSUER)),
        ("无房承诺书", "", (How.OTHER_DRESS, How.ONTO_APPLICANT)),
        ("无房情况说明", "本人", (How.OTHER_DRESS, How.ONTO_APPLICANT)),
        ("住房证明", "自然资源和规划局", None),
        ("家庭无房证明", "自然资源和规划局", None),
        ("无房申请表", "", None),
        ("不动产权证书", "", None),
        ("无房证明公证书", "公证处", None),
    ],
)  # fmt: skip
def test_in_which_way_it_is_back(name: str, issuer: str, how: tuple[How, ...] | None) -> None:
    found = returns(name, "公租房申请", issuer, ONE)
    assert (found.how if found else None) == how


def test_what_the_person_may_promise_is_no_return() -> None:
    assert returns("无房承诺书", "公租房申请", "", COMMITTED) is None
    assert returns("无房承诺书", "公租房申请", "本人", COMMITTED) is None
    assert returns("无房承诺书", "公租房申请", "村（社区）", COMMITTED) is not None


def test_kept_for_one_purpose_is_back_for_another() -> None:
    struck = Struck(ONE, [Named("无房证明（市外使用）", "市外申请住房补贴", "自然资源和规划局")])
    assert struck.returns("无房证明", "市外申请住房补贴", "自然资源和规划局") is None
    assert struck.returns("无房证明", "公租房申请", "自然资源和规划局") is not None


WORDS = st.sampled_from(
    [*(each.named.name for each in CANCELLED), "无房承诺书", "户口簿", "居住情况说明", "", "某某函"]
)


@given(WORDS, st.sampled_from(["", "入学", "公租房申请"]), st.sampled_from(["", "本人", "村（社区）", "法院"]))
def test_what_is_found_has_reasons_and_any_order_finds_it(name: str, purpose: str, issuer: str) -> None:
    found: Return | None = STRUCK.returns(name, purpose, issuer)
    assert found == Struck(CANCELLED[::-1], KEPT[::-1]).returns(name, purpose, issuer)
    if found:
        assert found.how
        assert len(found.reasons) >= len(found.how)
        assert 0.5 <= found.confidence <= 1


@given(WORDS, st.sampled_from(["", "村（社区）"]))
def test_nothing_comes_back_where_nothing_was_cancelled(name: str, issuer: str) -> None:
    assert returns(name, "", issuer, []) is None


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("低保", "最低生活保障", True),
        ("居住证办理", "居住证申领", True),
        ("投靠落户", "户籍立户、随迁", True),
        ("", "住房", True),
        ("申请低保", "申请临时救助", False),
        ("投靠落户", "提取住房公积金", False),
        ("别的用途", "住房", False),
    ],
)
def test_purposes_are_one_however_they_are_put(one: str, other: str, said: bool):
    assert same_purpose(one, other) is said and same_purpose(other, one) is said
