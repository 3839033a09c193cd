"""A batch from composing to done: one act, one edition; from that minute nobody can ask for what it cancelled."""

from __future__ import annotations

import datetime
import json
import shutil
import uuid

import click
import pytest
from click.testing import CliRunner
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mianzheng.audit.models import Entry
from mianzheng.cases.actions import deciding
from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.catalogue.commands import city as command
from mianzheng.catalogue.models import Edition
from mianzheng.catalogue.queries.editions import city, current
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.texts import Text
from mianzheng.evidence.rules.verdicts import Way
from mianzheng.reform.actions import batches, consulting, judging, publishing, withdrawing
from mianzheng.reform.commands import reform
from mianzheng.reform.models import Act, Batch, Candidate, Notice, Opinion, Slip
from mianzheng.reform.queries.batches import agreed, published_ever
from mianzheng.reform.queries.dry_run import dry_run
from mianzheng.reform.queries.examining import checks_of, examine, guides_of
from mianzheng.reform.queries.trial import watch
from mianzheng.reform.rules.batches import Kind, What
from mianzheng.reform.rules.judging import Choice
from mianzheng.reform.rules.states import BatchStage, Stage
from mianzheng.reform.rules.trying import Outcome
from mianzheng.reform.rules.watching import Point
from mianzheng.site import readiness
from tests.reformed import REFORMER, candidate
from tests.second_city.life import DAY, NOW, again, officer, ways
from tests.second_city.reading import CITY, FILES, FOLDER, changed

LATER = NOW + datetime.timedelta(minutes=1)
NAME = Text("第二批", "Second batch")


def agreed_on(**said):
    return candidate(**{"stage": Stage.AGREED, "name_en": "A paper", "purpose_en": "Buying a home"} | said)


def abroad(**said):
    """The retained certificate that abroad.yaml still names."""
    known = {"code": "abroad-paper", "name": "境外用工作证明", "fact": "works", "disposal": "data_sharing"}
    return agreed_on(**known | said)


def composed(*rows, now=NOW):
    return batches.compose(name=NAME, codes=[row.code for row in rows], actor=REFORMER, now=now)


def publish(*rows, now=LATER):
    batch = composed(*rows)
    return publishing.publish(batch=batch.number, actor=REFORMER, now=now)


def stopping(batch):
    found = batches.check(batch=batch.number, actor=REFORMER, now=NOW).checks
    return {code: {check.what for check in each if check.stops} for code, each in found.items()}


def test_composed_changed_and_checked(town):
    one, two, three = agreed_on(), agreed_on(), agreed_on()
    batch = composed(one, two)
    assert (batch.number, batch.stage) == (2, BatchStage.COMPOSED), "the city has a first batch already"
    batches.put_in(batch=2, codes=[three.code], actor=REFORMER, now=NOW)
    batches.take_out(batch=2, codes=[one.code], actor=REFORMER, now=NOW)
    assert set(agreed()) == {one.code}
    assert stopping(batch) == {two.code: set(), three.code: set()}
    batch.refresh_from_db()
    assert (batch.stage, batch.checked_by) == (BatchStage.CHECKED, REFORMER.id)
    assert set(checks_of(batch)) == {two.code, three.code}
    batches.take_out(batch=2, codes=[two.code], actor=REFORMER, now=NOW)
    batch.refresh_from_db()
    assert batch.stage == BatchStage.COMPOSED
    assert set(checks_of(batch)) == {three.code}


def test_only_what_is_in_the_batch_is_taken_out_of_it(town):
    one, other = agreed_on(), agreed_on()
    composed(one)
    for codes in ([one.code, other.code], []):
        with pytest.raises(Refusal):
            batches.take_out(batch=2, codes=codes, actor=REFORMER, now=NOW)
    assert set(agreed()) == {other.code}
    assert not Entry.objects.filter(action="compose_batch", detail__has_key="taken_out").exists()


@pytest.mark.parametrize("stage", [Stage.DECIDED, Stage.ASKED, Stage.LISTED, Stage.RETAINED])
def test_only_what_is_agreed_on_and_in_no_batch_is_taken(town, stage):
    other = composed(agreed_on()) if stage is Stage.LISTED else None
    row = agreed_on(stage=stage, batch=other)
    with pytest.raises(Refusal):
        composed(row)
    assert Batch.objects.count() == (1 if other else 0), "no empty batch is left behind"


