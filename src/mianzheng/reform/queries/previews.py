"""What was understood of a list and what not, and what it says differently from the office's list before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mianzheng.catalogue.rules.city import City
from mianzheng.reform.models import Report, Row
from mianzheng.reform.queries.reports import LIGHT, Sheet, counted_before, remembered, replaced_by, said_by, sheets_of
from mianzheng.reform.rules.changes import Changes, Said, changes
from mianzheng.reform.rules.directory import Directory
from mianzheng.reform.rules.states import ReportStage, Side
from mianzheng.reform.rules.understood import Understood


@dataclass(frozen=True, slots=True)
class Preview:
    """A list as it is read. `unresolved` are offices nobody knows, with how many rows name them; `unread` are numbers of papers
    nobody could tell; `before` are the office's lists of this side that count, or, of one that counts itself, that it replaced;
    `newer`: it is a newer one of some of them, as far as the names tell.
    """

    sheets: tuple[Sheet, ...]
    said: tuple[tuple[Sheet, Understood], ...]
    unresolved: tuple[tuple[str, int], ...]
    unread: tuple[tuple[Sheet, Understood], ...]
    before: tuple[Report, ...]
    newer: bool
    changes: Changes | None

    @property
    def unused(self) -> list[str]:
        """Return the headings that nobody understood, of the sheets that list certificates."""
        listing = [sheet for sheet in self.sheets if sheet.inventory.listed]
        unknown = [(h, sheet) for sheet in listing for h in sheet.inventory.columns.unknown]
        return list(dict.fromkeys(h for h, sheet in unknown if h not in sheet.contacts and not h.startswith("#")))

    @property
    def contacts(self) -> int:
        """Return how many cells held a contact and were left out."""
        return sum(sheet.missing for sheet in self.sheets)


def preview(city: City, report: Report) -> Preview:
    """Read a list (six queries at most)."""
    sheets = sheets_of(report.sheets, remembered(report.office))
    said = said_by(sheets, city=city, directory=Directory(city), side=Side(report.side), office=report.office)
    unresolved = Counter(written for _, each in said for written in each.unresolved)
    before = _before(report)
    names = [each.listed.name for _, each in said]
    return Preview(
        tuple(sheets),
        tuple(said),
        tuple(unresolved.most_common()),
        tuple((sheet, each) for sheet, each in said if each.unread_volume),
        before,
        bool(before) and (report.stage != ReportStage.READ or bool(replaced_by(report, names))),
        changes(_rows(before), [_said(each) for _, each in said]) if before else None,
    )


def _before(report: Report) -> tuple[Report, ...]:
    if report.stage == ReportStage.READ:
        return tuple(counted_before(report)) if report.office else ()
    return tuple(Report.objects.only(*LIGHT).filter(id=report.replaces_id))


def _rows(reports: Sequence[Report]) -> list[Said]:
    rows = Row.objects.filter(report__in=reports).order_by("sheet", "number", "part")
    return [_of_row(row) for row in rows]


def _of_row(row: Row) -> Said:
    rest = (row.basis, row.way, row.remark, "" if row.volume is None else str(row.volume))
    return Said(row.name, row.demander_code or row.demander, row.purpose, row.issuer, rest)


def _said(each: Understood) -> Said:
    listed, demander = each.listed, each.demander
    rest = (listed.basis, listed.way, listed.remark, "" if each.volume is None else str(each.volume))
    return Said(listed.name, demander.code or listed.demander if demander else "", listed.purpose, listed.issuer, rest)
