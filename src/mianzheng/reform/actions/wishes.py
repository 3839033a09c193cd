"""New demands (新设证明): asked for with reasons, answered with no unless a law demands it, over by themselves."""

from __future__ import annotations

import datetime
import json
import uuid

from django.db import transaction
from django.utils import timezone

from mianzheng.catalogue.actions.load_city import LOADING
from mianzheng.catalogue.queries import editions
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.common.actors import PROGRAM, Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.periods import WorkingDays
from mianzheng.common.reasons import N_, Reason, packed
from mianzheng.reform.actions.acts import note
from mianzheng.reform.actions.retaining import put_in_force, put_on_list
from mianzheng.reform.models import Act, Candidate, Wish
from mianzheng.reform.queries.wishes import asked_of, candidate_of, found_of
from mianzheng.reform.rules.acts import Did
from mianzheng.reform.rules.keeping import WISHED, removal
from mianzheng.reform.rules.stages import By, check_move
from mianzheng.reform.rules.states import Stage, WishStage
from mianzheng.reform.rules.whys import check_why
from mianzheng.reform.rules.wishes import LATE, Asked, check_allow, check_wish
from mianzheng.web import sql


def ask(*, city: City, asked: Asked, actor: Actor, now: datetime.datetime) -> Wish:
    """Keep that the actor's office wants to demand a certificate, to be answered by a day. What brings a cancelled one back
    is refused at once, unless a law demands it: then a person looks.
    """
    said = check_wish(city, asked)
    if city.office(actor.office) is None:
        raise NotFound(Reason(N_("没有这个单位。")), Reason(N_("请用单位的账号登录。")))
    found, _fact = found_of(city, candidate_of(city, actor.office, said, now=now), now=now)
    today = timezone.localtime(now).date()
    with transaction.atomic():
        wish = Wish(
            office=actor.office,
            name=said.name,
            purpose=said.purpose,
            issuer=said.issuer,
            necessity=said.necessity,
            basis=said.basis,
            alternatives=said.alternatives,
            due=WorkingDays(city.holidays).add(today, city.policy.wish_days),
            made_at=now,
            made_by=actor.id,
        )
        if found.returned is not None and found.comes_back:
            _refused(wish, found.returned.reasons[0], now)
        wish.save()
        note(action="wish", purpose="申请新设证明", actor=actor, now=now, wish=str(wish.id), stage=wish.stage)
    return wish


def _refused(wish: Wish, why: Reason, now: datetime.datetime) -> None:
    """Have the program say no, for a reason that is put into words where it is read."""
    wish.stage, wish.answer = WishStage.REFUSED, json.dumps(packed(why), ensure_ascii=False)
    wish.decided_at, wish.decided_by = now, PROGRAM.id


def decide(
    *, wish: uuid.UUID, allow: bool, answer: str, until: datetime.date | None, actor: Actor, now: datetime.datetime
) -> Wish:
    """Answer a new demand. Allowed, the certificate is on the list of what is kept until that day."""
    said = check_why(answer, seen=Reason(N_("申请的单位看得到。")), field="answer")
    with transaction.atomic():
        sql.hold(LOADING)
        found = Wish.objects.select_for_update().filter(id=wish).first()
        if found is None:
            raise NotFound(Reason(N_("没有这项申请。")), Reason(N_("请回到列表。")))
        if found.stage != WishStage.MADE:
            raise Refusal(Reason(N_("这项申请已经答复过了。")), Reason(N_("请刷新页面。")))
        if allow:
            _allow(found, said, until, actor, now)
        found.stage = WishStage.ALLOWED if allow else WishStage.REFUSED
        found.answer, found.decided_at, found.decided_by = said, now, actor.id
        found.save()
        note(action="wish_answered", purpose="答复新设证明的申请", actor=actor, now=now, wish=str(wish), allowed=allow)
    return found


def _allow(wish: Wish, why: str, until: datetime.date | None, actor: Actor, now: datetime.datetime) -> None:
    key, _ = editions.files()
    city = editions.edition(key)
    made = candidate_of(city, wish.office, asked_of(wish), code=code_of(wish), now=now)
    found, made.fact = found_of(city, made, now=now)
    today, most = timezone.localtime(now).date(), city.policy.review_days
    made.review_due = wish.until = check_allow(
        by_law=found.by_law, until=until, today=today, most_days=most, silent=found.silent
    )
    made.stage, made.disposal = check_move("decide", Stage.FOUND, By.REFORM), Disposal.RETAINED
    made.decided_at, made.decided_by = now, actor.id
    made.save()
    put_on_list(city, [made], why=why, actor=actor, now=now)


def code_of(wish: Wish) -> str:
    """Return the code on the list of the certificate that a wish asks for."""
    return f"{WISHED}{wish.id.hex[-10:]}"


def lapse(*, now: datetime.datetime) -> int:
    """Say no to what nobody answered by its day; return how many."""
    with transaction.atomic():
        late = Wish.objects.select_for_update(skip_locked=True).filter(
            stage=WishStage.MADE, due__lt=timezone.localtime(now).date()
        )
        found = list(late)
        for wish in found:
            _refused(wish, LATE, now)
            wish.save()
            note(
                action="wish_answered", purpose="新设证明的申请到期没有答复", actor=PROGRAM, now=now, wish=str(wish.id)
            )
    return len(found)


def end(*, now: datetime.datetime) -> int:
    """Take allowed ones whose day is over off the list; return how many. Nobody may demand them from now on."""
    with transaction.atomic():
        sql.hold(LOADING)
        over = Candidate.objects.select_for_update().filter(
            code__startswith=WISHED, stage=Stage.RETAINED, review_due__lt=timezone.localtime(now).date()
        )
        found = list(over.order_by("code"))
        if not found:
            return 0
        codes = [each.code for each in found]
        edition = put_in_force(removal(codes), actor=PROGRAM, now=now)
        for each in found:
            each.stage, each.review_due = check_move("end", Stage(each.stage), By.PROGRAM), None
            each.save(update_fields=["stage", "review_due"])
            act = {"kind": Did.ENDED, "before": Disposal.RETAINED, "edition": edition}
            Act.objects.create(candidate=each, **act, done_at=now, done_by=PROGRAM.id)
        note(action="wish_ended", purpose="同意新设的证明到期", actor=PROGRAM, now=now, certificates=codes)
    return len(found)
