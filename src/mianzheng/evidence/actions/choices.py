"""What the person decides about a need: to commit, to take it back, to have somebody look, to object. Never the program."""

from __future__ import annotations

import datetime
import hashlib

from django.db import transaction

from mianzheng.catalogue.rules.city import City, Need
from mianzheng.centre.actions.registers import open_dispute
from mianzheng.common.actors import Actor
from mianzheng.common.errors import Refusal
from mianzheng.common.periods import WorkingDays
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence import models
from mianzheng.evidence.actions.writing import add_events, put_question
from mianzheng.evidence.queries.files import files_of, looked_up
from mianzheng.evidence.rules.inquiry import Inquiry
from mianzheng.evidence.rules.progress import Event, Kind, Option
from mianzheng.evidence.rules.verdicts import Way


def choose(
    *,
    city: City,
    inquiry: Inquiry,
    need: Need,
    option: Option,
    why: str = "",
    actor: Actor,
    now: datetime.datetime,
) -> None:
    """Carry out what the person chose about `need`.

    `why` is the reason of a withdrawal or an objection. Raises `Refusal` when the option is not open: a commitment after
    `fails`, for somebody barred, or for a matter that law keeps from it; anything about a need that is settled.
    """
    with transaction.atomic():
        # Two clicks on the same button meet here; the second finds the option gone.
        models.Event.objects.select_for_update().filter(case=inquiry.case, need=need.code).first()
        check_option(city, inquiry, need, option, now=now)
        carry_out = {
            Option.COMMIT: _sign,
            Option.FALLBACK: _sign,
            Option.WITHDRAW: _withdraw,
            Option.REVIEW: _review,
            Option.OBJECT: _object,
        }[option]
        event = carry_out(city, inquiry, need, option, why.strip(), actor, now)
        trace = {need.code: {"applicant": str(inquiry.applicant), "matter": inquiry.matter}}
        add_events([(inquiry.case, need.code, event)], actor=actor, trace=trace)


def check_option(city: City, inquiry: Inquiry, need: Need, option: Option, *, now: datetime.datetime) -> None:
    """Raise `Refusal` unless `option` is open to the person now."""
    (file,) = files_of(city, inquiry.case, [need], now=now)
    if option in file.progress.options:
        return
    raise Refusal(
        Reason(N_("“%(fact)s”现在不能这样选择。"), {"fact": city.facts[need.fact].name}),
        Reason(N_("它可能刚有了结果。请刷新页面，看现在可以怎么办。")),
    )


def _sign(
    city: City, inquiry: Inquiry, need: Need, option: Option, why: str, actor: Actor, now: datetime.datetime
) -> Event:
    text = city.texts[need.commitment]
    after = WorkingDays(city.holidays).add(now.date(), city.policy.after_check_days)
    models.Commitment.objects.create(
        case=inquiry.case,
        need=need.code,
        subject=inquiry.applicant,
        text=text.code,
        version=text.version,
        digest=hashlib.sha256(f"{text.body.zh}\n{text.body.en}".encode()).hexdigest(),
        fallback=option is Option.FALLBACK,
        signed_at=now,
        signed_by=actor.id,
        check_due=after,
    )
    words = N_("已自愿承诺(《%(text)s》第 %(version)s 版), %(due)s 前会事后核查。")
    reason = Reason(words, {"text": text.title, "version": text.version, "due": after})
    kind = Kind.COMMIT if option is Option.COMMIT else Kind.FALLBACK
    return Event(kind, now, Way.COMMITMENT, None, reason, text.code)


def _withdraw(
    city: City, inquiry: Inquiry, need: Need, option: Option, why: str, actor: Actor, now: datetime.datetime
) -> Event:
    if not why:
        raise Refusal(Reason(N_("撤回承诺要写明理由。")), Reason(N_("写一句即可，撤回后按一般程序核查。")), field="why")
    models.Commitment.objects.filter(case=inquiry.case, need=need.code, withdrawn_at=None).update(
        withdrawn_at=now, withdrawn_by=actor.id, withdrawn_why=why
    )
    return Event(Kind.WITHDRAW, now, reason=Reason(N_("已撤回承诺，改按一般程序核查。")))


def _review(
    city: City, inquiry: Inquiry, need: Need, option: Option, why: str, actor: Actor, now: datetime.datetime
) -> Event:
    return Event(Kind.REVIEW, now, Way.REVIEW, None, Reason(N_("请审批部门的人员核实，不用跑。")))


def _object(
    city: City, inquiry: Inquiry, need: Need, option: Option, why: str, actor: Actor, now: datetime.datetime
) -> Event:
    """Put the objection (异议) to the department that answers for the fact; until it is decided the record is disputed."""
    if not why:
        raise Refusal(
            Reason(N_("请写明您认为哪里不对。")), Reason(N_("写一句即可，例如“贷款 3 月已经还清”。")), field="why"
        )
    subjects = looked_up(inquiry.case, need.code)
    fact = city.facts[need.fact]
    for subject in subjects:
        open_dispute(item=fact.item, subject=subject, actor=actor.id, now=now)
    check = put_question(city, need, inquiry, subjects, objection=True, why=why, actor=actor, now=now)
    office = city.departments[check.office].name
    reason = Reason(N_("已提出异议，%(office)s最迟 %(due)s 复核答复。"), {"office": office, "due": check.due})
    return Event(Kind.OBJECT, now, Way.DEPARTMENT, None, reason, check.office, None, check.id)
