"""Keys and clients of askers: shown once, several at a time, followed, ended; tokens of the identity provider."""

import base64
import datetime
import uuid

import pytest
from allauth.idp.oidc.models import Client, Token
from django.test import Client as Browser

from mianzheng.audit.models import Entry
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.gateway import jobs
from mianzheng.gateway.actions import clients, keys
from mianzheng.gateway.models import AskerClient, AskerKey
from mianzheng.gateway.queries.keys import clients_of, keys_of, open_keys
from mianzheng.gateway.queries.standing import in_force, recognise
from mianzheng.gateway.rules.keys import BATCH, MOST, PREFIX, SINGLE, digest
from mianzheng.web import clock
from tests.second_city.asking import HOMES, LENDER, WATER
from tests.second_city.life import DAY, NOW, day
from tests.second_city.reading import CITY

SECOND = datetime.timedelta(seconds=1)
LATER = day("2026-12-31")
LATER_OVER = datetime.datetime(2027, 1, 1, tzinfo=NOW.tzinfo)
"""The moment `LATER` is over."""


def key(*, actor=LENDER, now=NOW, id=None, **more):
    given = {"name": "信贷系统", "scopes": [SINGLE], "until": LATER, **more}
    return keys.make_key(city=CITY, id=id or uuid.uuid4(), actor=actor, now=now, **given)


def client(*, actor=LENDER, now=NOW, **more):
    given = {"id": uuid.uuid4(), "name": "信贷系统", "scopes": [SINGLE], "until": LATER, **more}
    return clients.make_client(city=CITY, actor=actor, now=now, **given)


def test_a_key_is_shown_once_and_only_its_digest_is_kept(town):
    id = uuid.uuid4()
    secret = key(id=id, scopes=[SINGLE, BATCH])
    assert secret.startswith(PREFIX) and len(secret) > 45
    row = AskerKey.objects.get()
    assert (bytes(row.digest), row.scopes, row.asker) == (digest(secret), [SINGLE, BATCH], "lender")
    caller = in_force(NOW.date()).keys[digest(secret)]
    assert (caller.asker, caller.scopes) == ("lender", frozenset({SINGLE, BATCH}))
    assert caller.until == datetime.datetime(2027, 1, 1, tzinfo=NOW.tzinfo), "its last day counts whole"
    with pytest.raises(Refusal):
        key(id=id)
    assert AskerKey.objects.count() == 1
    assert secret not in str(list(Entry.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": " "}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"until": NOW.date()}, "until"),
        ({"until": NOW.date() + 366 * DAY}, "until"),
    ],
)
def test_what_makes_no_key(town, more, field):
    for make in (key, client):
        with pytest.raises(Refusal) as refused:
            make(**more)
        assert refused.value.field == field


def test_whoever_may_not_ask_has_no_key(town):
    for office in ("", "nobody"):
        with pytest.raises(Refusal):
            key(actor=Actor("somebody", "asker", office=office))
    key(actor=HOMES)
    key(actor=WATER)


def test_ten_keys_and_clients_are_enough(town):
    for _ in range(MOST - 1):
        key()
    client()
    for make in (key, client):
        with pytest.raises(Refusal):
            make()
    assert open_keys("lender", now=NOW) == MOST
    first = AskerKey.objects.order_by("made_at").first()
    assert first is not None
    keys.rotate(city=CITY, key=first.id, id=uuid.uuid4(), actor=LENDER, now=NOW)  # what takes a place needs none
    keys.end_key(key=first.id, actor=LENDER, now=NOW)


def test_a_key_is_followed_by_another_and_works_on_for_a_while(town):
    old = digest(key())
    row = AskerKey.objects.get()
    new = digest(keys.rotate(city=CITY, key=row.id, id=uuid.uuid4(), actor=LENDER, now=NOW))
    known = in_force(NOW.date()).keys
    assert known[old].until == NOW + 7 * DAY
    assert known[new].until == datetime.datetime(2027, 3, 3, tzinfo=NOW.tzinfo)
    assert known[new].scopes == known[old].scopes
    assert AskerKey.objects.get(digest=new).follows == row.id
    keys.rotate(city=CITY, key=row.id, id=uuid.uuid4(), actor=LENDER, now=NOW + DAY)
    assert in_force(NOW.date()).keys[old].until == NOW + 7 * DAY, "asking again does not make the old one live longer"
    with pytest.raises(Refusal):
        keys.rotate(city=CITY, key=row.id, id=uuid.uuid4(), actor=LENDER, now=NOW + 8 * DAY)


