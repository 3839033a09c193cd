"""``mianzheng people ...`` as an operator sees it."""

import datetime
import json

import pytest
from click.testing import CliRunner
from django.contrib.auth import authenticate

from mianzheng.common.identifiers import make_ric
from mianzheng.people import actions, queries
from mianzheng.people.commands import people
from mianzheng.people.rules.subjects import NewSubject, SubjectKind

NOW = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.UTC)
PASSWORD = "一个谁也猜不到的口令"
NUMBER = ("ric", make_ric("330782", datetime.date(1990, 3, 7), 1))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.MIANZHENG_HOME = tmp_path
    return tmp_path


def run(*words: str, **more):
    return CliRunner().invoke(people, words, **more)


def test_both_keys_are_changed_and_the_old_ones_forgotten():
    entered = actions.register(people=[NewSubject(SubjectKind.PERSON, "王", (NUMBER,))], now=NOW)
    changed = run("rotate-keys", "--json")
    assert (changed.exit_code, json.loads(changed.stdout)) == (0, {"version": 2, "documents": 1, "resumed": False})
    assert json.loads(run("forget-keys", "--json").stdout) == {"forgotten": [1]}
    assert run("check-keys").exit_code == 0
    assert queries.subjects_of([NUMBER]) == entered


def test_lost_keys_are_told_and_nothing_is_made(home):
    actions.register(people=[NewSubject(SubjectKind.PERSON, "王", (NUMBER,))], now=NOW)
    (home / "keys.json").unlink()
    for words in (["rotate-keys"], ["forget-keys"]):
        done = run(*words)
        assert done.exit_code == 1 and "keys.json" in done.stderr
    assert not (home / "keys.json").exists()


def test_a_damaged_key_file_is_one_sentence_and_no_traceback(home):
    (home / "keys.json").write_text("{")
    for words in (["check-keys"], ["rotate-keys"]):
        done = run(*words)
        assert done.exit_code == 1
        assert "keys.json is damaged" in done.stderr
        assert "Traceback" not in done.stderr


def test_an_account_for_staff():
    words = ("open-account", "gjj", "--role", "officer", "--post", "公积金中心经办人")
    refused = run(*words, "--password", PASSWORD)
    assert refused.exit_code == 1 and "部门" in refused.stderr
    assert run(*words, "--department", "GJJ", "--password", PASSWORD).exit_code == 0
    assert authenticate(username="gjj", password=PASSWORD).display_name == "公积金中心经办人"
    assert run("open-account", "x", "--role", "king").exit_code == 2
    asker = ("open-account", "bank", "--role", "asker", "--department", "lender", "--password", PASSWORD)
    assert run(*asker).exit_code == 0
    assert authenticate(username="bank", password=PASSWORD).roles == ["asker"]
    assert run(*words, "--department", "GJJ", "--password", "kurz").exit_code == 1
