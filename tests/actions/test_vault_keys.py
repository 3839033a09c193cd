"""The keys of the vault: made once, changed without losing anybody, whatever happens meanwhile."""

import datetime
import json
import stat
import threading
import time
import uuid

import pytest
from django.db import connection

from mianzheng.common.identifiers import make_ric
from mianzheng.people import actions, models, queries
from mianzheng.people.actions import rotation
from mianzheng.people.adapters.keyfile import KeyFile
from mianzheng.people.rules.subjects import NewSubject, SubjectKind

NOW = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.UTC)
BORN = datetime.date(1990, 3, 7)


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.MIANZHENG_HOME = tmp_path
    return tmp_path


def people(count: int, start: int = 0) -> list[NewSubject]:
    return [person(BORN, n) for n in range(start, start + count)]


def person(born: datetime.date, n: int) -> NewSubject:
    return NewSubject(SubjectKind.PERSON, f"王{n}", (("ric", make_ric("330782", born, n)),))


def stored() -> dict[uuid.UUID, set[bytes]]:
    return {row.id: {bytes(cell) for cell in (row.index, row.number_sealed, row.name_sealed)} for row in rows()}


def rows() -> list[models.Document]:
    return list(models.Document.objects.all())


def names(entered):
    opened = actions.reveal(subjects=entered.values(), purpose="试验", actor="program", now=NOW)
    return sorted(each.name for each in opened.values())


def test_the_key_file_is_for_its_owner_only(home):
    ring = KeyFile().create()
    assert stat.S_IMODE((home / "keys.json").stat().st_mode) == 0o600
    assert KeyFile().check_config() == ()
    assert KeyFile().read() == ring
    (home / "keys.json").chmod(0o644)
    assert "chmod 600" in KeyFile().check_config()[0]


def test_processes_that_start_together_agree_on_one_key(home):
    rings, gate = [], threading.Barrier(8)

    def start():
        gate.wait()
        rings.append(KeyFile().create())

    threads = [threading.Thread(target=start) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(rings) == 8 and all(ring == rings[0] for ring in rings)
    assert [file.name for file in home.iterdir()] == ["keys.json"]


SHORT = '{"current": 1, "versions": {"1": {"seal": "YQ==", "index": "YQ=="}}}'


@pytest.mark.parametrize("damage", ["", "{}", "[]", SHORT, "\x00"])
def test_a_damaged_key_file_is_named_and_left_alone(home, damage):
    (home / "keys.json").write_text(damage)
    with pytest.raises(ValueError, match=r"keys\.json is damaged"):
        KeyFile().read()
    assert (home / "keys.json").read_text() == damage
    assert "damaged" in KeyFile().check_config()[0] or "damaged" in KeyFile().check_config()[1]


@pytest.mark.django_db
def test_both_keys_change_and_nobody_is_lost(home):
    entered = actions.register(people=people(30), now=NOW)
    before = stored()
    done = actions.rotate_keys()
    assert (done.version, done.documents, done.resumed) == (2, 30, False)
    assert not any(after & before[row] for row, after in stored().items())
    for row in rows():
        assert row.number_sealed[0] == row.name_sealed[0] == row.key_version == 2
    assert queries.subjects_of(entered) == entered
    assert actions.forget_keys() == (1,)
    assert list(json.loads((home / "keys.json").read_text())["versions"]) == ["2"]
    assert queries.subjects_of(entered) == entered
    assert len(names(entered)) == 30


@pytest.mark.django_db
def test_a_rotation_cut_off_in_the_middle_goes_on_where_it_was(monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 10)
    entered = actions.register(people=people(30), now=NOW)
    expected = names(entered)

    class Cut(Exception):
        pass

    def cut(done, total):
        if done == 20:
            raise Cut

    with pytest.raises(Cut):
        actions.rotate_keys(progress=cut)
    # half way: everybody is found under either key, nobody is entered twice, old keys are not dropped
    assert queries.subjects_of(entered) == entered
    assert names(entered) == expected
    assert actions.register(people=people(35), now=NOW).items() >= entered.items()
    assert models.Subject.objects.count() == 35
    assert actions.forget_keys() == ()
    done = actions.rotate_keys()
    assert (done.version, done.documents, done.resumed) == (2, 10, True)
    assert actions.forget_keys() == (1,)
    assert names(entered) == expected


@pytest.mark.django_db
def test_a_new_key_that_was_written_and_never_used_harms_nobody():
    entered = actions.register(people=people(3), now=NOW)
    store = KeyFile()
    store.replace(store.new_version(store.read()))  # killed right after the file was put in place
    assert queries.subjects_of(entered) == entered
    assert actions.register(people=people(4), now=NOW).items() >= entered.items()
    assert actions.rotate_keys().resumed
    assert queries.subjects_of(entered) == entered


@pytest.mark.django_db
def test_an_empty_vault_rotates_too():
    assert actions.rotate_keys().documents == 0
    assert actions.forget_keys() == (1,)


@pytest.mark.django_db(transaction=True)
def test_two_who_enter_the_same_people_at_once_get_the_same_subjects():
    found, gate = [], threading.Barrier(2)

    def enter():
        gate.wait()
        try:
            found.append(actions.register(people=people(200), now=NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=enter) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert found[0] == found[1]
    assert models.Subject.objects.count() == models.Document.objects.count() == 200


@pytest.mark.django_db
def test_keys_that_were_written_while_one_looked_are_not_lost(monkeypatch):
    there = actions.register(people=people(1), now=NOW)
    real = queries.KEYS()

    class EmptyAtFirst:
        def __init__(self) -> None:
            self.looks = 0

        def read(self):
            self.looks += 1
            return real.read() if self.looks > 1 else None

    plugged = EmptyAtFirst()
    monkeypatch.setattr(queries, "KEYS", lambda: plugged)
    assert actions.register(people=people(1), now=NOW) == there


@pytest.mark.django_db
def test_25_000_people_enter_within_seconds():
    begun = time.monotonic()
    crowd = [person(BORN + datetime.timedelta(days=n // 1000), n % 1000) for n in range(25_000)]
    assert len(actions.register(people=crowd, now=NOW)) == 25_000
    assert time.monotonic() - begun < 15  # 2.4 s on two quiet cores
