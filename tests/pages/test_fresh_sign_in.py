"""On a telephone that several share: what is sensitive shows for a while after signing in, then folds into a number."""

from __future__ import annotations

import time

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client
from django.urls import reverse

from mianzheng.audit.actions import write
from mianzheng.audit.models import Entry
from mianzheng.audit.rules import NewEntry
from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.evidence.pages.looks import is_sensitive
from mianzheng.people.models import Account
from tests.pages.street import Street, seen, street
from tests.second_city.life import NOW

__all__ = ["street"]

MINE = "/my/data/"
PASSWORD = "一个很长的口令"


def entries(street: Street, *, sensitive: bool) -> list[Entry]:
    city = city_in_force()
    lines = Entry.objects.filter(subject=street.town["anna"], action="lookup").order_by("id")
    return [line for line in lines if is_sensitive(city, line) is sensitive]


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
def test_what_is_sensitive_folds_and_its_line_tells_nothing_but_how_many(
    street: Street, headers: dict[str, str]
) -> None:
    street.town.verified("anna", marital="married")
    hidden, shown = entries(street, sensitive=True), entries(street, sensitive=False)
    assert hidden and shown
    fresh, stale = street.as_("anna", minutes_ago=9), street.as_("anna", minutes_ago=11)
    before, after = (seen(client.get(MINE, headers=headers)) for client in (fresh, stale))
    assert "查谁是配偶" in before and "查谁是配偶" not in after
    assert "婚姻登记" in before and "婚姻登记" not in after
    assert "是否没有欠款？" in after, "what is not sensitive stays"
    folded = len(
        [e for e in Entry.objects.filter(subject=street.town["anna"]) if e.item and is_sensitive(city_in_force(), e)]
    )
    assert f"{folded} 次敏感的查询，再登录一次才显示" in after
    assert "敏感的查询" not in before
    html = stale.get(MINE, headers=headers).content.decode()
    for line in hidden:
        assert str(line.id) not in html


def test_a_receipt_is_sensitive_as_its_line_is(street: Street) -> None:
    street.town.verified("anna", marital="married")
    hidden, shown = entries(street, sensitive=True)[0], entries(street, sensitive=False)[0]
    stale = street.as_("anna", minutes_ago=11)
    for form in ("", "?form=json"):
        address = reverse("evidence:receipt", args=[hidden.id]) + form
        answer = stale.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/again/?next=")
        assert not answer.content
        assert street.as_("anna").get(address).status_code == 200
        assert stale.get(reverse("evidence:receipt", args=[shown.id]) + form).status_code == 200


def test_an_occasion_of_nothing_but_sensitive_looks_is_not_even_named(street: Street) -> None:
    anna = street.town["anna"]
    looked = {
        "at": NOW,
        "actor": "x",
        "action": "lookup",
        "purpose": "办理“老年公交卡”",
        "subject": anna,
        "item": "marriage",
    }
    write([NewEntry(**looked, applicant=anna, matter="bus")])
    name = city_in_force().matters["bus"].name.zh
    assert name in seen(street.as_("anna").get(MINE))
    after = seen(street.as_("anna", minutes_ago=11).get(MINE))
    assert name not in after
    assert "1 次敏感的查询" in after


@pytest.fixture
def anna(street: Street) -> Client:
    """anna with a password, in a browser where she signed in long ago."""
    account: Account = street.accounts["anna"]
    account.set_password(PASSWORD)
    account.save()
    return street.as_("anna", minutes_ago=600)


def test_the_password_opens_it_again(street: Street, anna: Client) -> None:
    street.town.verified("anna", marital="married")
    again = anna.get(f"/sign-in/again/?next={MINE}")
    assert (again.status_code, again["Location"]) == (302, "/sign-in/again/password/?next=%2Fmy%2Fdata%2F")
    form = anna.get(again["Location"])
    assert "再登录一次" in seen(form)
    wrong = anna.post("/sign-in/again/password/", {"password": "falsch", "next": MINE})
    assert wrong.status_code == 200
    assert "查谁是配偶" not in seen(anna.get(MINE))
    right = anna.post("/sign-in/again/password/", {"password": PASSWORD, "next": MINE})
    assert (right.status_code, right["Location"]) == (302, MINE)
    assert "查谁是配偶" in seen(anna.get(MINE))


def test_the_second_step_opens_it_too(street: Street, anna: Client) -> None:
    street.town.verified("anna", marital="married")
    secret = generate_totp_secret()
    TOTP.activate(street.accounts["anna"], secret)
    assert Authenticator.objects.count() == 1
    form = anna.get(f"/sign-in/again/code/?next={MINE}")
    assert "再登录一次" in seen(form)
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    right = anna.post("/sign-in/again/code/", {"code": code, "next": MINE})
    assert (right.status_code, right["Location"]) == (302, MINE)
    assert "查谁是配偶" in seen(anna.get(MINE))


def test_somebody_elses_sign_in_does_not_count(street: Street) -> None:
    """The records of a session belong to an account; a session without any proves nothing."""
    street.town.verified("anna", marital="married")
    client = street.as_("anna")
    session = client.session
    for left in ([], None, [{"method": "password", "at": time.time() + 3600}]):
        session[AUTHENTICATION_METHODS_SESSION_KEY] = left
        session.save()
        assert "查谁是配偶" not in seen(client.get(MINE))


@pytest.mark.parametrize("then", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_it_leads_to_no_other_site(street: Street, anna: Client, then: str) -> None:
    assert "elsewhere" not in anna.get("/sign-in/again/", {"next": then})["Location"]
    assert "javascript" not in anna.get("/sign-in/again/", {"next": then})["Location"]


def test_who_has_neither_password_nor_code_is_told_what_to_do(street: Street) -> None:
    page = seen(street.as_("anna", minutes_ago=600).get(f"/sign-in/again/?next={MINE}"))
    assert "请先退出，再登录" in page
