"""Asking about a look one does not recognise (我不认得这次查询): the log answers what it can, the office that looked the rest."""

from __future__ import annotations

import datetime
import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone

from mianzheng.audit import actions as audit
from mianzheng.audit.queries import Entry
from mianzheng.audit.queries.staff import own_line
from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason, packed
from mianzheng.evidence.rules.looks import ACTIONS
from mianzheng.oversight.actions.making import line, pass_to_oversight, row
from mianzheng.oversight.models import Lead, Question
from mianzheng.oversight.queries.heads import heads_of_offices
from mianzheng.oversight.queries.questions import looker
from mianzheng.oversight.rules.leads import By, Source, Status, check_length, check_move, check_words
from mianzheng.oversight.rules.questions import answered_by_log, office_to_answer

CONTESTED = N_("本人说部门的答复没有回答问题。")


def look_of(entry: uuid.UUID, actor: Actor, *, now: datetime.datetime) -> Entry:
    """Return the look about the actor's own person, one that *My data* lists; `NotFound` for everybody else's."""
    found = own_line(entry, actor.subject, now=now) if actor.subject else None
    if found is None or found.action not in ACTIONS:
        raise NotFound(Reason(N_("没有这次查询，或者它不是关于您的。")), Reason(N_("请从“我的数据”里选。")))
    return found


def ask_about(*, city: City, entry: uuid.UUID, said: str, actor: Actor, now: datetime.datetime) -> uuid.UUID:
    """Ask about one look, once, with a sentence if the person likes; return the question.

    What the person started themself, or the program did for their own case, the log answers at once and nobody is
    troubled. Everything else is put to the head of the department that looked, or of the one whose matter or register it
    was; where there is no head, to oversight.
    """
    look = look_of(entry, actor, now=now)
    text = check_length(said, field="said")
    told = answered_by_log(city, look, account=actor.id)
    try:
        with transaction.atomic():
            made = Question(subject=look.subject, entry=look.id, said=text, asked_at=now, asked_by=actor.id)
            if told is not None:
                made.told = packed(told)
            else:
                made.lead = _lead(city, look, now)
                made.lead.save()
                audit.write([line("question", "本人询问一次查询", made.lead, actor, now)])
            made.save()
    except IntegrityError as twice:
        raise Refusal(
            Reason(N_("这次查询您已经问过了。")), Reason(N_("答复在“我的数据”的“我问过的”里。")), field="said"
        ) from twice
    return made.id


def contest(*, city: City, question: uuid.UUID, why: str, actor: Actor, now: datetime.datetime) -> None:
    """Say, once, that the answer does not answer it: it goes to oversight."""
    with transaction.atomic():
        found = Question.objects.select_for_update().filter(id=question, subject=actor.subject).first()
        if found is None or actor.subject is None:
            raise NotFound(Reason(N_("没有这个问题，或者它不是您问的。")), Reason(N_("请回到“我问过的”。")))
        if found.contested_at is not None:
            raise Refusal(Reason(N_("您已经请监督机构再看过一次。")), Reason(N_("监督机构的答复会显示在这里。")))
        text = check_words(why, N_("请写一句，哪里没有说清。"), field="why")
        lead = Lead.objects.select_for_update().get(id=found.lead_id) if found.lead_id else None
        if lead is None:  # the log had answered
            lead = _lead(city, look_of(found.entry, actor, now=now), now)
        else:
            check_move("contest", Status(lead.status), By.PERSON)
        pass_to_oversight(lead, city=city, why=packed(Reason(CONTESTED)), by=actor, now=now)
        lead.save()
        found.lead, found.contested, found.contested_at, found.contested_by = lead, text, now, actor.id
        found.save()
        audit.write([line("contest", "本人请监督机构再看", lead, actor, now)])


def _lead(city: City, look: Entry, now: datetime.datetime) -> Lead:
    """Return the lead put to whoever has to answer, not stored yet. An officer who looked may reply to it."""
    card = looker(look)
    return row(
        city=city,
        source=Source.PERSON,
        day=timezone.localtime(look.at).date(),
        account=card.id if card else None,
        role=look.actor_role if card else "",
        office=office_to_answer(city, look),
        entries=[look.id],
        heads=heads_of_offices(),
        now=now,
    )
