"""Which fact of the catalogue a certificate attests: a wrong suggestion misleads an officer more than none does."""

from __future__ import annotations

import re

import pytest

from mianzheng.catalogue.rules.city import Fact
from mianzheng.reform.rules.situations import Demand, Judged, grounds, situation_of
from tests.rules.certificates_attested import Figures, figures, tuned
from tests.rules.public_lists import city

BOUNDS = {
    # half: precision and coverage at least, strays at most, as reached and rounded
    "tuned": Figures(0.95, 0.72, 0.27),
    "held out": Figures(0.87, 0.55, 0.18),
}


@pytest.mark.parametrize("half", BOUNDS)
def test_the_fact_suggested_is_the_one_the_package_names(half: str) -> None:
    chosen = [one for one in city().certificates.values() if tuned(one) == (half == "tuned")]
    found, bound = figures(chosen), BOUNDS[half]
    assert found.precision >= bound.precision, found
    assert found.coverage >= bound.coverage, found
    assert found.stray <= bound.stray, found


KNOWN = grounds(city())


def told(name: str, purpose: str = "", demander: str = "") -> Judged:
    return situation_of(Demand(name, purpose, demander), KNOWN, {})


@pytest.mark.parametrize("fact", city().facts.values(), ids=lambda fact: fact.code)
def test_a_certificate_of_a_fact_is_of_no_other(fact: Fact) -> None:
    found = told(f"{re.sub('（.*）', '', fact.name.zh)}证明").fact
    assert found in ("", fact.code) or city().facts[found].item == fact.item


def test_most_facts_are_known_by_their_own_names() -> None:
    known = [fact for fact in city().facts.values() if told(f"{fact.name.zh}证明").fact == fact.code]
    assert len(known) >= 0.9 * len(city().facts)


@pytest.mark.parametrize(
    ("name", "purpose", "fact"),
    [
        ("住房证明", "公共租赁住房申请资格审核认定", "no-home"),  # the only fact about homes that the matter needs
        ("经营场所证明", "公司住所变更登记", "house-for-business"),
        ("经营场所证明", "机动车维修经营备案", "business-lease-registered"),
        ("收入证明", "机动车维修经营备案", ""),  # the matter needs nothing of the kind
        ("经营场所证明", "", ""),  # owned or leased, nobody can tell
        ("个人收入证明", "", ""),  # the fact is of the household
        ("单位参保证明", "", ""),  # the fact is of a person
        ("车辆停放场地证明", "", ""),
        ("财产被盗证明", "", ""),
        ("户口迁入证明", "", ""),
        ("无违法违规证明", "", ""),  # a house may be unlawful as well
        ("烟草零售许可证明", "", ""),  # the fact is that there is none
        ("非本市户籍证明", "", "not-local-household"),
        ("教师资格证明", "", ""),  # not that an examination was passed
        ("房屋租赁证明", "", ""),
        ("未使用住房公积金贷款证明", "", "no-fund-loan"),
    ],
)
def test_the_fact_of_a_certificate(name: str, purpose: str, fact: str) -> None:
    assert told(name, purpose).fact == fact


def test_why_it_is_this_fact_is_told_or_between_which_one_cannot_tell() -> None:
    def said(found: Judged) -> list[str]:
        return [reason.msgid for reason in found.reasons if {"fact", "one"} & reason.params.keys()]

    by_name, by_need, undecided = told("无房证明"), told("无房证明", "临时救助"), told("经营场所证明")
    assert said(by_name) != said(told("无房证明", "公共租赁住房申请资格审核认定"))
    assert not said(by_need)
    assert [len(said(each)) for each in (by_name, undecided)] == [1, 1]
    assert by_name.match is not None
    sure = next(reason.params["sure"] for reason in by_name.reasons if "sure" in reason.params)
    assert sure == round(100 * by_name.match.confidence)
