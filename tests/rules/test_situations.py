"""What is known of a certificate from its words and the catalogue, and how often that agrees with what places really did."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.catalogue.rules.package import read
from mianzheng.catalogue.rules.reforming import Reforming
from mianzheng.centre.rules.readiness import State
from mianzheng.reform.rules.classes import Class, propose
from mianzheng.reform.rules.situations import Demand, Judged, grounds, situation_of
from mianzheng.reform.rules.trips import trips_saved
from tests.rules.public_lists import WAYS, city, kept_accuracy, rows, way_accuracy
from tests.second_city.reading import CITY, FILES, changed

KNOWN = grounds(city())
READY = dict.fromkeys(city().items, State.READY)
COMMUNITY = "社区居委会"


def judged(*said: str, **more: str) -> Judged:
    """Return what is known of a certificate called, for, demanded by and made out by `said`."""
    name, purpose, demander, issuer = (*said, "", "", "")[:4]
    return situation_of(Demand(name, purpose, demander, issuer=issuer, **more), KNOWN, READY)


FLOORS = {
    # half: kept or gone, and the way, as reached on 2026-11-27 and rounded down
    "whole": (0.94, 0.76),
    "tuned": (0.98, 0.81),
    "held out": (0.90, 0.66),
}


@pytest.mark.parametrize("half", FLOORS)
def test_against_what_places_really_did(half: str) -> None:
    chosen = [row for row in rows() if half == "whole" or row.tuned == (half == "tuned")]
    kept, way = kept_accuracy(chosen), way_accuracy(chosen)
    assert kept >= FLOORS[half][0], f"{kept:.3f}"
    assert way >= FLOORS[half][1], f"{way:.3f}"
    assert any(row.was in WAYS for row in chosen)


@pytest.mark.parametrize(
    ("name", "purpose", "item", "fact"),
    [
        ("名下无房产证明", "", "real_estate", "no-home"),
        ("单身证明", "", "marriage", "not-married"),
        ("尚健在证明", "", "death_cancellation", "alive"),
        ("无工作单位证明", "", "employment", "not-employed"),
        ("收入证明", "", "family_economy", "income-at-most"),
        ("危房证明", "", "homes_found_unsafe", ""),
        ("养犬情况证明", "", "registered_dogs", ""),
        ("不动产继承所需亲属关系证明", "继承不动产", "parent_child", ""),
        ("毫不相干的证明", "", "", ""),
    ],
)
def test_the_register_that_speaks_of_it(name: str, purpose: str, item: str, fact: str) -> None:
    found = judged(name, purpose)
    assert (found.match.item.code if found.match else "") == item
    assert found.fact == fact


def test_what_is_applied_for_proves_nothing_of_itself() -> None:
    found = judged("危险化学品经营许可证变更核发材料", "危险化学品经营许可变更", "应急管理局", "经营者")
    assert found.match is None
    assert found.situation.barred is not None
    assert found.situation.basis is not None, "the article that asks for the conditions of the licence"
    assert propose(found.situation).disposal is Disposal.RETAINED


@pytest.mark.parametrize(
    ("said", "disposal"),
    [
        (
            ("婚姻状况证明", "", "", "派出所"),
            Disposal.EXISTING_DOCUMENT,
        ),  # not the police's to know, and a licence shows it
        (("解除劳动关系证明", "申领补贴", "", "企业"), Disposal.EXISTING_DOCUMENT),  # the agreement shows it
        (("无房证明", "公租房申请", "建设局", COMMUNITY), Disposal.DATA_SHARING),
        (("无房证明", "", "", COMMUNITY), Disposal.DEPARTMENT_CHECK),  # nobody named, so nobody can be given a grant
        (("户籍分户证明", "户籍分户", "派出所", COMMUNITY), Disposal.DEPARTMENT_CHECK),  # its own register
        (("财产状况证明", "申请临时救助", "民政局", ""), Disposal.COMMITMENT),  # only oneself can say
        (("结婚证明", "减征契税", "税务局", ""), Disposal.EXISTING_DOCUMENT),
        (("无房证明", "减征契税", "税务局", ""), Disposal.COMMITMENT),  # a vertical organ has no grant
        (("无房证明", "贷款", "工商银行", ""), Disposal.COMMITMENT),
        (("毫不相干的证明", "某事", "", ""), Disposal.CANCEL),
        (("居住证明", "", "", COMMUNITY), Disposal.RETAINED),  # a village knows it, nobody here wants it
        (("婚姻状况证明", "", "", COMMUNITY), Disposal.EXISTING_DOCUMENT),
        (("完税证明", "", "", "税务局"), Disposal.RETAINED),
        (("无犯罪记录证明", "出国定居", "", "派出所"), Disposal.RETAINED),
        (("征兵政治考核证明", "", "", COMMUNITY), Disposal.RETAINED),
        (("无犯罪记录证明", "用工", "外地单位", ""), Disposal.RETAINED),
        (("《出生医学证明》首次签发", "", "", "卫健局"), Disposal.RETAINED),  # no certificate at all
    ],
)
def test_what_is_proposed(said: tuple[str, ...], disposal: Disposal) -> None:
    found = judged(*said)
    assert propose(found.situation).disposal is disposal, found


def test_a_village_cannot_verify_what_it_does_not_see() -> None:
    assert judged("无犯罪记录证明", "", "", COMMUNITY).situation.verifiable is False
    assert judged("宅基地证明", "", "", COMMUNITY).situation.verifiable is True
    classes = {each for each, _ in propose(judged("无犯罪记录证明", "应聘", "", COMMUNITY).situation).classes}
    assert Class.CANNOT_VERIFY in classes


def test_an_item_that_is_not_ready_is_missing_and_a_grant_lets_a_bank_ask() -> None:
    demand = Demand("无房证明", "贷款", "中国工商银行义乌分行")
    stale = situation_of(Demand("无房证明", "公租房申请", "建设局"), KNOWN, READY | {"real_estate": State.STALE})
    assert propose(stale.situation).disposal is Disposal.DEPARTMENT_CHECK
    assert propose(stale.situation).missing
    (bank,) = KNOWN.directory.offices(demand.demander)
    granted = situation_of(demand, KNOWN, READY, granted={bank.code: {"no-home"}})
    assert propose(granted.situation).disposal is Disposal.DATA_SHARING
    for_another = situation_of(demand, KNOWN, READY, granted={bank.code: {"married"}})
    assert propose(for_another.situation).disposal is not Disposal.DATA_SHARING


def test_a_claimed_basis_that_holds_is_told_with_its_clause() -> None:
    found = judged("经济困难证明", "申请法律援助", "司法局", basis="《浙江省法律援助条例》第十五条")
    assert found.situation.basis is not None
    assert found.situation.basis.accepted
    assert any("clause" in reason.params for reason in found.reasons)
    foreign = judged("经济困难证明", "申请法律援助", "司法局", basis="《江苏省法律援助条例》第十五条")
    assert not foreign.situation.here


def test_trips_are_the_policy_times_the_volume() -> None:
    told = Reforming(trips={"town": 1, "outside": 2})
    assert trips_saved(300, "outside", Disposal.DATA_SHARING, told) == 600
    assert trips_saved(300, "town", Disposal.CANCEL, told) == 300
    assert trips_saved(300, "city", Disposal.CANCEL, told) == 0
    assert trips_saved(300, "town", Disposal.RETAINED, told) == 0
    with pytest.raises(ValueError, match="-1"):
        trips_saved(-1, "town", Disposal.CANCEL, told)


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("everybody: no", "everybody: maybe", "'everybody' is 'maybe'"),
        ("issuer: civil", "issuer: nobody", "there is no such department"),
        ("name_en: works card, ", "", "English must be complete"),
        ("town: 1", "town: one", "a whole number is expected"),
        ("town: 1", "moon: 1", "'moon' is not known here"),
        ("why_en: public safety is concerned, ", "", "English must be complete"),
        ("village: {knows: 居住}", "village: 居住", "'village' is no mapping"),
    ],
)
def test_a_wrong_line_of_the_grounds_is_named(old: str, new: str, part: str) -> None:
    found, problems = read(changed("reform.yaml", old, new))
    assert found is None
    assert any(p.file == "reform.yaml" and p.line and part in p.message for p in problems), problems


def test_a_package_may_have_no_grounds() -> None:
    found, problems = read({name: text for name, text in FILES.items() if name != "reform.yaml"})
    assert found is not None, problems
    assert found.reforming == Reforming()
    assert CITY.reforming.documents[0].shows == ("就业",)


TEXT = st.text(alphabet="无有未婚姻房收入居住户口证明材料义乌市公安局村社区银行外地（）《》第十条法 ", max_size=12)


@given(st.builds(Demand, name=TEXT, purpose=TEXT, demander=TEXT, issuer=TEXT, basis=TEXT))
def test_anything_an_office_writes_is_judged(demand: Demand) -> None:
    found = situation_of(demand, KNOWN, READY)
    proposal = propose(found.situation)
    if proposal.disposal is Disposal.COMMITMENT:
        assert found.situation.barred is None
    if found.match is not None:
        assert 0 < found.match.confidence <= 1
    again = situation_of(demand, KNOWN, {})
    assert propose(again.situation).disposal is not Disposal.DATA_SHARING
