"""Lists of certificates (报送清单): taken in and shown, then counted in, or put aside."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from pathlib import PurePath

from django.db import transaction

from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.grids import Grid
from mianzheng.common.reasons import N_, Reason, packed
from mianzheng.reform.actions.acts import note
from mianzheng.reform.actions.grouping import regroup
from mianzheng.reform.models import Report, Row
from mianzheng.reform.queries.reports import (
    LIGHT,
    Sheet,
    digest,
    remembered,
    replaced_by,
    said_by,
    sent_before,
    sheets_of,
)
from mianzheng.reform.rules.directory import Directory
from mianzheng.reform.rules.inventory import mentions
from mianzheng.reform.rules.kept import kept
from mianzheng.reform.rules.senders import sender, senders, side_of
from mianzheng.reform.rules.states import ReportStage, Side
from mianzheng.reform.rules.understood import Understood
from mianzheng.web import sql
from mianzheng.web.ids import uuid7s
from mianzheng.web.reading.grids import grids_of

MOST_MEGABYTES = 20
"""Of one file; a list of certificates has some hundred rows."""
MOST_BYTES = MOST_MEGABYTES << 20
_TAKING_IN = 5_180_002
"""A file that is sent twice at once is taken in once."""
AT_ONCE = 2_000
"""Rows of one statement."""


def take_in(
    *,
    city: City,
    office: str = "",
    side: Side | None = None,
    name: str,
    content: bytes,
    actor: Actor,
    now: datetime.datetime,
) -> Report:
    """Read a file and keep every cell of it for a person to look at; nothing is counted in yet.

    An empty `office` or no `side` is told by the file itself, and stays empty or becomes the demanding side where it does
    not say. The same file of the same office is the report that is there already. Refuses what is no table and what
    names no certificate; nothing is kept then.
    """
    check_office(city, office, side)
    grids = _listing(content)
    sheets, directory = kept(grids), Directory(city)
    read = sheets_of(sheets, remembered(office))
    if not office and side is not Side.ELSEWHERE:
        said = sender(directory, name, [sheet.inventory for sheet in read])
        office = said.code if said else ""
        read = sheets_of(sheets, remembered(office)) if office else read
    side = side or side_of(directory, office, name, [sheet.inventory for sheet in read])
    with transaction.atomic():
        sql.hold(_TAKING_IN)
        if (before := sent_before(content, office=office, side=side)) is not None:
            return before
        report = Report.objects.create(
            office=office, side=side, name=PurePath(name).name[-200:], digest=digest(content), sheets=sheets,
            listed=sum(len(sheet.inventory.listed) for sheet in read), made_at=now, made_by=actor.id,
        )  # fmt: skip
        note(action="reform_take_in", purpose="证明清理", actor=actor, now=now, report=str(report.id), office=office)
    return report


def _listing(content: bytes) -> Sequence[Grid]:
    """Return the sheets of a file. Refuses what is no table, too large, or speaks of no certificate."""
    if len(content) > MOST_BYTES:
        what = Reason(N_("文件超过 %(most)s MB，不像一份清单。"), {"most": MOST_MEGABYTES})
        raise Refusal(what, Reason(N_("请只交清单所在的工作表，去掉图片。")), field="file")
    grids = grids_of(content)
    if not any(mentions(grid.lines) for grid in grids):
        what = Reason(N_("表里没有一处写到证明，不是证明清单。"))
        raise Refusal(what, Reason(N_("请核对是不是选错了文件。")), field="file")
    return grids


def check_office(city: City, office: str, side: Side | None) -> None:
    """Refuse an office that the city does not have; another city's list is of a place by any name."""
    if office and side is not Side.ELSEWHERE and office not in senders(city):
        what = Reason(N_("本市名录里没有“%(office)s”。"), {"office": office})
        raise Refusal(what, Reason(N_("请从名录里选择；别的城市的清单，请选“外地公布的清单”。")), field="office")


