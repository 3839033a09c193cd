"""Offices' lists of certificates as offices really send them: the city's own certificates in differently shaped files.

Every file has its own mixture of headings, order, titles, sections, merged cells, sheets and ways to write a number. What
they say together is the list of certificates of the package, and what other places published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mianzheng.catalogue.rules.certificates import Certificate
from mianzheng.catalogue.rules.city import City
from mianzheng.reform.rules.states import Side


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: rows of cells, and merged ranges as (first row, first column, last row, last column), from 0."""

    name: str
    rows: tuple[tuple[str | int, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """One file: whose list it is, for which side; `encoding` of a text file, empty for a workbook."""

    name: str
    office: str
    side: Side
    sheets: tuple[Sheet, ...]
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One certificate as an office knows it."""

    name: str
    demander: str
    issuer: str
    purpose: str
    basis: str = ""
    volume: int | None = None
    way: str = ""
    name_en: str = ""
    purpose_en: str = ""


HEADINGS: dict[str, tuple[str, ...]] = {
    "name": ("证明名称", "证明材料名称", "证明事项", "需提供的证明", "证明\n名称", "取消的证明事项"),
    "demander": ("索要单位", "需要单位", "要求提供单位", "用证单位", "使用部门"),
    "issuer": ("开具单位", "出具单位", "开具部门", "出具机关", "开证单位"),
    "purpose": ("用途", "办理事项", "证明用途", "涉及事项", "使用场景"),
    "basis": ("设定依据", "法律依据", "依据", "政策依据"),
    "volume": ("年办件量", "年开具数量", "数量", "年均数量（份）"),
    "way": ("取消后的办理方式", "替代方式", "处理意见"),
    "name_en": ("英文名称",),
    "purpose_en": ("用途（英文）",),
}
ORDERS = (
    "name demander issuer purpose basis volume way name_en purpose_en",
    "demander name purpose issuer volume basis name_en purpose_en way",
    "purpose name issuer demander basis name_en purpose_en volume",
    "issuer demander name purpose volume name_en purpose_en basis",
)
LEVELS = {"community": "村（社区）", "town": "镇（街道）", "employer": "用人单位", "outside": "市外单位"}
MANY = 7
"""A department with so many certificates has a file of its own."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How the number of a file shapes it."""

    number: int

    def heading(self, column: str) -> str:
        """Return what this file calls `column`."""
        words = HEADINGS[column]
        return words[self.number % len(words)]

    @property
    def order(self) -> list[str]:
        """Return the columns, as this file orders them."""
        return ORDERS[self.number % len(ORDERS)].split()

    @property
    def text(self) -> bool:
        """Whether it is a text file, in which nothing can be merged."""
        return self.number % 10 == 9

    def volume(self, papers: int | None) -> str | int:
        """Return a number as this office writes it."""
        if papers is None:
            return ""
        ways: tuple[str | int, ...] = (
            papers,
            f"{papers:,}",
            f"{papers}份",
            f"{papers / 10_000:g}万份",
            f"约{papers}件",
        )
        return ways[self.number % len(ways)]


def lists(city: City, elsewhere: Iterable[Mapping[str, str]]) -> tuple[Book, ...]:
    """Return the files: of each big department, of the others together, of public bodies, banks and insurers, of bodies outside
    the city, of those who make certificates out, and of other places (`elsewhere`, rows of their published lists).
    """
    parts = [*_demanded(city), *_issued(city), *_elsewhere(elsewhere)]
    return tuple(_book(Shape(number), *part) for number, part in enumerate(parts))


Part = tuple[str, str, Side, tuple[Line, ...], bool]
"""Title, office, side, lines, and whether one office speaks for itself."""


def _demanded(city: City) -> list[Part]:
    by_demander: dict[str, list[Certificate]] = {}
    for certificate in city.certificates.values():
        by_demander.setdefault(certificate.demander, []).append(certificate)
    found: list[Part] = []
    rest: dict[str, list[Certificate]] = {}
    for demander, listed in by_demander.items():
        kind = listed[0].demander_kind
        if kind == "organ" and len(listed) >= MANY and demander in city.departments:
            title = f"{_office(city, demander)}证明事项清单"
            found.append((title, demander, Side.DEMAND, _lines(city, listed), True))
        else:
            rest.setdefault(_together(city, demander, kind), []).extend(listed)
    for title, listed in rest.items():
        first = next((c.demander for c in listed if city.office(c.demander)), "")
        found.append((title, first, Side.DEMAND, _lines(city, listed), False))
    return found


def _together(city: City, demander: str, kind: str) -> str:
    """Return under which heading the small ones are listed together."""
    body = city.bodies.get(demander)
    named = {
        "education": "学校",
        "health": "医院",
        "water": "水电气",
        "power": "水电气",
        "gas": "水电气",
        "telecom": "通信邮政",
        "transport": "交通铁路",
        "rail": "交通铁路",
        "bank": "银行",
        "insurer": "保险公司",
    }
    if kind == "organ":
        groups = ("综合部门", "农业商务等部门", "群团和其他部门")
        return f"{groups[len(demander) % len(groups)]}证明事项汇总"
    if kind == "outside" or body is None:
        return "市外单位索要证明情况"
    return f"{named.get(body.kind, '其他单位')}索要证明情况汇总"


def _issued(city: City) -> list[Part]:
    """Return what those say who make certificates out, in words a little different from those of the demanders."""
    listed = list(city.certificates.values())
    parts = (
        ("村（社区）开具证明情况", "civil_affairs", [c for c in listed if c.issuer == "community"]),
        ("镇街和用人单位开具证明情况", "civil_affairs", [c for c in listed if c.issuer in ("town", "employer")]),
        ("市级部门开具证明情况", "", [c for c in listed if c.issuer in city.departments]),
    )
    found: list[Part] = []
    for title, office, part in parts:
        code = (
            office if office in city.departments else next((c.issuer for c in part if c.issuer in city.departments), "")
        )
        lines = [replace(line, name=_otherwise(n, line.name), basis="") for n, line in enumerate(_lines(city, part))]
        found.append((title, code, Side.ISSUE, tuple(lines), False))
    return found


def _otherwise(number: int, name: str) -> str:
    """Return another way to write the name of the same paper."""
    bare = name.removesuffix("证明")
    ways = (name, f"关于{bare}的证明", f"{bare}证明材料", f"{bare}证明（盖章）", f"开具{bare}证明")
    return ways[number % len(ways)] if name.endswith("证明") else name


def _elsewhere(rows: Iterable[Mapping[str, str]]) -> list[Part]:
    places: dict[str, list[Line]] = {}
    for row in rows:
        line = Line(
            row["name"],
            row["required_by"],
            row["issued_by"],
            row["purpose"],
            row["legal_basis"],
            way=row["disposal_raw"],
        )
        places.setdefault(row["place"], []).append(line)
    biggest = sorted(places, key=lambda place: (-len(places[place]), place))[:3]
    others = tuple(line for place, lines in places.items() if place not in biggest for line in lines)
    found: list[Part] = [
        (f"{place}公布的证明清单", place, Side.ELSEWHERE, tuple(places[place]), False) for place in biggest
    ]
    return [*found, ("其他地方公布的证明清单", "其他地方", Side.ELSEWHERE, others, False)] if others else found


def _lines(city: City, certificates: Iterable[Certificate]) -> tuple[Line, ...]:
    return tuple(
        Line(
            name=c.name.zh,
            demander=_office(city, c.demander),
            issuer=_office(city, c.issuer),
            purpose=c.purpose.zh,
            basis=f"《{c.basis.law.zh}》{c.basis.article}" if c.basis else "",
            volume=c.yearly_volume,
            name_en=c.name.en,
            purpose_en=c.purpose.en,
        )
        for c in certificates
    )


def _office(city: City, code: str) -> str:
    office = city.office(code)
    return office.zh if office else LEVELS.get(code, code)


def _book(shape: Shape, title: str, office: str, side: Side, lines: Sequence[Line], single: bool) -> Book:
    columns = [column for column in shape.order if _needed(column, lines, single)]
    text = shape.text
    parts = (
        [lines]
        if text or shape.number % 4 != 2 or len(lines) < 4
        else [lines[: len(lines) // 2], lines[len(lines) // 2 :]]
    )
    sheets = [
        _sheet(shape, f"Sheet{n}" if n > 1 else "清单", title, columns, part, single) for n, part in enumerate(parts, 1)
    ]
    if shape.number % 5 == 1 and not text:
        cover = Sheet("填表说明", (("填表说明",), ("一、每项证明填一行。",), ("二、数量按上一年度填写。",)))
        sheets.insert(0, cover)
    if shape.number % 6 == 4 and not text:
        sheets.append(Sheet("字典", (("证明名称", "用途"), ("（示例）", "（示例）")), hidden=True))
    encoding = ("gb18030", "utf-16", "utf-8-sig")[shape.number // 10 % 3] if text else ""
    return Book(f"{title}{'.csv' if text else '.xlsx'}", office, side, tuple(sheets), encoding)


def _needed(column: str, lines: Sequence[Line], single: bool) -> bool:
    return column == "name" or (
        any(getattr(line, column) not in ("", None) for line in lines) and not (single and column == "demander")
    )


def _sheet(shape: Shape, name: str, title: str, columns: list[str], lines: Sequence[Line], single: bool) -> Sheet:
    rows: list[tuple[str | int, ...]] = []
    merged: list[tuple[int, int, int, int]] = []
    numbered = shape.number % 3 != 1
    heads = [*(["序号"] if numbered else []), *(shape.heading(column) for column in columns)]
    width = len(heads)
    if single or shape.number % 3:
        rows.append((title, *[""] * (width - 1)))
        merged.append((0, 0, 0, width - 1))
    if single:
        rows.append((f"填报单位：{lines[0].demander}", *[""] * (width - 1)))
    sections = not single and "demander" in columns and shape.number % 4 == 3
    if sections:
        heads.pop(columns.index("demander") + numbered)
        columns = [column for column in columns if column != "demander"]
    rows += _two_lines(heads, len(rows), merged) if shape.number % 4 == 1 and not shape.text else [tuple(heads)]
    if sections:
        lines = sorted(lines, key=lambda line: line.demander)
    before = ""
    start = len(rows)
    for count, line in enumerate(lines, 1):
        if sections and line.demander != before:
            rows.append((line.demander, *[""] * (len(heads) - 1)))
            merged.append((len(rows) - 1, 0, len(rows) - 1, len(heads) - 1))
            before = line.demander
        cells = [shape.volume(line.volume) if column == "volume" else getattr(line, column) or "" for column in columns]
        rows.append((*([count] if numbered else []), *cells))
    if "demander" in columns and shape.number % 4 == 2:
        _merge_down(rows, columns.index("demander") + numbered, start, merged)
    if shape.number % 2 and any(line.volume for line in lines):
        total = [""] * len(heads)
        total[0] = "合计"
        if "volume" in columns and columns.index("volume") + numbered > 0:
            total[columns.index("volume") + numbered] = str(sum(line.volume or 0 for line in lines))
        rows.append(tuple(total))
    return Sheet(name, tuple(rows), tuple(merged))


def _two_lines(heads: list[str], row: int, merged: list[tuple[int, int, int, int]]) -> list[tuple[str, ...]]:
    """Return headings of two lines: the first half stands under one word, the others reach over both lines."""
    half = max(2, len(heads) // 2)
    merged.append((row, 0, row, half - 1))
    merged += [(row, column, row + 1, column) for column in range(half, len(heads))]
    return [("证明基本情况", *[""] * (half - 1), *heads[half:]), (*heads[:half], *[""] * (len(heads) - half))]


def _merge_down(
    rows: list[tuple[str | int, ...]], column: int, start: int, merged: list[tuple[int, int, int, int]]
) -> None:
    """Merge equal neighbours of a column, as people do."""
    first = start
    for row in range(start + 1, len(rows) + 1):
        if row < len(rows) and rows[row][column] == rows[first][column]:
            continue
        if row - first > 1:
            merged.append((first, column, row - 1, column))
        first = row
