"""Signing in and out: by user name and password, with a second step for those who set one up; nobody signs up."""

import datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.urls import get_resolver

from mianzheng.people import actions, models

NOW = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.UTC)
PASSWORD = "一个很长的口令"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def officer():
    cache.clear()  # allauth counts failed attempts there
    actions.open_account(username="gjj", roles=["officer"], department="GJJ", now=NOW, password=PASSWORD)


def sign_in(client, password=PASSWORD, **more):
    return client.post("/sign-in/", {"login": "gjj", "password": password, **more})


def test_by_password_to_where_one_wanted_to_go(client):
    answer = sign_in(client, next="/department/?open=1")
    assert (answer.status_code, answer.url) == (302, "/department/?open=1")
    assert client.session["_auth_user_id"] == str(models.Account.objects.get().id)


def test_never_to_another_site(client):
    assert sign_in(client, next="https://elsewhere.example/").url.startswith("/")


def test_a_wrong_password_and_an_unknown_name_look_the_same(client):
    def said(answer):
        return answer.status_code, [str(error) for error in answer.context["form"].non_field_errors()]

    wrong = said(sign_in(client, password="falsch"))
    unknown = said(client.post("/sign-in/", {"login": "nobody", "password": PASSWORD}))
    assert wrong == unknown
    assert wrong[1] and "_auth_user_id" not in client.session


def test_guessing_is_slowed_down(client):
    answers = [sign_in(client, password=f"guess{n}").status_code for n in range(12)]
    assert "_auth_user_id" not in client.session
    assert sign_in(client).status_code in (200, 429), "the right password among many guesses is held back too"
    assert "_auth_user_id" not in client.session, answers


def test_a_second_step_for_those_who_have_one(client):
    secret = generate_totp_secret()
    TOTP.activate(models.Account.objects.get(), secret)
    answer = sign_in(client)
    assert (answer.status_code, answer.url) == (302, "/sign-in/code/")
    assert "_auth_user_id" not in client.session
    counter = next(iter(yield_hotp_counters_from_time()))
    answer = client.post("/sign-in/code/", {"code": format_hotp_value(hotp_value(secret, counter))})
    assert answer.status_code == 302
    assert "_auth_user_id" in client.session
    assert Authenticator.objects.get().last_used_at


def test_signing_out_needs_a_button_not_a_link(client):
    sign_in(client)
    assert client.get("/sign-out/").status_code == 200
    assert "_auth_user_id" in client.session
    client.post("/sign-out/")
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(client):
    names = get_resolver().reverse_dict
    assert not [name for name in names if isinstance(name, str) and "signup" in name]
    assert client.get("/accounts/signup/").status_code == 404
