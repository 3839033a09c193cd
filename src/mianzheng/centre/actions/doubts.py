"""Doubts about records (校核): raised, opened with a log entry, answered by the department that answers for the record."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping

from django.db import transaction

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NewEntry
from mianzheng.catalogue.rules.city import City, Item
from mianzheng.centre.actions.correcting import correct, drop_answer
from mianzheng.centre.actions.differences import hold_briefly
from mianzheng.centre.models import Doubt
from mianzheng.centre.queries.doubts import Opened, Record, of_office, opened, records_of
from mianzheng.centre.rules.correcting import corrected
from mianzheng.centre.rules.doubts import Cause, Outcome, check_answer, outcomes
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.periods import WorkingDays
from mianzheng.common.reasons import N_, Reason
from mianzheng.people.queries import subjects_of
from mianzheng.people.rules.subjects import check_number, kind_of
from mianzheng.web.jobs import defer

NEW = "new"
"""Instead of a record's mark: the subject has no record yet, and is given one."""

ANSWERED = "evidence.doubt_answered"
"""The job that closes the dispute an answered doubt came from; `evidence` owns it, for it knows whom else was asked."""


def raise_objection(
    *, city: City, item: Item, subject: uuid.UUID, note: str, actor: Actor, now: datetime.datetime
) -> None:
    """Ask the owner of `item` to look at the records of `subject`: an office found that they are not right."""
    _raise(city, item, subject, Cause.OBJECTION, "", note, actor, now)


def open_doubt(*, city: City, doubt: uuid.UUID, office: str, actor: Actor, now: datetime.datetime) -> Opened:
    """Return the doubt with the records it is about; the look is in the log before anything leaves.

    Raises `NotFound` where it was put to another office; `office` "" is whoever may see all (the data centre).
    """
    found = _mine(doubt, office)
    with transaction.atomic():
        _log(city, found, "inspect", "", actor, now)
    return opened(city, found)


def answer_doubt(
    *,
    city: City,
    doubt: uuid.UUID,
    outcome: str,
    why: str,
    mark: str = "",
    values: Mapping[str, str] | None = None,
    actor: Actor,
    now: datetime.datetime,
) -> None:
    """Answer a doubt put to the actor's office, once, with the reason `why`.

    With ``corrected``, `mark` names the record as it was shown and `values` what it should say, as typed; an item that is
    asked at its source is put right there, and what was kept of its answer is dropped. ``source_wrong`` goes on to the
    owner of the registering item; where that owner finds the source right, the copies are doubted again.

    Raises `Refusal` where a record is to be corrected while the item is being loaded.
    """
    with transaction.atomic():
        if outcome == Outcome.CORRECTED:
            now += _hold_records(city, doubt, actor)
        found = Doubt.objects.select_for_update().filter(id=doubt, office=actor.office).first()
        if found is None:
            raise _not_here()
        item = city.items[found.item]
        allowed = outcomes(found.cause, registers=registers(city, found))
        change = None
        if outcome == Outcome.CORRECTED and not item.at_source and not found.answered_at:
            change = _change(city, item, found.subject, mark, values or {}, now)
        check_answer(
            answered=found.answered_at is not None,
            allowed=allowed,
            outcome=outcome,
            why=why,
            at_source=item.at_source,
            corrected=change is not None,
        )
        if change:
            correct(city=city, item=item, subject=found.subject, before=change[0], after=change[1], now=now)
        elif outcome == Outcome.CORRECTED:
            drop_answer(item=item, subject=found.subject, now=now)
        found.outcome, found.answer, found.answered_at, found.answered_by = outcome, why.strip(), now, actor.id
        found.save()
        if found.cause == Cause.OBJECTION:
            defer(ANSWERED, doubt=found.id)
        _pass_on(city, found, actor, now)
        _log(city, found, "doubt", outcome, actor, now)


