"""A draft from its first edit to a new edition: what fits, what is refused and loses nothing, what yesterday's cases say."""

from __future__ import annotations

import datetime
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mianzheng.audit.models import Entry
from mianzheng.cases.models import Case
from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.catalogue.models import Edition
from mianzheng.catalogue.queries.editions import city, current, edition
from mianzheng.catalogue.rules.editing import EntryEdit, TextEdit
from mianzheng.catalogue.rules.trees import entries_of, plain, rewritten
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.evidence.rules.progress import Option
from mianzheng.reform.actions import drafting, enforcing
from mianzheng.reform.models import Act, Draft
from mianzheng.reform.queries.drafts import on_top, written
from mianzheng.reform.queries.rehearsing import rehearsal
from mianzheng.reform.rules.drafting import Place, fingerprint
from mianzheng.reform.rules.rehearsal import Change, unpacked
from mianzheng.reform.rules.states import DraftStage
from tests.drafted import ACTING, again, begun, edited, row, tried
from tests.reformed import REFORMER
from tests.second_city.life import DAY, NOW
from tests.second_city.reading import FILES

LATER = NOW + datetime.timedelta(minutes=1)
BUS = Place("matters.csv", "bus")


def bus(**columns):
    return row("matters.csv", "bus", **columns)


def home(**changes):
    """The worked part of home with some of it changed; None takes a part out."""
    text = FILES["matters/home.yaml"]
    said = plain(text) | changes
    return TextEdit("matters/home.yaml", rewritten(text, {k: v for k, v in said.items() if v is not None}))


def needs(*, without=(), more=(), **changed):
    """The needs of home, some of them changed by the code of their fact."""
    found = [
        {**need, **changed.get(need["fact"].replace("-", "_"), {})}
        for need in plain(FILES["matters/home.yaml"])["facts"]
        if need["fact"] not in without
    ]
    return home(facts=[*found, *more])


def fact(code, **said):
    return EntryEdit("facts.yaml", code, entries_of(FILES["facts.yaml"])[code] | said)


def force(draft, *, now=LATER, **said):
    return enforcing.put_in_force(draft=draft.id, actor=REFORMER, now=now, **said)


def counted(draft):
    """What the cases would have been; only home has any."""
    seen = {each.matter: each for each in unpacked(again(draft.id).tests)}
    assert all(each.cases == 0 for each in seen.values() if each.matter != "home")
    return dict(seen["home"].counts)


def test_a_draft_becomes_an_edition_and_a_page_of_the_matter_changes_at_once(town, client):
    draft = tried(bus(name="乘车卡"))
    assert "乘车卡" not in client.get("/matters/bus/").content.decode()
    before, made = current(), force(draft)
    assert made.stage == DraftStage.IN_FORCE and made.edition == current() != before
    assert "乘车卡" in client.get("/matters/bus/").content.decode()
    assert edition(before).matters["bus"].name.zh == "老年公交卡", "a case decided under it keeps it"
    assert Act.objects.get().edition == made.edition
    entry = Entry.objects.get(action="put_draft_in_force")
    assert (entry.actor, entry.detail["written_by"]) == (REFORMER.id, REFORMER.id)
    assert entry.detail["places"] == "matters.csv:bus"


def test_edits_of_one_row_are_one_and_what_is_taken_back_is_gone(town):
    draft = begun(bus(name="乘车卡"))
    edited(draft, bus(decide_days="2"))
    assert again(draft.id).edits == [
        {
            "file": "matters.csv",
            "key": "bus",
            "columns": {"name": "乘车卡", "decide_days": "2"},
            "found": {"name": "老年公交卡", "decide_days": "1"},
        }
    ]
    edited(draft, bus(name="老年公交卡", decide_days="1"))
    assert again(draft.id).edits == []
    edited(draft, bus(name="乘车卡"))
    drafting.undo(draft=draft.id, place=BUS, **ACTING)
    assert again(draft.id).edits == []


