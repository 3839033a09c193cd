"""What a claimed basis is: its force, whether it is in force and counts here, and what its article says."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.catalogue.adapters.folder import files_of
from mianzheng.catalogue.rules.certificates import ACCEPTED
from mianzheng.catalogue.rules.package import read
from mianzheng.reform.rules.statutes import bases, lawbook, mentions, strongest, told
from tests.second_city.reading import CITY, FILES, changed

YIWU, _ = read(files_of(Path(__file__).parents[2] / "cities" / "yiwu"))
assert YIWU is not None
BOOK = lawbook(YIWU)

LAW, REGULATION, LOCAL, RULE, DOCUMENT = (
    "law", "administrative_regulation", "local_regulation", "departmental_rule", "normative_document",
)  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "law", "force", "holds"),
    [
        ("《社会保险法》第十六条第二款", "社会保险法", LAW, True),
        ("户口登记条例第十七条", "户口登记条例", LAW, True),  # a law in spite of its title
        ("《税收征管法》第二十五条", "税收征收管理法", LAW, True),  # named for short
        ("《税收征收管理法》;实施细则第三十二条", "税收征收管理法", LAW, True),
        ("《城市居民最低生活保障条例》第七条", "城市居民最低生活保障条例", REGULATION, True),  # 城市 is no city
        ("《市场主体登记管理条例》第十六条", "市场主体登记管理条例", REGULATION, True),
        ("《市场主体登记管理条例实施细则》第四十六条", "市场主体登记管理条例实施细则", RULE, False),
        ("《某某许可证管理办法》(安监总局令第55号)第十四条", "某某许可证管理办法", RULE, False),
        ("《某某管理办法》（国务院令第300号）", "某某管理办法", REGULATION, True),
        ("《国务院关于取消一批证明的决定》（国发〔2018〕5号）", "国务院关于取消一批证明的决定", "state_council_decision", True),
        ("民发〔2020〕20号", "民发〔2020〕20号", DOCUMENT, False),
        ("《关于做好某事的通知》", "关于做好某事的通知", DOCUMENT, False),
        ("《浙江省法律援助条例》第十五条", "浙江省法律援助条例", LOCAL, True),
        ("《浙江省实施〈中华人民共和国档案法〉办法》第三条", "浙江省实施《档案法》办法", LOCAL, True),
        ("《金华市某某条例》", "金华市某某条例", LOCAL, True),
        ("《杭州市物业管理条例》第三条", "杭州市物业管理条例", LOCAL, False),
        ("《江苏省某某条例》第三条", "江苏省某某条例", LOCAL, False),
        ("《浙江省某某管理办法》", "浙江省某某管理办法", RULE, False),
        ("《婚姻法》第三条", "婚姻法", LAW, False),
        ("《公司登记管理条例》（2016年修订）第二十九条", "公司登记管理条例", REGULATION, False),
        ("财税〔2016〕23号；《社会保险法》第十六条", "社会保险法", LAW, True),  # what holds goes first
    ],
)  # fmt: skip
def test_what_a_basis_is(cell: str, law: str, force: str, holds: bool) -> None:
    first = bases(cell, BOOK)[0]
    assert (first.law, first.force, first.holds) == (law, force, holds)
    assert holds or list(told(first)), "what does not hold is told why"


def test_the_clause_is_shown_and_a_repeal_names_its_article() -> None:
    (basis,) = bases("《公司登记管理条例》第二十九条", BOOK)
    assert basis.repeal is not None
    assert (basis.repeal.day, basis.repeal.by) == (datetime.date(2022, 3, 1), "市场主体登记管理条例第五十五条")
    said = [reason.params.get("clause", "") for reason in told(basis)]
    assert any("住所使用证明" in str(clause) for clause in said)


def test_a_statute_that_demands_it_for_this_purpose_is_a_basis_and_for_another_is_none() -> None:
    basis, reasons = strongest("", "死亡证明", "办理火化手续", BOOK)
    assert basis is not None
    assert (basis.law, basis.cited.article, basis.holds) == ("殡葬管理条例", "第十三条", True)
    assert reasons
    other, hints = strongest("", "死亡证明", "处理银行账户", BOOK)
    assert other is None
    assert hints, "that other statutes mention it is shown all the same"
    assert strongest("", "死亡证明", "", BOOK)[0] is None, "without a purpose nothing is demanded"


def test_a_claim_that_does_not_hold_stays_and_gives_way_to_a_statute() -> None:
    basis, reasons = strongest("民发〔2020〕20号", "无房证明", "", BOOK)
    assert basis is not None
    assert not basis.holds
    assert reasons[0].params == {"law": "民发〔2020〕20号"}
    basis, _ = strongest("民发〔2020〕20号", "死亡证明", "办理火化手续", BOOK)
    assert basis is not None
    assert basis.holds


def test_a_repealed_law_demands_nothing_of_itself() -> None:
    assert all(not mention.fits for mention in mentions("经营场所证明", "个体工商户登记", BOOK) if mention.statute.law == "个体工商户条例")  # fmt: skip


def test_another_city_has_its_own_texts() -> None:
    book = lawbook(CITY)
    (basis,) = bases("《石桥出境条例》第二条", book)
    assert basis.holds
    assert basis.named[0].name == "工作证明"
    (gone,) = bases("石桥住房办法", book)
    assert gone.repeal is not None
    (foreign,) = bases("《浙江省法律援助条例》第十五条", book)
    assert not foreign.here


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "part"),
    [
        ("statutes.csv", "local_regulation", "custom", 2, "'force' is 'custom'"),
        ("statutes.csv", "2015-03-01", "March", 2, "a date such as"),
        ("statutes.csv", "第二条,工作证明", ",工作证明", 2, "'article' is empty"),
        ("statutes.csv", ",modelled", ",", 2, "'source' is empty"),
        ("repealed.csv", "2018-01-01", "", 2, "a date such as"),
        ("repealed.csv", "law,repealed", "law,gone", 1, "lacks: repealed"),
    ],
)
def test_a_wrong_row_is_named(file: str, old: str, new: str, line: int, part: str) -> None:
    city, problems = read(changed(file, old, new))
    assert city is None
    assert any((p.file, p.line) == (file, line) and part in p.message for p in problems), problems


def test_a_package_needs_no_texts() -> None:
    city, problems = read({name: text for name, text in FILES.items() if name not in ("statutes.csv", "repealed.csv")})
    assert city is not None, problems
    assert not city.laws.statutes


@given(st.text(alphabet="《》第十六条款法条例办法省市县（）〔〕2020号令国务院江浙、；", max_size=30))
def test_only_what_is_accepted_in_force_and_here_holds(cell: str) -> None:
    for basis in bases(cell, BOOK):
        assert basis.holds == (basis.force in ACCEPTED and basis.here and basis.repeal is None)
        assert basis.claimed.accepted or not basis.holds
