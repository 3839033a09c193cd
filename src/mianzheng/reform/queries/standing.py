"""How far the reform has come, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F, Sum

from mianzheng.reform.models import Candidate, Report, Row
from mianzheng.reform.queries.groups import MAYBE, here
from mianzheng.reform.rules.states import ReportStage, Stage


@dataclass(frozen=True, slots=True)
class Standing:
    """What lies where: `groups` are of what may be a certificate and stands on a list that counts here; `volume` is papers a
    year of all candidates that were not dropped.
    """

    to_read: int
    reports: int
    rows: int
    groups: int
    confirmed: int
    stages: dict[Stage, int]
    volume: int

    @property
    def candidates(self) -> int:
        """Return how many certificates are on their way or through."""
        return sum(count for stage, count in self.stages.items() if stage is not Stage.DROPPED)


def standing() -> Standing:
    """Count everything (four queries)."""
    reports = dict(Report.objects.values_list("stage").annotate(Count("id")))
    groups = here().filter(paper__in=MAYBE).aggregate(all=Count("id"), confirmed=Count("confirmed_at"))
    stages = Candidate.objects.values(at=F("stage")).annotate(count=Count("id"), papers=Sum("volume"))
    found = {Stage(each["at"]): each for each in stages}
    return Standing(
        to_read=reports.get(ReportStage.READ, 0),
        reports=reports.get(ReportStage.TAKEN, 0),
        rows=Row.objects.filter(report__stage=ReportStage.TAKEN).count(),
        groups=groups["all"],
        confirmed=groups["confirmed"],
        stages={stage: found[stage]["count"] if stage in found else 0 for stage in Stage},
        volume=sum(each["papers"] for stage, each in found.items() if stage is not Stage.DROPPED),
    )
