"""What a person says of a report before it is counted in: whose it is, and what its columns mean."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction

from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import Actor
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.actions.acts import note
from mianzheng.reform.actions.importing import check_office, check_waiting, locked
from mianzheng.reform.models import Heading, Report
from mianzheng.reform.queries.reports import Sheet, remembered, sheets_of
from mianzheng.reform.rules.columns import Says, understand
from mianzheng.reform.rules.states import Side


def correct(*, report: Report, headings: Mapping[str, str], actor: Actor, now: datetime.datetime) -> Report:
    """Keep what the `headings` (heading -> a member of `Says`, "" for nothing) of the office's lists mean, and read the
    report so. What the words say by themselves is not kept.
    """
    with transaction.atomic():
        report = locked(report)
        check_waiting(report)
        known = sheets_of(report.sheets, remembered(report.office))
        for sheet in known:
            _check_headings({h: headings[h] for h in sheet.inventory.headings if h in headings})
        _check_changed(headings, known)
        there = {heading for sheet in known for heading in sheet.inventory.headings}
        by_words = {
            heading: str(says)
            for sheet in sheets_of(report.sheets, {})
            for heading, says in understand(sheet.inventory.headings, {}).says.items()
        }
        said = {heading: says for heading, says in headings.items() if heading in there}
        own = {heading: says for heading, says in said.items() if says != by_words.get(heading, "")}
        Heading.objects.filter(office=report.office, heading__in=list(said)).exclude(heading__in=list(own)).delete()
        Heading.objects.bulk_create(
            [Heading(office=report.office, heading=h, says=s, set_at=now, set_by=actor.id) for h, s in own.items()],
            update_conflicts=True, unique_fields=["office", "heading"], update_fields=["says", "set_at", "set_by"],
        )  # fmt: skip
        _read_again(report)
        note(
            action="reform_correct", purpose="证明清理", actor=actor, now=now, report=str(report.id), headings=len(own)
        )
    return report


def assign(*, city: City, report: Report, office: str, side: Side, actor: Actor, now: datetime.datetime) -> Report:
    """Say whose list a report is and for which side; it is read with what is known of that office's headings."""
    try:
        with transaction.atomic():
            report = locked(report)
            check_waiting(report, office=office)
            check_office(city, office, side)
            report.office, report.side = office, side
            report.save(update_fields=["office", "side"])
            _read_again(report)
            note(action="reform_assign", purpose="证明清理", actor=actor, now=now, report=str(report.id), office=office)
    except IntegrityError:
        what = Reason(N_("这个单位已经发来过同一份文件。"))
        raise Refusal(what, Reason(N_("不用再计入，请把这一份放到一边。")), field="office") from None
    return report


def _check_headings(headings: Mapping[str, str]) -> None:
    """Refuse what is no column, and two columns of one sheet that say the same."""
    chosen = [says for says in headings.values() if says]
    if unknown := set(chosen) - set(Says):
        raise Refusal(Reason(N_("没有“%(says)s”这种列。"), {"says": min(unknown)}), Reason(N_("请从列表里选择。")))
    if twice := {says for says in chosen if chosen.count(says) > 1}:
        both = "、".join(heading for heading, says in headings.items() if says in twice)
        what = Reason(N_("这些列选成了同一个意思：%(headings)s。"), {"headings": both})
        raise Refusal(what, Reason(N_("一个意思只能对应一列，请改选其中一列。")))


def _check_changed(headings: Mapping[str, str], sheets: Sequence[Sheet]) -> None:
    """Refuse to remember what is understood so already."""
    for sheet in sheets:
        says = sheet.inventory.columns.says
        if any(headings.get(each, says.get(each, "")) != says.get(each, "") for each in sheet.inventory.headings):
            return
    raise Refusal(Reason(N_("没有改动：每一列还是原来的意思。")), Reason(N_("认错的列，先选对意思再记下。")))


def _read_again(report: Report) -> None:
    read = sheets_of(report.sheets, remembered(report.office))
    report.listed = sum(len(sheet.inventory.listed) for sheet in read)
    report.save(update_fields=["listed"])
