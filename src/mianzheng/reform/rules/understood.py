"""A line of a list as the reform office takes it: who the two sides are, how many papers a year, what it is at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from mianzheng.reform.rules.directory import Directory
from mianzheng.reform.rules.inventory import Listed
from mianzheng.reform.rules.offices import Kind, Office
from mianzheng.reform.rules.papers import Recognised, what_it_is
from mianzheng.reform.rules.states import Side
from mianzheng.reform.rules.volumes import volume


@dataclass(frozen=True, slots=True)
class Understood:
    """One certificate that one office demands. `demander` and `issuer` are None where the list does not say; `part` counts
    the certificates of a row, over several names and several demanders.
    """

    listed: Listed
    part: int
    demander: Office | None
    issuer: Office | None
    volume: int | None
    paper: Recognised

    @property
    def demander_kind(self) -> str:
        """What the demander is; a body of a central enterprise stands with those that answer to others than the city."""
        if self.demander is None:
            return ""
        return str(Kind.VERTICAL if self.demander.central else self.demander.kind)

    @property
    def unread_volume(self) -> bool:
        """Whether the list says a number that nobody could tell."""
        return self.part == 0 and bool(self.listed.volume) and self.volume is None

    @property
    def unresolved(self) -> tuple[str, ...]:
        """The offices, as written, that nobody recognised."""
        return tuple(
            each.written for each in (self.demander, self.issuer) if each is not None and each.kind is Kind.UNRESOLVED
        )


def understood(
    listed: Iterable[Listed], *, directory: Directory, side: Side, office: Office | None
) -> Iterator[Understood]:
    """Take the lines of one sheet. The `office` whose list it is stands for its own `side` where a row does not name it; an
    office of another city has no code here. A number of papers counts once, with the first that demands it.
    """
    row, part = -1, 0
    for each in listed:
        row, part = each.row, part if each.row == row else 0
        demanders = _resolved(directory, each.demander, side) or (office if side is Side.DEMAND else None,)
        issuers = _resolved(directory, each.issuer, side) or (office if side is Side.ISSUE else None,)
        issuer = next((one for one in issuers if one and one.kind is not Kind.UNRESOLVED), issuers[0])
        paper = what_it_is(each.name, each.purpose, each.issuer)
        for n, demander in enumerate(demanders):
            yield Understood(each, part, demander, issuer, volume(each.volume) if n == 0 else None, paper)
            part += 1


def _resolved(directory: Directory, cell: str, side: Side) -> tuple[Office | None, ...]:
    """Return the offices of a cell, each once."""
    once = {(each.code, each.kind, each.level, each.code or each.written): each for each in directory.offices(cell)}
    return tuple(replace(each, code="") if side is Side.ELSEWHERE else each for each in once.values())
