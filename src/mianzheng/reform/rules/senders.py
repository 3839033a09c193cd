"""Whose list a file is, and for which side of a certificate: told by what it says of itself, its name, and its columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from mianzheng.catalogue.rules.city import Body, City, Department, Place
from mianzheng.common.texts import Text
from mianzheng.reform.rules.columns import Says
from mianzheng.reform.rules.directory import Directory
from mianzheng.reform.rules.inventory import Inventory, Listed
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
_OF_SEVERAL = re.compile("各(?:部门|单位)|等(?:部门|单位)|汇总")
"""A list put together of several offices' is not one of theirs."""
_ISSUED = re.compile("开具|出具|提供方|开证")
_DEMANDED = re.compile("索要|需要|要求|用证|使用方")


def sender(directory: Directory, name: str, sheets: Iterable[Inventory]) -> Office | None:
    """Return the office a file is of: the one written above its headings (填报单位), or else the one its `name` says."""
    above = [sheet.filled_by for sheet in sheets if sheet.filled_by]
    stem = "" if _OF_SEVERAL.search(name) else PurePath(name).stem
    for words in (above, [stem], [_NOISE.sub("", part) for part in _PARTS.split(stem)]):
        named = [office for each in words if len(each) > 1 for office in directory.offices(each) if _is_one(office)]
        if named:
            return max(named, key=lambda office: office.confidence)
    return None


def _is_one(office: Office) -> bool:
    return office.code not in _ANYBODY and office.kind is not Kind.OUTSIDE and office.confidence >= SURE


def side_of(directory: Directory, office: str, name: str, sheets: Sequence[Inventory]) -> Side:
    """Return for which side `office` lists: as the file's name says; by the column that is missing, since that one is the
    office itself; or by the side it stands on in its rows.
    """
    if bool(_ISSUED.search(name)) != bool(_DEMANDED.search(name)):
        return Side.ISSUE if _ISSUED.search(name) else Side.DEMAND
    said = {says for sheet in sheets if sheet.listed for says in sheet.columns.says.values()}
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
