"""Slips: made out, bounded, opened once by whoever asked, found by oversight, answered."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from typing import Any

import pytest

from mianzheng.audit.models import Entry
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.oversight.jobs import note_demand
from mianzheng.oversight.models import Finding
from mianzheng.oversight.queries.findings import by_certificate
from mianzheng.reform.actions import slips
from mianzheng.reform.models import Slip
from mianzheng.reform.queries.slips import by_week, demands
from mianzheng.reform.rules.slips import Channel
from mianzheng.web import sql
from tests.reformed import head_of
from tests.second_city.life import DAY, NOW
from tests.second_city.reading import CITY

AGENT = Actor(str(uuid.UUID(int=71)), "agent", "well")
CLERK = Actor(str(uuid.UUID(int=72)), "officer", "homes")

pytestmark = pytest.mark.django_db


def made(actor: Actor | None = AGENT, **said: Any) -> Slip:
    known: dict[str, Any] = {
        "city": CITY,
        "certificate": "work-paper",
        "demander": "homes",
        "demander_said": "",
        "purpose": "",
        "channel": Channel.VILLAGE if actor else Channel.ONLINE,
        "place": actor.office if actor else "",
        "now": NOW,
    }
    return slips.make(actor=actor, **known | said)


def queued() -> list[str]:
    found = sql.fetch(
        "SELECT args ->> 'slip' FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [slips.DEMANDED]
    )
    return [row[0] for row in found]


def test_a_slip_names_the_certificate_who_asks_and_the_village():
    slip = made(purpose="买房")
    kept = Slip.objects.get()
    assert (kept.certificate, kept.demander, kept.channel, kept.place) == ("work-paper", "homes", "village", "well")
    assert kept.made_by == AGENT.id and kept.purpose == "买房" and kept.token == slip.token
    entry = Entry.objects.get(action="slip")
    assert entry.actor == AGENT.id and entry.detail["certificate"] == "work-paper"


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"certificate": "abroad-paper"}, Refusal),
        ({"certificate": "nothing"}, NotFound),
        ({"demander": "", "demander_said": ""}, Refusal),
        ({"purpose": "张三 13800138000"}, Refusal),
        ({"demander_said": "找 330782199003076636"}, Refusal),
    ],
)
def test_what_is_refused_leaves_nothing(said: dict[str, str], refused: type[Refusal]):
    with pytest.raises(refused):
        made(**said)
    assert not Slip.objects.exists() and not Entry.objects.filter(action="slip").exists()


def test_a_day_has_only_so_many_that_nobody_signed_in_for():
    city = dataclasses.replace(CITY, policy=dataclasses.replace(CITY.policy, slips_a_day=2))
    for _ in range(2):
        made(None, city=city)
    with pytest.raises(Refusal) as full:
        made(None, city=city)
    assert full.value.what.params["most"] == 2
    made(city=city)  # whoever signs in is not counted
    made(None, city=city, now=NOW + DAY)
    assert Slip.objects.filter(made_by="").count() == 3


def test_the_first_scan_makes_one_finding():
    slip = made()
    for hours, office in ((1, ""), (2, "homes")):
        slips.opened(token=slip.token, office=office, now=NOW + datetime.timedelta(hours=hours))
    slip.refresh_from_db()
    assert slip.opened_at == NOW + datetime.timedelta(hours=1)
    assert queued() == [str(slip.id)]
    for _ in range(2):  # a job may run twice
        note_demand(str(slip.id))
    found = Finding.objects.get()
    assert (found.kind, found.certificate, found.office, found.source) == ("demanded", "work-paper", "homes", slip.id)
    assert Entry.objects.filter(action="finding").count() == 1


def test_who_made_it_out_opens_nothing_but_the_desk_that_asked_does():
    at_window = made(CLERK, place="homes", channel=Channel.WINDOW)
    slips.opened(token=at_window.token, office="homes", by=CLERK.id, now=NOW)
    village = made()
    slips.opened(token=village.token, office="well", by="another agent", now=NOW)
    assert queued() == []
    slips.opened(token=at_window.token, office="homes", by="another clerk", now=NOW)
    assert queued() == [str(at_window.id)]


def test_whoever_is_named_answers_and_may_think_again():
    slip = made()
    with pytest.raises(NotFound):
        slips.answer(token=slip.token, still=False, why="", actor=head_of("civil"), now=NOW)
    slips.answer(token=slip.token, still=True, why="办法第三条", actor=head_of("homes"), now=NOW)
    slip.refresh_from_db()
    assert slip.answer == "办法第三条" and slip.answered_by == head_of("homes").id
    assert queued() == [str(slip.id)], "whoever says that it still asks has the slip, scanned or not"
    slips.answer(token=slip.token, still=False, why="", actor=head_of("homes"), now=NOW + DAY)
    slip.refresh_from_db()
    assert slip.answer == "" and slip.answered_at == NOW + DAY


def test_an_office_as_told_is_known_once_it_answers():
    slip = made(demander="", demander_said="那家银行")
    slips.answer(token=slip.token, still=False, why="", actor=head_of("lender"), now=NOW)
    slip.refresh_from_db()
    assert slip.demander == "lender"


def test_there_is_no_slip_of_that_code():
    for act in (
        lambda: slips.opened(token="ZZZZZZ", office="", now=NOW),
        lambda: slips.answer(token="ZZZZZZ", still=False, why="", actor=head_of("homes"), now=NOW),
    ):
        with pytest.raises(NotFound):
            act()


def test_demands_are_counted_by_certificate_and_office_and_week():
    for days in (0, 1, 7):
        made(now=NOW + days * DAY)
    made(demander="", demander_said="某物业", now=NOW)
    first = NOW.replace(hour=0)
    counted = [(each.demander or each.said, each.slips) for each in demands(first)]
    assert counted == [("homes", 3), ("某物业", 1)]
    assert by_week(first) == {NOW.date(): 3, NOW.date() + 7 * DAY: 1}


def test_slips_are_forgotten():
    made()
    assert slips.forget(now=NOW + slips.KEPT) == 0
    assert slips.forget(now=NOW + slips.KEPT + DAY) == 1


def test_offices_without_a_code_are_counted_each():
    for said in ("甲物业", "乙物业", "乙物业"):
        slip = made(demander="", demander_said=said)
        slips.opened(token=slip.token, office="", now=NOW)
        note_demand(str(slip.id))
    (counted,) = by_certificate(NOW.date() - DAY)
    assert (counted.findings, counted.others) == (3, 2)