def test_a_key_ends_at_once_and_only_by_its_own_office(town):
    secret = key()
    row = AskerKey.objects.get()
    for actor in (WATER, HOMES, Actor("x", "asker", office="")):
        with pytest.raises(NotFound):
            keys.end_key(key=row.id, actor=actor, now=NOW)
    keys.end_key(key=row.id, actor=LENDER, now=NOW)
    keys.end_key(key=row.id, actor=LENDER, now=NOW + DAY)
    assert digest(secret) not in in_force(NOW.date()).keys
    assert [each.ended_at for each in keys_of("lender", now=NOW)] == [NOW]


# --- the identity provider ----------------------------------------------------------------------------------------------


def fetched(name, secret, **more):
    """Fetch a token as curl would: the client's name and secret in the header, a form in the body."""
    basic = base64.b64encode(f"{name}:{secret}".encode()).decode()
    form = {"grant_type": "client_credentials", **more}
    return Browser().post("/identity/token", form, headers={"Authorization": f"Basic {basic}"})


def test_a_client_fetches_a_token_good_for_what_it_may(town):
    name, secret = client(scopes=[SINGLE, BATCH])
    answer = fetched(name, secret)
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["token_type"].lower() == "bearer" and set(told["scope"].split()) == {SINGLE, BATCH}
    assert "refresh_token" not in told
    token = Token.objects.lookup(Token.Type.ACCESS_TOKEN, told["access_token"])
    assert token is not None and token.user is None
    assert in_force(NOW.date()).clients[token.client_id] == ("lender", LATER_OVER)
    assert told["access_token"] not in str(list(Token.objects.values_list("hash", flat=True)))
    narrow = fetched(name, secret, scope=SINGLE).json()
    assert narrow["scope"] == SINGLE


