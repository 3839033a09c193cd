"""Batches and what is in them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.common.errors import NotFound
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.reform.models import Act, Batch, Candidate
from mianzheng.reform.queries.proposals import judged
from mianzheng.reform.rules.acts import Did
from mianzheng.reform.rules.batches import Listed
from mianzheng.reform.rules.states import BatchStage, Says, Stage

OPEN = (BatchStage.COMPOSED, BatchStage.CHECKED)
"""Stages in which a batch can still be changed."""


def no_batch() -> NotFound:
    """Return the refusal for a batch that is not there."""
    return NotFound(Reason(N_("没有这一批。")), Reason(N_("请回到批次列表。")))


def batch_of(number: int) -> Batch:
    """Return the batch `number` (one query)."""
    found = Batch.objects.filter(number=number).first()
    if found is None:
        raise no_batch()
    return found


def batches() -> list[Batch]:
    """Return all batches, the newest first, each with how many certificates it has (one query)."""
    here = Q(candidates__stage__in=[Stage.LISTED, Stage.PUBLISHED])
    return list(Batch.objects.annotate(members=Count("candidates", filter=here)).order_by("-number"))


def listed(rows: QuerySet[Candidate], *, city: City | None = None) -> dict[str, Listed]:
    """Return candidates as the rules of batches take them, by code (one query); with `city`, each with its article."""
    unsaid = Q(opinions__said_at=None) | Q(opinions__says__in=[Says.OBJECT, Says.COUNTER])
    asked = Q(opinions__id__isnull=False, opinions__past=False)
    waiting = rows.annotate(waiting=Count("opinions", filter=asked & unsaid)).order_by("code")
    return {row.code: _listed(row, city) for row in waiting}


def agreed() -> dict[str, Listed]:
    """Return the candidates that everybody agreed on and that are in no batch (one query)."""
    return listed(Candidate.objects.filter(stage=Stage.AGREED))


def members(batch: Batch, *, city: City | None = None) -> dict[str, Listed]:
    """Return what is in `batch` and not withdrawn (one query); with `city`, each with its article."""
    return listed(Candidate.objects.filter(batch=batch, stage__in=[Stage.LISTED, Stage.PUBLISHED]), city=city)


def _listed(row: Any, city: City | None) -> Listed:
    return Listed(
        code=row.code,
        name=Text(row.name, row.name_en),
        purpose=Text(row.purpose, row.purpose_en),
        demander=row.demander,
        demander_kind=row.demander_kind,
        demander_level=row.demander_level,
        issuer=row.issuer,
        issuer_level=row.issuer_level,
        fact=row.fact,
        disposal=Disposal(row.disposal),
        owner=row.owner,
        volume=row.volume,
        basis=_basis(city, row) if city else {},
        stage=Stage(row.stage),
        decided=row.decided_at is not None,
        waiting=row.waiting,
        settled=row.settled_at is not None,
    )


def _basis(city: City, row: Candidate) -> dict[str, str]:
    """Return the columns of the article it is said to rest on, where our texts have that article."""
    found = judged(city, row).situation.basis
    if found is None or not (found.article and found.source):
        return {}
    english = next((basis.law.en for basis in city.bases.values() if basis.law.zh == found.law.zh), "")
    return {
        "basis_law": found.law.zh,
        "basis_law_en": found.law.en or english or found.law.zh,
        "basis_article": found.article,
        "basis_force": found.force,
        "basis_source": found.source,
    }


def acts_of(batch: Batch) -> list[Act]:
    """Return what was done to `batch`, oldest first; that it was published is one act, however many it cancelled (one query)."""
    found = Act.objects.filter(batch=batch).exclude(kind=Did.PUBLISHED, candidate__isnull=False)
    return list(found.select_related("candidate", "batch").order_by("done_at", "id"))


def acts_lately(newest: int, *, kinds: Collection[Did]) -> list[Act]:
    """Return the `newest` acts of these kinds, oldest first; a publication is one, however many it cancelled (one query)."""
    found = Act.objects.filter(kind__in=kinds).exclude(kind=Did.PUBLISHED, candidate__isnull=False)
    return list(reversed(found.select_related("candidate", "batch").order_by("-done_at", "-id")[:newest]))


def acts_about(code: str) -> list[Act]:
    """Return what was done to a certificate, oldest first (one query)."""
    return list(Act.objects.filter(candidate__code=code).select_related("candidate", "batch").order_by("done_at", "id"))


def published_ever(batch: Batch) -> list[Candidate]:
    """Return every certificate `batch` ever cancelled, withdrawn ones too, by code (one query)."""
    by_batch = Act.objects.filter(candidate=OuterRef("id"), batch=batch, kind=Did.PUBLISHED)
    return list(Candidate.objects.filter(Exists(by_batch)).order_by("code"))
