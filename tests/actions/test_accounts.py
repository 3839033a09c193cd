import datetime
import uuid

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction

from mianzheng.common.errors import NotFound, Refusal
from mianzheng.people import actions, models, queries

NOW = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.UTC)
SUBJECT = uuid.uuid4()

pytestmark = pytest.mark.django_db


def test_an_officer_signs_in_by_password_and_shows_the_post():
    post = "公积金中心经办人"
    opened = actions.open_account(
        username="gjj", roles=["officer"], now=NOW, password="一个很长的口令", department="GJJ", display_name=post
    )
    assert authenticate(username="gjj", password="一个很长的口令").id == opened
    assert authenticate(username="gjj", password="另一个") is None
    assert str(models.Account.objects.get()) == post


def test_without_a_password_nobody_signs_in_by_one():
    opened = actions.open_account(username="wang", roles=["resident"], now=NOW, subject=SUBJECT)
    for attempt in ("", None, "wang"):
        assert authenticate(username="wang", password=attempt) is None
    assert queries.account(opened).roles == {"resident"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"roles": []},
        {"roles": ["king"]},
        {"roles": ["resident"]},
        {"roles": ["officer"]},
        {"roles": ["agent"]},
        {"roles": ["resident"], "subject": SUBJECT, "display_name": "王小明"},
    ],
)
def test_an_account_without_what_its_role_stands_on_is_refused(wrong):
    with pytest.raises(Refusal) as refused:
        actions.open_account(username="x", now=NOW, **wrong)
    assert refused.value.now
    assert not models.Account.objects.exists()


def test_the_database_refuses_it_too():
    for wrong in ({"roles": ["king"]}, {"roles": ["officer"]}, {"roles": ["agent"]}, {"roles": ["resident"]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            models.Account.objects.create(username="x", **wrong)


def test_a_user_name_is_given_once():
    actions.open_account(username="x", roles=["officer"], department="D", now=NOW)
    with pytest.raises(Refusal) as refused:
        actions.open_account(username="x", roles=["agent"], place="P", now=NOW)
    assert refused.value.field == "username"


def test_a_closed_account_is_kept_and_signs_in_no_more():
    opened = actions.open_account(username="x", roles=["resident"], subject=SUBJECT, now=NOW, password="一个很长的口令")
    actions.close_account(account=opened)
    assert authenticate(username="x", password="一个很长的口令") is None
    assert queries.account(opened).username == "x"
    with pytest.raises(NotFound):
        actions.close_account(account=uuid.uuid4())


def test_accounts_are_listed_in_the_order_they_were_opened():
    for name in ("b", "a", "c"):
        actions.open_account(username=name, roles=["officer"], department="D", now=NOW)
    assert [card.username for card in queries.accounts_for_bar()] == ["b", "a", "c"]
