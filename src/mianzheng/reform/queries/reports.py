"""The lists offices sent: which there are, and what each says as it is read today."""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Q, QuerySet

from mianzheng.catalogue.rules.city import City
from mianzheng.common.grids import Line
from mianzheng.common.texts import Text
from mianzheng.reform.models import Heading, Report, Row
from mianzheng.reform.rules.changes import newer
from mianzheng.reform.rules.contacts import columns_of_contacts
from mianzheng.reform.rules.directory import Directory
from mianzheng.reform.rules.inventory import Inventory, read
from mianzheng.reform.rules.kept import left_out, lines_of
from mianzheng.reform.rules.offices import Kind, Office
from mianzheng.reform.rules.senders import senders
from mianzheng.reform.rules.states import ReportStage, Side
from mianzheng.reform.rules.understood import Understood, understood

LIGHT = tuple(field.name for field in Report._meta.concrete_fields if field.name != "sheets")
"""A list without its cells."""
OPEN = (ReportStage.READ, ReportStage.TAKEN)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a list as it is read: `contacts` are headings whose cells were left out, `missing` how many cells."""

    number: int
    name: str
    hidden: bool
    lines: tuple[Line, ...]
    inventory: Inventory
    contacts: tuple[str, ...]
    missing: int


def remembered(office: str) -> dict[str, str]:
    """Return what people said the headings of an office's lists mean (one query)."""
    return dict(Heading.objects.filter(office=office).values_list("heading", "says")) if office else {}


def sheets_of(kept: Sequence[Mapping[str, Any]], corrections: Mapping[str, str]) -> list[Sheet]:
    """Read a kept file; sheets with nothing in them are left out."""
    return [_sheet(number, sheet, corrections) for number, sheet in enumerate(kept) if sheet["lines"]]


def _sheet(number: int, sheet: Mapping[str, Any], corrections: Mapping[str, str]) -> Sheet:
    lines = lines_of(sheet)
    inventory, contacts = read(lines, corrections), columns_of_contacts(lines)
    headings = tuple(heading for n, heading in enumerate(inventory.headings) if n in contacts)
    return Sheet(number, sheet["name"], sheet["hidden"], lines, inventory, headings, left_out(sheet))


def said_by(
    sheets: Sequence[Sheet], *, city: City, directory: Directory, side: Side, office: str
) -> list[tuple[Sheet, Understood]]:
    """Return the certificates the sheets of `office` name, in the order of the file."""
    own = office_of(city, directory, office) if side is not Side.ELSEWHERE else None
    return [
        (sheet, each)
        for sheet in sheets
        for each in understood(sheet.inventory.listed, directory=directory, side=side, office=own)
    ]


def name_of(city: City, office: str) -> Text:
    """Return the name of the office whose list it is, or another city's as somebody wrote it."""
    return senders(city).get(office, Text(office))


def office_of(city: City, directory: Directory, code: str) -> Office | None:
    """Return the office `code`; None where the city has none such."""
    name = senders(city).get(code)
    found = next(iter(directory.offices(name.zh)), None) if name else None
    return replace(found, code=code, name=name) if found else None


def reports(*, office: str = "", side: str = "", stage: str = "") -> QuerySet[Report]:
    """Return the lists, the newest first, each with how many rows it has and how many name an office nobody knows."""
    asked = {name: value for name, value in {"office": office, "side": side, "stage": stage}.items() if value}
    counts = {
        "counted": Count("rows"),
        "unresolved": Count("rows", filter=Q(rows__demander_kind=Kind.UNRESOLVED)),
    }
    return Report.objects.filter(**asked).only(*LIGHT).annotate(**counts).order_by("-made_at", "-id")


def sent_before(content: bytes, *, office: str, side: Side) -> Report | None:
    """Return the list that came as this very file, where it is waiting or counted in."""
    return Report.objects.filter(office=office, side=side, digest=digest(content), stage__in=OPEN).first()


def counted_before(report: Report) -> list[Report]:
    """Return the lists of the same office and side that count, the newest first (one query)."""
    same = Report.objects.filter(office=report.office, side=report.side, stage=ReportStage.TAKEN).exclude(id=report.id)
    return list(same.only(*LIGHT).order_by("-taken_at", "-id"))


def replaced_by(report: Report, names: Collection[str]) -> list[Report]:
    """Return the lists that count of which `report`, which lists `names`, is a newer one; the newest first (two queries)."""
    same = counted_before(report)
    listed: dict[uuid.UUID, list[str]] = defaultdict(list)
    for id, name in Row.objects.filter(report__in=same).values_list("report", "name"):
        listed[id].append(name)
    return [each for each in same if newer(listed[each.id], names)]


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()
