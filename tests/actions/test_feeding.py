"""What a load changed becomes deliveries: to whom, with what and no more; owners of decided cases among them."""

import uuid
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mianzheng.catalogue.rules.package import read
from mianzheng.centre.actions.feeding import feed
from mianzheng.centre.actions.settling import send_again, settle_by_hand
from mianzheng.centre.actions.watching import forget_watches, watch
from mianzheng.centre.models import Delivery, Watch
from mianzheng.common.actors import OPERATOR
from mianzheng.common.errors import Refusal
from mianzheng.web import sql
from tests.second_city.feeds import FED, FED_FILES, HOUSEHOLDS, PERMITS, Told, changed, told
from tests.second_city.life import DAY, NOW, day

A, B, C = (uuid.UUID(int=number) for number in (1, 2, 3))
SPRING, SUMMER = day("2026-03-01"), day("2026-06-01")

pytestmark = pytest.mark.django_db


def of(feed):
    return [each for each in told() if each.feed == feed]


def test_a_household_that_grew_tells_the_village_its_head_count_and_nothing_else():
    changed(HOUSEHOLDS, [(A, 5, "古井社区", SUMMER)], [(A, 4, "古井社区", SPRING)])
    assert told() == [Told("heads", "well", A, "changed", {"heads": 5}, "listed")]


def test_what_came_and_what_went_is_told_and_where_nothing_told_changed_nobody_hears():
    changed(
        HOUSEHOLDS,
        [(A, 5, "古井社区", SUMMER), (B, 2, "古井社区", SUMMER)],
        [(B, 2, "古井社区", SPRING), (C, 3, "古井社区", SPRING)],
    )
    assert [(t.subject, t.change, t.payload) for t in told()] == [
        (C, "removed", {"heads": 3}),
        (A, "added", {"heads": 5}),
    ]


def test_a_household_that_moved_is_gone_for_one_village_and_new_for_the_other():
    changed(HOUSEHOLDS, [(A, 4, "石桥社区", SUMMER)], [(A, 4, "古井社区", SPRING)])
    assert [(t.receiver, t.change) for t in told()] == [("well", "removed"), ("bridge", "added")]


@pytest.mark.parametrize("written", [None, ""])
def test_where_no_village_is_written_nobody_is_told(written):
    assert changed(HOUSEHOLDS, [(A, 4, written, SUMMER)], []) == 0


def test_a_village_nobody_knows_is_not_guessed_but_looked_at_by_a_person():
    assert changed(HOUSEHOLDS, [(A, 4, "别处的村", SUMMER)], []) == 1
    row = Delivery.objects.get()
    assert (row.receiver, row.status, row.problem) == ("", "dead", "nowhere")
    with pytest.raises(Refusal):
        send_again(delivery=row.id, actor=OPERATOR, now=NOW)
    settle_by_hand(delivery=row.id, note="已电话告知", actor=OPERATOR, now=NOW)


def test_the_code_of_a_village_is_as_good_as_its_name():
    changed(HOUSEHOLDS, [(A, 4, "bridge", SUMMER)], [])
    assert [t.receiver for t in told()] == ["bridge"]


def test_a_name_two_villages_bear_names_neither():
    twin = replace(FED.communities["bridge"], name=FED.communities["well"].name)
    from mianzheng.centre.rules.feeding import community_codes

    names, codes = community_codes(replace(FED, communities={**FED.communities, "bridge": twin}))
    assert dict(zip(names, codes, strict=True)) == {"well": "well", "bridge": "bridge"}


def test_a_condition_is_about_the_new_row_and_of_what_went_about_the_old():
    changed(
        PERMITS,
        [(A, "1", "ended", SUMMER), (B, "1", "valid", SUMMER), (C, "1", "ended", SUMMER)],
        [(A, "1", "valid", SPRING), (B, "1", "ended", SPRING), (C, "2", "ended", SPRING)],
    )
    assert [(t.subject, t.change) for t in of("ended-permits")] == [
        (C, "removed"),
        (B, "removed"),
        (A, "changed"),
        (C, "added"),
    ], "what is no longer what the feed is about has gone for its receiver"


def test_who_only_hears_of_new_ones_hears_of_what_came_into_sight():
    feed = replace(FED.feeds["ended-permits"], on=("added",))
    city = replace(FED, feeds={"ended-permits": feed})
    changed(PERMITS, [(A, "1", "ended", SUMMER)], [(A, "1", "valid", SPRING)], city=city)
    assert [(t.subject, t.change) for t in told()] == [(A, "added")]


