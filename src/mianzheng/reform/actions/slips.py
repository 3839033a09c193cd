"""Slips (不再开具告知单): made out where somebody is still asked, opened by whoever asked, answered by them."""

from __future__ import annotations

import datetime
import secrets

from django.db import transaction
from django.utils import timezone

from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import ANYBODY, Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.actions.acts import note
from mianzheng.reform.models import Slip
from mianzheng.reform.rules.slips import (
    ALPHABET,
    LENGTH,
    LONGEST_PURPOSE,
    Channel,
    check_answer,
    check_certificate,
    check_said,
    code_of,
    demander_of,
)
from mianzheng.web import sql
from mianzheng.web.jobs import defer

MAKING = 0x7A_52
"""City-wide lock: slips are made out one after another, so that a day has no more than it may, and no code twice."""
KEPT = datetime.timedelta(days=3 * 365)
"""How long a slip is kept (policy), as the log of it."""
DEMANDED = "oversight.demanded"
"""The job that makes a scanned slip a finding; `oversight` owns it."""


def make(
    *,
    city: City,
    certificate: str,
    demander: str,
    demander_said: str,
    purpose: str,
    channel: Channel,
    place: str = "",
    actor: Actor | None,
    now: datetime.datetime,
) -> Slip:
    """Make out a slip about a cancelled certificate that somebody is still asked for; `actor` is None on the public page.

    Raises `Refusal` for what may still be asked for, for a person's number in the words, and past the day's bound on slips
    nobody signed in for.
    """
    found = city.certificates.get(certificate)
    if found is None:
        raise NotFound(Reason(N_("清单里没有这份证明。")), Reason(N_("请回到证明清单查一查。")))
    check_certificate(found)
    code, said = demander_of(city, demander, demander_said)
    purpose = check_said(purpose, field="purpose", longest=LONGEST_PURPOSE)
    with transaction.atomic():
        sql.hold(MAKING)
        if actor is None:
            _check_bound(city.policy.slips_a_day, now)
        slip = Slip.objects.create(
            token=_unused(),
            certificate=certificate,
            demander=code,
            demander_said=said,
            purpose=purpose,
            channel=channel,
            place=place,
            made_at=now,
            made_by=actor.id if actor else "",
        )
        who = actor or ANYBODY
        told = {"certificate": certificate, "demander": code, "slip": slip.token}
        note(action="slip", purpose="出具不再开具告知单", actor=who, now=now, **told)
    return slip


def _check_bound(most: int, now: datetime.datetime) -> None:
    day = timezone.localtime(now).date()
    if Slip.objects.filter(channel=Channel.ONLINE, made_at__date=day).count() >= most:
        raise Refusal(
            Reason(N_("今天网上出的告知单已经到了上限（%(most)s 张）。"), {"most": most}),
            Reason(N_("证明的页面照样能打印给对方看；要告知单的，请找村社代办员、窗口，或者拨 12345。")),
        )


def _unused() -> str:
    while True:
        token = code_of([secrets.randbelow(len(ALPHABET)) for _ in range(LENGTH)])
        if not Slip.objects.filter(token=token).exists():
            return token


def opened(*, token: str, office: str, by: str = "", now: datetime.datetime) -> Slip:
    """Note that whoever asked has scanned the slip or typed its code: the first time, the demand becomes a finding.

    `office` is whose desk it was, `by` the account, both empty where nobody signed in. Who made it out opens nothing.
    """
    with transaction.atomic():
        slip = _held(token)
        own = bool(by and by == slip.made_by) or bool(office and office == slip.place != slip.demander)
        if slip.opened_at is None and not own:
            slip.opened_at, slip.opened_office = now, office
            slip.save(update_fields=["opened_at", "opened_office"])
            defer(DEMANDED, slip=slip.id)
            who = Actor(by, office=office) if by else ANYBODY
            told = {"certificate": slip.certificate, "demander": slip.demander, "slip": slip.token}
            note(action="slip_opened", purpose="核对不再开具告知单", actor=who, now=now, **told)
    return slip


def answer(*, token: str, still: bool | None, why: str, actor: Actor, now: datetime.datetime) -> Slip:
    """Note what whoever asked says: that they no longer do, or why they still do. It may be said anew."""
    with transaction.atomic():
        slip = _held(token)
        if not actor.office:
            raise NotFound(Reason(N_("没有这张告知单。")), Reason(N_("请核对编号。")))
        slip.answer = check_answer(still=still, why=why, demander=slip.demander, office=actor.office)
        slip.demander = slip.demander or actor.office
        slip.answered_at, slip.answered_by = now, actor.id
        slip.save(update_fields=["demander", "answer", "answered_at", "answered_by"])
        if still:  # whoever says so has it, however it came there
            defer(DEMANDED, slip=slip.id)
        told = {"certificate": slip.certificate, "slip": slip.token, "still": still}
        note(action="slip_answered", purpose="答复不再开具告知单", actor=actor, now=now, **told)
    return slip


def _held(token: str) -> Slip:
    slip = Slip.objects.select_for_update().filter(token=token).first()
    if slip is None:
        raise NotFound(Reason(N_("没有这张告知单。")), Reason(N_("请核对编号。")))
    return slip


def forget(*, now: datetime.datetime) -> int:
    """Take away slips past their keeping time; return how many."""
    return Slip.objects.filter(made_at__lt=now - KEPT).delete()[0]