def test_a_batch_needs_a_name_and_certificates(town):
    with pytest.raises(Refusal):
        batches.compose(name=Text(" "), codes=[agreed_on().code], actor=REFORMER, now=NOW)
    with pytest.raises(Refusal):
        composed()
    with pytest.raises(NotFound):
        batches.check(batch=9, actor=REFORMER, now=NOW)


def test_the_suggestion_is_taken_whole(town):
    useless, data = agreed_on(), agreed_on(disposal="data_sharing", fact="works")
    batch = batches.compose_suggested(kind=Kind.SHARED, actor=REFORMER, now=NOW)
    assert [row.code for row in batch.candidates.all()] == [data.code]
    assert set(agreed()) == {useless.code}
    with pytest.raises(Refusal):
        batches.compose_suggested(kind=Kind.FINANCE, actor=REFORMER, now=NOW)


def test_publishing_refuses_with_what_is_missing_and_changes_nothing(town):
    before = current()
    row = agreed_on(owner="", disposal="data_sharing")
    batch = composed(row)
    Opinion.objects.create(
        candidate=row, office="civil", part="issuer", due=NOW.date(), asked_at=NOW, asked_by=REFORMER.id
    )
    assert stopping(batch)[row.code] == {What.CONSULTED, What.FACT, What.WORKS, What.OWNER}
    with pytest.raises(Refusal):
        publishing.publish(batch=2, actor=REFORMER, now=LATER)
    assert current() == before
    assert not Notice.objects.exists()
    assert Candidate.objects.get().stage == Stage.LISTED


def test_one_act_puts_an_edition_in_force_and_tells_everybody(town):
    before = current()
    row = abroad()
    batch = publish(row)
    assert (batch.stage, batch.edition) == (BatchStage.TRIAL, current())
    assert batch.edition != before
    assert batch.trial_until == NOW.date() + 15 * DAY
    known = city().certificates["abroad-paper"]
    assert (known.asked_for, known.batch, known.disposal) == (False, 2, Disposal.DATA_SHARING)
    assert city().batches[2].published == NOW.date()
    assert {n.office for n in Notice.objects.all()} == {
        *CITY.departments,
        *CITY.bodies,
        *CITY.towns,
        *CITY.communities,
    }
    assert Candidate.objects.get().stage == Stage.PUBLISHED
    assert [(act.kind, act.candidate, act.edition) for act in Act.objects.order_by("candidate")] == [
        ("published", row, batch.edition),
        ("published", None, batch.edition),
    ]
    entry = Entry.objects.get(action="publish_batch")
    assert (entry.actor, entry.subject, entry.detail) == (
        REFORMER.id,
        uuid.UUID(int=0),
        {"batch": 2, "certificates": 1},
    )
    with pytest.raises(Refusal):
        publishing.publish(batch=2, actor=REFORMER, now=LATER + DAY)
    with pytest.raises(Refusal):
        batches.take_out(batch=2, codes=[row.code], actor=REFORMER, now=LATER)


def test_it_is_published_upon_what_was_loaded_meanwhile(town):
    batch = composed(abroad())
    batches.check(batch=2, actor=REFORMER, now=NOW)
    meanwhile = changed("matters/abroad.yaml", "境外要求。", "境外要求看。")
    load_city(files=meanwhile, actor="operator", now=LATER)
    publishing.publish(batch=batch.number, actor=REFORMER, now=LATER + DAY)
    (need,) = city().matters["abroad"].work.needs
    assert (need.why.zh, need.retained) == ("境外要求看。", ""), "neither change is lost"


def test_what_was_cancelled_meanwhile_is_not_cancelled_twice(town):
    batch = composed(abroad())
    paper = "abroad-paper,境外用工作证明,Proof of work for abroad,"
    text = FILES["certificates.csv"].replace(f"{paper}retained", f"{paper}government")
    files = {**FILES, "certificates.csv": text.replace("works,retained,,5", "works,commitment,1,5")}
    files["matters/abroad.yaml"] = files["matters/abroad.yaml"].replace(", retained: abroad-paper", "")
    load_city(files=files, actor="operator", now=LATER)
    with pytest.raises(Refusal):
        publishing.publish(batch=batch.number, actor=REFORMER, now=LATER + DAY)


