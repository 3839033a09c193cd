"""Where the demanding and the issuing side of the inventory (3+3) do not meet: across kinds of offices, down the levels."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.reform.rules.offices import Kind, Level, Office


class Side(StrEnum):
    """Which side listed a row: who demands the certificate (索要方), or who makes it out (开具方)."""

    DEMANDING = "demanding"
    ISSUING = "issuing"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list: `group` is the certificate it was found to be, `listed_by` whose list it stands in.

    The demanding side's list may name issuers, and the other way round; either counts only for the side that listed it.
    """

    group: Hashable
    name: str
    listed_by: Side
    demanders: tuple[Office, ...] = ()
    issuers: tuple[Office, ...] = ()


class Mismatch(StrEnum):
    """How the sides do not meet."""

    NOBODY_ISSUES = "nobody_issues"  # 有人索要，没有人开具
    NOBODY_DEMANDS = "nobody_demands"  # 有人开具，没有人索要
    NOT_ORDERED = "not_ordered"  # 本市管不着的单位索要
    FROM_ELSEWHERE = "from_elsewhere"  # 市外开具，本市索要


@dataclass(frozen=True, slots=True)
class Finding:
    """One mismatch of one certificate; `rows` (from 0) lead to the lists, `office` is the one it is about, where there is one."""

    group: Hashable
    name: str
    mismatch: Mismatch
    reason: Reason
    rows: tuple[int, ...]
    office: Office | None = None


ACROSS = ("organ", "public_body", "finance")
"""Kinds of the 3+3 (横向): 政府部门、公共服务机构、金融机构."""
DOWN = (Level.CITY, Level.TOWN, Level.COMMUNITY)
"""Levels of the 3+3 (纵向): 市、镇街、村（社区）."""
_ACROSS = {
    Kind.ORGAN: "organ",
    Kind.VERTICAL: "organ",
    Kind.PUBLIC_BODY: "public_body",
    Kind.NOTARY: "public_body",
    Kind.FINANCE: "finance",
}


@dataclass(frozen=True, slots=True)
class Table:
    """How many certificates each kind at each level demands or makes out; `outside` and `unplaced` stand beside the 3+3."""

    counts: Mapping[tuple[str, Level], int]
    outside: int
    unplaced: int


@dataclass(frozen=True, slots=True)
class Compared:
    """What comparing the two sides' lists found."""

    findings: tuple[Finding, ...]
    demanding: Table
    issuing: Table


