"""Publishing a batch (公布): one act with a date, after which nothing here can ask for its certificates."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from mianzheng.catalogue.actions.load_city import LOADING, load_city
from mianzheng.catalogue.queries.editions import edition as city_of
from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import Actor
from mianzheng.reform.actions.acts import note
from mianzheng.reform.actions.batches import locked, note_check
from mianzheng.reform.models import Act, Batch, Candidate, Notice
from mianzheng.reform.queries.examining import examine
from mianzheng.reform.rules.acts import Did
from mianzheng.reform.rules.batches import Listed, check_publish
from mianzheng.reform.rules.notices import concerned
from mianzheng.reform.rules.stages import By, check_move
from mianzheng.reform.rules.states import BatchStage, Stage
from mianzheng.web import sql


def publish(*, batch: int, actor: Actor, now: datetime.datetime) -> Batch:
    """Publish the batch `batch`: everything is checked once more against the edition then in force, the package is edited and
    put in force, every office is told, and the trial begins; all of it or nothing.

    Raises `Refusal` with what is missing.
    """
    with transaction.atomic():
        sql.hold(LOADING)  # nobody puts another edition in force between reading this one and ours
        found = locked(batch)
        rows = list(Candidate.objects.select_for_update().filter(batch=found, stage=Stage.LISTED).order_by("id"))
        seen = examine(found, now=now)
        check_publish(BatchStage(found.stage), seen.checks)
        edition = load_city(files=seen.files, actor=actor.id, now=now)
        note_check(found, seen, actor=actor, now=now)
        city = city_of(edition)
        _begin_trial(found, city, actor, now)
        found.edition = edition
        found.save()
        Candidate.objects.filter(batch=found, stage=Stage.LISTED).update(
            stage=check_move("publish", Stage.LISTED, By.REFORM)
        )
        common = {"kind": Did.PUBLISHED, "batch": found, "edition": edition, "done_at": now, "done_by": actor.id}
        Act.objects.bulk_create([Act(**common), *(Act(**common, candidate=row, after=row.disposal) for row in rows)])
        tell(found, city, seen.listed.values())
        note(
            action="publish_batch",
            purpose="公布取消证明",
            actor=actor,
            now=now,
            batch=found.number,
            certificates=len(rows),
        )
    return found


def _begin_trial(batch: Batch, city: City, actor: Actor, now: datetime.datetime) -> None:
    batch.stage, batch.published_at, batch.published_by = BatchStage.TRIAL, now, actor.id
    batch.trial_until = timezone.localtime(now).date() + datetime.timedelta(days=city.policy.trial_days)


def tell(batch: Batch, city: City, listed: Iterable[Listed]) -> None:
    """Tell every office of the city of `batch`; an office told before is told anew."""
    counts = concerned(city, listed)
    Notice.objects.bulk_create(
        [Notice(batch=batch, office=office, certificates=count) for office, count in counts.items()],
        update_conflicts=True,
        update_fields=["seen_at", "seen_by"],
        unique_fields=["batch", "office"],
    )
