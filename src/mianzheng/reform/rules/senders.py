"""Whose list a file is, and for which side of a certificate: told by what it says of itself, its name, and its columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath

from mianzheng.catalogue.rules.city import Body, City, Department, Place
from mianzheng.common.texts import Text
from mianzheng.reform.rules.columns import Says
from mianzheng.reform.rules.directory import Directory
from mianzheng.reform.rules.inventory import Inventory, Listed, Why
from mianzheng.reform.rules.offices import Kind, Office
from mianzheng.reform.rules.states import Side

SURE = 0.7
"""How sure it has to be that words name an office, before a list is taken for that office's."""

_ANYBODY = ("", "town", "community", "employer")
"""Codes of a whole kind of offices: a list is of one."""
_PARTS = re.compile(r"[_\-—–+—()（）【】\[\]《》\s.,，、:：]+")
_NOISE = re.compile(
    r"附件|附表|\d+年?|第?[一二三四五六七八九十]+批?|证明(?:事项|材料)?|清单|清理|汇总|表|报送|终稿|最终|定稿|修改|版|取消|保留"
)
_TITLE = re.compile("清单|目录|证明|list|certificates", re.IGNORECASE)
_OF_SEVERAL = re.compile("各(?:部门|单位)|等(?:部门|单位)|汇总")
"""A list put together of several offices' is not one of theirs."""
_ISSUED = re.compile("开具|出具|提供方|开证")
_DEMANDED = re.compile("索要|需要|要求|用证|使用方")


def sender(directory: Directory, name: str, sheets: Iterable[Inventory]) -> Office | None:
    """Return the office a file is of: the one written above its headings (填报单位), or else the one its `name` says, its title,
    or every row as the one that demands it.
    """
    read = list(sheets)
    above = [sheet.filled_by for sheet in read if sheet.filled_by]
    stem = "" if _OF_SEVERAL.search(name) else PurePath(name).stem
    titles = [title for sheet in read for title in _titles(sheet) if not _OF_SEVERAL.search(title)]
    named_by = (above, [stem], _parts(stem), [part for title in titles for part in _parts(title)])
    for words in named_by:
        named = [office for each in words if len(each) > 1 for office in directory.offices(each) if _is_one(office)]
        if named:
            return max(named, key=lambda office: office.confidence)
    demanding = {Says.DEMANDER, Says.ISSUER} <= _said(read) and not _ISSUED.search(name)
    return _the_only_demander(directory, read) if demanding else None


def _parts(words: str) -> list[str]:
    return [_NOISE.sub("", part) for part in _PARTS.split(words)]


def _titles(sheet: Inventory) -> Iterator[str]:
    """Yield what stands above the headings in a row of its own (某市公安局证明事项清单)."""
    for left in sheet.left:
        cells = set(filter(None, left.cells))
        if left.why is Why.ABOVE and len(cells) == 1 and (title := cells.pop()) and _TITLE.search(title):
            yield title


def _the_only_demander(directory: Directory, sheets: Sequence[Inventory]) -> Office | None:
    """Return the one office that demands every certificate of a list, each row naming it and nobody else."""
    found: dict[str, Office] = {}
    for each in (each for sheet in sheets for each in sheet.listed):
        offices = directory.offices(each.demander)
        if len(offices) != 1 or not _is_one(offices[0]):
            return None
        found[offices[0].code] = offices[0]
    return next(iter(found.values())) if len(found) == 1 else None


def _said(sheets: Iterable[Inventory]) -> set[Says]:
    return {says for sheet in sheets if sheet.listed for says in sheet.columns.says.values()}


def _is_one(office: Office) -> bool:
    return office.code not in _ANYBODY and office.kind is not Kind.OUTSIDE and office.confidence >= SURE


def side_of(directory: Directory, office: str, name: str, sheets: Sequence[Inventory]) -> Side:
    """Return for which side `office` lists: as the file's name says; by the column that is missing, since that one is the
    office itself; or by the side it stands on in its rows.
    """
    if bool(_ISSUED.search(name)) != bool(_DEMANDED.search(name)):
        return Side.ISSUE if _ISSUED.search(name) else Side.DEMAND
    said = _said(sheets)
    if (Says.DEMANDER in said) != (Says.ISSUER in said):
        return Side.ISSUE if Says.DEMANDER in said else Side.DEMAND
    rows = [each for sheet in sheets for each in sheet.listed]
    demanding, issuing = (_named(directory, office, rows, side) for side in ("demander", "issuer"))
    return Side.ISSUE if issuing > demanding else Side.DEMAND


def _named(directory: Directory, office: str, rows: Sequence[Listed], side: str) -> int:
    return sum(any(each.code == office for each in directory.offices(getattr(row, side))) for row in rows if office)


def senders(city: City) -> dict[str, Text]:
    """Return who may send a list, by code: departments, bodies, towns, villages."""
    groups: tuple[Mapping[str, Department | Body | Place], ...] = (
        city.departments,
        city.bodies,
        city.towns,
        city.communities,
    )
    return {code: each.name for group in groups for code, each in group.items()}


def typed(directory: Directory, city: City, words: str) -> str:
    """Return the code of the office that somebody typed: its code, its name in either language, or short; empty where
    nobody is called so.
    """
    text = words.strip()
    known = senders(city)
    if text in known:
        return text
    exact = next((code for code, name in known.items() if text and text in (name.zh, name.en)), "")
    return exact or next((office.code for office in directory.offices(text) if _is_one(office)), "")
