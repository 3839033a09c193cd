"""Candidates on PostgreSQL: made when a group is confirmed, kept up to date with the lists, never behind a decision's back."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from mianzheng.common.errors import Refusal
from mianzheng.reform.actions import candidates, grouping
from mianzheng.reform.models import Act, Candidate, Group, Report
from mianzheng.reform.rules.states import Side, Stage
from tests.reformed import REFORMER, listing, replaced
from tests.second_city.life import NOW
from tests.second_city.reading import CITY

BY: dict[str, Any] = {"actor": REFORMER, "now": NOW}
HERE: dict[str, Any] = {"city": CITY, **BY}
PRIME: dict[str, Any] = {
    "name": "住房证明",
    "purpose": "落户",
    "volume": 30,
    "issuer": "社区",
    "issuer_code": "community",
}


def confirmed() -> None:
    grouping.regroup(**BY)
    grouping.confirm_sure(least=0, **HERE)


def the_only() -> Candidate:
    return Candidate.objects.get()


def test_one_for_each_demander_and_purpose_named_as_people_were_asked(town):
    listing(PRIME, PRIME | {"volume": 12, "name_en": "Housing", "basis": "住房条例"}, PRIME | {"purpose": "入学"})
    listing({"name": "住房情况证明", "purpose": "贷款"}, office="bank", demander_kind="finance")
    listing({"name": "住房证明"}, office="somewhere", side=Side.ELSEWHERE)
    confirmed()
    assert Group.objects.count() == 1
    found = {(c.demander, c.purpose): c for c in Candidate.objects.all()}
    assert set(found) == {("homes", "落户"), ("homes", "入学"), ("bank", "贷款")}
    one = found["homes", "落户"]
    assert (one.name, one.name_en, one.volume, one.volume_from, one.basis) == (
        "住房证明",
        "Housing",
        42,
        "demand",
        "住房条例",
    )
    assert (one.issuer, one.issuer_said, one.stage) == ("community", "社区", Stage.FOUND)
    assert found["bank", "贷款"].name == "住房情况证明" and found["bank", "贷款"].demander_kind == "finance"
    codes = sorted(Candidate.objects.values_list("code", flat=True))
    assert codes == ["zhu-fang-qing-kuang-zheng-ming", "zhu-fang-zheng-ming", "zhu-fang-zheng-ming-2"]


def test_what_was_counted_where_it_is_issued_is_shared_out(town):
    listing(PRIME | {"volume": None}, PRIME | {"purpose": "入学", "volume": None}, PRIME | {"purpose": "贷款"})
    own = {"name": "住房证明", "demander_code": "homes", "volume": 101, "issuer_code": "community"}
    listing(own, {"name": "住房证明", "demander_code": "civil", "volume": 7}, office="civil", side=Side.ISSUE)
    confirmed()
    found = {c.purpose: (c.volume, c.volume_from) for c in Candidate.objects.all()}
    assert found == {"入学": (51, "issue"), "落户": (50, "issue"), "贷款": (30, "demand")}


def test_the_same_list_again_changes_nothing_and_another_only_what_it_says(town):
    first = listing(PRIME)
    confirmed()
    before = Candidate.objects.values().get()
    second = replaced(first, PRIME)
    grouping.regroup(**BY)
    assert Candidate.objects.values().get() == before
    replaced(second, PRIME | {"volume": 31, "basis": "住房条例"})
    grouping.regroup(**BY)
    assert Candidate.objects.values().get() == before | {"volume": 31, "basis": "住房条例"}
    assert not Act.objects.exists()


def test_what_no_list_names_any_more_is_dropped_or_marked_once_decided(town):
    first = listing(PRIME)
    confirmed()
    second = replaced(first, "收入证明")
    grouping.regroup(**BY)
    assert (the_only().stage, the_only().unlisted) == (Stage.DROPPED, True)
    third = replaced(second, PRIME)
    grouping.regroup(**BY)
    assert (the_only().stage, the_only().unlisted) == (Stage.FOUND, False)
    assert list(Act.objects.order_by("id").values_list("kind", flat=True)) == ["vanished", "found_again"]
    Candidate.objects.update(
        stage=Stage.AGREED, disposal="cancel", decided_at=timezone.now(), decided_by="x", basis="旧依据"
    )
    fourth = replaced(third, "收入证明")
    grouping.regroup(**BY)
    assert (the_only().stage, the_only().unlisted) == (Stage.AGREED, True)
    replaced(fourth, PRIME | {"basis": "新依据"})
    grouping.regroup(**BY)
    assert (the_only().stage, the_only().unlisted, the_only().basis) == (Stage.AGREED, False, "旧依据")


def test_what_a_person_dropped_stays_dropped(town):
    first = listing(PRIME)
    confirmed()
    Candidate.objects.update(stage=Stage.DROPPED)
    replaced(first, PRIME)
    grouping.regroup(**BY)
    confirmed()
    assert (the_only().stage, the_only().unlisted) == (Stage.DROPPED, False)


def test_the_public_list_lends_its_code_and_what_it_cancelled_is_made_no_more(town):
    paper = {"name": "境外用工作证明", "demander_code": "civil", "purpose": "出境"}
    gone = {"name": "务工证明", "demander_code": "homes", "purpose": "住房"}
    listing(paper, gone, gone | {"purpose": "别的用途"}, gone | {"demander_code": "civil"})
    confirmed()
    assert set(Candidate.objects.values_list("code", "demander", "purpose")) == {
        ("abroad-paper", "civil", "出境"),
        ("wu-gong-zheng-ming", "civil", "住房"),
        ("wu-gong-zheng-ming-2", "homes", "别的用途"),
    }


def test_a_cancelled_one_that_comes_back_to_its_demander_is_no_new_certificate(town):
    gone = {"name": "务工情况证明", "demander_code": "homes"}
    listing(
        gone | {"purpose": "住房保障"},
        gone | {"purpose": ""},
        gone | {"purpose": "收养子女"},  # for something else
        gone | {"purpose": "住房", "demander_code": "bank"},
        {"name": "收入证明", "demander_code": "homes", "purpose": "住房"},  # another paper
    )
    confirmed()
    assert set(Candidate.objects.values_list("name", "demander", "purpose")) == {
        ("务工情况证明", "homes", "收养子女"),
        ("务工情况证明", "bank", "住房"),
        ("收入证明", "homes", "住房"),
    }


def test_issued_but_demanded_by_nobody_is_a_candidate_only_when_a_person_says_so(town):
    listing(
        {"name": "住房证明", "demander": "供电公司", "purpose": "过户", "volume": 9}, office="civil", side=Side.ISSUE
    )
    listing({"name": "收入证明", "demander": ""}, office="civil", side=Side.ISSUE)
    grouping.regroup(**BY)
    homes, income = (Group.objects.get(name=name).id for name in ("住房证明", "收入证明"))
    with pytest.raises(Refusal, match="还没有人确认"):
        candidates.make_of_issued(group=homes, **HERE)
    confirmed()
    assert not Candidate.objects.exists()
    candidates.make_of_issued(group=homes, **HERE)
    candidates.make_of_issued(group=homes, **HERE)
    assert (the_only().demander_said, the_only().volume, the_only().volume_from) == ("供电公司", 9, "issue")
    grouping.regroup(**BY)
    assert the_only().stage == Stage.FOUND
    with pytest.raises(Refusal, match="开给谁用"):
        candidates.make_of_issued(group=income, **HERE)


def test_rows_of_an_office_that_does_not_name_itself_are_its_own(town):
    listing(PRIME | {"demander": "", "demander_code": ""})
    confirmed()
    assert the_only().demander == "homes"


def test_a_list_put_aside_takes_its_candidates_with_it(town):
    listing(PRIME)
    listing(PRIME, office="civil")
    confirmed()
    Report.objects.filter(office="civil").update(stage="left")
    grouping.regroup(**BY)
    assert dict(Candidate.objects.values_list("demander", "stage")) == {"homes": "found", "civil": "dropped"}