def compare(rows: Sequence[Row]) -> Compared:
    """Compare the lists of both sides, certificate by certificate, in the order in which rows first name them."""
    by_group: dict[Hashable, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        by_group[row.group].append(place)
    findings = [finding for places in by_group.values() for finding in _findings(rows, places)]
    return Compared(
        tuple(findings),
        table((row.group, office) for row in rows for office in row.demanders),
        table((row.group, office) for row in rows for office in row.issuers),
    )


def table(pairs: Iterable[tuple[Hashable, Office]]) -> Table:
    """Count the certificates of `pairs` by kind and level of their offices; one that two offices of a square have counts once."""
    counted = Counter(square for _, square in {(group, _square(office)) for group, office in pairs})
    counts = {(kind, level): counted[kind, level] for kind in ACROSS for level in DOWN}
    return Table(counts, counted["outside", Level.OUTSIDE], counted["", Level.UNKNOWN])


def _square(office: Office) -> tuple[str, Level]:
    if office.kind is Kind.OUTSIDE or office.level is Level.OUTSIDE:
        return "outside", Level.OUTSIDE
    kind = _ACROSS.get(office.kind, "")
    return (kind, office.level) if kind and office.level in DOWN else ("", Level.UNKNOWN)


def _findings(rows: Sequence[Row], places: Sequence[int]) -> Iterator[Finding]:
    """Yield what does not meet in the rows at `places`, all of one certificate."""
    group, name = rows[places[0]].group, rows[places[0]].name
    demanded = [place for place in places if rows[place].listed_by is Side.DEMANDING]
    issued = [place for place in places if rows[place].listed_by is Side.ISSUING]
    if demanded and not issued:
        yield Finding(group, name, Mismatch.NOBODY_ISSUES, _nobody_issues(rows, demanded), tuple(demanded))
    if issued and not demanded:
        said = _named(office for place in issued for office in rows[place].demanders)
        words = (
            N_("开具方说给%(offices)s，索要方的清单里却没有。") if said else N_("有人在开具，索要方的清单里没有人要。")
        )
        yield Finding(group, name, Mismatch.NOBODY_DEMANDS, Reason(words, _params(said)), tuple(issued))
    demanders = _offices(rows, places, [rows[place].demanders for place in places])
    for office, said_by in demanders:
        if why := _not_ordered(office):
            yield Finding(group, name, Mismatch.NOT_ORDERED, why, said_by, office)
    if any(office.kind is not Kind.OUTSIDE for office, _ in demanders):
        for office, said_by in _offices(rows, places, [rows[place].issuers for place in places]):
            if office.kind is Kind.OUTSIDE:
                reason = Reason(
                    N_("由市外的%(office)s开具，本市却在要：只能由本市的单位去核验。"), {"office": _name(office)}
                )
                yield Finding(group, name, Mismatch.FROM_ELSEWHERE, reason, said_by, office)


def _nobody_issues(rows: Sequence[Row], demanded: Sequence[int]) -> Reason:
    """Say why nobody issues it: the demanding side names an issuer that does not list it, or names none."""
    said = _named(office for place in demanded for office in rows[place].issuers)
    words = (
        N_("索要方说由%(offices)s开具，开具方的清单里却没有。") if said else N_("有人索要，开具方的清单里没有人开具。")
    )
    return Reason(words, _params(said))


def _offices(
    rows: Sequence[Row], places: Sequence[int], named: Sequence[Sequence[Office]]
) -> list[tuple[Office, tuple[int, ...]]]:
    """Return each office once, as it is first written, with the rows that name it."""
    first: dict[tuple[str, str, Level], Office] = {}
    said_by: dict[tuple[str, str, Level], dict[int, None]] = defaultdict(dict)
    for place, offices in zip(places, named, strict=True):
        for office in offices:
            key = (office.code or office.written, office.kind, office.level)
            first.setdefault(key, office)
            said_by[key][place] = None
    return [(office, tuple(said_by[key])) for key, office in first.items()]


def _not_ordered(office: Office) -> Reason | None:
    """Return why the city cannot tell this demander to stop, or None where it can, or nobody knows who it is."""
    if office.ordered or office.kind is Kind.UNRESOLVED:
        return None
    return Reason(_CENTRAL if office.central else _BEYOND[office.kind], {"office": _name(office)})


_CENTRAL = N_("%(office)s是中央企业的单位，要由它自己书面承诺不再索要。")
_BEYOND = {
    Kind.VERTICAL: N_("%(office)s归上级垂直管理，要报上级同意或者由它自己书面承诺不再索要。"),
    Kind.FINANCE: N_("%(office)s是金融机构，要由它自己书面承诺不再索要。"),
    Kind.NOTARY: N_("%(office)s是公证机构，依公证法自行审查，要与它协商。"),
    Kind.EMPLOYER: N_("%(office)s是用人单位，本市不能命令它，只能告诉它怎样核验。"),
    Kind.OUTSIDE: N_("%(office)s不在本市，本市不能叫它不要。"),
}


def _name(office: Office) -> Text:
    return office.name or Text(office.written)


def _named(offices: Iterable[Office]) -> list[Text]:
    return list(dict.fromkeys(_name(office) for office in offices))


def _params(names: Sequence[Text]) -> dict[str, Text]:
    return {"offices": Text("、".join(each.zh for each in names), ", ".join(each.en or each.zh for each in names))}
