"""Groups on PostgreSQL: what nobody said is made anew with every list, what somebody said stays."""

from __future__ import annotations

import random
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mianzheng.common.errors import NotFound, Refusal
from mianzheng.reform.actions import grouping
from mianzheng.reform.models import Candidate, Group, Row
from mianzheng.reform.rules.states import ReportStage, Side, Stage
from tests.reformed import REFORMER, listing, replaced
from tests.second_city.life import NOW
from tests.second_city.reading import CITY

BY: dict[str, Any] = {"actor": REFORMER, "now": NOW}
HERE: dict[str, Any] = {"city": CITY, **BY}


def regroup() -> grouping.Regrouped:
    return grouping.regroup(**BY)


def group_of(name: str) -> Group:
    """Return the group in which the newest row of this name is."""
    row = Row.objects.filter(name=name, report__stage=ReportStage.TAKEN).order_by("-id")[0]
    assert row.group is not None
    return row.group


def together() -> set[frozenset[str]]:
    """Return which names are in a group together."""
    names: dict[uuid.UUID | None, set[str]] = {}
    for group, name in Row.objects.filter(report__stage=ReportStage.TAKEN).values_list("group", "name"):
        names.setdefault(group, set()).add(name)
    assert None not in names
    return {frozenset(each) for each in names.values()}


def settled() -> None:
    """Hold what must always hold: every row that counts is in one group, no group is empty, sure ones say so."""
    assert not Row.objects.filter(report__stage=ReportStage.TAKEN, group=None).exists()
    assert not Group.objects.filter(rows=None, confirmed_at=None).exists()
    for group in Group.objects.prefetch_related("rows"):
        open_ = [row.likeness for row in group.rows.all() if not row.placed]
        assert group.confidence <= min(open_, default=1.0)


def test_rows_that_are_one_paper_are_grouped_with_reasons(town):
    listing("无犯罪记录证明", "无违法犯罪记录证明", "婚姻状况证明")
    listing("无犯罪记录证明", office="civil", side=Side.ISSUE)
    found = regroup()
    assert together() == {frozenset({"无犯罪记录证明", "无违法犯罪记录证明"}), frozenset({"婚姻状况证明"})}
    assert (found.rows, found.groups, found.joined) == (4, 2, 0)
    group = group_of("无违法犯罪记录证明")
    other = group.rows.get(name="无违法犯罪记录证明")
    assert group.name == "无犯罪记录证明" and group.confidence == other.likeness < 1
    assert other.alike[0]["msgid"]


def test_again_changes_nothing(town):
    listing("无犯罪记录证明", "无违法犯罪记录证明", "婚姻状况证明")
    regroup()
    before = set(Row.objects.values_list("id", "group", "likeness")), set(Group.objects.values_list())
    regroup()
    assert before == (set(Row.objects.values_list("id", "group", "likeness")), set(Group.objects.values_list()))


def test_lists_not_taken_or_replaced_count_for_nothing(town):
    old = listing("住房证明")
    listing("收入证明", stage=ReportStage.READ)
    regroup()
    replaced(old, "无房证明")
    regroup()
    assert together() == {frozenset({"无房证明"})}
    assert Group.objects.count() == 1


def test_what_is_no_certificate_is_grouped_by_itself(town):
    listing("医师执业证书", paper="licence")
    listing("个人简历", paper="form")
    listing("有关材料", paper="unclear")
    listing("收入证明")
    regroup()
    assert dict(Group.objects.values_list("name", "paper")) == {
        "医师执业证书": "licence",
        "个人简历": "form",
        "有关材料": "unclear",
        "收入证明": "certificate",
    }
    with pytest.raises(Refusal, match="还看不出"):
        grouping.confirm(groups=[group_of("有关材料").id], **HERE)
    assert grouping.confirm_sure(least=0.9, **HERE) == 3
    assert [c.name for c in Candidate.objects.all()] == ["收入证明"]
    grouping.say_what(group=group_of("有关材料").id, paper="certificate", **HERE)
    grouping.say_what(group=group_of("收入证明").id, paper="form", **HERE)
    regroup()
    assert group_of("有关材料").paper == "certificate" and group_of("收入证明").paper == "form"
    assert Candidate.objects.get().stage == Stage.DROPPED
    grouping.say_what(group=group_of("收入证明").id, paper="certificate", **HERE)
    assert Candidate.objects.get().stage == Stage.FOUND
    with pytest.raises(Refusal, match="请选择"):
        grouping.say_what(group=group_of("收入证明").id, paper="unclear", **HERE)


