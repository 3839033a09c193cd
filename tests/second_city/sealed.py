"""The second city with sealed records: debts of the young are sealed under an article, the credit register is sealed whole."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.catalogue.rules.city import City
from mianzheng.centre.actions.records import load_records
from tests.second_city.feeds import with_rows
from tests.second_city.life import NOW, Town
from tests.second_city.reading import FILES, city_of

FIELDS = """\
debts,number,编号,Number,text,,,general,yes,yes
debts,sealed,是否封存,Sealed,boolean,,,sealed,,yes
"""
SEALS = """\
item,when,basis,offices,source
debts,sealed,homes-3,civil,modelled
credit,,homes-3,civil,modelled
"""
SECRECY = """\
office,basis,untold,months,source
civil,homes-3,homes-3,3,modelled
"""
SEALED_FILES: Mapping[str, str] = {
    **FILES,
    "fields.csv": with_rows("fields.csv", FIELDS, "key,required"),
    "seals.csv": SEALS,
    "secrecy.csv": SECRECY,
}
SEALED: City = city_of(dict(SEALED_FILES))
OPEN: City = city_of({name: text for name, text in SEALED_FILES.items() if name != "seals.csv"})
"""The same city without its seals: what would be known if nothing were sealed."""


def settle(town: Town) -> City:
    """Put this city in force. eric's debt is sealed, ben's is open, dora has one of each; anna and carl owe nothing. dora's
    credit record is sealed with its register.
    """
    load_city(files=dict(SEALED_FILES), actor="operator", now=NOW + datetime.timedelta(minutes=1))
    owe(town, ("eric", 500, "1", True), ("ben", 500, "1", False), ("dora", 500, "1", True), ("dora", 900, "2", False))
    return SEALED


def owe(town: Town, *rows: Sequence[Any], now: datetime.datetime = NOW) -> None:
    """Replace the debts: name, amount, number, whether sealed."""
    item = SEALED.items["debts"]
    columns = ["subject", *(field.code for field in item.fields)]
    load_records(item=item, columns=columns, rows=[[town[row[0]], *row[1:]] for row in rows], as_of=now)
