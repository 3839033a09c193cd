"""What was understood of a list, as the command line tells it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from mianzheng.catalogue.rules.city import City
from mianzheng.reform.models import Report
from mianzheng.reform.queries.previews import preview
from mianzheng.reform.queries.reports import Sheet, name_of


def account(city: City, report: Report) -> dict[str, Any]:
    """Return a list as JSON: whose, how much, what each column was taken for, and everything that was not understood."""
    found = preview(city, report)
    changes = found.changes
    return {
        "report": str(report.id),
        "office": report.office,
        "office_name": name_of(city, report.office).zh,
        "side": report.side,
        "certificates": report.listed,
        "rows": len(found.said),
        "sheets": [_sheet(sheet) for sheet in found.sheets],
        "contacts_not_kept": found.contacts,
        "unresolved_offices": dict(found.unresolved),
        "unread_volumes": [
            {"sheet": sheet.name, "row": each.listed.row, "volume": each.listed.volume} for sheet, each in found.unread
        ],
        "replaces": [str(each.id) for each in found.before],
        "changes": {
            "new": len(changes.new), "gone": len(changes.gone), "changed": len(changes.changed), "same": changes.same
        } if changes else {},
    }  # fmt: skip


def _sheet(sheet: Sheet) -> dict[str, Any]:
    found = sheet.inventory
    return {
        "sheet": sheet.name,
        "certificates": len(found.listed),
        "columns": {heading: str(says) for heading, says in found.columns.says.items()},
        "unknown_columns": list(found.columns.unknown),
        "left": dict(Counter(str(each.why) for each in found.left)),
    }
