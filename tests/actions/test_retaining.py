"""Keeping certificates: put on the list with a reason, looked at again, judged anew; and new demands, answered with no."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest

from mianzheng.audit.models import Entry
from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.catalogue.queries.editions import city
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.common.actors import PROGRAM
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.reform.actions import judging, retaining, wishes
from mianzheng.reform.models import Act, Candidate, Wish
from mianzheng.reform.queries.retaining import due_count, kept
from mianzheng.reform.rules.judging import Choice
from mianzheng.reform.rules.states import Stage, WishStage
from mianzheng.reform.rules.wishes import Asked
from tests.reformed import REFORMER, candidate, head_of
from tests.second_city.life import DAY, NOW
from tests.second_city.reading import FILES

TODAY = NOW.date()
BY_LAW = {"name": "工作证明", "purpose": "申请出境", "basis": "《石桥出境条例》第二条", "demander": "civil"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded() -> None:
    load_city(files=FILES, actor="test", now=NOW - 10 * DAY)


def decided(**said: Any) -> Candidate:
    return candidate(stage=Stage.DECIDED, **{"disposal": "retained"} | said)


def retained(*found: Candidate, why: str = "") -> None:
    retaining.retain(candidates=[each.id for each in found], why=why, actor=REFORMER, now=NOW)


def test_what_a_law_demands_is_on_the_list_for_a_year():
    found = decided(code="exit-work", **BY_LAW)
    retained(found, why="出境条例要")
    found.refresh_from_db()
    assert (found.stage, found.review_due) == (Stage.RETAINED, TODAY + 365 * DAY)
    row = city().certificates["exit-work"]
    assert row.disposal is Disposal.RETAINED and row.basis and row.basis.law.zh == "石桥出境条例"
    act = Act.objects.get(candidate=found)
    assert (act.kind, act.why) == ("retained", "出境条例要") and act.edition
    assert Entry.objects.get(action="retain").detail["certificates"] == ["exit-work"]


def test_what_goes_outside_is_kept_without_an_article():
    found = decided(code="abroad-work", demander_kind="outside", demander="water", basis="")
    retained(found)
    row = city().certificates["abroad-work"]
    assert row.demander_kind == "outside" and row.basis is None and row.batch is None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"basis": "住房局通知"}, "不能保留"),
        ({"disposal": "cancel"}, "没有拟定为保留"),
        ({"stage": Stage.FOUND, "disposal": ""}, "不能这样做"),
        ({"demander": "", **{k: v for k, v in BY_LAW.items() if k != "demander"}}, "没有要它的这个单位"),
        ({"code": "work-paper", **BY_LAW}, "已经公布取消"),
    ],
)
def test_what_may_not_be_kept_changes_nothing(said: dict[str, Any], words: str):
    good, bad = (
        decided(code="exit-work", **BY_LAW),
        candidate(**{"stage": Stage.DECIDED, "disposal": "retained"} | said),
    )
    with pytest.raises(Refusal) as refused:
        retained(good, bad)
    what = refused.value.what
    assert words in what.msgid or words in str(getattr(what.params.get("why"), "msgid", ""))
    assert "exit-work" not in city().certificates and not Act.objects.exists()


def test_one_of_the_package_is_due_a_year_after_it_was_loaded():
    [one] = kept(city(), TODAY)
    assert (one.certificate.code, one.due, one.overdue) == ("abroad-paper", TODAY + 355 * DAY, False)
    assert due_count(city(), TODAY) == 0
    assert due_count(city(), TODAY + 355 * DAY) == 1


def test_looking_again_keeps_it_for_another_year_and_makes_it_a_candidate():
    found = retaining.review(code="abroad-paper", keep=True, why=" 条例 还在 ", actor=REFORMER, now=NOW)
    found.refresh_from_db()
    assert (found.stage, found.review_due, found.demander) == (Stage.RETAINED, TODAY + 365 * DAY, "civil")
    assert Act.objects.get(candidate=found).why == "条例 还在"
    later = retaining.review(code="abroad-paper", keep=True, why="还在", actor=REFORMER, now=NOW + 365 * DAY)
    assert later.id == found.id and later.review_due == TODAY + 730 * DAY
    assert kept(city(), TODAY)[0].reviewed.why == "还在"  # type: ignore[union-attr]


def test_what_is_no_longer_needed_is_judged_once_more():
    found = retaining.review(code="abroad-paper", keep=False, why="对方也认核验凭证了", actor=REFORMER, now=NOW)
    found.refresh_from_db()
    assert (found.stage, found.disposal, found.review_due, found.decided_at) == (Stage.FOUND, "", None, None)
    row = city().certificates["abroad-paper"]
    assert row.disposal is Disposal.ASKED and row.kind == "government"
    assert kept(city(), TODAY) == []
    with pytest.raises(NotFound):
        retaining.review(code="abroad-paper", keep=True, why="x", actor=REFORMER, now=NOW)


@pytest.mark.parametrize(("code", "why", "error"), [("abroad-paper", " ", Refusal), ("work-paper", "x", NotFound), ("none", "x", NotFound)])  # fmt: skip
def test_a_review_needs_a_reason_and_a_kept_certificate(code: str, why: str, error: type[Refusal]):
    with pytest.raises(error):
        retaining.review(code=code, keep=True, why=why, actor=REFORMER, now=NOW)
    assert not Candidate.objects.exists()


def test_what_no_law_demands_any_more_cannot_stay():
    found = decided(code="exit-work", **BY_LAW)
    retained(found)
    files = {**FILES, "statutes.csv": FILES["statutes.csv"].splitlines()[0] + "\n"}
    files["certificates.csv"] += (
        "exit-work,工作证明,Proof,retained,state,civil,organ,city,employer,outside,申请出境,Exit,,retained,,5,石桥出境条例,Exit,第二条,local_regulation,x,x\n"
    )
    files["repealed.csv"] += "石桥出境条例,2026-01-01,石桥新条例第九条,modelled\n"
    load_city(files=files, actor="test", now=NOW + DAY)
    with pytest.raises(Refusal) as refused:
        retaining.review(code="exit-work", keep=True, why="一直要", actor=REFORMER, now=NOW + 2 * DAY)
    assert refused.value.field == "keep"


# --- new demands -----------------------------------------------------------------------------------------------------


def asked(office: str = "civil", now: datetime.datetime = NOW, **said: str) -> Wish:
    known = {
        "name": "工作证明",
        "purpose": "申请出境",
        "issuer": "employer",
        "necessity": "条例要求",
        "basis": "《石桥出境条例》第二条",
        "alternatives": "没有登记",
    }
    return wishes.ask(city=city(), asked=Asked(**known | said), actor=head_of(office), now=now)


def answered(wish: Wish, *, allow: bool, until: datetime.date | None = None, answer: str = "依法") -> Wish:
    return wishes.decide(wish=wish.id, allow=allow, answer=answer, until=until, actor=REFORMER, now=NOW)


def test_a_new_demand_waits_ten_working_days_for_its_answer():
    wish = asked()
    assert (wish.stage, wish.due, wish.office) == (WishStage.MADE, datetime.date(2026, 3, 17), "civil")
    assert Entry.objects.get(action="wish").detail["wish"] == str(wish.id)


@pytest.mark.parametrize("field", ["name", "purpose", "issuer", "necessity", "basis", "alternatives"])
def test_a_demand_without_a_reason_is_not_taken(field: str):
    with pytest.raises(Refusal) as refused:
        asked(**{field: " "})
    assert refused.value.field == field and not Wish.objects.exists()


def test_a_cancelled_one_under_another_name_is_refused_at_once():
    wish = asked("homes", name="务工情况说明", purpose="住房", basis="无")
    assert wish.stage == WishStage.REFUSED and wish.decided_by == PROGRAM.id
    assert "务工证明" in wish.answer


def test_what_is_allowed_is_kept_until_its_day_and_then_is_not():
    wish = answered(asked(), allow=True, until=TODAY + 30 * DAY)
    assert (wish.stage, wish.until) == (WishStage.ALLOWED, TODAY + 30 * DAY)
    code = wishes.code_of(wish)
    assert city().certificates[code].disposal is Disposal.RETAINED
    made = Candidate.objects.get(code=code)
    assert (made.stage, made.review_due) == (Stage.RETAINED, TODAY + 30 * DAY)
    with pytest.raises(Refusal):
        retaining.review(code=code, keep=True, why="还要", actor=REFORMER, now=NOW)
    assert wishes.end(now=NOW + 30 * DAY) == 0
    assert wishes.end(now=NOW + 31 * DAY) == 1
    assert code not in city().certificates
    made.refresh_from_db()
    assert made.stage == Stage.DROPPED and wishes.end(now=NOW + 32 * DAY) == 0


def test_what_has_ended_is_not_kept_on_by_another_way():
    code = wishes.code_of(answered(asked(), allow=True, until=TODAY + DAY))
    wishes.end(now=NOW + 2 * DAY)
    later = {"actor": REFORMER, "now": NOW + 3 * DAY}
    made = Candidate.objects.get(code=code)
    judging.take_up(candidate=made.id, why="还要", **later)
    judging.decide(city=city(), candidate=made.id, choice=Choice(Disposal.RETAINED, deviation="还要"), **later)
    with pytest.raises(Refusal, match="到期自己结束"):
        retaining.retain(candidates=[made.id], why="还要", **later)
    assert code not in city().certificates


@pytest.mark.parametrize(
    ("said", "until", "field"),
    [
        ({"name": "邻居意见书", "purpose": "养狗", "basis": "民政局通知"}, TODAY + DAY, "allow"),
        ({}, None, "until"),
        ({}, TODAY, "until"),
        ({}, TODAY + 366 * DAY, "until"),
    ],
)
def test_only_what_a_law_demands_is_allowed_and_only_for_a_time(
    said: dict[str, str], until: datetime.date | None, field: str
):
    wish = asked(**said)
    with pytest.raises(Refusal) as refused:
        answered(wish, allow=True, until=until)
    assert refused.value.field == field
    assert Wish.objects.get().stage == WishStage.MADE and not Candidate.objects.exists()


def test_an_answer_is_given_once_and_with_a_reason():
    wish = asked()
    with pytest.raises(Refusal):
        answered(wish, allow=False, answer=" ")
    answered(wish, allow=False)
    with pytest.raises(Refusal):
        answered(wish, allow=False)
    with pytest.raises(NotFound):
        wishes.decide(wish=uuid.UUID(int=9), allow=False, answer="x", until=None, actor=REFORMER, now=NOW)


def test_no_answer_is_a_no():
    wish = asked()
    assert wishes.lapse(now=NOW + 15 * DAY) == 0
    assert wishes.lapse(now=NOW + 16 * DAY) == 1
    wish.refresh_from_db()
    assert wish.stage == WishStage.REFUSED and "到期没有答复" in wish.answer
    assert wishes.lapse(now=NOW + 17 * DAY) == 0


def test_an_article_that_does_not_name_the_paper_allows_nothing_until_its_text_does():
    wish = asked(name="饲养条件证明", purpose="养鹅")
    with pytest.raises(Refusal) as refused:
        answered(wish, allow=True, until=TODAY + 30 * DAY)
    assert refused.value.field == "allow" and "没有点名要这份证明" in refused.value.what.msgid
    assert "原文" in refused.value.now.msgid and not Candidate.objects.exists()
    with pytest.raises(Refusal) as refused:
        retained(decided(code="geese", **BY_LAW | {"name": "饲养条件证明", "purpose": "养鹅"}))
    assert "不能保留" in refused.value.what.params["why"].msgid
    unknown = asked(name="饲养条件证明", purpose="养鹅", basis="《石桥出境条例》第九条")
    with pytest.raises(Refusal) as refused:
        answered(unknown, allow=True, until=TODAY + 30 * DAY)
    assert "没有收录" in refused.value.what.msgid
    text = "geese-9,石桥出境条例,Exit,第九条,local_regulation,2015-03-01,养鹅的，应当提交饲养条件证明。,Geese need proof.,modelled\n"
    load_city(files=FILES | {"bases.csv": FILES["bases.csv"].rstrip("\n") + "\n" + text}, actor="test", now=NOW + DAY)
    allowed = answered(unknown, allow=True, until=TODAY + 30 * DAY)
    assert city().certificates[wishes.code_of(allowed)].basis.article == "第九条"  # type: ignore[union-attr]