def test_two_drafts_of_different_rows_both_fit(town):
    mine, theirs = tried(bus(name="乘车卡")), tried(row("matters.csv", "well", name="看井"), fact("works", name="就业"))
    force(mine)
    force(theirs, now=LATER + DAY)
    assert (city().matters["bus"].name.zh, city().matters["well"].name.zh) == ("乘车卡", "看井")
    assert city().facts["works"].name.zh == "就业"


def test_two_facts_of_one_file_both_fit(town):
    mine, theirs = tried(fact("works", name="就业")), tried(fact("married", name="婚内"))
    force(mine)
    force(theirs, now=LATER + DAY)
    assert (city().facts["works"].name.zh, city().facts["married"].name.zh) == ("就业", "婚内")


def test_the_same_row_is_refused_and_nothing_is_lost_until_somebody_has_looked(town):
    mine, theirs = tried(bus(name="乘车卡")), tried(bus(name="公交卡", name_en="Card"))
    force(mine)
    before = current()
    with pytest.raises(Refusal, match="对不上"):
        force(theirs)
    assert current() == before and again(theirs.id).edits[0]["columns"] == {"name": "公交卡", "name_en": "Card"}
    assert [each.key for each in written(theirs.id).left] == ["bus"]
    with pytest.raises(Refusal, match="对不上"):
        enforcing.test(draft=theirs.id, **ACTING)
    kept = drafting.keep(draft=theirs.id, place=BUS, **ACTING)
    assert kept.stage == DraftStage.WRITTEN and kept.edits[0]["found"]["name"] == "乘车卡"
    enforcing.test(draft=theirs.id, **ACTING)
    force(theirs, now=LATER + DAY)
    assert city().matters["bus"].name.zh == "公交卡"


def test_who_wrote_in_between_is_not_written_over(town):
    draft = begun(bus(keywords="车"))
    seen = fingerprint(on_top(again(draft.id)).files, [BUS])
    edited(draft, bus(name="乘车卡"), places=[BUS], seen=seen)
    with pytest.raises(Refusal, match="别人改过"):
        edited(draft, bus(name="公交卡"), places=[BUS], seen=seen)
    assert again(draft.id).edits[0]["columns"]["name"] == "乘车卡"


def test_a_change_has_to_be_tested_and_planned_again(town):
    draft = tried(bus(name="乘车卡"))
    enforcing.plan(draft=draft.id, from_day=NOW.date() + DAY, worse_why="", **ACTING)
    edited(draft, bus(name="公交卡"))
    found = again(draft.id)
    assert (found.stage, found.from_day, found.tested_at, found.planned_by) == (DraftStage.WRITTEN, None, None, None)
    with pytest.raises(Refusal, match="还没有试过"):
        force(draft)


@pytest.mark.parametrize("edit", [bus(owner="nobody"), bus(name_en=""), fact("works", where="r.nothing == 1")])
def test_a_package_with_problems_is_neither_tested_nor_in_force(town, edit):
    draft, before = begun(edit), current()
    with pytest.raises(Refusal, match="处问题") as refused:
        enforcing.test(draft=draft.id, **ACTING)
    assert refused.value.what.params["first"].params["file"] in ("matters.csv", "facts.yaml")
    Draft.objects.filter(id=draft.id).update(stage=DraftStage.TESTED)
    with pytest.raises(Refusal, match="处问题"):
        force(draft)
    assert current() == before


def test_a_cancelled_certificate_does_not_come_back_through_a_draft(town):
    draft = tried(row("certificates.csv", "work-paper", disposal="asked", batch=""))
    with pytest.raises(Refusal, match="已经取消"):
        force(draft, worse_why="试试")
    assert Draft.objects.get().stage == DraftStage.TESTED


