"""The second city with a bank that lends: who may ask it what, a register of births, consent, and grants in force."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.centre.actions.records import load_records
from mianzheng.common.actors import Actor
from mianzheng.common.identifiers import make_ric
from mianzheng.gateway.models import Grant
from mianzheng.gateway.rules.grants import Ground, Stage
from mianzheng.people.actions import register
from mianzheng.people.rules.subjects import NewSubject, SubjectKind
from tests.second_city.life import NOW, Town
from tests.second_city.reading import FILES, city_of

BODIES = "lender,石桥银行,Shiqiao Bank,bank,modelled\nrival,石桥信用社,Shiqiao Mutual,bank,modelled\n"
BIRTHS = "births,出生登记,Births,civil,person,conditional,day,yes,sensitive,no,,modelled\n"
FIELDS = "births,mother,母亲,Mother,subject,,,sensitive\nbirths,father,父亲,Father,subject,,,sensitive\n"
RELATIONS = """
- {code: mother, name: 母亲, name_en: Mother, item: births, field: mother, where: "true"}
- {code: father, name: 父亲, name_en: Father, item: births, field: father, where: "true"}
"""
ASKING = """\
private: [bank]
never: {basis: 石桥征信条例, basis_en: Shiqiao Credit Rules, items: [credit]}
policy: {consent_days: 90, answer_days: 3, window_days: 1, sealed_days: 30, list_days: 7}
guardians: [mother, father]
services:
- {code: loan, name: 贷款, name_en: Loan, kinds: [bank], facts: [no-debt, married, works, has-card], source: modelled}
"""
CONSENT = "---\nversion: 3\nkind: consent\ntitle: {title}\n---\n{body}\n"


def _more(file: str, rows: str) -> str:
    """Return a file of the package with `rows` that are not there yet."""
    there = FILES[file].rstrip("\n")
    codes = {line.split(",")[0] for line in there.splitlines()} if not file.startswith("fields") else set()
    return "\n".join([there, *(row for row in rows.splitlines() if row.split(",")[0] not in codes), ""])


LENDING_FILES = {
    **FILES,
    "bodies.csv": _more("bodies.csv", BODIES),
    "items.csv": _more("items.csv", BIRTHS),
    "fields.csv": _more("fields.csv", FIELDS),
    "relations.yaml": FILES["relations.yaml"] + RELATIONS,
    "asking.yaml": ASKING,
    "texts/consent.md": CONSENT.format(title="查询同意书", body="我同意查上面这些。"),
    "texts/consent.en.md": CONSENT.format(title="Consent", body="I consent to the above."),
}
LENDING = city_of(LENDING_FILES)
CLERK = Actor("clerk of the lender", "asker", "lender")
RIVAL = Actor("clerk of the rival", "asker", "rival")
TODAY = NOW.date()
CHILD_BORN = datetime.date(2017, 4, 1)


@dataclass
class Bank:
    """The town with the bank in it; fay is anna's child, and the stranger's number is nobody's here."""

    town: Town
    stranger: str

    def number(self, name: str) -> str:
        return self.town.numbers[name]


def open_bank(town: Town, now: datetime.datetime = NOW) -> Bank:
    """Put the city with the bank in force and give it its grants."""
    load_city(files=LENDING_FILES, actor="operator", now=now + datetime.timedelta(seconds=1))  # after the town's own
    number = make_ric("330782", CHILD_BORN, 5)
    known = register(people=[NewSubject(SubjectKind.PERSON, "fay", (("ric", number),))], now=now)
    town.subjects["fay"], town.numbers["fay"] = known["ric", number], number
    births = LENDING.items["births"]
    rows = [[town["fay"], town["anna"], town["ben"]]]
    load_records(item=births, columns=["subject", "mother", "father"], rows=rows, as_of=now)
    town.refresh(now)
    grant("no-debt", params={"limit": 100})
    grant("married")
    grant("has-card", daily=5)
    grant("no-debt", asker="rival", params={"limit": 100})
    grant("has-card", asker="homes", matter="home", ground=Ground.DUTY, basis="homes-3")
    return Bank(town, make_ric("330782", datetime.date(1991, 1, 1), 77))


def grant(fact: str, *, asker: str = "lender", matter: str = "loan", daily: int = 1000, **more: Any) -> Grant:
    """Make a grant in force."""
    wanted = {
        "params": {},
        "ground": Ground.CONSENT,
        "basis": "",
        "purpose": "审批",
        "liability": "liability-1",
        "from_day": TODAY,
        "until_day": TODAY + datetime.timedelta(days=300),
        **more,
    }
    return Grant.objects.create(
        asker=asker,
        fact=fact,
        matter=matter,
        daily=daily,
        stage=Stage.IN_FORCE,
        asked_at=NOW,
        asked_by="x",
        **wanted,
    )


__all__ = ["CLERK", "LENDING", "RIVAL", "Bank", "grant", "open_bank"]
