"""A draft on its way into force: tested on the cases of the last days, planned for a day, put in force in one act."""

from __future__ import annotations

import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from mianzheng.catalogue.actions.load_city import LOADING, load_city
from mianzheng.catalogue.queries import editions
from mianzheng.common import reasons
from mianzheng.common.actors import PROGRAM, Actor
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import Reason
from mianzheng.reform.actions.acts import note
from mianzheng.reform.actions.drafting import WRITING, locked
from mianzheng.reform.models import Act, Draft
from mianzheng.reform.queries.drafts import Written, on_top
from mianzheng.reform.queries.rehearsing import rehearsal
from mianzheng.reform.rules.acts import Did
from mianzheng.reform.rules.drafting import check_day, check_fits, check_open, check_sound, check_tested, trailing
from mianzheng.reform.rules.problems import in_words
from mianzheng.reform.rules.rehearsal import Rehearsed, packed, without_examples
from mianzheng.reform.rules.states import DraftStage
from mianzheng.web import sql

ENFORCING = "目录改动生效"


def test(*, draft: UUID, actor: Actor, now: datetime.datetime) -> tuple[Rehearsed, ...]:
    """Rehearse a draft on the cases of the last days, and keep what was found. Raises `Refusal` where it has problems."""
    with transaction.atomic():
        found = locked(draft)
        check_open(DraftStage(found.stage))
        written = on_top(found)
        check_fits(written.left)
        seen = _rehearsed(written, now)
        found.stage, found.tests, found.tested_at, found.tested_by = DraftStage.TESTED, packed(seen), now, actor.id
        found.from_day, found.planned_at, found.planned_by, found.refused = None, None, None, {}
        found.save()
        note(action="test_draft", purpose=WRITING, actor=actor, now=now, draft=str(found.id), matters=len(seen))
    return seen


def plan(*, draft: UUID, from_day: datetime.date, worse_why: str, actor: Actor, now: datetime.datetime) -> None:
    """Have a tested draft put in force on a day to come."""
    with transaction.atomic():
        found = locked(draft)
        said = " ".join(worse_why.split())
        _check(on_top(found), found.tests.get("worse", 0), said)
        check_day(from_day, timezone.localtime(now).date())
        found.stage, found.from_day, found.worse_why = DraftStage.PLANNED, from_day, said
        found.planned_at, found.planned_by, found.refused = now, actor.id, {}
        found.save()
        note(
            action="plan_draft",
            purpose=ENFORCING,
            actor=actor,
            now=now,
            draft=str(found.id),
            from_day=from_day.isoformat(),
            written_by=found.made_by,
        )


def put_in_force(*, draft: UUID, worse_why: str = "", actor: Actor, now: datetime.datetime) -> Draft:
    """Put a tested draft in force as a new edition; it is read and rehearsed once more on the edition then in force.

    Raises `Refusal` with what stands in the way, and nothing is changed.
    """
    with transaction.atomic():
        sql.hold(LOADING)  # nobody puts another edition in force between reading this one and ours
        found = locked(draft)
        said = " ".join(worse_why.split()) or found.worse_why
        seen = on_top(found)
        _check(seen, 0, said)
        tests = packed(_rehearsed(seen, now))
        _check(seen, tests["worse"], said)
        edition = load_city(files=seen.files, actor=actor.id, now=now)
        found.stage, found.in_force_at, found.in_force_by = DraftStage.IN_FORCE, now, actor.id
        found.edition, found.worse_why, found.tests = edition, said, without_examples(tests)
        found.save()
        why = found.title if not found.why else f"{found.title}\n{found.why}"
        Act.objects.create(kind=Did.CATALOGUE_CHANGED, why=why, edition=edition, done_at=now, done_by=actor.id)
        note(
            action="put_draft_in_force",
            purpose=ENFORCING,
            actor=actor,
            now=now,
            draft=str(found.id),
            edition=str(edition),
            places=trailing(seen.edits),
            written_by=found.made_by,
            put_by=found.planned_by or actor.id,
        )
    return found


def put_due_in_force(*, now: datetime.datetime, today: datetime.date) -> int:
    """Put in force the drafts whose day has come; one that cannot be is sent back with the reason. Return how many were put in
    force.
    """
    done = 0
    due = Draft.objects.filter(stage=DraftStage.PLANNED, from_day__lte=today).order_by("from_day", "planned_at")
    for draft in list(due.values_list("id", flat=True)):
        try:
            put_in_force(draft=draft, actor=PROGRAM, now=now)
        except Refusal as refusal:
            _send_back(draft, refusal, now)
        else:
            done += 1
    return done


def _send_back(draft: UUID, refusal: Refusal, now: datetime.datetime) -> None:
    with transaction.atomic():
        found = locked(draft)
        if found.stage != DraftStage.PLANNED:
            return
        found.stage, found.from_day, found.planned_at, found.planned_by = DraftStage.WRITTEN, None, None, None
        found.refused = {**reasons.packed(refusal.what), "at": now.isoformat()}
        found.save()
        note(action="send_draft_back", purpose=ENFORCING, actor=PROGRAM, now=now, draft=str(found.id))


def _rehearsed(seen: Written, now: datetime.datetime) -> tuple[Rehearsed, ...]:
    problems = seen.problems
    check_sound(len(problems), in_words(problems[0]) if problems else Reason(""))
    after = seen.city
    assert after is not None
    return rehearsal(editions.edition(seen.edition), after, now=now)


def _check(seen: Written, worse: int, why: str) -> None:
    stage = DraftStage(seen.draft.stage)
    check_tested(stage, edits=seen.edits, left=seen.left, worse=worse, worse_why=why)
