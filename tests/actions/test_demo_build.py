"""Building the demo city in the database: whole, anew, and so that every story goes as it is told."""

from __future__ import annotations

import contextlib
import datetime
import json
import uuid
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from click.testing import CliRunner
from django.db import connection

from mianzheng.audit.models import Entry
from mianzheng.audit.queries import about
from mianzheng.cases.actions import applying
from mianzheng.cases.commands import case
from mianzheng.cases.queries.dossiers import Dossier, of_applicant, told
from mianzheng.catalogue.adapters.folder import files_of
from mianzheng.catalogue.queries.editions import city
from mianzheng.catalogue.rules.package import counts, read
from mianzheng.catalogue.rules.papers import papers_of
from mianzheng.centre.models import Register
from mianzheng.centre.queries.approvals import approved_items
from mianzheng.centre.queries.quality import qualities
from mianzheng.centre.queries.records import readiness_of
from mianzheng.centre.rules.readiness import State
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.demo.actions import time
from mianzheng.demo.actions.build import build
from mianzheng.demo.actions.reforming import play
from mianzheng.demo.adapters.workbooks import content_of
from mianzheng.demo.commands import demo
from mianzheng.demo.models import Build
from mianzheng.demo.queries import builds
from mianzheng.demo.queries.bar import base
from mianzheng.demo.rules import ground
from mianzheng.demo.rules.expressions import Sight
from mianzheng.demo.rules.filling import grows
from mianzheng.demo.rules.stories import stories
from mianzheng.demo.rules.world import world
from mianzheng.oversight.models import Lead
from mianzheng.people.queries import accounts_for_bar, subjects_of
from mianzheng.reform.models import Candidate, Notice
from mianzheng.web import clock
from tests.demo_city import PACKAGE, built, here, town

__all__ = ["here", "town"]
WORKED = [code for code, matter in read(files_of(PACKAGE))[0].matters.items() if matter.work]  # type: ignore[union-attr]
NO_STORY = {"old-age-allowance": "local and alive and age >= 80"}
"""Worked matters no story is told about, with who may apply: people that a small city may not have."""
TOLD = [story.code for story in stories(read(files_of(PACKAGE))[0])]  # type: ignore[arg-type]
DAY = datetime.timedelta(days=1)


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def test_everybody_is_in_the_vault_and_every_register_has_records(here):
    assert here.subjects == count("people_subject")
    assert here.without == ()
    typed = [item for item in city().items.values() if item.fields]
    assert here.items == len(typed) == 288
    counts = {item.code: count(f"{'outside' if item.at_source else 'centre'}.{item.code}") for item in typed}
    assert sum(counts.values()) == here.records
    assert min(counts.values()) > 0
    approved = approved_items([item.code for item in typed], today=clock.today())
    assert approved == {item.code for item in typed if not item.at_source}


def test_only_people_of_stories_and_offices_can_sign_in(here):
    accounts = {card.username: card for card in accounts_for_bar()}
    assert len(accounts) == here.accounts < 110
    for one in builds.told():
        assert set(one.sign_in.values()) <= set(accounts)
        assert accounts[one.sign_in["resident"]].subject == subjects_of([("ric", one.applicant)])["ric", one.applicant]
    offices = {card.department for card in accounts.values() if "officer" in card.roles}
    deciding = {city().matters[story.matter].owner for story in stories(city())}
    assert deciding <= offices


def test_an_evening_of_curiosity_left_a_lead_of_each_desk_and_the_person_sees_the_looks(here):
    leads = {lead.office: lead for lead in Lead.objects.all()}
    assert set(leads) == {"police", "housing_fund", "civil_affairs"}
    assert {made["rule"] for made in leads["police"].reasons} == {"no-live-case", "out-of-hours", "many-desks"}
    assert (leads["police"].status, leads["civil_affairs"].status) == ("open", "passed")  # no head plays there
    (subject,) = {entry.subject for entry in Entry.objects.filter(action="reveal", purpose="查看")}
    assert {entry.actor_office for entry in about(subject) if entry.action == "reveal"} >= set(leads)


def test_building_again_replaces_and_adds_nobody(here):
    before = {
        table: count(table) for table in ("people_subject", "people_account", "centre.real_estate", "outside.marriage")
    }
    again = built()
    assert again == here
    assert {table: count(table) for table in before} == before
    assert Build.objects.count() == 2


def test_a_city_has_as_many_records_as_are_asked_for_and_their_keys_tell_them_apart(here):
    bigger = built(records=150_000)
    assert abs(bigger.records - 150_000) < 0.01 * 150_000
    specifications = ground.specifications(city())
    growing = [item for item in city().items.values() if grows(item, specifications[item.code])]
    assert len(growing) >= 15
    for item in growing:
        table, whose = (f"outside.{item.code}", "number") if item.at_source else (f"centre.{item.code}", "subject")
        keys = ", ".join(f'"{name}"' for name in (whose, *item.keys))
        assert count(table) == count(f"(SELECT DISTINCT {keys} FROM {table}) AS told_apart"), item.code
        if not item.at_source:
            row = Register.objects.get(item=item.code)
            assert (row.records, row.subjects) == (count(table), count(f"(SELECT DISTINCT subject FROM {table}) AS s"))