def test_a_confirmed_group_keeps_its_rows_and_takes_in_new_ones_to_be_confirmed(town):
    first = listing("无犯罪记录证明")
    regroup()
    grouping.confirm(groups=[group_of("无犯罪记录证明").id], **HERE)
    listing("无违法犯罪记录证明", "无犯罪记录证明", office="civil")
    assert regroup().joined == 2
    group = group_of("无犯罪记录证明")
    assert group == group_of("无违法犯罪记录证明") and group.confirmed_at
    assert list(group.rows.order_by("id").values_list("placed", flat=True)) == [True, False, False]
    assert group.confidence < 1 and Candidate.objects.count() == 1
    assert grouping.confirm_sure(least=0.99, **HERE) == 0
    assert grouping.confirm_sure(least=0.5, **HERE) == 1
    group.refresh_from_db()
    assert group.confidence == 1 and not group.rows.filter(placed=False).exists()
    assert set(Candidate.objects.values_list("demander", flat=True)) == {"homes", "civil"}
    # the same office sends the same once more: nobody has to look again
    replaced(first, "无犯罪记录证明", {"name": "住房证明", "purpose": "落户"})
    regroup()
    assert group_of("无犯罪记录证明") == group and group_of("住房证明") != group
    assert Row.objects.get(report__stage=ReportStage.TAKEN, report__office="homes", name="无犯罪记录证明").placed
    assert grouping.confirm_sure(least=0.9, **HERE) == 1


def test_what_was_split_stays_apart_and_what_was_joined_together(town):
    listing("无犯罪记录证明", "无违法犯罪记录证明", "养犬证明", "住房证明")
    regroup()
    row = Row.objects.get(name="无违法犯罪记录证明")
    new = grouping.split(group=group_of("无犯罪记录证明").id, rows=[row.id], **HERE)
    grouping.join(groups=[group_of("养犬证明").id, group_of("住房证明").id], **HERE)
    apart = {
        frozenset({"无犯罪记录证明"}),
        frozenset({"无违法犯罪记录证明"}),
        frozenset({"养犬证明", "住房证明"}),
    }
    for _ in range(2):
        assert together() == apart
        settled()
        regroup()
    # the next lists go where people put the names
    listing("无违法犯罪记录证明", "住房证明", office="civil")
    regroup()
    assert together() == apart
    assert group_of("无违法犯罪记录证明").id == new
    assert not Candidate.objects.exists()


def test_a_confirmed_group_split_or_joined_has_the_candidates_of_its_rows(town):
    listing("无犯罪记录证明", {"name": "无违法犯罪记录证明", "purpose": "应聘"})
    listing("养犬证明", office="civil")
    regroup()
    grouping.confirm(groups=[group_of("无犯罪记录证明").id], **HERE)
    before = dict(Candidate.objects.values_list("purpose", "id"))
    assert set(before) == {"", "应聘"}
    row = Row.objects.get(purpose="应聘")
    new = grouping.split(group=row.group_id, rows=[row.id], **HERE)
    assert dict(Candidate.objects.values_list("purpose", "id")) == before
    assert Candidate.objects.get(purpose="应聘").group_id == new
    grouping.join(groups=[group_of("养犬证明").id, new], **HERE)
    assert group_of("养犬证明").confirmed_at
    assert set(Candidate.objects.values_list("demander", "purpose", "group__name")) == {
        ("homes", "", "无犯罪记录证明"),
        ("homes", "应聘", "养犬证明"),
        ("civil", "", "养犬证明"),
    }


def test_the_name_a_person_chose_stays(town):
    listing("无犯罪记录证明", "无违法犯罪记录证明")
    regroup()
    group = group_of("无犯罪记录证明")
    grouping.rename(group=group.id, name=" 无犯罪证明 ", **BY)
    listing("无犯罪证明", office="civil")
    regroup()
    assert together() == {frozenset({"无犯罪记录证明", "无违法犯罪记录证明", "无犯罪证明"})}
    assert group_of("无犯罪证明").name == "无犯罪证明"
    with pytest.raises(Refusal, match="名称要有"):
        grouping.rename(group=group.id, name=" ", **BY)


