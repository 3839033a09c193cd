"""Rules of keeping certificates and of new demands: what may be kept, what a wish has to say, what speaks against it."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from mianzheng.catalogue.rules.editing import applied, rows_of
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import Reason
from mianzheng.common.texts import Text
from mianzheng.reform.rules.batches import Listed
from mianzheng.reform.rules.classes import Class, Proposal
from mianzheng.reform.rules.grouping import Named
from mianzheng.reform.rules.judging import Standing
from mianzheng.reform.rules.keeping import WISHED, check_keep, check_review, removal, reopening, retention
from mianzheng.reform.rules.returning import Cancelled, How, Return
from mianzheng.reform.rules.states import Stage
from mianzheng.reform.rules.wishes import Asked, Found, check_allow, check_wish, kind_of, level_of, reasons_against
from tests.second_city.reading import CITY, FILES

BY_LAW = Standing(Stage.DECIDED, "retained", outside=False, by_law=True)
OUTSIDE = replace(BY_LAW, outside=True, by_law=False)
NEITHER = replace(BY_LAW, by_law=False)
BASIS = {
    "basis_law": "石桥出境条例",
    "basis_law_en": "Exit",
    "basis_article": "第二条",
    "basis_force": "local_regulation",
    "basis_source": "x",
}
PAPER = Listed(
    "exit",
    Text("工作证明"),
    Text("出境"),
    "civil",
    "organ",
    "city",
    "",
    "outside",
    "works",
    Disposal.RETAINED,
    "civil",
    5,
    BASIS,
)


@pytest.mark.parametrize(
    ("paper", "standing", "fits"),
    [
        (PAPER, BY_LAW, True),
        (PAPER, NEITHER, False),
        (replace(PAPER, basis={}), BY_LAW, False),
        (replace(PAPER, basis={}), OUTSIDE, True),
        (replace(PAPER, demander=""), OUTSIDE, False),
        (replace(PAPER, issuer_level="city"), BY_LAW, False),
        (replace(PAPER, code="work-paper"), BY_LAW, False),
        (replace(PAPER, code="abroad-paper"), BY_LAW, True),
    ],
)
def test_what_may_be_kept(paper: Listed, standing: Standing, fits: bool):
    if fits:
        check_keep(CITY, paper, standing)
    else:
        with pytest.raises(Refusal) as refused:
            check_keep(CITY, paper, standing)
        assert refused.value.now


def test_keeping_reopening_and_taking_off_change_one_row():
    made = applied(FILES, retention(FILES, CITY, [PAPER], outside=frozenset({"exit"})))
    row = rows_of(made["certificates.csv"])["exit"]
    assert (row["kind"], row["disposal"], row["batch"], row["demander_kind"]) == ("retained", "retained", "", "outside")
    assert row["basis_law"] == "石桥出境条例"
    again = applied(FILES, reopening(FILES, CITY.certificates["abroad-paper"]))
    row = rows_of(again["certificates.csv"])["abroad-paper"]
    assert (row["kind"], row["disposal"]) == ("government", "asked") and row["basis_law"] == "石桥出境条例"
    assert set(rows_of(applied(made, removal(["exit"]))["certificates.csv"])) == set(CITY.certificates)


def test_a_review_keeps_only_with_a_reason_and_only_what_may_be_kept():
    assert check_review(" 还 在 ", keep=True, code="exit", standing=BY_LAW) == "还 在"
    assert check_review("不用了", keep=False, code=f"{WISHED}1", standing=NEITHER) == "不用了"
    for why, code, standing in ((" ", "exit", BY_LAW), ("x", "exit", NEITHER), ("x", f"{WISHED}1", BY_LAW)):
        with pytest.raises(Refusal):
            check_review(why, keep=True, code=code, standing=standing)


WISH = Asked("工作证明", "出境", "employer", "条例要求", "石桥出境条例第二条", "没有登记")


def test_a_wish_says_everything_shortly_and_names_nobody():
    assert check_wish(CITY, replace(WISH, name=" 工作  证明 ")).name == "工作 证明"
    for field, text in [("issuer", "nowhere"), ("name", "证" * 61), ("necessity", "问张三 13800138000"), ("basis", "")]:
        with pytest.raises(Refusal) as refused:
            check_wish(CITY, replace(WISH, **{field: text}))
        assert refused.value.field == field


def test_only_a_law_allows_and_only_for_a_time():
    today = datetime.date(2026, 3, 2)
    day = today + datetime.timedelta(days=10)
    assert check_allow(by_law=True, until=day, today=today, most_days=10) == day
    for by_law, until, most in ((False, day, 10), (True, None, 10), (True, today, 10), (True, day, 9)):
        with pytest.raises(Refusal):
            check_allow(by_law=by_law, until=until, today=today, most_days=most)


def test_what_speaks_against_a_wish():
    why = Reason("数据平台能核验")
    proposal = Proposal(((Class.DATA, why),), Disposal.DATA_SHARING, why)
    back = Return(Cancelled("work-paper", Named("务工证明")), (How.OTHER_NAME,), (Reason("换了名称"),), 0.9)
    assert [each.msgid for each in reasons_against(Found(None, proposal, True))] == ["数据平台能核验"]
    against = [each.msgid for each in reasons_against(Found(back, proposal, False))]
    assert against[0] == "换了名称" and "没有法律" in against[1] and against[2] == "数据平台能核验"
    assert Found(back, proposal, False).comes_back
    assert not Found(back, proposal, True).comes_back and not Found(None, proposal, False).comes_back


def test_sides_by_code():
    assert [kind_of(CITY, each) for each in ("homes", "water", "lender")] == ["organ", "public_body", "finance"]
    assert [level_of(CITY, each) for each in ("homes", "town", "community", "employer")] == [
        "city",
        "town",
        "community",
        "outside",
    ]
