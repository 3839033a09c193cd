"""What publishing, amending and withdrawing change in the city package, as edits that fit what stands there."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mianzheng.catalogue.rules.certificates import COLUMNS, OFFICE_LIST
from mianzheng.catalogue.rules.city import City, Matter
from mianzheng.catalogue.rules.editing import Edit, RowEdit, TextEdit, rows_of, text_of, tree_of
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.catalogue.rules.papers import kept_for, papers_of
from mianzheng.common.texts import Text
from mianzheng.reform.rules.batches import FINANCE, Listed

CERTIFICATES = "certificates.csv"
BATCHES = "batches.csv"
ANY_PURPOSE = Text("各类事项", "Any purpose")
"""Where the lists name no purpose."""
OFFICES = 1
"""Offices a paper is taken to have cost: the one that made it out."""
VERTICAL = "vertical"


def publication(
    files: Mapping[str, str], city: City, listed: Sequence[Listed], *, number: int, name: Text, day: datetime.date
) -> list[Edit]:
    """Return the edits that cancel `listed` as batch `number`, published on `day`."""
    columns = {
        "number": str(number),
        "published": day.isoformat(),
        "name": name.zh,
        "name_en": name.en,
        "source": OFFICE_LIST,
    }
    return [
        *rows_said(files, BATCHES, {str(number): columns}),
        *rows_said(files, CERTIFICATES, {each.code: columns_of(city, each, number) for each in listed}),
        *_guides(files, city, {each.code: each for each in listed}),
    ]


def withdrawal(files: Mapping[str, str], codes: Sequence[str]) -> list[Edit]:
    """Return the edits that have the certificates `codes` asked for again."""
    asked = {"disposal": str(Disposal.ASKED), "batch": ""}
    return rows_said(files, CERTIFICATES, dict.fromkeys(codes, asked))


def amendment(files: Mapping[str, str], city: City, code: str, *, disposal: Disposal, fact: str) -> list[Edit]:
    """Return the edits that have the cancelled certificate `code` replaced in another way."""
    said = {"disposal": str(disposal), "fact": fact, "content": _content(city, fact)}
    return rows_said(files, CERTIFICATES, {code: said})


def rows_said(files: Mapping[str, str], file: str, said: Mapping[str, Mapping[str, str]]) -> list[Edit]:
    """Return the edits that have rows say these columns, by key, whether or not they are there; the list is read once."""
    there = rows_of(files.get(file, ""))
    return [RowEdit(file, key, columns, _found(there.get(key), columns)) for key, columns in said.items()]


def _found(row: Mapping[str, str] | None, columns: Mapping[str, str]) -> dict[str, str] | None:
    return None if row is None else {column: row.get(column, "") for column in columns}


def _content(city: City, fact: str) -> str:
    return city.facts[fact].kind if fact in city.facts else "state"


def columns_of(city: City, each: Listed, number: int | None) -> dict[str, str]:
    """Return the row of a certificate in batch `number`, or in none."""
    purpose = each.purpose if each.purpose.zh else ANY_PURPOSE
    said = {
        "code": each.code,
        "name": each.name.zh,
        "name_en": each.name.en,
        "kind": "finance" if each.demander_kind == FINANCE else "government",
        "content": _content(city, each.fact),
        "demander": each.demanded_by,
        "demander_kind": "organ" if each.demander_kind == VERTICAL else each.demander_kind,
        "demander_level": each.demander_level,
        "issuer": each.issued_by,
        "issuer_level": each.issuer_level,
        "purpose": purpose.zh,
        "purpose_en": purpose.en,
        "fact": each.fact,
        "disposal": str(each.disposal),
        "batch": str(number or ""),
        "yearly_volume": str(each.volume),
    }
    assert said.keys() == set(COLUMNS)
    new = each.code not in city.certificates
    return said | dict(each.basis) | ({"source": OFFICE_LIST} if new else {})


def _guides(files: Mapping[str, str], city: City, listed: Mapping[str, Listed]) -> Iterator[TextEdit]:
    for matter in city.matters.values():
        file = f"matters/{matter.code}.yaml"
        gone = papers_gone(matter, listed)
        if not gone:
            continue
        tree = tree_of(files[file])
        for need in tree["facts"]:
            if need.get("retained") in listed:
                del need["retained"]
        papers: Any = tree.get("papers")
        if papers is None:
            papers = tree["papers"] = []
        named = {paper["certificate"] for paper in papers}
        trips = city.policy.paper_trips
        papers.extend({"certificate": code, "offices": OFFICES, "trips": trips} for code in gone if code not in named)
        yield TextEdit(file, text_of(tree), files[file])


def papers_gone(matter: Matter, listed: Mapping[str, Listed]) -> tuple[str, ...]:
    """Return which of `listed` the guide of `matter` asked for, or is the guide for by their purpose."""
    if matter.work is None:
        return ()
    retained = {need.retained for need in matter.work.needs}
    papers = {paper.certificate for paper in matter.work.papers}
    return tuple(
        code
        for code, each in listed.items()
        if code in retained or (each.purpose.zh == matter.name.zh and code not in papers)
    )


@dataclass(frozen=True, slots=True)
class GuideChange:
    """How a guide (办事指南) changes: what it asked for and asks no more, what it strikes through anew, and papers to bring
    before and after.
    """

    matter: str
    name: Text
    dropped: tuple[Text, ...]
    struck: tuple[Text, ...]
    asked_before: int
    asked_after: int


def guides_changed(before: City, after: City) -> tuple[GuideChange, ...]:
    """Return how the guides differ between two editions, as a reader would see it."""
    found = []
    for code, matter in after.matters.items():
        if code not in before.matters:
            continue
        asked, still = _asked(before, before.matters[code]), _asked(after, matter)
        gone_before = {p.certificate for p in papers_of(before, before.matters[code].work)}
        gone_after = {p.certificate for p in papers_of(after, matter.work)}
        dropped, struck = asked.keys() - still.keys(), gone_after - gone_before
        if dropped or struck or len(asked) != len(still):
            names = after.certificates
            found.append(
                GuideChange(
                    code,
                    matter.name,
                    tuple(asked[each] for each in sorted(dropped)),
                    tuple(names[each].name for each in sorted(struck)),
                    len(asked),
                    len(still),
                )
            )
    return tuple(found)


def _asked(city: City, matter: Matter) -> dict[str, Text]:
    return {certificate.code: certificate.name for certificate in kept_for(city, matter)}