def test_it_comes_into_force_on_its_day_by_itself(town):
    draft = tried(bus(name="乘车卡"))
    with pytest.raises(Refusal, match="今天之后"):
        enforcing.plan(draft=draft.id, from_day=NOW.date(), worse_why="", **ACTING)
    enforcing.plan(draft=draft.id, from_day=NOW.date() + 2 * DAY, worse_why="", **ACTING)
    assert enforcing.put_due_in_force(now=NOW + DAY, today=NOW.date() + DAY) == 0
    assert enforcing.put_due_in_force(now=NOW + 2 * DAY, today=NOW.date() + 2 * DAY) == 1
    found = again(draft.id)
    assert (found.stage, found.in_force_by, found.planned_by) == (DraftStage.IN_FORCE, "program", REFORMER.id)
    assert Entry.objects.get(action="put_draft_in_force").detail["put_by"] == REFORMER.id
    assert enforcing.put_due_in_force(now=NOW + 3 * DAY, today=NOW.date() + 3 * DAY) == 0


def test_what_cannot_come_into_force_on_its_day_goes_back_with_the_reason(town):
    late, draft = tried(bus(name="公交卡")), tried(bus(name="乘车卡"))
    enforcing.plan(draft=draft.id, from_day=NOW.date() + DAY, worse_why="", **ACTING)
    force(late)
    assert enforcing.put_due_in_force(now=NOW + DAY, today=NOW.date() + DAY) == 0
    found = again(draft.id)
    assert found.stage == DraftStage.WRITTEN and "对不上" in found.refused["msgid"] and found.from_day is None


@pytest.mark.parametrize(
    ("edit", "changes"),
    [
        (needs(), None),
        (home(summary="申请住房。"), {Change.SAME}),
        (fact("works", name="就业"), None),
        (needs(without=["has-card"]), {Change.FACT_LESS}),
        (needs(more=[{"fact": "married", "why": "甲", "why_en": "A", "basis": "homes-3"}]), {Change.FACT_MORE}),
        (needs(no_debt={"params": {"limit": 5}}), {Change.UNSURE}),
        (fact("works", where="months(r.since, today) >= 12"), {Change.UNSURE}),
        (home(form=[*plain(FILES["matters/home.yaml"])["form"], {"code": "x", "name": "甲", "name_en": "A", "type": "text", "required": True}]), {Change.QUESTION_MORE}),
        (home(form=[{**q, "choices": [{"code": "single", "name": "未婚", "name_en": "Single"}, {"code": "married", "name": "已婚", "name_en": "Married"}]} if q["code"] == "marital" else q for q in plain(FILES["matters/home.yaml"])["form"]]), {Change.IMPOSSIBLE}),
        (row("bases.csv", "homes-3", article="第四条"), None),
    ],
)  # fmt: skip
def test_what_yesterdays_cases_would_have_been(town, edit, changes):
    town.verified("anna")
    draft = tried(edit)
    if changes is None:
        assert draft.tests["matters"] == []
        return
    assert counted(draft) == dict.fromkeys(changes, 1)
    assert next(m for m in again(draft.id).tests["matters"] if m["cases"])["examples"] == {
        change: [Case.objects.get().number] for change in changes
    }


def test_a_paper_that_would_be_asked_and_a_way_that_would_close_are_seen(town):
    town.silence("work")
    town.verified("anna")
    asked = tried(needs(works={"retained": "abroad-paper", "department": False, "commitment": ""}))
    assert counted(asked) == {Change.PAPER_MORE: 1}


def test_a_commitment_that_was_signed_and_would_not_be_allowed(town):
    town.silence("work")
    waiting = town.verified("carl")
    town.choose(waiting, "carl", "works", Option.COMMIT)
    town.silence("work", silent=False)
    assert counted(tried(needs(works={"commitment": "", "department": False}))) == {Change.WAY_CLOSED: 1}


def test_worse_needs_a_reason_and_the_reason_stays(town):
    town.verified("anna")
    draft = tried(needs(more=[{"fact": "married", "why": "甲", "why_en": "A", "basis": "homes-3"}]))
    with pytest.raises(Refusal, match="件会比现在") as refused:
        force(draft)
    assert refused.value.field == "worse_why"
    with pytest.raises(Refusal):
        enforcing.plan(draft=draft.id, from_day=NOW.date() + DAY, worse_why=" ", **ACTING)
    made = force(draft, worse_why="条例改了")
    assert made.worse_why == "条例改了"
    assert "examples" not in made.tests["matters"][0], "numbers of cases are kept until then and no longer"