def test_a_package_that_would_ask_again_is_not_put_in_force(town):
    publish(abroad())
    newest = current()
    with pytest.raises(Refusal) as refused:
        load_city(files=FILES, actor="operator", now=LATER + DAY)
    assert refused.value.what.params["count"] == 1
    kept = dict(Edition.objects.get(id=newest).files)
    kept["certificates.csv"] = "\n".join(
        line for line in kept["certificates.csv"].splitlines() if not line.startswith("work-paper")
    )
    kept["matters/home.yaml"] = kept["matters/home.yaml"].replace("{certificate: work-paper, offices: 1, trips: 2}", "")
    with pytest.raises(Refusal):
        load_city(files=kept, actor="operator", now=LATER + DAY)
    assert current() == newest
    load_city(files=FILES, actor="operator", now=LATER + DAY, gives_back=["abroad-paper"])
    assert city().certificates["abroad-paper"].asked_for


def test_cases_begun_before_ask_for_it_no_more(town):
    town.silence("work")
    open_, decided = town.verified("carl", "abroad"), town.handed_in("anna", "abroad")
    assert ways(open_)["works"] == ("certificate", "unknown")
    assert open_.papers_asked == 1
    deciding.take_up(case=decided.case.id, actor=officer("civil"), now=NOW)
    deciding.find(case=decided.case.id, need="works", verdict="holds", note="看过", actor=officer("civil"), now=NOW)
    deciding.grant(case=decided.case.id, actor=officer("civil"), now=NOW)
    town.silence("work", silent=False)
    publish(abroad())
    assert ways(again(open_, LATER))["works"] == (str(Way.REVIEW), "unknown")
    assert again(open_, LATER).papers_asked == 0
    assert again(decided, LATER).papers_asked == 1, "what was decided stays as it was"


def test_withdrawn_amended_and_the_trail(town):
    one, two = abroad(), agreed_on()
    publish(one, two)
    Notice.objects.update(seen_at=NOW, seen_by="x")
    withdrawing.amend(
        batch=2,
        code=one.code,
        disposal=Disposal.COMMITMENT,
        fact="works",
        why="数据不全",
        actor=REFORMER,
        now=NOW + DAY,
    )
    assert city().certificates[one.code].disposal is Disposal.COMMITMENT
    assert not Notice.objects.exclude(seen_at=None).exists(), "every desk is told again"
    withdrawing.withdraw(batch=2, codes=[one.code], why="法律要求", actor=REFORMER, now=NOW + 2 * DAY)
    one.refresh_from_db()
    assert (one.stage, one.batch) == (Stage.FOUND, None)
    assert city().certificates[one.code].disposal is Disposal.ASKED
    assert Batch.objects.get().stage == BatchStage.TRIAL
    acts = Act.objects.filter(candidate=one).order_by("done_at").values_list("kind", "before", "after", "why")
    assert list(acts) == [
        ("published", "", "data_sharing", ""),
        ("amended", "data_sharing", "commitment", "数据不全"),
        ("withdrawn", "commitment", "asked", "法律要求"),
    ]
    assert {row.code for row in published_ever(Batch.objects.get())} == {one.code, two.code}
    withdrawing.withdraw(batch=2, again=1, why="重来", actor=REFORMER, now=NOW + 3 * DAY)
    assert Batch.objects.get().stage == BatchStage.WITHDRAWN
    with pytest.raises(Refusal):
        withdrawing.withdraw(batch=2, again=1, why="重来", actor=REFORMER, now=NOW + 3 * DAY)


def test_what_is_withdrawn_is_judged_and_consulted_anew(town):
    row = agreed_on(settled_why="催过两次", settled_at=NOW, settled_by=REFORMER.id, issuer="water")
    said = {"says": "agree", "said_at": NOW, "said_by": "x", "asked_at": NOW, "asked_by": "x", "due": NOW.date()}
    for office in ("homes", "water", "civil"):
        Opinion.objects.create(candidate=row, office=office, part="demander", proposed="cancel", **said)
    publish(row)
    withdrawing.withdraw(batch=2, again=1, why="办法还不通", actor=REFORMER, now=NOW + DAY)
    row.refresh_from_db()
    assert (row.disposal, row.proposal, row.decided_at, row.settled_at) == ("", {}, None, None)
    choice = Choice(Disposal.CANCEL, owner="homes", deviation="谁都不用")
    judging.decide(city=city(), candidate=row.id, choice=choice, actor=REFORMER, now=NOW + DAY)
    assert consulting.ask(city=city(), candidates=[row.id], actor=REFORMER, now=NOW + DAY) == 3
    assert Opinion.objects.filter(candidate=row, past=True, says="agree").count() == 3


def test_a_whole_batch_is_withdrawn_by_who_knows_how_many(town):
    publish(agreed_on(), agreed_on())
    for known in (None, 1, 3):
        with pytest.raises(Refusal) as refused:
            withdrawing.withdraw(batch=2, again=known, why="重来", actor=REFORMER, now=NOW + DAY)
        assert refused.value.field == "again"
    assert Batch.objects.get().stage == BatchStage.TRIAL


