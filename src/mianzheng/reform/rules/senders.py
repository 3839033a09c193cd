"""Whose list a file is, and for which side of a certificate: told by what it says of itself, its name, and its columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from mianzheng.catalogue.rules.city import City
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
_ISSUED = re.compile("开具|出具|提供方|开证")
_DEMANDED = re.compile("索要|需要|要求|用证|使用方")


def sender(directory: Directory, name: str, sheets: Iterable[Inventory]) -> Office | None:
    """Return the office a file is of: the one written above its headings (填报单位), or else the one its `name` says."""
    above = [sheet.filled_by for sheet in sheets if sheet.filled_by]
    stem = PurePath(name).stem
    for words in (above, [stem], [_NOISE.sub("", part) for part in _PARTS.split(stem)]):
        named = [office for each in words if len(each) > 1 for office in directory.offices(each) if _is_one(office)]
        if named:
            return max(named, key=lambda office: office.confidence)
    return None


def _is_one(office: Office) -> bool:
    return office.code not in _ANYBODY and office.kind is not Kind.OUTSIDE and office.confidence >= SURE


def side_of(directory: Directory, office: str, name: str, sheets: Sequence[Inventory]) -> Side:
    """Return for which side `office` lists: by the column that is missing, since that one is the office itself; then by the
    side it stands on in its rows; then by the file's name.
    """
    said = {says for sheet in sheets if sheet.listed for says in sheet.columns.says.values()}
    if (Says.DEMANDER in said) != (Says.ISSUER in said):
        return Side.ISSUE if Says.DEMANDER in said else Side.DEMAND
    rows = [each for sheet in sheets for each in sheet.listed]
    demanding, issuing = (_named(directory, office, rows, side) for side in ("demander", "issuer"))
    if demanding != issuing:
        return Side.DEMAND if demanding > issuing else Side.ISSUE
    return Side.ISSUE if _ISSUED.search(name) and not _DEMANDED.search(name) else Side.DEMAND


def _named(directory: Directory, office: str, rows: Sequence[Listed], side: str) -> int:
    return sum(any(each.code == office for each in directory.offices(getattr(row, side))) for row in rows if office)


def typed(directory: Directory, city: City, words: str) -> str:
    """Return the code of the office that somebody typed: its code, its name in either language, or short; empty where
    nobody is called so.
    """
    text = words.strip()
    known = {**city.departments, **city.bodies, **city.towns, **city.communities}
    if text in known:
        return text
    exact = next((each.code for each in known.values() if text and text in (each.name.zh, each.name.en)), "")
    return exact or next((office.code for office in directory.offices(text) if _is_one(office)), "")
