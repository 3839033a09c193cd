"""Look-ups of staff as tests make them: accounts in the second city, and lines of the log about its people."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, field
from typing import Any

from mianzheng.audit import actions as audit
from mianzheng.audit.models import Entry
from mianzheng.audit.rules import NewEntry
from mianzheng.common.actors import OPERATOR, Actor
from mianzheng.oversight.actions.scoring import Screened, score
from mianzheng.oversight.models import Lead
from mianzheng.people.actions import open_account
from tests.second_city.life import DAY, NOW, Town
from tests.second_city.reading import CITY

TODAY, TOMORROW = NOW.date(), NOW + DAY


@dataclass
class Watched:
    """The town with accounts for its staff: ``ada`` and ``bob`` of homes, ``cleo`` of civil, their heads, oversight."""

    town: Town
    actors: dict[str, Actor] = field(default_factory=dict)

    def open(self, name: str, role: str, office: str = "", subject: str = "") -> Actor:
        """Open an account and return who acts with it."""
        whose = self.town[subject] if subject else None
        more = {"department": office} if office else {}
        account = open_account(username=name, roles=[role], subject=whose, now=NOW, **more)
        self.actors[name] = Actor(str(account), role, office, whose)
        return self.actors[name]

    def __getitem__(self, name: str) -> Actor:
        return self.actors[name]

    def look(self, who: str, at: str, *, when: datetime.datetime = NOW, **more: Any) -> uuid.UUID:
        """Write that `who` revealed `at`; return the line."""
        before = set(Entry.objects.values_list("id", flat=True))
        entry = {"at": when, "action": "reveal", "purpose": "查看", "subject": self.town[at], **self[who].log(), **more}
        audit.write([NewEntry(**entry)])
        return Entry.objects.exclude(id__in=before).get().id

    def score(self, day: datetime.date = TODAY, *, now: datetime.datetime = TOMORROW) -> Screened:
        """Go through the log of `day`."""
        return score(city=CITY, day=day, actor=OPERATOR, now=now)

    def lead(self, who: str) -> Lead:
        """Return the only lead about `who`."""
        return Lead.objects.get(account=uuid.UUID(self[who].id))


def watched(town: Town) -> Watched:
    found = Watched(town)
    found.open("ada", "officer", "homes", subject="anna")
    found.open("bob", "officer", "homes", subject="carl")
    found.open("cleo", "officer", "civil")
    found.open("chief", "head", "homes")
    found.open("elder", "head", "civil")
    found.open("watch", "supervisor")
    return found
