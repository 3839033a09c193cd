"""The centre: one typed table an item, replaced whole or not at all, with what is superseded kept askable."""

import uuid
from dataclasses import replace

import pytest
from django.db import DatabaseError, ProgrammingError, transaction

from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.catalogue.models import Edition
from mianzheng.catalogue.queries.editions import city, current, edition
from mianzheng.catalogue.rules.city import Field
from mianzheng.centre.actions.records import load_records, replace_records
from mianzheng.centre.actions.registers import close_dispute, open_dispute, refresh, set_silent
from mianzheng.centre.actions.tables import ensure_table
from mianzheng.centre.jobs import edition_loaded
from mianzheng.centre.models import Register
from mianzheng.centre.queries.records import disputed, readiness_of, records
from mianzheng.centre.rules.readiness import State
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.texts import Text
from mianzheng.web import sql
from tests.second_city import sealed
from tests.second_city.life import DAY, NOW, day, officer
from tests.second_city.reading import CITY, FILES, changed

MARRIAGE, DEBTS = CITY.items["marriage"], CITY.items["debts"]


def test_records_come_back_with_their_types_by_subject(town):
    anna, ben, carl = town["anna"], town["ben"], town["carl"]
    wedding = {"status": "married", "registered_on": day("2019-06-01")}
    assert records(CITY, MARRIAGE, [anna, carl]) == {anna: [{"spouse": ben, **wedding}]}
    assert records(CITY, MARRIAGE, []) == {}


def test_a_load_replaces_everything_and_says_as_of_when(town):
    town.records("debts", ("anna", 1), ("anna", 2), now=NOW - DAY)
    assert records(CITY, DEBTS, [town["anna"], town["eric"]]) == {town["anna"]: [{"amount": 1}, {"amount": 2}]}
    register = Register.objects.get(item="debts")
    assert (register.records, register.as_of) == (2, NOW - DAY)


def test_a_load_that_breaks_off_leaves_what_was_there(lasting_town):
    eric = lasting_town["eric"]
    rows = [[eric, 1], [eric, "much"]]
    with pytest.raises(DatabaseError):
        load_records(item=DEBTS, columns=["subject", "amount"], rows=rows, as_of=NOW)
    assert records(CITY, DEBTS, [eric]) == {eric: [{"amount": 500}]}


def test_what_is_superseded_moves_to_the_history(town):
    eric, anna = town["eric"], town["anna"]
    replace_records(item=DEBTS, subjects=[eric, anna], columns=["subject", "amount"], rows=[[anna, 7]], now=NOW + DAY)
    assert records(CITY, DEBTS, [eric, anna]) == {anna: [{"amount": 7}]}
    past = sql.fetch('SELECT subject, amount, known_from, known_to FROM "centre_history"."debts"')
    assert past == [(eric, 500, NOW, NOW + DAY)]


def test_a_newer_catalogue_adds_its_columns_and_old_records_lack_them(town):
    wider = replace(DEBTS, fields=(*DEBTS.fields, Field("debts", "since", Text("起"), "date")))
    ensure_table(item=wider)
    ensure_table(item=wider)
    assert records(CITY, wider, [town["eric"]]) == {town["eric"]: [{"amount": 500, "since": None}]}


def test_an_item_without_fields_holds_nothing_to_ask(town):
    assert records(CITY, replace(DEBTS, fields=()), [town["eric"]]) == {}


def test_how_a_register_stands_and_that_a_silent_one_confirms_nothing(town):
    def stands(now=NOW):
        found = readiness_of(CITY, ["card", "work", "debts"], now=now)
        return {code: each.state for code, each in found.items()}

    assert set(stands().values()) == {State.READY}
    set_silent(item="debts", silent=True)
    later = NOW + 3 * DAY
    assert stands(later) == {"card": State.STALE, "work": State.READY, "debts": State.SILENT}
    refresh(items=["card", "debts"], as_of=later)
    set_silent(item="debts", silent=False)
    assert stands(later) == {"card": State.READY, "work": State.READY, "debts": State.STALE}
    Register.objects.filter(item="work").delete()
    assert stands()["work"] is State.ABSENT


def test_an_objection_is_open_once_and_closed_for_one_subject_and_item(town):
    eric, actor = town["eric"], officer("homes").id
    for _ in range(2):
        open_dispute(item="debts", subject=eric, actor=actor, now=NOW)
    open_dispute(item="work", subject=eric, actor=actor, now=NOW)
    assert disputed(["debts", "work"], [eric, uuid.uuid4()]) == {("debts", eric), ("work", eric)}
    close_dispute(item="debts", subject=eric, actor=actor, now=NOW)
    assert disputed(["debts", "work"], [eric]) == {("work", eric)}
    open_dispute(item="debts", subject=eric, actor=actor, now=NOW + DAY)
    assert ("debts", eric) in disputed(["debts"], [eric])


def test_a_package_comes_into_force_once_and_a_wrong_one_not_at_all(town):
    first = current()
    assert load_city(files=FILES, actor="operator", now=NOW + DAY) == first
    with pytest.raises(Refusal) as refused:
        load_city(files=changed("towns.csv", ",street", ",village"), actor="operator", now=NOW + DAY)
    assert (refused.value.what.params["file"], refused.value.what.params["line"]) == ("towns.csv", 2)
    assert (current(), Edition.objects.count()) == (first, 1)
    wider = changed("city.yaml", "check_days: 2", "check_days: 3")
    second = load_city(files=wider, actor="operator", now=NOW + 2 * DAY)
    assert second != first
    assert (city().policy.check_days, edition(first).policy.check_days) == (3, 2)
    assert load_city(files=FILES, actor="operator", now=NOW + 3 * DAY) == first, "going back is loading the old again"
    assert current() == first


@pytest.mark.django_db
def test_without_a_city_everything_says_what_to_do():
    with pytest.raises(NotFound) as refused:
        city()
    assert "mianzheng city load" in refused.value.now.msgid


def test_a_new_edition_that_brings_a_field_finds_its_column(town):
    """Until the register is loaded with it the field is empty, and the index of a sealed item is made anew."""
    item = sealed.SEALED.items["debts"]
    load_city(files=dict(sealed.SEALED_FILES), actor="operator", now=NOW + DAY)
    with pytest.raises(ProgrammingError), transaction.atomic():
        records(sealed.SEALED, item, [town["eric"]])
    edition_loaded()
    assert records(sealed.SEALED, item, [town["eric"]]) == {
        town["eric"]: [{"amount": 500, "number": None, "sealed": None}]
    }
    made = "SELECT count(*) FROM pg_indexes WHERE indexname = 'debts_subject' AND indexdef LIKE '%%IS NOT TRUE%%'"
    assert sql.fetch(made, []) == [(2,)]
