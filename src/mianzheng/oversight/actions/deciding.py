"""What becomes of a lead: the officer is heard, the head closes it or passes it on, oversight closes it. Nothing else."""

from __future__ import annotations

import datetime
import uuid

from django.db import transaction

from mianzheng.audit import actions as audit
from mianzheng.audit.queries.staff import lines
from mianzheng.audit.rules import NewEntry
from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import PROGRAM, Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason, packed
from mianzheng.oversight.actions.making import days_from, line, pass_to_oversight
from mianzheng.oversight.models import Lead
from mianzheng.oversight.queries.leads import Line, may_see, told_lines
from mianzheng.oversight.rules.leads import (
    WITH_DEPARTMENT,
    By,
    Outcome,
    Source,
    Status,
    check_explain,
    check_move,
    check_not_own,
    check_words,
    why_not_refer,
)
from mianzheng.people.rules.roles import HEAD, SUPERVISOR

OVERDUE = N_("部门没有按期办理，自动转监督机构。")
OPENED = "核对查询线索"


def _held(lead: uuid.UUID, actor: Actor) -> Lead:
    """Return the lead, locked, if the actor may see it; a lead of others is not there."""
    found = Lead.objects.select_for_update().filter(id=lead).first()
    if found is None or not may_see(found, actor):
        raise NotFound(Reason(N_("没有这条线索，或者它不归您。")), Reason(N_("请回到线索列表。")))
    return found


def _by(actor: Actor) -> By:
    return By.SUPERVISOR if actor.role == SUPERVISOR else By.HEAD if actor.role == HEAD else By.OFFICER


def ask(*, city: City, lead: uuid.UUID, actor: Actor, now: datetime.datetime) -> None:
    """Ask the officer to explain (陈述权), for the head of the department or for oversight."""
    with transaction.atomic():
        found = _held(lead, actor)
        check_not_own(found.account, actor.id)
        target = check_move("ask", Status(found.status), _by(actor))
        if found.account is None:
            raise Refusal(
                Reason(N_("这次查询是系统按申请做的，没有经办人可以问。")), Reason(N_("请直接答复，或者转监督机构。"))
            )
        if found.asked_at is not None or found.replied_at is not None:
            raise Refusal(Reason(N_("已经请经办人说明过了。")), Reason(N_("请等他说明。")))
        found.status, found.asked_at, found.asked_by = target, now, actor.id
        found.reply_due = days_from(city, now, city.curiosity.reply_days)
        if target is Status.ASKED and found.source == Source.RULES:
            found.due = found.reply_due  # a person's question keeps its day, whoever is asked meanwhile
        found.save()
        audit.write([line("ask_officer", "请经办人说明查询", found, actor, now)])


def reply(*, city: City, lead: uuid.UUID, text: str, actor: Actor, now: datetime.datetime) -> None:
    """Say what the look-ups were for; the officer's own right, once, asked or not, as long as the lead is open."""
    with transaction.atomic():
        found = _held(lead, actor)
        if str(found.account) != actor.id:
            raise NotFound(Reason(N_("这条线索不是问您的。")), Reason(N_("请回到线索列表。")))
        said = check_words(text, N_("请写明查这些是为了什么。"), field="reply")
        target = check_move("reply", Status(found.status), By.OFFICER)
        if found.replied_at is not None:
            raise Refusal(Reason(N_("您已经说明过了。")), Reason(N_("要补充的，请直接找部门负责人或者监督机构。")))
        found.status, found.reply, found.replied_at = target, said, now
        if target is Status.REPLIED and found.source == Source.RULES:
            found.due = days_from(city, now, city.curiosity.decide_days)
        found.save()
        audit.write([line("reply", "经办人说明查询", found, actor, now)])


def explain(*, lead: uuid.UUID, answer: str, actor: Actor, now: datetime.datetime) -> None:
    """Close a lead of the head's own department as explained. A person who asked reads `answer`."""
    with transaction.atomic():
        found = _held(lead, actor)
        check_not_own(found.account, actor.id)
        target = check_move("explain", Status(found.status), _by(actor))
        check_explain(Source(found.source), Status(found.status))
        found.answer = check_words(answer, N_("请写明是怎么弄清的。"), field="answer")
        found.status, found.answered_at, found.answered_by = target, now, actor.id
        found.save()
        audit.write([line("explain", "部门负责人说明查询", found, actor, now)])


def pass_on(*, city: City, lead: uuid.UUID, why: str, actor: Actor, now: datetime.datetime) -> None:
    """Pass a lead of the head's own department on to oversight, with the reason."""
    with transaction.atomic():
        found = _held(lead, actor)
        check_not_own(found.account, actor.id)
        check_move("pass_on", Status(found.status), _by(actor))
        said = check_words(why, N_("请写明为什么转监督机构。"), field="why")
        pass_to_oversight(found, city=city, why={"said": said}, by=actor, now=now)
        found.save()
        audit.write([line("pass_on", "线索转监督机构", found, actor, now)])


def close(*, lead: uuid.UUID, outcome: str, closing: str, actor: Actor, now: datetime.datetime) -> None:
    """Close a lead for oversight: explained, or referred to whoever may act on it, which hears the officer anew."""
    with transaction.atomic():
        found = _held(lead, actor)
        check_not_own(found.account, actor.id)
        target = check_move("close", Status(found.status), _by(actor))
        if outcome not in set(Outcome):
            raise Refusal(Reason(N_("请选择结果。")), field="outcome")
        why_not = refer_why_not(found, now.date())
        if outcome == Outcome.REFERRED and why_not:
            raise Refusal(why_not, Reason(N_("请先请经办人说明，等他说明或者期限过后再移交。")), field="outcome")
        found.closing = check_words(closing, N_("请写明是怎么弄清的。"), field="closing")
        found.status, found.outcome, found.closed_at, found.closed_by = target, outcome, now, actor.id
        found.save()
        audit.write([line("close_lead", "监督机构办结线索", found, actor, now, outcome=outcome)])


def refer_why_not(lead: Lead, today: datetime.date) -> Reason | None:
    """Return why `lead` cannot be referred yet."""
    return why_not_refer(
        about_officer=lead.account is not None,
        replied=lead.replied_at is not None,
        asked=lead.asked_at is not None,
        overdue=lead.reply_due is not None and lead.reply_due < today,
    )


def escalate(*, city: City, now: datetime.datetime) -> int:
    """Pass on to oversight what a department let its day pass over; return how many."""
    with transaction.atomic():
        late = list(
            Lead.objects.select_for_update(skip_locked=True).filter(status__in=WITH_DEPARTMENT, due__lt=now.date())
        )
        for found in late:
            check_move("pass_on", Status(found.status), By.PROGRAM)
            pass_to_oversight(found, city=city, why=packed(Reason(OVERDUE)), by=PROGRAM, now=now)
            found.save()
        audit.write([line("pass_on", "线索过期，转监督机构", found, PROGRAM, now) for found in late])
    return len(late)


def open_looks(*, city: City, lead: uuid.UUID, actor: Actor, now: datetime.datetime) -> tuple[Line, ...]:
    """Return the look-ups a lead is about, without a name; that they were opened is in the log of each person first."""
    with transaction.atomic():
        found = _held(lead, actor)
        entries = lines(found.entries)
        audit.write(
            [
                NewEntry(
                    at=now,
                    action="oversee",
                    purpose=OPENED,
                    subject=subject,
                    detail={"lead": str(found.id)},
                    **actor.log(),
                )
                for subject in sorted({entry.subject for entry in entries})
            ]
        )
    return told_lines(city, entries)
