"""Whom the city asks before a certificate is cancelled, where the list of certificates does not say it (征求意见)."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mianzheng.catalogue.rules.certificates import LEVEL_ISSUERS
from mianzheng.catalogue.rules.source import Reader, Record


@dataclass(frozen=True, slots=True)
class Consulting:
    """The justice bureau, which is always asked, and which department speaks for a level: all towns, all communities, all
    employers. Empty where the package does not say.
    """

    justice: str = ""
    levels: Mapping[str, str] = dataclasses.field(default_factory=dict)


def read_consulting(reader: Reader, head: Record, departments: Collection[str]) -> Consulting:
    """Read ``consult`` of ``city.yaml``; a package without it is read too, but nobody can be asked under it."""
    said = head.get("consult")
    if said is None:
        return Consulting()
    if not isinstance(said, Record):
        reader.problem(head, "'consult' is no mapping of 'justice' and 'levels'", "consult")
        return Consulting()
    reader.only(said, "justice levels")
    levels = said.get("levels") or Record()
    if not isinstance(levels, Record):
        reader.problem(said, "'levels' is no mapping of levels to departments", "levels")
        levels = Record()
    reader.only(levels, LEVEL_ISSUERS)
    return Consulting(
        reader.known(said, "justice", departments, "department"),
        {level: reader.known(levels, level, departments, "department") for level in levels},
    )