def test_what_gets_no_token(town):
    name, secret = client()
    tries = {
        401: [(name, "wrong", {}), ("nobody", secret, {}), (name, "", {})],
        400: [
            (name, secret, {"scope": BATCH}),
            (name, secret, {"scope": "openid"}),
            (name, secret, {"grant_type": "authorization_code"}),
            (name, secret, {"grant_type": "password", "username": "anna", "password": "x"}),
            (name, secret, {"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}),
            (name, secret, {"grant_type": "refresh_token"}),
        ],
    }
    for status, given in tries.items():
        for who, word, more in given:
            answer = fetched(who, word, **more)
            assert answer.status_code == status, (more, answer.content)
            assert answer.headers["Content-Type"].startswith("application/json")
    for broken in ("Basic !!!", "Basic /w==", "Bearer x", ""):
        assert Browser().post("/identity/token", headers={"Authorization": broken}).status_code == 401
    assert Browser().get("/identity/token").status_code == 405
    assert not Token.objects.exists()


@pytest.mark.parametrize("path", ["/identity/token", "/identity/revoke"])
@pytest.mark.parametrize("who", ["a\0b", "a\0", "客户", "a b", "a" * 300, ""])
def test_what_can_be_no_name_of_a_client_is_none(town, path, who):
    form = {"grant_type": "client_credentials", "token": "x"}
    basic = base64.b64encode(f"{who}:secret".encode()).decode()
    assert Browser().post(path, form, headers={"Authorization": f"Basic {basic}"}).status_code == 401
    assert Browser().post(path, {**form, "client_id": who, "client_secret": "x"}).status_code == 401


@pytest.mark.parametrize("path", ["/identity/token", "/identity/revoke"])
@pytest.mark.parametrize("field", ["secret", "token", "scope", "grant_type"])
def test_a_nul_anywhere_is_refused_not_tripped_over(town, path, field):
    name, secret = client()
    form = {"grant_type": "client_credentials", "token": "x", "client_id": name, "client_secret": secret}
    answer = Browser().post(path, {**form, {"secret": "client_secret"}.get(field, field): "a\0b"})
    assert answer.status_code < 500


def test_only_what_client_credentials_need_has_an_address(town):
    for path in ("authorize", "device/code", "userinfo", "introspect", "clients", "logout", "keys"):
        for prefix in ("/identity/", "/identity/o/", "/identity/o/api/"):
            assert Browser().post(prefix + path).status_code == 404
    assert Browser().get("/.well-known/openid-configuration").status_code == 404


def test_a_token_is_given_back(town):
    name, secret = client()
    token = fetched(name, secret).json()["access_token"]
    basic = base64.b64encode(f"{name}:{secret}".encode()).decode()
    other, others_secret = client(actor=WATER)
    theirs = base64.b64encode(f"{other}:{others_secret}".encode()).decode()
    Browser().post("/identity/revoke", {"token": token}, headers={"Authorization": f"Basic {theirs}"})
    assert Token.objects.lookup(Token.Type.ACCESS_TOKEN, token) is not None, "nobody gives back another's"
    assert Browser().post("/identity/revoke", {"token": token}).status_code == 401
    answer = Browser().post("/identity/revoke", {"token": token}, headers={"Authorization": f"Basic {basic}"})
    assert answer.status_code == 200
    assert Token.objects.lookup(Token.Type.ACCESS_TOKEN, token) is None


def test_nobody_gives_back_anothers_token_by_naming_two_clients(town):
    (victim, secret), (other, others_secret) = client(), client(actor=WATER)
    token = fetched(victim, secret).json()["access_token"]
    form = {"token": token, "client_id": other, "client_secret": others_secret}
    for scheme, named in (
        ("Basic", f"{victim}:x"),
        ("basic", f"{victim}:x"),
        ("Basic", victim),
        ("Basic", f"{victim}:"),
    ):
        basic = f"{scheme} {base64.b64encode(named.encode()).decode()}"
        assert Browser().post("/identity/revoke", form, headers={"Authorization": basic}).status_code == 401
    mine = {"token": token, "client_id": victim, "client_secret": "x"}
    asked = f"/identity/revoke?client_id={other}&client_secret={others_secret}"
    assert Browser().post(asked, mine).status_code == 401
    assert Token.objects.lookup(Token.Type.ACCESS_TOKEN, token) is not None
    basic = base64.b64encode(f"{victim}:{secret}".encode()).decode()
    both = {"token": token, "client_id": victim}
    assert Browser().post("/identity/revoke", both, headers={"Authorization": f"Basic {basic}"}).status_code == 200
    assert Token.objects.lookup(Token.Type.ACCESS_TOKEN, token) is None


def test_a_client_that_is_ended_takes_its_tokens_with_it(town):
    name, secret = client()
    fetched(name, secret)
    row = AskerClient.objects.get()
    with pytest.raises(NotFound):
        clients.end_client(client=row.id, actor=WATER, now=NOW)
    clients.end_client(client=row.id, actor=LENDER, now=NOW)
    clients.end_client(client=row.id, actor=LENDER, now=NOW)
    assert not Token.objects.exists() and not Client.objects.exists()
    assert in_force(NOW.date()).clients == {}
    assert fetched(name, secret).status_code == 401
    assert [each.row.client for each in clients_of("lender")] == [name], "it is still listed, as ended"


def test_a_client_ends_on_its_last_day(town):
    name, secret = client(until=NOW.date() + DAY)
    assert clients.end_expired(now=NOW + DAY) == 0
    assert clients.end_expired(now=NOW + 2 * DAY) == 1
    assert fetched(name, secret).status_code == 401


def test_tokens_that_ran_out_a_day_ago_are_deleted_at_night(town, monkeypatch, django_assert_num_queries):
    name, secret = client()
    token = fetched(name, secret).json()["access_token"]
    (row,) = Token.objects.all()
    assert row.expires_at is not None
    for n in range(3):
        Token.objects.create(hash=str(n), type=row.type, client_id=name, expires_at=row.expires_at - (n + 1) * DAY)
    with django_assert_num_queries(1):
        assert clients.forget_tokens(now=row.expires_at) == 3
    monkeypatch.setattr("django.utils.timezone.now", lambda: row.expires_at + DAY - SECOND)
    jobs.forget_old(timestamp=0)
    assert Token.objects.by_value(token).exists(), "what ran out within a day stays"
    monkeypatch.setattr("django.utils.timezone.now", lambda: row.expires_at + DAY)
    jobs.forget_old(timestamp=0)
    assert not Token.objects.exists() and Client.objects.exists()


@pytest.mark.parametrize("last", [None, 30 * DAY])
def test_in_a_demo_whose_clock_was_moved_a_token_lives_as_long_as_anywhere(town, monkeypatch, last):
    name, secret = client()
    AskerClient.objects.update(until=last and clock.now() + last)
    clock.shift(2)
    token = fetched(name, secret).json()["access_token"]
    caller = recognise(in_force(NOW.date()), digest(token), token, now=clock.now())
    assert caller is not None and clock.now() < caller.until
    jobs.forget_old(timestamp=0)
    assert Token.objects.by_value(token).exists()
    after = Token.objects.get().expires_at
    monkeypatch.setattr("django.utils.timezone.now", lambda: after)
    assert recognise(in_force(NOW.date()), digest(token), token, now=clock.now()) is None


def test_the_same_form_sent_twice_makes_one_client(town):
    id = uuid.uuid4()
    client(id=id)
    with pytest.raises(Refusal):
        client(id=id)
    assert Client.objects.count() == AskerClient.objects.count() == 1
