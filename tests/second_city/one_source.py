"""The second city where two registers carry one datum: the card registers the date of birth, work keeps a copy."""

import datetime
from collections.abc import Sequence
from typing import Any

from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.catalogue.rules.city import City
from mianzheng.centre.actions.records import load_records
from tests.second_city.life import NOW, Town, day
from tests.second_city.reading import FILES, city_of

BORN, OTHER = day("1980-05-17"), day("1981-05-17")


def _with_datum(fields: str) -> str:
    head, *rows = fields.splitlines()
    more = [
        "card,born,出生日期,Date of birth,date,,,sensitive,born",
        "work,born,出生日期,Date of birth,date,,,sensitive,born",
    ]
    return "\n".join([f"{head},datum", *(f"{row}," for row in rows), *more, ""])


SHARED = {
    **FILES,
    "fields.csv": _with_datum(FILES["fields.csv"]),
    "data.csv": "code,name,name_en,item,field,source\nborn,出生日期,Date of birth,card,born,modelled\n",
}
CITY: City = city_of(SHARED)


def settle(town: Town) -> City:
    """Put this city in force; everybody was born on `BORN`, and in eric's work record on `OTHER`."""
    load_city(files=SHARED, actor="operator", now=NOW + datetime.timedelta(minutes=1))
    load(town, "card", *((name, day("2030-01-01"), BORN) for name in town.subjects))
    load(town, "work", ("anna", day("2024-01-01"), BORN), ("eric", day("2024-01-01"), OTHER))
    return CITY


def load(town: Town, item: str, *rows: Sequence[Any], now: datetime.datetime = NOW) -> None:
    """Replace the records of `item`: each row begins with a name."""
    columns = ["subject", *(field.code for field in CITY.items[item].fields)]
    load_records(item=CITY.items[item], columns=columns, rows=[[town[row[0]], *row[1:]] for row in rows], as_of=now)
