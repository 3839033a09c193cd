"""The bar of the demo city: be anybody of a story, pull a plug, let a day pass; nothing of it elsewhere."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from mianzheng.catalogue.queries.editions import city
from mianzheng.centre.queries.records import readiness_of
from mianzheng.centre.rules.readiness import State
from mianzheng.demo import pages
from mianzheng.demo.queries import bar as bars
from mianzheng.demo.rules.stories import stories
from mianzheng.people.queries import account, accounts_for_bar
from mianzheng.web import clock
from tests.demo_city import here, town

__all__ = ["here", "town"]


def shown(user: object) -> bars.Bar:
    found = pages.bar(user)
    assert found is not None
    return found


def state(item: str) -> State:
    return readiness_of(city(), [item], now=clock.now())[item].state


def test_every_account_of_the_demo_is_on_the_bar_and_signs_in(here, client: Client):
    offered = [person.account for group in shown(AnonymousUser()).groups for person in group.people]
    opened = {bars.base(card.username): card for card in accounts_for_bar()}
    assert set(offered) == set(opened)
    for name, card in opened.items():
        answer = client.post(reverse("demo:sign_in"), {"account": name})
        assert answer.status_code == 302, name
        assert client.session["_auth_user_id"] == str(card.id)
        assert account(card.id).username == card.username


def test_a_story_begins_at_its_matter_and_staff_at_their_desk(here, client: Client):
    story = stories(city())[0]
    answer = client.post(reverse("demo:sign_in"), {"account": f"{story.code}.resident"})
    assert answer["Location"] == f"/matters/{story.matter}/"
    office = next(card.username for card in accounts_for_bar() if "officer" in card.roles)
    assert client.post(reverse("demo:sign_in"), {"account": office})["Location"] == "/department/"


@pytest.mark.parametrize("name", ["", "nobody", "second-flat", "second-flat.seller", "admin"])
def test_nobody_else_is_signed_in(here, client: Client, name: str):
    assert client.post(reverse("demo:sign_in"), {"account": name}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_the_bar_costs_one_query_and_marks_who_one_is(here, django_assert_num_queries):
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.get(username="second-flat.spouse")
    city()
    with django_assert_num_queries(2):  # one of them asks which city package is in force, which every page asks anyway
        bar = shown(user)
    assert [p.account for group in bar.groups for p in group.people if p.current] == ["second-flat.spouse"]
    assert {"marriage", "house_payment", "fund_loan"} <= {item.code for item in bar.items}
    assert "degree" not in {item.code for item in bar.items}


def test_a_story_has_a_button_for_every_office_a_check_or_an_objection_may_go_to(here):
    from django.contrib.auth import get_user_model

    for story in stories(city()):
        own = shown(get_user_model().objects.get(username=f"{story.code}.resident")).own
        matter = city().matters[story.matter]
        answering = {city().facts[need.fact].answered_by for need in matter.work.needs}
        buttons = [person.account for person in own.people]
        assert len(buttons) == len(set(buttons))
        assert {name for name in buttons if name.startswith("officer.")} == {
            f"officer.{office}" for office in {*answering, matter.owner}
        }
        assert [person.account for person in own.people if person.current] == [f"{story.code}.resident"]


def test_an_officer_serves_several_stories_so_the_bar_names_the_office_only(here, client: Client):
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.get(username="officer.housing")
    bar = shown(user)
    assert (bar.own, bar.current.account) == (None, "officer.housing")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/").content.decode()
    now = page[page.index("demo-now") : page.index("</summary>")]
    assert city().departments["housing"].name.zh in now
    assert not any(story.title.zh in now for story in stories(city()))


def test_the_switch_pulls_the_plug_and_goes_back_to_the_page(here, client: Client):
    back = "http://testserver/my/"
    answer = client.post(reverse("demo:outage"), {"item": "marriage", "silent": "on"}, headers={"referer": back})
    assert answer["Location"] == back
    assert state("marriage") is State.SILENT
    assert [item.code for item in shown(AnonymousUser()).items if item.silent] == ["marriage"]
    client.post(
        reverse("demo:outage"), {"item": "marriage", "silent": "off"}, headers={"referer": "http://evil.example/"}
    )
    assert state("marriage") is State.READY


def test_it_never_sends_anybody_elsewhere(here, client: Client):
    answer = client.post(
        reverse("demo:outage"), {"item": "marriage", "silent": "off"}, headers={"referer": "http://evil.example/"}
    )
    assert answer["Location"] == "/"


@pytest.fixture
def own_clock(settings, tmp_path):
    settings.MIANZHENG_HOME = tmp_path


def test_a_day_passes_and_the_registers_are_fed(here, client: Client, own_clock):
    before = clock.today()
    for _ in range(4):
        client.post(reverse("demo:advance"), {"days": "1"})
    assert (clock.today() - before).days == 4
    assert state("marriage") is State.READY
    assert shown(AnonymousUser()).days == 4
    for days in ("0", "-1", "400", "x"):
        assert client.post(reverse("demo:advance"), {"days": days}).status_code == 404
    assert (clock.today() - before).days == 4


def test_there_is_no_bar_where_people_are_real(here, client: Client, settings):
    settings.DEMO = False
    assert pages.bar(AnonymousUser()) is None
    for name in ("sign_in", "outage", "advance"):
        answer = client.post(
            reverse(f"demo:{name}"), {"account": "second-flat.resident", "item": "marriage", "days": "1"}
        )
        assert answer.status_code == 404
    assert "_auth_user_id" not in client.session


def test_only_a_post_does_anything(here, client: Client):
    for name in ("sign_in", "outage", "advance"):
        assert client.get(reverse(f"demo:{name}")).status_code == 405


def test_every_page_shows_the_bar(here, client: Client, db):
    page = client.get("/")
    assert page.status_code == 200
    assert "second-flat.resident" in page.content.decode()
