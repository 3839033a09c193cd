"""The second city with somebody to tell: a register of households at addresses, one of permits, and four feeds."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.centre.actions.feeding import feed
from mianzheng.centre.models import Delivery
from mianzheng.people.actions import register
from mianzheng.people.rules.subjects import NewSubject, SubjectKind
from mianzheng.web import sql
from tests.second_city.life import NOW
from tests.second_city.reading import FILES, city_of

ITEMS = """\
households,住址户口,Households at an address,civil,house,conditional,day,yes,sensitive,no,,modelled
permits,许可,Permits,civil,person,conditional,day,yes,general,no,,modelled
"""
FIELDS = """\
households,heads,户内人数,People,integer,,,sensitive,,
households,community,村社,Community,text,,,general,,
households,updated_on,更新日,Updated on,date,,yes,general,,
permits,number,编号,Number,text,,,general,yes,yes
permits,status,状态,State,code,valid=有效/Valid;ended=注销/Ended,,general,,
permits,seen_on,核对日,Seen on,date,,yes,general,,
"""
FEEDS = """
- code: heads
  name: 户数告知村社
  name_en: Heads for the village
  why: 只说地址和人数，不说原因。
  why_en: Address and head count, never the reason.
  item: households
  changes: [added, changed, removed]
  to: community
  receiver: community
  payload: [heads]
  place: yes
  instead_of: work-paper
- code: ended-permits
  name: 许可注销
  name_en: Ended permits
  why: 请先和本人谈。
  why_en: Please talk to the person first.
  item: permits
  changes: [added, changed, removed]
  where: {status: ended}
  to: department
  receiver: homes
  payload: []
- code: permits-by-machine
  name: 许可状态
  name_en: State of permits
  why: 不用再开证明。
  why_en: No certificate any more.
  item: permits
  changes: [added, changed, removed]
  to: body
  receiver: water
  payload: [status]
  route: webhook
- code: all-permits
  name: 许可变动
  name_en: Permits
  why: 知道有变动就行。
  why_en: It is enough to know that something changed.
  item: permits
  changes: [changed]
  to: department
  receiver: civil
  payload: []
"""


def with_rows(file: str, rows: str, columns: str = "") -> str:
    """Return `file` of the package with `rows` after its own and further `columns`, empty in the old rows."""
    head, *lines = FILES[file].strip().splitlines()
    extra = [name for name in columns.split(",") if name and name not in head.split(",")]
    widened = [f"{head},{','.join(extra)}" if extra else head, *(line + "," * len(extra) for line in lines)]
    return "\n".join([*widened, rows])


FED_FILES = {
    **FILES,
    "items.csv": with_rows("items.csv", ITEMS),
    "fields.csv": with_rows("fields.csv", FIELDS, "key,required"),
    "communities.csv": FILES["communities.csv"].strip()
    + "\nbridge,石桥社区,Bridge Community,community,old,,modelled\n",
    "feeds.yaml": FEEDS,
}
FED = city_of(FED_FILES)
HOUSEHOLDS, PERMITS = FED.items["households"], FED.items["permits"]
ADDRESS = "古井街1号"


def house(now: datetime.datetime = NOW, number: str = "330782001001GB00001F00010001") -> uuid.UUID:
    """Enter a house into the vault and return its subject."""
    known = register(people=[NewSubject(SubjectKind.HOUSE, ADDRESS, (("unit", number),))], now=now)
    return known["unit", number]


@dataclass(frozen=True)
class Told:
    """A delivery as tests compare it."""

    feed: str
    receiver: str
    subject: uuid.UUID
    change: str
    payload: dict[str, Any]
    status: str


def told() -> list[Told]:
    """Return every delivery in order."""
    rows = Delivery.objects.order_by("id")
    return [Told(r.feed, r.receiver, r.subject, r.change, r.payload, r.status) for r in rows]


def changed(
    item: Item,
    added: Iterable[Sequence[Any]],
    removed: Iterable[Sequence[Any]],
    *,
    now: datetime.datetime = NOW,
    city: City = FED,
) -> int:
    """Feed what a load changed: rows begin with the subject, fields follow in the order of the catalogue."""
    from mianzheng.centre.actions.tables import column_definitions

    columns = ["subject", *(field.code for field in item.fields)]
    definitions = ", ".join(part.as_string(None) for part in column_definitions(item))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS added, removed")
            for name in ("added", "removed"):
                cursor.execute(f"CREATE TEMP TABLE {name} ({definitions}) ON COMMIT DROP")
        sql.copy_rows("added", columns, added)
        sql.copy_rows("removed", columns, removed)
        return feed(city=city, item=item, added="added", removed="removed", now=now)
