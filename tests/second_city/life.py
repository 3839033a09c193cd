"""The second city with a handful of people, records and what people do, for tests on PostgreSQL."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from mianzheng.cases import models
from mianzheng.cases.actions import applying
from mianzheng.cases.queries.dossiers import Dossier, open_dossier
from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.centre.actions.records import load_records
from mianzheng.centre.actions.registers import refresh, set_silent
from mianzheng.common.actors import Actor
from mianzheng.common.identifiers import make_ric
from mianzheng.evidence.actions.prefill import relatives
from mianzheng.evidence.rules.progress import Option
from mianzheng.gateway.models import Standing
from mianzheng.gateway.queries import standing
from mianzheng.people.actions import register
from mianzheng.people.rules.subjects import NewSubject, SubjectKind
from tests.second_city.reading import CITY, FILES

NOW = datetime.datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A Monday."""
DAY = datetime.timedelta(days=1)
BORN = datetime.date(1980, 5, 17)

# anna: all holds · ben: her husband · carl: nobody knows of his work · dora: nor of hers, and she may not commit
# eric: in debt
PEOPLE = ("anna", "ben", "carl", "dora", "eric")
HOME = {"marital": "divorced", "rooms": "2"}


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@dataclass
class Town:
    """The people of the city by name, and short words for what they do."""

    subjects: dict[str, uuid.UUID]
    numbers: dict[str, str]

    def __getitem__(self, name: str) -> uuid.UUID:
        return self.subjects[name]

    def person(self, name: str) -> Actor:
        return Actor(f"account of {name}", "resident", subject=self.subjects[name])

    def records(self, item: str, *rows: Sequence[Any], now: datetime.datetime = NOW) -> None:
        """Replace the records of `item`: each row begins with a name."""
        columns = ["subject", *(field.code for field in CITY.items[item].fields)]
        subjects = self.subjects
        cells = [[subjects.get(cell, cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
        load_records(item=CITY.items[item], columns=columns, rows=cells, as_of=now)

    def silence(self, *items: str, silent: bool = True) -> None:
        for item in items:
            set_silent(item=item, silent=silent)

    def refresh(self, now: datetime.datetime) -> None:
        refresh(items=list(CITY.items), as_of=now)

    def begin(self, name: str, matter: str = "home", *, now: datetime.datetime = NOW, **answers: str) -> models.Case:
        """Start a case and fill its form."""
        actor = self.person(name)
        case = applying.start(matter=matter, key=uuid.uuid4(), actor=actor, now=now)
        typed = {**HOME, "photo": "yes", **answers}
        known = relatives(city=CITY, matter=CITY.matters[matter], subject=actor.subject, actor=actor, now=now)
        assert applying.save_answers(case=case.id, typed=typed, relatives=known, actor=actor, now=now) == {}
        applying.agree(case=case.id, actor=actor, now=now)
        return case

    def verified(self, name: str, matter: str = "home", *, now: datetime.datetime = NOW, **answers: str) -> Dossier:
        """Start a case, fill it and look everything up."""
        case = self.begin(name, matter, now=now, **answers)
        return applying.look_up(case=case.id, actor=self.person(name), now=now)

    def handed_in(self, name: str, matter: str = "home", *, knowing: bool = False, **answers: str) -> Dossier:
        """Start a case, fill it, look everything up and hand it in."""
        case = self.verified(name, matter, **answers).case
        return applying.hand_in(case=case.id, knowing=knowing, actor=self.person(name), now=NOW)

    def choose(
        self, dossier: Dossier, name: str, need: str, option: Option, why: str = "", *, now: datetime.datetime = NOW
    ) -> Dossier:
        actor = self.person(name)
        return applying.choose(case=dossier.case.id, need=need, option=option, why=why, actor=actor, now=now)


def officer(office: str) -> Actor:
    return Actor(f"officer of {office}", "officer", office=office)


def again(dossier: Dossier, now: datetime.datetime = NOW) -> Dossier:
    """Return the case as it stands now."""
    return open_dossier(models.Case.objects.get(id=dossier.case.id), now=now)


def ways(dossier: Dossier) -> dict[str, tuple[str, str | None]]:
    """Return way and verdict of every need."""
    return {f.need.code: (str(f.progress.way), f.progress.verdict and str(f.progress.verdict)) for f in dossier.files}


def settle_down() -> Town:
    """Put the city in force, enter its people and load its registers."""
    standing._remembered = standing.InForce(-1)  # a test that is rolled back takes the count of changes back with it
    Standing.objects.get_or_create(id=1)  # and one that is not has its row emptied with all others
    load_city(files=FILES, actor="operator", now=NOW)
    numbers = {name: make_ric("330782", BORN, place) for place, name in enumerate(PEOPLE)}
    people = [NewSubject(SubjectKind.PERSON, name, (("ric", number),)) for name, number in numbers.items()]
    known = register(people=people, now=NOW)
    town = Town({name: known["ric", number] for name, number in numbers.items()}, numbers)
    town.records("card", *((name, day("2030-01-01")) for name in PEOPLE))
    wedding = day("2019-06-01")
    town.records("marriage", ("anna", "ben", "married", wedding), ("ben", "anna", "married", wedding))
    town.records("debts", ("eric", 500))
    town.records("work", ("anna", day("2024-01-01")), ("ben", day("2024-01-01")), ("eric", day("2024-01-01")))
    town.records("credit", ("dora", True))
    return town