def test_the_rehearsal_is_made_again_when_it_comes_into_force(town):
    draft = tried(needs(more=[{"fact": "married", "why": "甲", "why_en": "A", "basis": "homes-3"}]))
    assert draft.tests["worse"] == 0
    town.verified("anna")
    with pytest.raises(Refusal, match="件会比现在"):
        force(draft)


def test_yesterday_then_a_week_then_a_month(town):
    town.verified("anna")
    draft = begun(home(summary="申请住房。"))
    for days, window in ((0, 1), (5, 7), (20, 30)):
        enforcing.test(draft=draft.id, actor=REFORMER, now=NOW + days * DAY)
        assert [(each.days, each.cases) for each in unpacked(again(draft.id).tests)] == [(window, 1)]
    enforcing.test(draft=draft.id, actor=REFORMER, now=NOW + 40 * DAY)
    assert [each.cases for each in unpacked(again(draft.id).tests)] == [0]


def test_a_rehearsal_costs_the_same_however_many_cases_and_looks_nobody_up(town):
    after = on_top(again(begun(needs(without=["has-card"])).id)).city
    town.verified("anna")
    lines = Entry.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as one:
        rehearsal(city(), after, now=NOW)
    for name in ("ben", "carl", "dora", "eric"):
        town.verified(name)
    lines = Entry.objects.count()
    with CaptureQueriesContext(connection) as many:
        (seen,) = rehearsal(city(), after, now=NOW)
    assert seen.cases == 5 and len(one) == len(many) <= 4
    assert Entry.objects.count() == lines


def test_only_closed_answers_are_read(town):
    town.verified("anna")
    with CaptureQueriesContext(connection) as asked:
        rehearsal(city(), on_top(again(begun(needs(without=["has-card"])).id)).city, now=NOW)
    statement = next(each["sql"] for each in asked if "cases_case" in each["sql"])
    assert "'marital'" in statement or "marital" in statement
    assert "rooms" not in statement


def test_dropped_drafts_and_those_in_force_stay_as_they_are(town):
    draft = begun(bus(name="乘车卡"))
    drafting.drop(draft=draft.id, **ACTING)
    for act in (
        lambda: edited(draft, bus(name="公交卡")),
        lambda: drafting.drop(draft=draft.id, **ACTING),
        lambda: drafting.describe(draft=draft.id, title="别的", why="", **ACTING),
        lambda: enforcing.test(draft=draft.id, **ACTING),
    ):
        with pytest.raises(Refusal, match="不能再改"):
            act()
    with pytest.raises(NotFound):
        drafting.drop(draft=uuid.uuid4(), **ACTING)


def test_a_draft_has_a_title(town):
    with pytest.raises(Refusal, match="写明"):
        drafting.begin(title=" ", why="", **ACTING)
    with pytest.raises(Refusal, match="最多"):
        drafting.begin(title="长" * 201, why="", **ACTING)


def test_a_draft_on_top_of_another_edition_is_read_anew(town):
    draft = begun(bus(name="乘车卡"))
    load_city(files={**FILES, "matters.csv": FILES["matters.csv"].replace("古井参观", "看古井")}, actor="x", now=LATER)
    assert on_top(again(draft.id)).city.matters["well"].name.zh == "看古井"
    assert Edition.objects.count() == 2


def test_a_story_of_the_demo_stops_nobody(town):
    story = "stories:\n- {code: a, title: 甲, title_en: A, matter: bus, who: alive, form: {}, expected: {status: submitted, papers_asked: 0}}\n"
    load_city(files={**FILES, "demo/stories.yaml": story}, actor="x", now=LATER, from_folder=True)
    draft = begun(TextEdit("matters/bus.yaml", None))
    enforcing.test(draft=draft.id, **ACTING)
    force(draft, now=LATER + DAY)
    assert city().matters["bus"].work is None
