"""Changes sent by machine: signed, at least once, in order of one subject, given up to a person at last."""

import datetime
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import replace

import pytest
from django.conf import settings as site
from django.db import connection

from mianzheng.audit.models import Entry
from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.centre import jobs
from mianzheng.centre.actions import delivering
from mianzheng.centre.actions.delivering import deliver
from mianzheng.centre.actions.hooks import close_hook, open_hook, reseal_hooks, secret_of
from mianzheng.centre.actions.settling import send_again, settle_by_hand, tick_off
from mianzheng.centre.adapters.webhook import Webhook
from mianzheng.centre.models import Delivery, Hook
from mianzheng.centre.ports import Call
from mianzheng.centre.queries.changes import dead_letters, hook_states
from mianzheng.centre.rules import signing
from mianzheng.centre.rules.addresses import check_url
from mianzheng.centre.rules.feeding import LEASE, PROBLEMS, problem_in_words, wait
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.people.actions import forget_keys, rotate_keys
from mianzheng.people.models import Document
from mianzheng.people.rules.keyring import SealBroken
from tests.second_city.feeds import FED, FED_FILES
from tests.second_city.life import DAY, NOW, officer
from tests.second_city.receiving import receiver

CENTRE = Actor("somebody of the centre", "centre", office="civil")
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def water():
    with receiver() as found:
        yield found


@pytest.fixture
def hooked(town, water, settings):
    settings.ADAPTERS = {**settings.ADAPTERS, "centre.caller": "tests.second_city.receiving.Hasty"}
    load_city(files=FED_FILES, actor="operator", now=NOW + MINUTE)
    town.secret = open_hook(city=FED, receiver="water", url=water.url, demo=True, actor=CENTRE, now=NOW)
    return town


def waits(subject, status="valid", *, feed="permits-by-machine", receiver="water", now=NOW, change="changed"):
    return Delivery.objects.create(
        feed=feed, receiver=receiver, item="permits", subject=subject, change=change, payload={"status": status},
        made_at=now, next_at=now,
    )  # fmt: skip


def send(now=NOW, leave_out=()):
    return deliver(city=FED, now=now, sent_at=NOW, leave_out=leave_out)


def key(row):
    return f"{FED.code}-{row.id}"


def stands(row):
    row.refresh_from_db()
    return row.status


def test_what_arrives_is_signed_and_says_whom_and_what_and_no_more(hooked, water):
    row = waits(hooked["anna"])
    assert send() == delivering.Sent(1, 0, frozenset())
    (message,) = water.messages
    assert signing.verify(signing.read(hooked.secret), given=message.headers, body=message.body, now=NOW)
    assert not signing.verify(signing.read(hooked.secret), given=message.headers, body=message.body + b" ", now=NOW)
    assert not signing.verify(signing.read(hooked.secret), given=message.headers, body=message.body, now=NOW + DAY)
    assert not signing.verify(signing.read(hooked.secret), given={}, body=message.body, now=NOW)
    assert message.key == key(row)
    assert message.said == {
        "type": "permits.changed",
        "timestamp": row.made_at.astimezone(datetime.UTC).isoformat(),
        "data": {
            "feed": "permits-by-machine",
            "change": "changed",
            "about": {"kind": "ric", "number": hooked.numbers["anna"]},
            "payload": {"status": "valid"},
        },
    }
    assert (stands(row), row.settled_by, row.tries, row.problem) == ("done", "program", 1, "")
    entry = Entry.objects.get(subject=hooked["anna"], action="reveal")
    assert (entry.actor, entry.purpose) == ("program", "数据回流“许可状态”")


def test_one_subject_after_the_other_and_in_order(hooked, water):
    first, second, third = (waits(hooked["anna"], status) for status in ("a", "b", "c"))
    other = waits(hooked["ben"])
    water.always = lambda m: 500 if m.key == key(first) else 200
    send()
    assert set(water.taken) == {key(first), key(other)}, "what comes after the first waits for it"
    send(NOW + 9 * datetime.timedelta(seconds=1))
    assert len(water.taken) == 2
    water.always = lambda m: 200
    for _ in range(3):
        send(NOW + MINUTE)
    assert water.taken[2:] == [key(first), key(second), key(third)]
    assert water.taken[0:2].count(key(first)) + water.taken.count(key(first)) == 3, "the id is the same at each try"