def test_what_cannot_be_done_is_refused_in_words_and_changes_nothing(town):
    listing("无犯罪记录证明", "无违法犯罪记录证明")
    regroup()
    group = group_of("无犯罪记录证明").id
    every = list(Row.objects.values_list("id", flat=True))
    for rows in ([], every, [uuid.uuid4()]):
        with pytest.raises(Refusal, match="没有分开"):
            grouping.split(group=group, rows=rows, **HERE)
    with pytest.raises(Refusal, match="没有合并"):
        grouping.join(groups=[group, group], **HERE)
    for act in (
        lambda: grouping.confirm(groups=[uuid.uuid4()], **HERE),
        lambda: grouping.join(groups=[group, uuid.uuid4()], **HERE),
        lambda: grouping.rename(group=uuid.uuid4(), name="证明", **BY),
    ):
        with pytest.raises(NotFound, match="不在了"):
            act()
    settled()


NAMES = (
    "无犯罪记录证明 无违法犯罪记录证明 婚姻状况证明 婚姻证明 单身证明 住房证明 无房证明 收入证明 工资收入证明 健在证明 生存证明 在读证明 学籍证明 死亡证明 居住证明"
).split()


@pytest.mark.parametrize("seed", range(8))
def test_whatever_people_do_every_row_is_in_one_group_and_their_word_holds(town, seed):
    dice = random.Random(seed)
    lists = [listing(*dice.choices(NAMES, k=6), office=office) for office in ("homes", "civil")]
    regroup()
    for _ in range(12):
        groups = list(Group.objects.order_by("id"))
        one = dice.choice(groups)
        act = dice.choice("confirm split join regroup list replace".split())
        rows = [row.id for row in one.rows.order_by("id") if row.report.stage == ReportStage.TAKEN]
        if act == "confirm":
            grouping.confirm(groups=[one.id], **HERE)
        elif act == "split" and len({row.said for row in _lines(one)}) > 1 and len(rows) > 1:
            if not _alone(one, Row.objects.get(id=rows[0])):
                new = grouping.split(group=one.id, rows=rows[:1], **HERE)
                assert Row.objects.get(id=rows[0]).group_id == new
        elif act == "join" and len(groups) > 1:
            grouping.join(groups=[each.id for each in dice.sample(groups, 2)], **HERE)
        elif act == "list":
            lists.append(listing(*dice.choices(NAMES, k=3), office=f"office{len(lists)}"))
        elif act == "replace":
            old = lists.pop(dice.randrange(len(lists)))
            lists.append(replaced(old, *dice.choices(NAMES, k=5)))
        said = dict(Row.objects.filter(placed=True).values_list("id", "group"))
        regroup()
        assert said.items() <= dict(Row.objects.filter(placed=True).values_list("id", "group")).items()
        settled()
        _candidates_match_rows()


def _lines(group):
    return grouping._lines_of(group)


def _alone(group, row):
    """Tell whether nothing that counts would be left beside rows that say what `row` does."""
    said = {line.id: line.said for line in _lines(group)}
    counting = group.rows.filter(report__stage=ReportStage.TAKEN).values_list("id", flat=True)
    return all(said[each] == said[row.id] for each in counting)


def _candidates_match_rows():
    """Hold that the open candidates are exactly what placed rows of confirmed groups demand."""
    rows = Row.objects.filter(placed=True, report__stage=ReportStage.TAKEN, group__confirmed_at__isnull=False)
    wanted = set(rows.values_list("group", "demander_code", "purpose"))
    open_ = list(Candidate.objects.exclude(stage=Stage.DROPPED).values_list("group", "demander", "purpose"))
    assert set(open_) == wanted and len(open_) == len(wanted)


def test_the_number_of_statements_does_not_grow(town):
    def count(rows: int) -> int:
        listing(*(f"{chr(0x4E00 + n % 900)}{NAMES[n % len(NAMES)]}" for n in range(rows)), office=f"office{rows}")
        with CaptureQueriesContext(connection) as seen:
            regroup()
            grouping.confirm_sure(least=0.9, **HERE)
        return len(seen)

    count(10)
    regroup()  # has read the catalogue
    assert count(20) == count(400)
