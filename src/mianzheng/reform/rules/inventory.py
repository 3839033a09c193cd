"""An office's list of certificates (证明事项清单) as what it says, with the place of every word in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mianzheng.common.grids import Line
from mianzheng.common.headings import Found, plain
from mianzheng.reform.rules.columns import Columns, Says, head_of, understand
from mianzheng.reform.rules.names import split


@dataclass(frozen=True, slots=True)
class Listed:
    """One certificate as one row of a list names it. `row` and `columns` (what it says -> column from 0) lead to the source."""

    name: str
    row: int
    columns: Mapping[Says, int]
    name_en: str = ""
    demander: str = ""
    issuer: str = ""
    basis: str = ""
    purpose: str = ""
    purpose_en: str = ""
    way: str = ""
    volume: str = ""
    remark: str = ""
    part: int = 0
    """Which of several names in one cell."""


class Why(StrEnum):
    """Why a row names no certificate."""

    ABOVE = "above"  # title and notes above the headings
    HEADINGS = "headings"
    AGAIN = "again"  # the headings once more, as on every printed page
    SECTION = "section"  # an office's name over its part of the list
    TOTAL = "total"
    EXAMPLE = "example"  # a line that shows how to fill the list
    NAMELESS = "nameless"  # says something, but names nothing: a person has to look
    NO_HEADINGS = "no_headings"


@dataclass(frozen=True, slots=True)
class Left:
    """A row that was not taken for a certificate, with why."""

    row: int
    why: Why
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inventory:
    """What one sheet says: every filled row is either listed or left with a reason, every column understood or unknown.
    `filled_by` is the office named above the headings (填报单位).
    """

    headings: tuple[str, ...] = ()
    columns: Columns = field(default_factory=lambda: Columns({}))
    listed: tuple[Listed, ...] = ()
    left: tuple[Left, ...] = ()
    filled_by: str = ""


_TOTAL = re.compile(r"^(合计|总计|小计|共计|总数)")
_EXAMPLE = re.compile(r"^[（(【\[]?(?:示例|样例|举例|例[：:])")
_FILLED_BY = re.compile(r"^(?:填报|报送|填表|制表|上报)?(?:单位|部门)(?:（盖章）|\(盖章\)|名称)?[:：]\s*(\S+)")
_OFFICE = re.compile(r"(局|委|办|院|中心|公司|银行|街道|镇|乡|部门|系统|单位|社区|村)(?:[（(].*[)）])?$")
_SECTION = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十]+[)）]?[、.．]?\s*)?(.{2,30}?)(?:[（(](?:共)?\d+[项个件][)）])?$"
)


_MENTIONED = re.compile("证明|certificate|proof of", re.IGNORECASE)
_NAMES = re.compile(r"[^\W\d_]")
_NO_NAME = re.compile(r"#[A-Z/0]+[!?]?$|(?:暂?无|没有|略|同上)[。.]?$")
"""An error of the spreadsheet, or the word that there is none."""


def read(lines: Sequence[Line], corrections: Mapping[str, str]) -> Inventory:
    """Read a sheet. `corrections` (heading -> what it says) are those a person made for this office.

    An office named above the headings (填报单位) or over a part of the list stands for the side that has no column.
    """
    found = head_of([line.cells for line in lines])
    if found is None:
        return Inventory(left=tuple(Left(line.number, Why.NO_HEADINGS, line.cells) for line in lines))
    columns = understand(found.headings, corrections)
    above, below = lines[: found.first], lines[found.first :]
    office = filled_by = next(filter(None, map(_filled_by, above)), "")
    if Says.NAME not in columns.says.values():
        unread = tuple(Left(line.number, Why.NO_HEADINGS, line.cells) for line in lines)
        return Inventory(found.headings, columns, left=unread, filled_by=filled_by)
    heads = _head_rows(above, found)
    left = [Left(line.number, Why.HEADINGS if line.number in heads else Why.ABOVE, line.cells) for line in above]
    listed: list[Listed] = []
    places = {says: found.headings.index(heading) for heading, says in columns.says.items()}
    for line in below:
        why = _no_certificate(line, places, found.headings)
        if why is None:
            listed += _listed(line, places, office)
        else:
            left.append(Left(line.number, why, line.cells))
        if why is Why.SECTION:
            office = _section(line) or office
    return Inventory(found.headings, columns, tuple(listed), tuple(left), filled_by)


def mentions(lines: Sequence[Line]) -> bool:
    """Return whether a certificate is spoken of anywhere in a sheet; where not, no correction will find one."""
    return any(_MENTIONED.search(cell) for line in lines for cell in line.cells if cell)


def _head_rows(above: Sequence[Line], found: Found) -> set[int]:
    """Return the numbers of the rows the headings stand in: the last ones above the list."""
    said = {plain(part) for heading in found.headings for part in heading.split("/")}
    return {line.number for line in above if sum(plain(cell) in said for cell in line.cells if cell) > 1}


def _filled_by(line: Line) -> str:
    return next((said[1] for cell in line.cells if (said := _FILLED_BY.match(cell))), "")


def _no_certificate(line: Line, places: Mapping[Says, int], headings: Sequence[str]) -> Why | None:
    name = _cell(line, places[Says.NAME])
    own = [cell for n, cell in enumerate(line.cells) if cell and n not in line.merged]
    if _says_again(line, headings):
        return Why.AGAIN
    if _TOTAL.match(name) or any(map(_TOTAL.match, own[:1])):
        return Why.TOTAL
    if _EXAMPLE.match(name) or any(map(_EXAMPLE.match, own[:1])):
        return Why.EXAMPLE
    if (
        len(own) == 1
        and set(filter(None, line.cells)) == {own[0]}
        and (line.merged or (not name and _OFFICE.search(own[0])))
    ):
        return Why.SECTION
    return None if split(name) and _NAMES.search(name) and not _NO_NAME.match(name) else Why.NAMELESS


def _says_again(line: Line, headings: Sequence[str]) -> bool:
    same = [
        plain(cell) in (plain(heading), *map(plain, heading.split("/")))
        for cell, heading in zip(line.cells, headings, strict=False)
        if cell
    ]
    return sum(same) > 1 and all(same)


def _section(line: Line) -> str:
    said = _SECTION.match(next(filter(None, line.cells), ""))
    return said[1] if said else ""


def _listed(line: Line, places: Mapping[Says, int], office: str) -> Iterator[Listed]:
    said = {says: _cell(line, place) for says, place in places.items()}
    if office:
        for side in (Says.DEMANDER, Says.ISSUER):
            if side not in places:
                said[side] = office
                break
    names = split(said[Says.NAME])
    each = {says: _one_each(said.pop(says, ""), len(names)) for says in (Says.NAME_EN, Says.VOLUME)}
    rest = {str(says): text for says, text in said.items() if says not in (Says.NAME, Says.NUMBER)}
    for part, name in enumerate(names):
        own = {str(says): texts[part] for says, texts in each.items()}
        yield Listed(name, line.number, places, **rest, **own, part=part)


def _one_each(text: str, count: int) -> Sequence[str]:
    """Return what a cell says of each of `count` names in the cell beside it; one that does not say it apart belongs to
    the first, so that no number is counted twice.
    """
    apart = [part.strip() for part in re.split(r"[;；\n]+", text) if part.strip()]
    return apart if len(apart) == count else [text, *[""] * (count - 1)]


def _cell(line: Line, place: int) -> str:
    return line.cells[place] if place < len(line.cells) else ""
