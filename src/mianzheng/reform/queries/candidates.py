"""Certificates on their way: lists of them, and everything one page says about one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from mianzheng.reform.models import Act, Candidate, Opinion, Row
from mianzheng.reform.rules.states import ReportStage, Side, Stage


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of certificates is narrowed by; empty is everything."""

    stage: str = ""
    proposed: str = ""
    kind: str = ""
    demander: str = ""
    words: str = ""


def candidates(asked: Asked) -> QuerySet[Candidate]:
    """Return certificates, those that cost the most papers first."""
    found = Candidate.objects.select_related("batch")
    if asked.stage:
        found = found.filter(stage=asked.stage)
    else:
        found = found.exclude(stage=Stage.DROPPED)
    if asked.proposed == "none":
        found = found.filter(proposal={})
    elif asked.proposed:
        found = found.filter(proposal__disposal=asked.proposed)
    if asked.kind:
        found = found.filter(demander_kind=asked.kind)
    if asked.demander:
        found = found.filter(demander=asked.demander)
    if asked.words:
        found = found.filter(
            Q(name__icontains=asked.words) | Q(name_en__icontains=asked.words) | Q(purpose__icontains=asked.words)
        )
    return found.order_by("-volume", "code")


def demanders() -> list[str]:
    """Return the codes of offices that demand something that is on its way."""
    return list(
        Candidate.objects.exclude(demander="").values_list("demander", flat=True).distinct().order_by("demander")
    )


def unproposed() -> int:
    """Return how many open ones have no proposal yet."""
    return Candidate.objects.filter(stage=Stage.FOUND, proposal={}).count()


@dataclass(frozen=True, slots=True)
class Weight:
    """How many certificates an answer stands for, and how many papers a year."""

    count: int
    papers: int


def by_proposal(asked: Asked) -> dict[str, Weight]:
    """Return how the proposals are spread over the list."""
    found = candidates(asked).order_by().values("proposal__disposal").annotate(n=Count("id"), papers=Sum("volume"))
    return {each["proposal__disposal"] or "none": Weight(each["n"], each["papers"]) for each in found}


@dataclass(frozen=True, slots=True)
class Dossier:
    """One certificate with the lines it comes from, what other cities did with the same paper, what offices said, its trail."""

    candidate: Candidate
    rows: Sequence[Row]
    elsewhere: Sequence[Row]
    opinions: Sequence[Opinion]
    acts: Sequence[Act]


def dossier(candidate: uuid.UUID) -> Dossier | None:
    """Return one certificate (four queries), None where there is none."""
    found = Candidate.objects.select_related("group", "batch").filter(id=candidate).first()
    if found is None:
        return None
    rows: list[Row] = []
    if found.group_id:
        listed = Row.objects.filter(group=found.group_id, report__stage=ReportStage.TAKEN).select_related("report")
        rows = list(listed.order_by("report__office", "sheet", "number", "part"))
    return Dossier(
        found,
        [row for row in rows if row.report.side != Side.ELSEWHERE],
        [row for row in rows if row.report.side == Side.ELSEWHERE and row.way],
        list(found.opinions.filter(past=False).order_by("part", "office")),
        list(found.acts.order_by("done_at", "id")),
    )