def test_what_is_not_published_is_not_done(town):
    composed(agreed_on())
    with pytest.raises(Refusal) as refused:
        withdrawing.declare_done(batch=2, actor=REFORMER, now=NOW)
    assert refused.value.now.msgid.startswith("请先公布")


def test_a_long_name_is_refused_and_not_cut(town):
    row = agreed_on()
    for name in (Text("批" * 101, ""), Text("批", "a" * 201), Text("找 13800138000", "")):
        with pytest.raises(Refusal):
            batches.compose(name=name, codes=[row.code], actor=REFORMER, now=NOW)
    assert not Batch.objects.exists()


def test_an_empty_batch_is_done_away_with(town):
    one, two = agreed_on(), agreed_on()
    composed(one), composed(two)
    with pytest.raises(Refusal):
        batches.dissolve(batch=3, actor=REFORMER, now=NOW)
    batches.take_out(batch=3, codes=[two.code], actor=REFORMER, now=NOW)
    batches.dissolve(batch=3, actor=REFORMER, now=NOW)
    assert composed(two).number == 3, "it was the last"
    batches.take_out(batch=2, codes=[one.code], actor=REFORMER, now=NOW)
    batches.dissolve(batch=2, actor=REFORMER, now=NOW)
    assert composed(one).number == 4, "another came after it"
    publishing.publish(batch=4, actor=REFORMER, now=LATER)
    withdrawing.withdraw(batch=4, again=1, why="重来", actor=REFORMER, now=NOW + DAY)
    with pytest.raises(Refusal):  # it has a trail that everybody reads
        batches.dissolve(batch=4, actor=REFORMER, now=NOW + DAY)


def test_an_act_needs_its_reason_and_a_way_that_works(town):
    row = abroad()
    publish(row)
    wanted = {"batch": 2, "code": row.code, "actor": REFORMER, "now": NOW + DAY}
    with pytest.raises(Refusal):
        withdrawing.withdraw(batch=2, codes=[row.code], why=" ", actor=REFORMER, now=NOW + DAY)
    for disposal, fact in ((Disposal.DATA_SHARING, "works"), (Disposal.RETAINED, "works"), (Disposal.COMMITMENT, "")):
        with pytest.raises(Refusal):
            withdrawing.amend(**wanted, disposal=disposal, fact=fact, why="试试")
    town.silence("work")
    row.refresh_from_db()
    assert row.disposal == "data_sharing"
    with pytest.raises(Refusal):  # abroad's need takes no department and no commitment
        withdrawing.amend(**wanted, disposal=Disposal.EXISTING_DOCUMENT, fact="works", why="试试")


def test_the_dry_run_reads_yesterdays_cases_and_nobody(town):
    row = abroad(disposal="data_sharing")
    batch = composed(row)
    seen = examine(batch, now=NOW)
    assert seen.checks[row.code][4].reason.msgid.startswith("近 30 天没有人要过")
    town.verified("anna", "abroad")
    town.verified("carl", "home", now=NOW)
    looks = Entry.objects.count()
    works = examine(batch, now=NOW + DAY / 2).checks[row.code][4]
    assert works.ok
    assert (works.reason.params["asked"], works.reason.params["days"]) == (2, 1)
    assert Entry.objects.count() == looks, "no look-up about anybody"


def test_a_way_that_settles_nothing_stops_the_batch(town):
    town.silence("work")
    for name in ("anna", "ben", "carl"):
        town.verified(name, "abroad")
    batch = composed(abroad())
    assert stopping(batch)["abroad-paper"] == {What.WORKS}


def test_the_guides_that_change_are_told(town):
    batch = composed(abroad())
    batches.check(batch=2, actor=REFORMER, now=NOW)
    batch.refresh_from_db()
    (guide,) = guides_of(batch)
    assert (guide.matter, guide.asked_before, guide.asked_after) == ("abroad", 1, 0)


def counted(function):
    with CaptureQueriesContext(connection) as caught:
        function()
    return len(caught)


