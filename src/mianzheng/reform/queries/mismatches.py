"""Where the lists of both sides do not meet (3+3)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from mianzheng.catalogue.rules.city import City
from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.models import Candidate, Row
from mianzheng.reform.queries.groups import MAYBE, counted, with_lists
from mianzheng.reform.rules import mismatches
from mianzheng.reform.rules.directory import Directory
from mianzheng.reform.rules.mismatches import Compared, compare
from mianzheng.reform.rules.offices import Kind, Level, Office
from mianzheng.reform.rules.states import Side, Stage

_SIDES = {Side.DEMAND: mismatches.Side.DEMANDING, Side.ISSUE: mismatches.Side.ISSUING}
_AS_LISTED = Reason(N_("清单里这样写。"))


@dataclass(frozen=True, slots=True)
class Held:
    """Both sides held against each other. Findings name `rows` by their place; `confirmed` groups may be taken up, and the
    `taken_up` ones have candidates.
    """

    compared: Compared
    rows: tuple[Row, ...]
    confirmed: frozenset[uuid.UUID]
    taken_up: frozenset[uuid.UUID]


def held_together(city: City) -> Held:
    """Compare the lists that count, certificate by certificate as they are grouped (three queries)."""
    directory = Directory(city)
    found = counted(Row.objects.filter(group__paper__in=MAYBE)).select_related("group")
    rows = tuple(with_lists(found).order_by("group__name", "group", "id"))
    listed: list[mismatches.Row] = []
    confirmed: set[uuid.UUID] = set()
    for row in rows:
        group = row.group
        if group is None:
            continue
        side = _SIDES[Side(row.report.side)]
        issuing = city.office(row.issuer_code)
        issuers = directory.offices(row.issuer or (issuing.zh if issuing else ""))
        listed.append(mismatches.Row(group.id, group.name, side, _demanders(city, row), issuers))
        if group.confirmed_at:
            confirmed.add(group.id)
    taken_up = Candidate.objects.exclude(stage=Stage.DROPPED).filter(group__isnull=False)
    return Held(compare(listed), rows, frozenset(confirmed), frozenset(taken_up.values_list("group", flat=True)))


def _demanders(city: City, row: Row) -> tuple[Office, ...]:
    """Return the one office a row says demands it; none where it names none."""
    code, said = row.demander_code, row.demander
    if not code and not said:
        return ()
    level = Level(row.demander_level) if row.demander_level in set(Level) else Level.UNKNOWN
    kind = Kind(row.demander_kind) if row.demander_kind in set(Kind) else Kind.UNRESOLVED
    central = kind is Kind.VERTICAL and code in city.bodies
    name = city.office(code)
    kind = Kind.PUBLIC_BODY if central else kind
    return (Office(name.zh if name else said or code, code, name, kind, level, 1.0, _AS_LISTED, central),)
