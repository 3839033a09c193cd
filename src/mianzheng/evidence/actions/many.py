"""Looking up facts about very many subjects at once. What comes back has not left the program: whoever calls this writes
the looks to the log, and only then hands the answers on.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mianzheng.catalogue.rules.city import City, Fact
from mianzheng.centre.actions.sources import Asker, read
from mianzheng.centre.queries.records import Found, disputed, held, readiness_of
from mianzheng.evidence.queries.many import Judged, fields_for, judge_many


@dataclass(frozen=True, slots=True)
class Wanted:
    """One fact with its parameters about some subjects, for one purpose; `values` are fields whose value may be told."""

    fact: Fact
    params: Mapping[str, Any]
    subjects: Sequence[uuid.UUID]
    asker: Asker
    values: tuple[str, ...] = ()


def gather_many(
    *, city: City, wanted: Sequence[Wanted], now: datetime.datetime, today: datetime.date
) -> list[dict[uuid.UUID, Judged]]:
    """Judge each of `wanted`: one statement an item for all that asks about it, however many they are.

    Call it outside a transaction where an item stays at its source; there each purpose is asked by itself, since the
    source is told what for.
    """
    subjects: dict[str, set[uuid.UUID]] = {}
    fields: dict[str, set[str]] = {}
    for each in wanted:
        item = city.items[each.fact.item]
        subjects.setdefault(item.code, set()).update(each.subjects)
        fields.setdefault(item.code, set()).update(fields_for(each.fact, item, each.values))
    everybody: set[uuid.UUID] = set().union(*subjects.values())
    doubts = disputed(subjects.keys(), everybody)
    readiness = readiness_of(city, subjects, now=now)
    copies = {c: s for c, s in subjects.items() if not city.items[c].at_source and readiness[c].ready}
    enough = {c: tuple(f.code for f in city.items[c].fields if f.code in fields[c]) for c in copies}
    found = held(city, copies, fields=enough)
    judged = []
    for each in wanted:
        code = each.fact.item
        if city.items[code].at_source:
            rows = read(city=city, wanted={code: each.subjects}, asker=each.asker, now=now)[code]
        else:
            rows = found.get(code, _NOTHING)
        judged.append(
            judge_many(
                city, each.fact, each.subjects, params=each.params, readiness=readiness[code], found=rows,
                disputed=doubts, today=today, values=each.values,
            )
        )  # fmt: skip
    return judged


_NOTHING = Found()
