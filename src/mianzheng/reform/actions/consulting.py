"""Consultation (征求意见) on the side of the reform office: asking, reminding, settling what nobody agreed on."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NewEntry
from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import PROGRAM, Actor
from mianzheng.common.errors import Refusal
from mianzheng.common.periods import WorkingDays
from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.actions.acts import entry
from mianzheng.reform.actions.holding import held
from mianzheng.reform.models import Act, Candidate, Opinion
from mianzheng.reform.queries.opinions import heard_of
from mianzheng.reform.rules.acts import Did
from mianzheng.reform.rules.consulting import Outcome, check_ask, check_settle, outcome, whom
from mianzheng.reform.rules.stages import By, check_move
from mianzheng.reform.rules.states import Part, Stage
from mianzheng.reform.rules.whys import TOLD, check_why


def ask(*, city: City, candidates: Collection[uuid.UUID], actor: Actor, now: datetime.datetime) -> int:
    """Ask everybody concerned about each of `candidates`, all at once or none; return how many offices are asked."""
    with transaction.atomic():
        chosen = held(candidates)
        due = due_from(city, now)
        opinions: list[Opinion] = []
        for each in chosen:
            each.stage = check_move("ask", Stage(each.stage), By.REFORM)
            asked = whom(city, demander=each.demander, kind=each.demander_kind, issuer=each.issuer)
            _check(each, asked, city)
            opinions += [
                Opinion(candidate=each, office=office, part=part, proposed=each.disposal, due=due, asked_at=now, asked_by=actor.id)
                for office, part in asked.items()
            ]  # fmt: skip
        _end_round(chosen)  # whatever brought them back here: a round begins with nobody having said anything
        Opinion.objects.bulk_create(opinions)
        Candidate.objects.bulk_update(chosen, ["stage"])
        _acts(chosen, Did.ASKED, actor, now)
        audit.write([line("consult", "就证明的处理征求意见", each, actor, now) for each in chosen])
    return len({each.office for each in opinions})


def _check(candidate: Candidate, asked: dict[str, Part], city: City) -> None:
    """Raise what `check_ask` says with the certificate's name: one of many is meant."""
    try:
        check_ask(asked, justice=city.consult.justice, disposal=candidate.disposal)
    except Refusal as refusal:
        named = {"name": candidate.name, "why": refusal.what}
        raise Refusal(Reason(N_("“%(name)s”：%(why)s"), named), refusal.now) from refusal


def conclude(candidates: Iterable[uuid.UUID], *, actor: Actor, now: datetime.datetime) -> int:
    """Set what everybody asked has said yes to as agreed; return how many. Joins the transaction of the last yes."""
    wanted = Candidate.objects.select_for_update().filter(id__in=set(candidates), stage=Stage.ASKED).order_by("id")
    found = {each.id: each for each in wanted}
    said: dict[uuid.UUID, list[Opinion]] = {}
    for opinion in Opinion.objects.filter(candidate__in=found, past=False):
        said.setdefault(opinion.candidate_id, []).append(opinion)
    agreed = [
        each for each in found.values() if outcome(heard_of(said.get(each.id, ())), day_of(now)) is Outcome.AGREED
    ]
    for each in agreed:
        each.stage = check_move("agree", Stage(each.stage), By.PROGRAM)
    Candidate.objects.bulk_update(agreed, ["stage"])
    _acts(agreed, Did.AGREED, actor, now)
    audit.write([line("agreed", "各单位对证明的处理意见一致", each, actor, now) for each in agreed])
    return len(agreed)


def escalate(*, city: City, now: datetime.datetime) -> int:
    """Remind whoever let the day pass: the same period begins once more, and the head is shown it. Return how many."""
    with transaction.atomic():
        late = Opinion.objects.select_for_update(of=("self",), skip_locked=True).filter(
            candidate__stage=Stage.ASKED, past=False, said_at=None, escalated_at=None, due__lt=day_of(now)
        )
        found = list(late.select_related("candidate"))
        for each in found:
            each.escalated_at, each.due = now, due_from(city, now)
        Opinion.objects.bulk_update(found, ["escalated_at", "due"])
        audit.write(
            [line("remind", "征求意见过期，催办", each.candidate, PROGRAM, now, office=each.office) for each in found]
        )
    return len(found)


def settle(*, candidate: uuid.UUID, why: str, disposal: str, actor: Actor, now: datetime.datetime) -> Stage:
    """Decide where not everybody agrees: go on over an objection or a silence with the `disposal` that was proposed, or take
    another, about which everybody is asked anew. Return the stage it is in now.
    """
    with transaction.atomic():
        (found,) = held([candidate])
        opinions = list(Opinion.objects.select_for_update().filter(candidate=found, past=False))
        before = found.disposal
        move = "settle" if disposal == before else "anew"
        found.stage = check_move(move, Stage(found.stage), By.REFORM)
        check_settle(heard_of(opinions), day_of(now), why=why, disposal=disposal, proposed=before, fact=found.fact)
        said = " ".join(why.split())
        if move == "settle":
            found.settled_why, found.settled_at, found.settled_by = said, now, actor.id
        else:
            found.disposal, found.deviation, found.decided_at, found.decided_by = disposal, said, now, actor.id
            _end_round([found])
        found.save()
        _acts([found], Did.SETTLED if move == "settle" else Did.RECONSIDERED, actor, now, why=said, before=before)
        audit.write([line("settle", "减证办决定证明怎么处理", found, actor, now, disposal=disposal)])
    return Stage(found.stage)


def take_back(*, candidate: uuid.UUID, why: str, actor: Actor, now: datetime.datetime) -> None:
    """Take a certificate out of the consultation, or back from what was agreed, to be decided about once more."""
    with transaction.atomic():
        (found,) = held([candidate])
        found.stage = check_move("take_back", Stage(found.stage), By.REFORM)
        said = check_why(why, seen=TOLD)
        found.settled_why, found.settled_at, found.settled_by = "", None, None
        _end_round([found])
        found.save()
        _acts([found], Did.TAKEN_BACK, actor, now, why=said)
        audit.write([line("take_back", "退回重新拟定处理方式", found, actor, now)])


def _end_round(candidates: Collection[Candidate]) -> None:
    """Put what was said aside: it was about what is proposed no more."""
    Opinion.objects.filter(candidate__in=candidates, past=False).update(past=True)


def day_of(now: datetime.datetime) -> datetime.date:
    """Return which day it is in the city."""
    return timezone.localtime(now).date()


def due_from(city: City, now: datetime.datetime) -> datetime.date:
    """Return the last day of a period to answer that begins today."""
    return WorkingDays(city.holidays).add(day_of(now), city.policy.consult_days)


def line(
    action: str, purpose: str, candidate: Candidate, actor: Actor, now: datetime.datetime, **detail: str
) -> NewEntry:
    """Return the log's line of an act about a certificate: about nobody."""
    return entry(action=action, purpose=purpose, actor=actor, now=now, certificate=candidate.code, **detail)


def _acts(
    candidates: Sequence[Candidate], kind: Did, actor: Actor, now: datetime.datetime, *, why: str = "", before: str = ""
) -> None:
    """Add one act of each candidate to the trail."""
    Act.objects.bulk_create(
        Act(kind=kind, candidate=each, why=why, before=before or each.disposal, after=each.disposal, done_at=now, done_by=actor.id)
        for each in candidates
    )  # fmt: skip
