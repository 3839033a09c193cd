"""Many lists at once: each file taken in and counted in by itself, or refused by itself and nothing of it kept."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction

from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import Actor
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.actions.grouping import regroup
from mianzheng.reform.actions.importing import accept, take_in
from mianzheng.reform.models import Report
from mianzheng.reform.rules.states import ReportStage, Side


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one file; `again`: it was counted in before."""

    name: str
    report: Report | None = None
    refused: Refusal | None = None
    again: bool = False


def bring_in(
    *,
    city: City,
    files: Iterable[tuple[str, Callable[[], bytes]]],
    office: str = "",
    side: Side | None = None,
    actor: Actor,
    now: datetime.datetime,
) -> Iterator[Brought]:
    """Bring in `files`, each a name and how to read it, and tell of each as it is done; groups are made anew at the end.

    Of one office a newer list replaces the earlier one, another part of it stands beside (`rules.changes.newer`).
    """
    counted = False
    for name, content in files:
        try:
            with transaction.atomic():
                report = take_in(
                    city=city, office=office, side=side, name=name, content=content(), actor=actor, now=now
                )
                again = report.stage == ReportStage.TAKEN
                _check_whose(report)
                report = accept(city=city, report=report, actor=actor, now=now, group=False)
            counted = counted or not again
            yield Brought(name, report, again=again)
        except Refusal as refusal:
            yield Brought(name, refused=refusal)
    if counted:
        regroup(actor=actor, now=now)


def _check_whose(report: Report) -> None:
    if not report.office:
        what = Reason(N_("看不出是哪个单位的清单。"))
        now = Reason(N_("请在表格上方写明“填报单位：…”，或者说明单位后再导入。"))
        raise Refusal(what, now, field="office")
