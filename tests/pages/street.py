"""The second city as people with accounts see it: import `street`, take it, and be somebody with `street.as_("anna")`."""

from __future__ import annotations

import datetime
import re
import time
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows import login
from django.test import Client

from mianzheng.cases.queries.dossiers import Dossier
from mianzheng.people.actions import open_account
from mianzheng.people.models import Account
from mianzheng.web import clock
from tests.second_city.life import NOW, PEOPLE, Town, settle_down

STAFF = {
    "homes": {"roles": ["officer"], "department": "homes"},
    "civil": {"roles": ["officer"], "department": "civil"},
    "duty": {"roles": ["centre"], "department": "civil"},
    "wanda": {"roles": ["agent"], "place": "well"},
    "chief": {"roles": ["head"], "department": "homes"},
    "watch": {"roles": ["supervisor"]},
    "reform": {"roles": ["reform"]},
    "lender": {"roles": ["asker"], "department": "lender"},
    "water": {"roles": ["asker"], "department": "water"},
}


@dataclass
class Street:
    """The town, and an account for everybody in it, for an officer of each department, for the agent and those who ask."""

    town: Town
    accounts: dict[str, Account]
    now: datetime.datetime = NOW

    def later(self, minutes: int = 5) -> None:
        """Let some minutes pass."""
        self.now += datetime.timedelta(minutes=minutes)

    def as_(self, name: str | None, *, minutes_ago: float = 0) -> Client:
        """Return a browser in which `name` has signed in by password, `minutes_ago`; nobody for None."""
        client = Client(raise_request_exception=True)
        if name:
            client.force_login(self.accounts[name], backend="django.contrib.auth.backends.ModelBackend")
            session = client.session
            session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time() - 60 * minutes_ago}]
            session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = login.user_id_to_str(self.accounts[name])
            session.save()
        return client

    def waiting(self, name: str) -> Dossier:
        """Return a case that waits for a department: its work register is silent for a moment."""
        self.town.silence("work")
        dossier = self.town.verified(name)
        self.town.silence("work", silent=False)
        return dossier


@pytest.fixture
def street(db: Any, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Street:
    settings.MIANZHENG_HOME = tmp_path
    found = Street(settle_down(), {})
    monkeypatch.setattr("django.utils.timezone.now", lambda: found.now)
    assert clock.now() == NOW
    wanted: dict[str, Any] = {name: {"roles": ["resident"], "subject": found.town[name]} for name in PEOPLE}
    for name, more in {**wanted, **STAFF}.items():
        found.accounts[name] = Account.objects.get(id=open_account(username=name, now=NOW, **more))
    return found


def seen(response: Any) -> str:
    """Return what a reader sees of the page, tags left out."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())
