"""Certificates named in the texts of laws, and laws no longer in force: what a claimed basis (设定依据) is held against."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from mianzheng.catalogue.rules.certificates import CLAIMED
from mianzheng.catalogue.rules.source import Reader

STATUTES = "statutes.csv"
REPEALED = "repealed.csv"


@dataclass(frozen=True, slots=True)
class Statute:
    """A certificate named in one article (条) of a law, with the clause that names it, word for word and in Chinese only.

    `territory` is the province or city whose regulation it is, empty for the whole country; `version` is the day of the
    version the clause is from, None where the collection does not say.
    """

    law: str
    force: str
    territory: str
    version: datetime.date | None
    article: str
    name: str
    clause: str
    source: str


@dataclass(frozen=True, slots=True)
class Repeal:
    """The end of a law: the day, and the article that says so (废止)."""

    law: str
    day: datetime.date
    by: str
    source: str


@dataclass(frozen=True, slots=True)
class Laws:
    """The texts a package has: what names certificates, and what is repealed, by title without 中华人民共和国."""

    statutes: tuple[Statute, ...] = ()
    repealed: Mapping[str, Repeal] = field(default_factory=dict)


def read_laws(reader: Reader) -> Laws:
    """Read ``statutes.csv`` and ``repealed.csv``; a package may have none of them."""
    return Laws(_statutes(reader), _repealed(reader))


def _statutes(reader: Reader) -> tuple[Statute, ...]:
    if STATUTES not in reader.files and STATUTES not in reader.lost:
        return ()
    columns = ("law", "force", "territory", "version_date", "article", "name", "clause")
    return tuple(
        Statute(
            reader.word(row, "law"),
            reader.one_of(row, "force", CLAIMED),
            row["territory"],
            reader.day(row, "version_date") if row["version_date"] else None,
            reader.word(row, "article"),
            reader.word(row, "name"),
            reader.word(row, "clause"),
            reader.word(row, "source"),
        )
        for row in reader.rows(STATUTES, columns)
    )


def _repealed(reader: Reader) -> dict[str, Repeal]:
    if REPEALED not in reader.files and REPEALED not in reader.lost:
        return {}
    found: dict[str, Repeal] = {}
    for row in reader.rows(REPEALED, ("law", "repealed", "by")):
        law = reader.unique(row, found, "law")
        found[law] = Repeal(law, reader.day(row, "repealed"), reader.word(row, "by"), reader.word(row, "source"))
    return found