def test_it_gives_up_after_the_citys_number_of_tries_and_a_person_goes_on(hooked, water):
    row, behind = waits(hooked["anna"], "a"), waits(hooked["anna"], "b")
    water.always = lambda m: 500
    now = NOW
    for tries in range(1, FED.policy.delivery_tries + 1):
        assert stands(row) == "pending"
        assert send(now).failing == {"water"}
        row.refresh_from_db()
        assert (row.tries, row.problem, row.next_at) == (tries, "status:500", now + wait(tries))
        now = row.next_at
    assert (stands(row), stands(behind)) == ("dead", "pending")
    assert send(now + DAY).done == 0, "what comes later never overtakes"
    (letter,) = dead_letters()
    assert (letter.id, letter.behind) == (row.id, 1)
    with pytest.raises(Refusal):
        settle_by_hand(delivery=row.id, note=" ", actor=CENTRE, now=now)
    with pytest.raises(Refusal):
        send_again(delivery=behind.id, actor=CENTRE, now=now)
    with pytest.raises(NotFound):
        send_again(delivery=0, actor=CENTRE, now=now)
    send_again(delivery=row.id, actor=CENTRE, now=now)
    water.always = lambda m: 410
    send(now)
    assert (stands(row), row.problem, row.tries) == ("dead", "gone", 1), "who says it is gone is not asked again"
    settle_by_hand(delivery=row.id, note="电话告知", actor=CENTRE, now=now)
    water.always = lambda m: 200
    send(now)
    assert (stands(row), row.note, stands(behind)) == ("done", "电话告知", "done")
    assert {e.action for e in Entry.objects.filter(subject=hooked["anna"])} == {
        "reveal", "delivery.again", "delivery.by_hand",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (500, "status:500"),
        (404, "status:404"),
        (302, "redirect"),
        ("slow", "timeout"),
        ("die", "unreachable"),
        ("drip", "timeout"),
    ],
)
def test_however_it_misbehaves_nothing_is_lost_and_nobody_waits_for_it(hooked, water, answer, problem):
    row = waits(hooked["anna"])
    water.answers = [answer]
    began = time.monotonic()
    assert send() == delivering.Sent(0, 1, frozenset({"water"}))
    assert time.monotonic() - began < 1.4
    assert (stands(row), row.problem) == ("pending", problem)
    assert send(NOW + MINUTE).done == 1
    assert water.taken == [key(row)] * 2


def test_it_waits_as_long_as_the_other_side_asks(hooked, water):
    row = waits(hooked["anna"])
    water.answers = [429]
    send()
    row.refresh_from_db()
    assert row.next_at == NOW + datetime.timedelta(hours=1)


def test_a_receiver_that_is_down_holds_nobody_else_up(hooked, water):
    by_machine = FED.feeds["permits-by-machine"]
    too = replace(by_machine, code="permits-too", receiver="homes")
    wide = replace(FED, feeds={**FED.feeds, too.code: too})
    open_hook(city=wide, receiver="homes", url="http://127.0.0.1:1/", demo=True, actor=CENTRE, now=NOW)
    stuck = waits(hooked["anna"], feed=too.code, receiver="homes")  # its turn comes before the water company's
    row = waits(hooked["anna"])
    sent = deliver(city=wide, now=NOW, sent_at=NOW)
    assert sent == delivering.Sent(1, 1, frozenset({"homes"}))
    assert (stands(row), water.taken) == ("done", [key(row)])
    assert (stands(stuck), stuck.problem) == ("pending", "unreachable")
    later = waits(hooked["ben"])
    left_out = deliver(city=wide, now=NOW + DAY, sent_at=NOW, leave_out=sent.failing)
    assert left_out == delivering.Sent(1, 0, frozenset())
    assert (stands(later), stands(stuck)) == ("done", "pending")


def test_the_log_of_a_hook_has_no_secret_of_the_receivers(hooked):
    url = "https://example.com/hooks/in-here-lies-a-token?key=another"
    open_hook(city=FED, receiver="water", url=url, demo=True, actor=CENTRE, now=NOW)
    assert Hook.objects.get().url == url
    entry = Entry.objects.filter(action="open_hook").latest("id")
    assert entry.detail == {"receiver": "water", "url": "https://example.com"}


def test_one_number_that_cannot_be_opened_stops_nobody_else(hooked, water):
    broken, well = waits(hooked["anna"]), waits(hooked["ben"])
    Document.objects.filter(subject=hooked["anna"]).update(number_sealed=b"no seal of ours, and long enough for one")
    assert send() == delivering.Sent(1, 1, frozenset())
    assert (stands(broken), broken.problem, stands(well)) == ("dead", "unknown", "done")


def test_what_was_closed_a_moment_ago_is_sent_nothing(hooked, water, monkeypatch):
    row, claim = waits(hooked["anna"]), delivering._claim

    def closed_meanwhile(*args):
        taken = claim(*args)
        close_hook(receiver="water", actor=CENTRE, now=NOW)
        return taken

    monkeypatch.setattr(delivering, "_claim", closed_meanwhile)
    assert send() == delivering.Sent(0, 0, frozenset())
    assert not water.messages
    assert (stands(row), row.tries, row.next_at) == ("pending", 0, NOW), "it waits for a new address"


