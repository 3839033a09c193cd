"""Groups of near-identical certificates, for people to confirm."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from mianzheng.reform.models import Group, Row
from mianzheng.reform.rules.states import ReportStage, Side

HERE = (Side.DEMAND, Side.ISSUE)
"""The lists that say what is demanded and issued here; those of other cities only show what others did."""


def counted(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return those of `rows` that stand on a list which counts here today."""
    return rows.filter(report__stage=ReportStage.TAKEN, report__side__in=HERE)


def here() -> QuerySet[Group]:
    """Return the groups of which a list that counts here names a row."""
    return Group.objects.filter(Exists(counted(Row.objects.filter(group=OuterRef("id")))))


def waiting() -> QuerySet[Group]:
    """Return the groups that somebody has to confirm, for the first time or because of new rows."""
    new = Exists(counted(Row.objects.filter(group=OuterRef("id"), placed=False)))
    return here().filter(Q(confirmed_at=None) | new)
