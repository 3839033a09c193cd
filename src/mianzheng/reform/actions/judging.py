"""Judging: the rules propose a disposal for every certificate that is still open, a person decides."""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import transaction

from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.common.actors import Actor
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.actions.acts import note
from mianzheng.reform.actions.holding import held
from mianzheng.reform.models import Act, Candidate
from mianzheng.reform.queries.proposals import proposals, standings
from mianzheng.reform.rules.acts import Did
from mianzheng.reform.rules.judging import Choice, check_choice, packed_proposal
from mianzheng.reform.rules.stages import By, check_move
from mianzheng.reform.rules.states import Stage
from mianzheng.reform.rules.whys import KEPT, check_why

FIELDS = ["stage", "disposal", "fact", "owner", "deviation", "decided_at", "decided_by"]


def review(*, city: City, now: datetime.datetime) -> Counter[Disposal]:
    """Propose anew for every certificate nobody has decided about; return how often what is proposed.

    A proposal is true of a day: items come and go. What a person decided keeps the proposal they decided on.
    """
    with transaction.atomic():
        found = list(Candidate.objects.select_for_update().filter(stage=Stage.FOUND).order_by("id"))
        made = proposals(city, found, now=now)
        for each in found:
            proposal = made[each.id]
            each.proposal = packed_proposal(proposal.proposal)
            each.fact = proposal.judged.fact
            each.owner = each.owner or each.demander
        Candidate.objects.bulk_update(found, ["proposal", "fact", "owner"], batch_size=500)
    return Counter(proposal.proposal.disposal for proposal in made.values())


def decide(*, city: City, candidate: uuid.UUID, choice: Choice, actor: Actor, now: datetime.datetime) -> None:
    """Decide about one. Raises `Refusal` where the rules do not allow it, or not without a reason."""
    with transaction.atomic():
        [found] = held([candidate])
        if choice.fact and choice.fact not in city.facts:
            raise Refusal(Reason(N_("目录里没有这件事实。")), Reason(N_("请重新选择。")), field="fact")
        if choice.owner and city.office(choice.owner) is None:
            raise Refusal(Reason(N_("没有这个单位。")), Reason(N_("请重新选择。")), field="owner")
        check_choice(choice, standings(city, [found])[found.id])
        _decided([(found, choice)], actor=actor, now=now)


def accept(
    *, city: City, candidates: Sequence[uuid.UUID], actor: Actor, now: datetime.datetime
) -> dict[uuid.UUID, Refusal]:
    """Decide about many as proposed; return those that cannot be, each with why. The others are decided. What somebody has
    decided about stays as they decided.
    """
    with transaction.atomic():
        refused, taken = {}, []
        chosen = held(candidates)
        known = standings(city, chosen)
        for found in chosen:
            proposed = found.proposal.get("disposal", "")
            try:
                if found.stage == Stage.DECIDED:
                    raise Refusal(Reason(N_("已经有人拟定过。")), Reason(N_("要改的，请打开那一项，写明理由。")))
                if not proposed:
                    raise Refusal(Reason(N_("还没有建议。")), Reason(N_("请先提出建议。")))
                choice = Choice(Disposal(proposed), found.fact, found.owner or found.demander)
                check_choice(choice, known[found.id])
            except Refusal as why:
                refused[found.id] = why
            else:
                taken.append((found, choice))
        _decided(taken, actor=actor, now=now)
    return refused


def _decided(taken: Iterable[tuple[Candidate, Choice]], *, actor: Actor, now: datetime.datetime) -> None:
    acts, changed = [], []
    for found, choice in taken:
        why = choice.deviation.strip()
        common = {"candidate": found, "before": found.disposal, "done_at": now, "done_by": actor.id}
        acts.append(Act(kind=Did.DECIDED, after=choice.disposal, why=why, **common))
        found.stage = check_move("decide", Stage(found.stage), By.REFORM)
        found.disposal, found.fact, found.owner = choice.disposal, choice.fact, choice.owner
        found.deviation, found.decided_at, found.decided_by = why, now, actor.id
        changed.append(found)
    Candidate.objects.bulk_update(changed, FIELDS, batch_size=500)
    Act.objects.bulk_create(acts)
    if acts:
        note(action="reform_decide", purpose="拟定处理方式", actor=actor, now=now, candidates=len(acts))


def drop(*, candidate: uuid.UUID, why: str, actor: Actor, now: datetime.datetime) -> None:
    """Take one off the list: no certificate, a repeat, or asked for by nobody. It can be taken up again."""
    _moved(candidate, "drop", Did.DROPPED, why, "不列入清理", actor=actor, now=now)


def take_up(*, candidate: uuid.UUID, why: str, actor: Actor, now: datetime.datetime) -> None:
    """Take one up again that was dropped."""
    _moved(candidate, "take_up", Did.TAKEN_UP, why, "重新列入清理", actor=actor, now=now)


def _moved(
    candidate: uuid.UUID,
    move: str,
    kind: Did,
    why: str,
    purpose: str,
    *,
    actor: Actor,
    now: datetime.datetime,
) -> None:
    with transaction.atomic():
        [found] = held([candidate])
        found.stage = check_move(move, Stage(found.stage), By.REFORM)
        said = check_why(why, seen=KEPT)
        act = {"kind": kind, "before": found.disposal, "why": said, "done_at": now, "done_by": actor.id}
        Act.objects.create(candidate=found, **act)
        note(action=f"reform_{kind}", purpose=purpose, actor=actor, now=now, candidate=found.code)
        found.save(update_fields=["stage"])