def test_queries_do_not_grow_with_the_batch(town):
    town.verified("anna", "abroad")
    few = composed(*(agreed_on(fact="works", disposal="data_sharing") for _ in range(5)))
    many = composed(*(agreed_on(fact="works", disposal="data_sharing") for _ in range(100)))
    city()
    first = counted(lambda: examine(few, now=NOW))
    assert counted(lambda: examine(many, now=NOW)) == first
    publishing.publish(batch=few.number, actor=REFORMER, now=LATER)
    published = counted(lambda: watch(Batch.objects.get(id=few.id), now=LATER))
    publishing.publish(batch=many.number, actor=REFORMER, now=LATER + DAY)
    assert counted(lambda: watch(Batch.objects.get(id=many.id), now=LATER + DAY)) == published


def test_the_trial_is_watched_and_then_done(town):
    row = abroad()
    batch = publish(row)
    now = NOW + 16 * DAY
    town.refresh(now)
    town.silence("work")
    for name in ("anna", "ben", "carl", "dora", "eric"):
        town.verified(name, "abroad", now=now)
    slip = Slip.objects.create(token="t", certificate=row.code, channel="phone", made_at=now)
    (seen,) = watch(batch, now=now).rows
    assert (seen.figures.tried.asked, seen.figures.tried.unknown, seen.figures.slips_open) == (5, 5, 1)
    assert seen.points == (Point.STILL_ASKED, Point.UNSETTLED)
    with pytest.raises(Refusal):
        withdrawing.declare_done(batch=2, actor=REFORMER, now=now)
    withdrawing.look_into(batch=2, code=row.code, why="系统停了一天", actor=REFORMER, now=now - DAY)
    assert watch(batch, now=now).rows[0].points == (Point.STILL_ASKED,), "a slip made later is open"
    Slip.objects.filter(id=slip.id).update(answered_at=now, answered_by="x", answer="合同里写着要")
    assert watch(batch, now=now).rows[0].points == (Point.STILL_ASKED,), "an answer that goes on asking settles nothing"
    Slip.objects.filter(id=slip.id).update(answer="")
    with pytest.raises(Refusal):
        withdrawing.declare_done(batch=2, actor=REFORMER, now=NOW + 15 * DAY)
    withdrawing.declare_done(batch=2, actor=REFORMER, now=now)
    assert Batch.objects.get().stage == BatchStage.DONE
    assert Act.objects.filter(kind="done", batch=batch).exists()


def run(*words):
    done = CliRunner().invoke(reform, [*words, "--json"])
    return done.exit_code, json.loads(done.stdout)


def test_on_the_command_line(town, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)
    row = agreed_on(owner="")
    code, told = run("compose")
    assert (code, told["batches"][0]["batch"], told["batches"][0]["certificates"]) == (0, None, [row.code])
    code, told = run("compose", "--suggest")
    assert (code, told["batches"][0]["batch"]) == (0, 2)
    code, told = run("publish", "--batch", "2")
    assert (code, told["published"], [each["check"] for each in told["failing"]]) == (1, None, ["owner"])
    Candidate.objects.update(owner="homes")
    code, told = run("publish", "--batch", "2")
    assert (code, told["published"], told["certificates"]) == (0, "2026-03-02", 1)
    assert not city().certificates[row.code].asked_for
    assert run("publish", "--batch", "2")[0] == run("publish", "--batch", "9")[0] == 1


def test_the_article_of_the_lists_goes_along_where_our_texts_have_it(town):
    known = agreed_on(name="工作证明", basis="《石桥出境条例》第二条")
    publish(known, agreed_on(code="by-hearsay", basis="某某局通知"))
    found = city().certificates[known.code].basis
    assert (found.law.zh, found.article, found.force) == ("石桥出境条例", "第二条", "local_regulation")
    assert city().certificates["by-hearsay"].basis is None


def test_starting_again_takes_nothing_back(town, settings, tmp_path):
    settings.CITY = shutil.copytree(FOLDER, tmp_path / "city", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    said: list[str] = []
    readiness.city(click.Group(commands={"city": command}), said.append)
    publish(abroad())
    published = current()
    towns = settings.CITY / "towns.csv"
    towns.write_text(towns.read_text("utf-8").replace("modelled", "changed"), "utf-8")
    readiness.city(click.Group(commands={"city": command}), said.append)
    assert current() == published
    assert "kept on the pages" in said[0]


def test_a_fact_no_matter_needs_is_tried_by_its_register(town):
    row = agreed_on(fact="married", disposal="data_sharing")
    listed = agreed()
    assert dry_run(CITY, listed.values(), now=NOW)[row.code].outcome is Outcome.READY
    town.silence("marriage")
    found = dry_run(CITY, listed.values(), now=NOW)[row.code]
    assert (found.outcome, found.why.params["way"].msgid) == (Outcome.READY, "部门核查")
