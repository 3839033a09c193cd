"""Secrecy orders (保密令): opened by one person of an office, approved by another, extended, ended.

Each step is in the log, which says which order and names nobody.
"""

from __future__ import annotations

import datetime
import uuid

from django.db import transaction

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NOBODY, NewEntry
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.secrecy import Secrecy
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence.models import SecrecyOrder, SecrecyTerm
from mianzheng.evidence.queries.secrecy import end_of
from mianzheng.evidence.rules.secrecy import State, check_approval, check_reference, check_term, grounds, state


def open_order(
    *,
    city: City,
    basis: str,
    reference: str,
    why: str,
    until: datetime.date | None,
    subject: uuid.UUID,
    actor: Actor,
    now: datetime.datetime,
) -> uuid.UUID:
    """Ask for an order about `subject` until the day `until`, for the actor's office; it is in force once approved.

    Raises `Refusal` where the package does not let the office, or something is missing or too long.
    """
    ground = _ground(city, actor, basis)
    check_term(ground, until=until, why=why, today=now.date())
    check_reference(reference)
    assert ground is not None and until is not None
    with transaction.atomic():
        order = SecrecyOrder.objects.create(
            office=actor.office,
            basis=basis,
            untold=ground.untold,
            reference=reference.strip(),
            subject=subject,
            opened_at=now,
            opened_by=actor.id,
        )
        _ask(order, until, why, actor, now)
        _log(order, "open", actor, now)
    return order.id


def extend_order(
    *, city: City, order: uuid.UUID, until: datetime.date | None, why: str, actor: Actor, now: datetime.datetime
) -> None:
    """Ask for a longer term of an order in force; it counts once approved, as the first did."""
    with transaction.atomic():
        found = _locked(order, actor)
        if state(found.until, found.ended_at, now.date()) is not State.IN_FORCE:
            raise Refusal(Reason(N_("只有生效中的保密令可以延长。")), Reason(N_("已经结束的，需要时请重新提出。")))
        if found.terms.filter(approved_at=None).exists():
            raise Refusal(Reason(N_("已经有一次延长在等批准。")), Reason(N_("请先由另一个人批准。")))
        check_term(_ground(city, actor, found.basis), until=until, why=why, today=now.date())
        assert until is not None
        _ask(found, until, why, actor, now)
        _log(found, "extend", actor, now)


def approve_order(*, order: uuid.UUID, subject: uuid.UUID | None, actor: Actor, now: datetime.datetime) -> None:
    """Approve what waits. `subject` is whom the approver's own file is about: it must be whom the order is about.

    Raises `Refusal` where the same person asked, the term has passed, or the files are not about the same person.
    """
    with transaction.atomic():
        found = _locked(order, actor)
        term = found.terms.filter(approved_at=None).first()
        over = found.until is not None and state(found.until, found.ended_at, now.date()) is State.ENDED
        if term is None or found.ended_at is not None or over:
            raise Refusal(Reason(N_("没有等待批准的内容。")), Reason(N_("请刷新页面看现在的状态。")))
        check_approval(
            asked_by=term.asked_by, actor=actor.id, until=term.until, today=now.date(), same=subject == found.subject
        )
        term.approved_at, term.approved_by = now, actor.id
        term.save()
        found.until = max(term.until, found.until or term.until)
        found.save()
        audit.withhold(key=found.id, until=end_of(found.until))
        _log(found, "approve", actor, now)


def end_order(*, order: uuid.UUID, actor: Actor, now: datetime.datetime) -> None:
    """End an order: from now on the person sees what was looked up under it, by whom and how long it was kept secret."""
    with transaction.atomic():
        found = _locked(order, actor)
        if state(found.until, found.ended_at, now.date()) is State.ENDED:
            raise Refusal(Reason(N_("这份保密令已经结束了。")), Reason(N_("请刷新页面看现在的状态。")))
        found.ended_at, found.ended_by = now, actor.id
        found.save()
        if found.until is not None:
            audit.withhold(key=found.id, until=now)
        _log(found, "end", actor, now)


def in_force(*, order: uuid.UUID, subject: uuid.UUID, actor: Actor, now: datetime.datetime) -> SecrecyOrder:
    """Return the order under which the actor may look `subject` up. Raises `NotFound` for an order of others or about
    somebody else, `Refusal` for one that is not in force.
    """
    found = SecrecyOrder.objects.filter(id=order, office=actor.office, subject=subject).first()
    if found is None:
        raise _not_here()
    if state(found.until, found.ended_at, now.date()) is not State.IN_FORCE:
        raise Refusal(
            Reason(N_("这份保密令没有生效，没有查询任何记录。")), Reason(N_("请先由另一个人批准，或者重新提出。"))
        )
    return found


def _ground(city: City, actor: Actor, basis: str) -> Secrecy | None:
    return next((each for each in grounds(city, actor.office) if each.basis == basis), None)


def _ask(order: SecrecyOrder, until: datetime.date, why: str, actor: Actor, now: datetime.datetime) -> None:
    SecrecyTerm.objects.create(order=order, until=until, why=why.strip(), asked_at=now, asked_by=actor.id)


def _locked(order: uuid.UUID, actor: Actor) -> SecrecyOrder:
    found = SecrecyOrder.objects.select_for_update().filter(id=order, office=actor.office).first()
    if found is None or actor.role != "officer":
        raise _not_here()
    return found


def _not_here() -> NotFound:
    return NotFound(Reason(N_("没有这份保密令，或者它不是您部门的。")), Reason(N_("请回到保密查询的列表。")))


def _log(order: SecrecyOrder, step: str, actor: Actor, now: datetime.datetime) -> None:
    entry = NewEntry(
        at=now,
        action=f"secrecy.{step}",
        purpose=f"保密令 {order.reference}",
        subject=NOBODY,
        detail={"order": str(order.id), "basis": order.basis},
        keep=10,
        **actor.log(),
    )
    audit.write([entry])