def test_without_an_address_it_waits_and_nothing_counts_as_a_try(hooked, water):
    close_hook(receiver="water", actor=CENTRE, now=NOW)
    acts = Entry.objects.filter(detail__receiver="water").order_by("id").values_list("action", "actor")
    assert list(acts) == [("open_hook", CENTRE.id), ("close_hook", CENTRE.id)]
    row = waits(hooked["anna"])
    assert send() == delivering.Sent(0, 0, frozenset())
    (state,) = hook_states({"water": ()})
    assert (state.url, state.waiting, state.dead) == ("", 1, 0)
    open_hook(city=FED, receiver="water", url=water.url, demo=True, actor=CENTRE, now=NOW)
    send()
    assert (stands(row), row.tries) == ("done", 1)
    (state,) = hook_states({"water": ()})
    assert (state.waiting, state.last_taken_at) == (0, NOW)


def test_what_cannot_even_be_said_goes_to_a_person(hooked, water):
    nobody, old = waits(uuid.uuid4()), waits(hooked["anna"], feed="no-more")
    send()
    assert (stands(nobody), nobody.problem, stands(old), old.problem) == ("dead", "unknown", "dead", "withdrawn")
    assert water.messages == []


def test_a_sender_that_died_loses_nothing(hooked, water):
    row = waits(hooked["anna"])
    assert [each.id for each in delivering._claim("water", NOW)] == [row.id]
    assert send(NOW + MINUTE).done == 0, "it may still be at it"
    assert send(NOW + LEASE).done == 1
    assert stands(row) == "done"


def test_what_was_settled_while_it_was_under_way_stays_settled(hooked, water):
    row = waits(hooked["anna"])

    def settled_meanwhile(message):
        return 500

    water.always = settled_meanwhile
    (taken,) = delivering._claim("water", NOW)
    Delivery.objects.update(status="done", settled_at=NOW, settled_by="x")
    delivering._write(FED, taken, delivering.Outcome(taken.id, "timeout"), NOW)
    assert (stands(row), row.settled_by, row.problem) == ("done", "x", "")


def test_the_secret_is_sealed_and_outlives_new_keys(hooked, water):
    hook = Hook.objects.get(receiver="water")
    assert hooked.secret.encode() not in bytes(hook.secret)
    assert signing.written(secret_of(hook)) == hooked.secret
    rotate_keys()
    assert reseal_hooks() == 1
    forget_keys()
    hook.refresh_from_db()
    assert signing.written(secret_of(hook)) == hooked.secret
    rotate_keys()
    forget_keys()
    row = waits(hooked["anna"])
    with pytest.raises(SealBroken):
        secret_of(hook)
    send()
    assert (stands(row), row.problem) == ("pending", "secret")
    assert reseal_hooks() == 0


def test_only_who_takes_changes_by_machine_gets_an_address(hooked):
    for wrong in ("homes", "nobody"):
        with pytest.raises(Refusal):
            open_hook(city=FED, receiver=wrong, url="https://example.com/", demo=False, actor=CENTRE, now=NOW)


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "https://127.0.0.1/", "https://10.0.0.8/", "https://[::1]/", "https://169.254.1.1/x", "https://localhost/",
     "https://a:b@example.com/", "https://", "", "ftp://example.com", "https://intranet/", "https://exa mple.com:99999/", "https://[::ffff:10.0.0.1]/",
     "javascript:alert(1)", "https://例子.中国/", "https://example.com/#x"],
)  # fmt: skip
def test_addresses_inside_or_in_the_open_are_refused(url):
    with pytest.raises(Refusal):
        check_url(url, demo=False)


def test_addresses_of_others_are_taken_and_this_machine_in_a_demo_only():
    for url in ("https://hooks.example.com/a?b=1", "https://1.1.1.1:8443/x", " https://example.com "):
        assert check_url(url, demo=False) == url.strip()
    assert check_url("http://127.0.0.1:9/x", demo=True)
    with pytest.raises(Refusal):
        check_url("http://127.0.0.1:9/x", demo=False)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "https://localhost/", "https://127.0.0.1/", "https://10.0.0.1/"]
)
def test_a_name_that_leads_inside_is_not_called(url, settings):
    settings.DEMO = False
    (outcome,) = Webhook(seconds=1).send([Call(1, url, b"{}", {})], at_once=1)
    assert outcome.problem == "forbidden"