def accept(
    *,
    city: City,
    report: Report,
    actor: Actor,
    now: datetime.datetime,
    replaces: bool | None = None,
    group: bool = True,
) -> Report:
    """Count a report in: a row for each certificate and each office that demands it. It `replaces` the lists of the same
    office and side: all of them, none, or (None) those of which it is a newer one. What it means for the groups is worked
    out now, unless more lists follow (`group`).
    """
    with transaction.atomic():
        sql.hold(_TAKING_IN)  # of two lists counted in at once the later one has to see the earlier
        report = locked(report)
        if report.stage == ReportStage.TAKEN:
            return report
        check_waiting(report)
        said = _said(city, report)
        earlier = _replaced(report, [each.listed.name for _, each in said], replaces)
        report.stage, report.taken_at, report.taken_by = ReportStage.TAKEN, now, actor.id
        report.replaces = earlier[0] if earlier else None
        report.save(update_fields=["stage", "taken_at", "taken_by", "replaces"])
        ids = uuid7s(len(said))
        rows = [_row(id, report, sheet, each) for id, (sheet, each) in zip(ids, said, strict=True)]
        Row.objects.bulk_create(rows, batch_size=AT_ONCE)
        note(action="reform_accept", purpose="证明清理", actor=actor, now=now, report=str(report.id), rows=len(rows))
        if group:
            regroup(actor=actor, now=now)
    return report


def leave(*, report: Report, actor: Actor, now: datetime.datetime) -> None:
    """Put a report aside (不采用): it is kept, and no row of it counts. The same file may be sent again."""
    with transaction.atomic():
        report = locked(report)
        if report.stage == ReportStage.LEFT:
            return
        if report.stage == ReportStage.REPLACED:
            raise Refusal(Reason(N_("这份清单已经被新的一份取代。")), Reason(N_("请看新的一份。")))
        counted = report.stage == ReportStage.TAKEN
        Report.objects.filter(id=report.id).update(stage=ReportStage.LEFT)
        note(action="reform_leave", purpose="证明清理", actor=actor, now=now, report=str(report.id))
        if counted:
            regroup(actor=actor, now=now)


def locked(report: Report) -> Report:
    """Return a report while nobody else changes it."""
    found = Report.objects.select_for_update().filter(id=report.id).first()
    if found is None:
        raise NotFound(Reason(N_("没有这份清单。")), Reason(N_("请回到清单列表。")))
    return found


def check_waiting(report: Report, *, office: str = "") -> None:
    """Refuse a report that does not wait for a person any more, or of which nobody knows whose it is."""
    if report.stage != ReportStage.READ:
        raise Refusal(Reason(N_("这份清单已经处理过。")), Reason(N_("要重新计入，请再发一次文件。")))
    if not (office or report.office):
        what = Reason(N_("还没有说明是哪个单位的清单。"))
        raise Refusal(what, Reason(N_("请先选择单位。")), field="office")


def _said(city: City, report: Report) -> list[tuple[Sheet, Understood]]:
    read = sheets_of(report.sheets, remembered(report.office))
    said = said_by(read, city=city, directory=Directory(city), side=Side(report.side), office=report.office)
    if not said:
        what = Reason(N_("没有认出一个证明名称。"))
        raise Refusal(what, Reason(N_("请在预览里指出哪一列是证明名称。")))
    return said


def _replaced(report: Report, names: Sequence[str], replaces: bool | None) -> list[Report]:
    """Replace the earlier lists and return them, the newest first."""
    same = Report.objects.filter(office=report.office, side=report.side, stage=ReportStage.TAKEN)
    if replaces is None:
        found = replaced_by(report, names)
    else:
        found = list(same.only(*LIGHT).order_by("-taken_at", "-id")) if replaces else []
    Report.objects.filter(id__in=[each.id for each in found]).update(stage=ReportStage.REPLACED)
    return found


def _row(id: uuid.UUID, report: Report, sheet: Sheet, each: Understood) -> Row:
    listed, demander, issuer = each.listed, each.demander, each.issuer
    return Row(
        id=id, report=report, sheet=sheet.number, number=listed.row, part=each.part, name=listed.name, name_en=listed.name_en,
        demander=listed.demander, issuer=listed.issuer, basis=listed.basis, purpose=listed.purpose,
        purpose_en=listed.purpose_en, way=listed.way, remark=listed.remark, volume=each.volume,
        demander_code=demander.code if demander else "", demander_kind=each.demander_kind,
        demander_level=str(demander.level) if demander else "", issuer_code=issuer.code if issuer else "",
        issuer_level=str(issuer.level) if issuer else "", paper=str(each.paper.kind), why=packed(each.paper.reason),
    )  # fmt: skip
