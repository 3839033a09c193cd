"""Writing a draft of the catalogue (目录草稿): begun, named, edited, taken back edit by edit, dropped."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import transaction

from mianzheng.catalogue.queries import editions
from mianzheng.catalogue.rules.editing import Edit, packed, unpacked
from mianzheng.common.actors import Actor
from mianzheng.reform.actions.acts import note
from mianzheng.reform.models import Draft
from mianzheng.reform.queries.drafts import no_draft
from mianzheng.reform.rules.drafting import (
    Place,
    check_named,
    check_open,
    check_unseen,
    fingerprint,
    fitted,
    fitting,
    place_of,
    put,
    trailing,
    without,
)
from mianzheng.reform.rules.rehearsal import without_examples
from mianzheng.reform.rules.states import DraftStage

WRITING = "维护目录"


def begin(*, title: str, why: str, actor: Actor, now: datetime.datetime) -> Draft:
    """Begin a draft with nothing in it."""
    title = " ".join(title.split())
    check_named(title)
    by = {"made_at": now, "made_by": actor.id, "changed_at": now, "changed_by": actor.id}
    with transaction.atomic():
        draft = Draft.objects.create(title=title, why=why.strip(), **by)
        note(action="begin_draft", purpose=WRITING, actor=actor, now=now, draft=str(draft.id))
    return draft


def describe(*, draft: UUID, title: str, why: str, actor: Actor, now: datetime.datetime) -> None:
    """Say what a draft is for; nothing has to be tested again for that."""
    title = " ".join(title.split())
    check_named(title)
    with transaction.atomic():
        found = locked(draft)
        check_open(DraftStage(found.stage))
        found.title, found.why = title, why.strip()
        found.changed_at, found.changed_by = now, actor.id
        found.save()
        note(action="describe_draft", purpose=WRITING, actor=actor, now=now, draft=str(found.id))


def edit(
    *,
    draft: UUID,
    wanted: Sequence[Edit],
    places: Sequence[Place] = (),
    seen: str = "",
    actor: Actor,
    now: datetime.datetime,
) -> Draft:
    """Have the places of `wanted` say what it says, on top of what the draft says already.

    `seen` is the fingerprint of `places` when the form was shown. Raises `Refusal` where somebody changed them since.
    """

    def changed(edits: list[Edit]) -> list[Edit]:
        _, files = editions.files()
        made, _ = fitting(files, edits)
        check_unseen(seen, fingerprint(made, places))
        for each in wanted:
            edits = put(edits, files, each)
        return edits

    return _rewrite("edit_draft", draft, changed, actor, now)


def undo(*, draft: UUID, place: Place, actor: Actor, now: datetime.datetime) -> Draft:
    """Take one edit back."""
    return _rewrite("undo_edit", draft, lambda edits: without(edits, place), actor, now)


def keep(*, draft: UUID, place: Place, actor: Actor, now: datetime.datetime) -> Draft:
    """Keep an edit that does not fit any more: it is to say the same, on top of what stands there now."""

    def changed(edits: list[Edit]) -> list[Edit]:
        _, files = editions.files()
        return [fitted(files, each) if place_of(each) == place else each for each in edits]

    return _rewrite("keep_edit", draft, changed, actor, now)


def drop(*, draft: UUID, actor: Actor, now: datetime.datetime) -> None:
    """Put a draft aside; what was written stays readable."""
    with transaction.atomic():
        found = locked(draft)
        check_open(DraftStage(found.stage))
        found.stage, found.from_day, found.planned_at, found.planned_by = DraftStage.DROPPED, None, None, None
        found.tests = without_examples(found.tests)
        found.save()
        note(action="drop_draft", purpose=WRITING, actor=actor, now=now, draft=str(found.id), written_by=found.made_by)


def locked(draft: UUID) -> Draft:
    """Return the draft, locked until the caller's transaction ends. Raises `NotFound`."""
    found = Draft.objects.select_for_update().filter(id=draft).first()
    if found is None:
        raise no_draft()
    return found


def _rewrite(
    action: str, draft: UUID, changed: Callable[[list[Edit]], list[Edit]], actor: Actor, now: datetime.datetime
) -> Draft:
    """Write other edits into a draft, which has to be tested and planned anew then."""
    with transaction.atomic():
        found = locked(draft)
        check_open(DraftStage(found.stage))
        before = [unpacked(each) for each in found.edits]
        edits = changed(before)
        if edits == before:
            return found
        found.edits = [packed(each) for each in edits]
        found.stage, found.tests, found.tested_at, found.tested_by = DraftStage.WRITTEN, {}, None, None
        found.from_day, found.planned_at, found.planned_by = None, None, None
        found.worse_why, found.refused = "", {}
        found.changed_at, found.changed_by = now, actor.id
        found.save()
        touched = trailing([each for each in edits if each not in before])
        note(action=action, purpose=WRITING, actor=actor, now=now, draft=str(found.id), places=touched)
    return found