@pytest.mark.parametrize("url", ["nonsense", "https://[", "https://", "http://127.0.0.1:1/"])
def test_an_address_that_is_none_is_an_outcome_not_an_error(url):
    (outcome,) = Webhook(seconds=1).send([Call(1, url, b"{}", {})], at_once=1)
    assert outcome.problem in ("unreachable", "forbidden")


def test_every_problem_has_its_words():
    for word in PROBLEMS:
        assert problem_in_words(word).msgid
    assert problem_in_words("status:503").params == {"status": "503"}


def test_a_change_on_a_work_list_is_ticked_off_once_by_its_own_office(town):
    row = waits(town["anna"], feed="ended-permits", receiver="homes")
    Delivery.objects.update(status="listed")
    with pytest.raises(NotFound):
        tick_off(delivery=row.id, actor=officer("civil"), now=NOW)
    tick_off(delivery=row.id, note=" 已走访 ", actor=officer("homes"), now=NOW)
    assert (stands(row), row.note) == ("done", "已走访")
    with pytest.raises(Refusal):
        tick_off(delivery=row.id, actor=officer("homes"), now=NOW)


def test_the_job_sends_everything_that_is_due(hooked, water, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    rows = [waits(hooked[name], str(n)) for name in ("anna", "ben") for n in range(3)]
    jobs.deliver(0)
    assert {stands(row) for row in rows} == {"done"}
    assert sorted(water.taken) == sorted(key(row) for row in rows)
    water.always = lambda m: 500
    rows = [waits(hooked[name]) for name in ("anna", "ben")]
    jobs.deliver(0)
    assert [row.tries for row in rows if stands(row)] == [1, 1], "who takes none is left alone until the next run"
    jobs.reseal_hooks()
    jobs.forget_watches(0)


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_the_same_time_never_send_the_same(lasting_town, water, settings):
    load_city(files=FED_FILES, actor="operator", now=NOW + MINUTE)
    open_hook(city=FED, receiver="water", url=water.url, demo=True, actor=CENTRE, now=NOW)
    rows = [waits(lasting_town[name], str(n)) for n in range(12) for name in ("anna", "ben", "carl", "dora")]

    def work():
        try:
            while send().done:
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while send().done:
        pass
    assert sorted(water.taken) == sorted(key(row) for row in rows)
    for name in ("anna", "ben", "carl", "dora"):
        mine = [
            m.said["data"]["payload"]["status"]
            for m in water.messages
            if m.said["data"]["about"]["number"] == lasting_town.numbers[name]
        ]
        assert mine == [str(n) for n in range(12)]


SENDER = """
import django
django.setup()
from mianzheng.centre import jobs
jobs.deliver(0)
"""


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_killing_the_sender_loses_nothing(lasting_town, water, settings, tmp_path):
    """20 times kill -9 in the middle of a run; in the end everything arrived, in order of each subject."""
    load_city(files=FED_FILES, actor="operator", now=NOW + MINUTE)
    open_hook(city=FED, receiver="water", url=water.url, demo=True, actor=CENTRE, now=NOW)
    names = ("anna", "ben", "carl", "dora", "eric")
    rows = [waits(lasting_town[name], str(n)) for n in range(60) for name in names]
    water.always = lambda m: time.sleep(0.05) or 200
    where = site.DATABASES["default"]
    address = f"postgresql://{where['USER']}@/{connection.settings_dict['NAME']}?host={where['HOST']}"
    env = {**os.environ, "MIANZHENG_HOME": str(settings.MIANZHENG_HOME), "MIANZHENG_DEMO": "1", "DATABASE_URL": address}
    for _ in range(20):
        before = len(water.messages)
        sender = subprocess.Popen([sys.executable, "-c", SENDER], env=env)
        while len(water.messages) < before + 7 and sender.poll() is None:
            time.sleep(0.01)
        sender.send_signal(signal.SIGKILL)
        sender.wait()
        Delivery.objects.filter(status="pending").update(next_at=NOW)  # five minutes later
    while Delivery.objects.filter(status="pending").exists():
        Delivery.objects.filter(status="pending").update(next_at=NOW)
        assert not subprocess.run([sys.executable, "-c", SENDER], env=env, check=False).returncode
    assert {row.status for row in Delivery.objects.all()} == {"done"}
    assert set(water.taken) == {key(row) for row in rows}
    print(f"{len(rows)} deliveries, 20 kills, {len(water.taken) - len(rows)} arrived twice")
    for name in names:
        mine = [
            m.said["data"]["payload"]["status"]
            for m in water.messages
            if m.said["data"]["about"]["number"] == lasting_town.numbers[name]
        ]
        first = list(dict.fromkeys(mine))
        assert first == [str(n) for n in range(60)], "doubles are dropped by their id; the rest is in order"