def test_another_seed_gives_other_people_the_parts(here):
    first = {one.story.code: one.applicant for one in builds.told()}
    other = built(people=1200, organisations=200, seed=5)
    assert count("centre.population") < 1300
    accounts = {base(card.username): card for card in accounts_for_bar()}
    assert len(accounts) == other.accounts
    changed = [one for one in builds.told() if one.applicant != first[one.story.code]]
    assert len(changed) > 10
    for one in changed:
        subject = subjects_of([("ric", one.applicant)])["ric", one.applicant]
        assert accounts[one.sign_in["resident"]].subject == subject


def test_a_wrong_specification_is_refused_and_named(here):
    read_city = city()
    broken = dict(read_city.demo) | {"demo/records.yaml": {"marriage": {"of": "nobody", "fields": {}}}}
    now = clock.now()
    with pytest.raises(Refusal) as refused:
        build(city=replace(read_city, demo=broken), people=300, organisations=40, seed=1, as_of=now.date(), now=now)
    assert "marriage" in str(refused.value.what.params["message"])


def apply(story: builds.Told) -> Dossier:
    """Apply as the story's resident does, as far as it goes without anybody else."""
    now = clock.now()
    subject = subjects_of([("ric", story.applicant)])["ric", story.applicant]
    actor = Actor(str(uuid.uuid4()), "resident", subject=subject)
    form = city().matters[story.story.matter].work.form
    chosen = {q.code: story.form[q.code] for q in form if q.type == "relative" and q.code in story.form}
    found = subjects_of([(kind, number) for number in chosen.values() for kind in ("ric", "unit", "uscc")])
    relatives = {code: [s for (_, n), s in found.items() if n == number] for code, number in chosen.items()}
    typed = {**story.form, **{code: str(subjects[0]) for code, subjects in relatives.items()}}
    case = applying.start(matter=story.story.matter, key=uuid.uuid4(), actor=actor, now=now)
    assert applying.save_answers(case=case.id, typed=typed, relatives=relatives, actor=actor, now=now) == {}
    applying.agree(case=case.id, actor=actor, now=now)
    applying.look_up(case=case.id, actor=actor, now=now)
    with contextlib.suppress(Refusal):  # what fails or waits for a choice is not handed in blindly
        applying.hand_in(case=case.id, actor=actor, now=now)
    return of_applicant(case.id, subject, now=now)


@pytest.mark.parametrize("code", TOLD)
def test_each_story_goes_as_it_is_told(here, code):
    story = next(one for one in builds.told() if one.story.code == code)
    outcome = told(apply(story))
    expected = story.story.expected
    facts = [
        {"fact": f["fact"], "about": f["about"], "way": f["way"], "verdict": f["verdict"]} for f in outcome["facts"]
    ]
    assert facts == expected["facts"]
    assert outcome["status"] == expected["status"]
    assert outcome["papers_asked"] == expected["papers_asked"] == 0


def test_pulling_a_plug_sends_the_fact_to_the_department(here):
    story = next(one for one in builds.told() if one.story.code == "second-flat")
    time.outage(city=city(), item="marriage", silent=True)
    outcome = told(apply(story))
    ways = {fact["fact"]: fact["way"] for fact in outcome["facts"] if fact["about"] == "applicant"}
    assert ways["married"] == "department"
    assert ways["fund-months"] == "data"
    assert outcome["status"] == "waiting_department"
    time.outage(city=city(), item="marriage", silent=False)
    ways = {fact["fact"]: fact["way"] for fact in told(apply(story))["facts"]}
    assert ways["married"] == "data"


def test_a_plug_that_is_not_there_is_refused(here):
    untyped = [code for code, item in city().items.items() if not item.fields]
    for item in ["nothing", *untyped[:1]]:
        with pytest.raises(NotFound):
            time.outage(city=city(), item=item, silent=True)


def test_registers_grow_stale_unless_they_are_fed(here):
    later = clock.now() + 5 * DAY
    assert readiness_of(city(), ["real_estate"], now=later)["real_estate"].state is State.STALE
    time.feed(city=city(), now=later)
    assert readiness_of(city(), ["real_estate"], now=later)["real_estate"].state is State.READY


def test_some_departments_are_late_and_stay_late(here):
    late = ground.late(city())
    for now in (clock.now(), clock.now() + datetime.timedelta(days=3)):
        time.feed(city=city(), now=now)
        found = {q.item.code: q.freshness for q in qualities(city(), [city().items[code] for code in late], now=now)}
        assert sorted(found.values()) == ["late", "late", "stale", "stale"]