def _hold_records(city: City, doubt: uuid.UUID, actor: Actor) -> datetime.timedelta:
    """Let nobody change the records in doubt from here on, and return how long that took.

    They are held before the doubt is, and before anybody looks at them: a load takes them first too.
    """
    found = Doubt.objects.filter(id=doubt, office=actor.office, answered_at=None).first()
    item = city.items.get(found.item) if found else None
    return hold_briefly(item=item) if item and not item.at_source else datetime.timedelta()


def registers(city: City, doubt: Doubt) -> bool:
    """Return whether the doubted item itself registers the datum in doubt."""
    return doubt.datum in city.data and city.data[doubt.datum].item == doubt.item


def _change(
    city: City, item: Item, subject: uuid.UUID, mark: str, values: Mapping[str, str], now: datetime.datetime
) -> tuple[Mapping[str, object] | None, Mapping[str, object]] | None:
    """Return the record before and after, None where nothing changes."""
    held = records_of(item, subject)
    before: Record | None = next((record for record in held if record.mark == mark), None)
    if before is None and (mark != NEW or held):
        raise Refusal(
            Reason(N_("这条记录刚刚变了，没有改动。")), Reason(N_("请刷新页面，看清现在的内容再更正。")), field="record"
        )
    named = {
        f.code: _subject(f.refers, values[f.code]) for f in item.fields if f.type == "subject" and values.get(f.code)
    }
    after = corrected(item, before.values if before else None, values, named, today=now.date())
    if before is not None and dict(before.values) == dict(after):
        return None
    return (before.values if before else None), after


def _subject(about: str, number: str) -> uuid.UUID:
    kind = kind_of(about, number)
    plain = check_number(kind, number)
    found = subjects_of([(kind, plain)]).get((kind, plain))
    if found is None:
        raise Refusal(
            Reason(N_("身份库里没有这个号码。")), Reason(N_("请核对号码；新的主体随数据归集进来。")), field="subject"
        )
    return found


def _pass_on(city: City, doubt: Doubt, actor: Actor, now: datetime.datetime) -> None:
    """Put the doubt to the owner of the source, or back to those whose copies differ from a source found right."""
    if doubt.datum not in city.data:
        return
    if doubt.outcome == Outcome.SOURCE_WRONG:
        source = city.items[city.data[doubt.datum].item]
        _raise(city, source, doubt.subject, Cause.CONFLICT, doubt.datum, doubt.answer, actor, now)
    elif doubt.outcome == Outcome.STANDS and registers(city, doubt):
        blamed = Doubt.objects.filter(subject=doubt.subject, datum=doubt.datum, outcome=Outcome.SOURCE_WRONG)
        for code in set(blamed.values_list("item", flat=True)) & city.items.keys():
            _raise(city, city.items[code], doubt.subject, Cause.CONFLICT, doubt.datum, doubt.answer, actor, now)


def _raise(
    city: City,
    item: Item,
    subject: uuid.UUID,
    cause: Cause,
    datum: str,
    note: str,
    actor: Actor,
    now: datetime.datetime,
) -> None:
    due = WorkingDays(city.holidays).add(now.date(), city.policy.correction_days)
    Doubt.objects.get_or_create(
        subject=subject,
        item=item.code,
        cause=cause,
        datum=datum,
        answered_at=None,
        defaults={"office": item.owner, "due": due, "raised_at": now, "raised_by": actor.id, "note": note.strip()},
    )


def _mine(doubt: uuid.UUID, office: str) -> Doubt:
    found = of_office(doubt, office)
    if found is None:
        raise _not_here()
    return found


def _not_here() -> NotFound:
    return NotFound(Reason(N_("没有这条存疑，或者它不归您的部门答复。")), Reason(N_("请回到校核列表。")))


def _log(city: City, doubt: Doubt, action: str, verdict: str, actor: Actor, now: datetime.datetime) -> None:
    entry = NewEntry(
        at=now,
        action=action,
        purpose=f"校核“{city.items[doubt.item].name.zh}”",
        subject=doubt.subject,
        item=doubt.item,
        verdict="",
        detail={"doubt": str(doubt.id), "outcome": verdict},
        **actor.log(),
    )
    audit.write([entry])