def test_a_record_that_stays_in_sight_is_no_news_again():
    changed(PERMITS, [(A, "1", "ended", SUMMER)], [(A, "1", "ended", SPRING)])
    assert of("ended-permits") == []
    assert of("permits-by-machine") == [], "what it is told is the same"
    assert [t.change for t in of("all-permits")] == ["changed"], "who is told only that it changed hears of any change"


def test_the_records_of_one_subject_are_told_apart_by_their_key():
    changed(PERMITS, [(A, "1", "ended", SUMMER), (A, "2", "valid", SUMMER)], [(A, "1", "valid", SPRING)])
    assert [(t.change, t.payload) for t in of("permits-by-machine")] == [
        ("changed", {"status": "ended"}),
        ("added", {"status": "valid"}),
    ]


def test_what_goes_by_machine_waits_and_a_job_is_told_once():
    for _ in range(2):
        changed(PERMITS, [(A, "1", "ended", SUMMER)], [])
    assert {t.status for t in of("permits-by-machine")} == {"pending"}
    assert sql.fetch("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'centre.deliver'") == [(1,)]


def test_whoever_granted_a_case_learns_which_item_changed_and_once_while_they_have_not_looked():
    case, other = uuid.uuid4(), uuid.uuid4()
    watch(relied=[("permits", A), ("permits", A), ("households", A)], office="homes", case=case, until=NOW.date() + DAY)
    watch(relied=[("permits", A)], office="homes", case=case, until=NOW.date())
    watch(relied=[("permits", A)], office="civil", case=other, until=NOW.date() - DAY)
    assert Watch.objects.count() == 3
    rows = [(A, "1", "valid", SUMMER), (A, "2", "valid", SUMMER), (B, "1", "valid", SUMMER)]
    changed(PERMITS, rows, [(A, "1", "valid", SPRING)])
    assert of("") == [Told("", "homes", A, "changed", {}, "listed")]
    assert Delivery.objects.get(feed="").case == case
    changed(PERMITS, [], rows, now=NOW + DAY)
    assert len(of("")) == 1, "the first is still on the list"
    Delivery.objects.filter(feed="").update(status="done", settled_at=NOW, settled_by="x")
    changed(PERMITS, [], rows, now=NOW + DAY)
    assert [t.change for t in of("")] == ["changed", "removed"]
    changed(PERMITS, rows, [], now=NOW + 2 * DAY)
    assert len(of("")) == 2, "past its day nobody is told"
    assert forget_watches(today=NOW.date()) == 1


def test_a_feed_that_could_never_arrive_is_a_problem_of_the_package():
    def problems(old, new):
        _, found = read({**FED_FILES, "feeds.yaml": FED_FILES["feeds.yaml"].replace(old, new, 1)})
        return [each.message for each in found if each.file == "feeds.yaml"]

    assert problems("x", "x") == []
    assert problems("[added, changed, removed]", "[]")
    assert problems("[added, changed, removed]", "[gone]")
    assert problems("payload: [heads]", "payload: [tails]")
    assert problems("  route: webhook\n", "")
    assert problems("receiver: homes", "receiver: nobody")


def statements(rows, *, status="ended", city=FED):
    """Feed so many changed rows; return how many deliveries that made and how many statements it took."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS added, removed")
        old = "SELECT gen_random_uuid() AS subject, n::text AS number, 'valid' AS status, DATE '2026-01-01' AS seen_on"
        cursor.execute(f"CREATE TEMP TABLE removed AS {old} FROM generate_series(1, {rows}) n")
        new = f"SELECT subject, number, '{status}' AS status, seen_on + 1 AS seen_on FROM removed"
        cursor.execute(f"CREATE TEMP TABLE added AS {new}")
        cursor.execute("ANALYZE added")
        cursor.execute("ANALYZE removed")
    sql.run("DELETE FROM procrastinate_jobs")  # a job that waits already is not put there again, which takes one more
    with CaptureQueriesContext(connection) as captured:
        count = feed(city=city, item=PERMITS, added="added", removed="removed", now=NOW)
    return count, len(captured)


@pytest.mark.parametrize("rows", [1_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
def test_many_changed_rows_take_as_many_statements_as_one(rows):
    count, taken = statements(1)
    assert statements(rows) == (rows * count, taken)
    quiet = replace(FED, feeds={"permits-by-machine": FED.feeds["permits-by-machine"]})
    assert statements(rows, status="valid", city=quiet)[0] == 0, "what a receiver is told is the same"