def test_the_command_lists_stories_as_json(here):
    answer = CliRunner().invoke(demo, ["stories", "--json"], catch_exceptions=False)
    rows = json.loads(answer.output)
    assert [row["story"] for row in rows] == TOLD
    for row in rows:
        assert len(row["applicant"]) == 18
        assert row["sign_in"] == f"{row['story']}.resident"
        assert {"status", "papers_asked", "facts"} <= set(row["expected"])
        for fact in row["expected"]["facts"]:
            assert list(fact) == ["fact", "about", "way", "verdict"], "to be compared with those of a case as they are"
    assert set(WORKED) == {row["matter"] for row in rows} | set(NO_STORY)
    ends = {row["expected"]["status"] for row in rows}
    assert ends == {"submitted", "granted", "draft", "waiting_department", "waiting_commitment"}


def test_the_command_line_applies_as_every_story_tells(here, settings):
    from mianzheng.cases.ports import TRIALS

    settings.ADAPTERS = {"cases.trials": "mianzheng.demo.adapters.trials.StoryAnswers"}
    for one in builds.told():
        assert TRIALS().answers(matter=one.story.matter, number=one.applicant) == one.form != {}
    first = builds.told()[0]
    assert TRIALS().answers(matter="residence-permit", number=first.applicant) == {}
    assert TRIALS().answers(matter=first.story.matter, number="11010519491231002X") == {}


@cache
def applicant(matter: str) -> str:
    """Return the number of somebody who may apply: of a story's resident, or of the first who fits `NO_STORY`."""
    if matter not in NO_STORY:
        return next(one.applicant for one in builds.told() if one.story.matter == matter)
    made = world(
        seed=1,
        people=2000,
        organisations=340,
        as_of=builds.newest().as_of,
        setting=ground.setting(city()),
        ground=ground.ground(city()),
    )
    people = made["people"]
    fits = np.flatnonzero(Sight(people, {}, made.tables, made.today).truths(NO_STORY[matter]))
    return str(people.columns["number"][fits[0]])


@pytest.mark.parametrize("matter", WORKED)
def test_every_worked_matter_is_applied_for_from_the_command_line(here, settings, matter):
    """Each is settled by records, without a paper but those its needs retain, and without an error."""
    settings.ADAPTERS = settings.ADAPTERS | {"cases.trials": "mianzheng.demo.adapters.trials.StoryAnswers"}
    asked = ["apply", "--matter", matter, "--applicant", applicant(matter), "--json"]
    found = json.loads(CliRunner().invoke(case, asked, catch_exceptions=False).output)
    retained = [need for need in city().matters[matter].work.needs if need.retained]
    assert found["papers_asked"] <= len(retained)
    by_records = [f for f in found["facts"] if f["way"] in ("data", "document") and f["verdict"] != "unknown"]
    assert by_records, found
    waiting = [f for f in found["facts"] if f not in by_records]
    assert len(waiting) <= 1
    assert found["status"] in ({"submitted", "granted"} if not waiting else {"draft", "waiting_department"})


@pytest.mark.django_db
def test_a_city_that_is_not_built_names_the_size_it_would_get(settings):
    settings.DEMO_PEOPLE, settings.DEMO_ORGANISATIONS = 12_000, 900
    Build.objects.all().delete()
    with pytest.raises(NotFound) as missing:
        builds.newest()
    assert missing.value.now.params == {"people": "12,000", "organisations": "900"}


def test_a_city_grows_to_as_many_records_as_are_wanted(here):
    now = clock.now()
    wanted = {"people": 2000, "organisations": 340, "records": 150_000}
    grown = build(city=city(), seed=1, as_of=now.date(), now=now, **wanted)
    assert grown.records == pytest.approx(150_000, rel=0.05)


def test_the_reform_of_the_package_is_played_from_an_empty_list_to_the_articles_state(here):
    before = counts(city())
    played = play(package=files_of(PACKAGE), written=content_of, now=clock.now(), tell=lambda line: None)
    figures = counts(city())
    assert played.files == 30
    assert (figures["certificates"], figures["certificates_government"], figures["certificates_finance"]) == (
        270,
        244,
        26,
    )
    assert (figures["by_commitment"], figures["retained"], figures["yearly_volume"]) == (49, 26, 445_000)
    assert figures["batches"] == [69, 56, 114, 31]
    assert figures == before
    now, then = city(), read(files_of(PACKAGE))[0]
    told = lambda c: (c.name, c.demander, c.purpose, c.fact, c.disposal, c.batch, c.yearly_volume, c.issuer)  # noqa: E731
    assert sorted(map(repr, map(told, now.certificates.values()))) == sorted(
        map(repr, map(told, then.certificates.values()))
    )
    offices = {c.demander for c in then.certificates.values()} & {*then.departments, *then.bodies}
    assert set(Notice.objects.filter(batch__number=1).values_list("office", flat=True)) >= offices & {*then.departments}
    assert Candidate.objects.exclude(stage__in=["published", "retained"]).count() == 0
    struck = sum(len(papers_of(now, matter.work)) for matter in now.matters.values())
    assert struck > 0
    with pytest.raises(Refusal):
        play(package=files_of(PACKAGE), written=content_of, now=clock.now(), tell=lambda line: None)
    assert counts(city()) == figures, "it is not played over what people did"
