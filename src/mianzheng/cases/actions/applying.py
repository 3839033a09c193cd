"""What the applicant does with a case: start, fill, agree, verify, choose, hand in, withdraw."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection, transaction

from mianzheng.cases import models
from mianzheng.cases.actions.moving import locked, move, settle, unlocked
from mianzheng.cases.queries.dossiers import Dossier, inquiry_of, no_case, open_dossier
from mianzheng.cases.rules.answers import clean, needs_of
from mianzheng.cases.rules.deciding import check_hand_in
from mianzheng.cases.rules.states import WITH_OFFICE, WITH_PERSON, By, Status
from mianzheng.catalogue.queries.editions import current, edition
from mianzheng.catalogue.rules.city import City, Need
from mianzheng.common.actors import PROGRAM, Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence.actions import choices
from mianzheng.evidence.actions.gathering import Gathered, gather
from mianzheng.evidence.actions.verify import start_again, verify
from mianzheng.evidence.rules.inquiry import Inquiry
from mianzheng.evidence.rules.progress import Option


def start(*, matter: str, key: uuid.UUID, actor: Actor, now: datetime.datetime) -> models.Case:
    """Begin a case of `matter` for the actor; the same `key` gives the same case, however often it is pressed."""
    key_of_edition = current()
    city = edition(key_of_edition)
    wanted = city.matter(matter)
    if wanted is None:
        raise NotFound(
            Reason(N_("没有编码为“%(matter)s”的事项。"), {"matter": matter}), Reason(N_("请在首页搜索要办的事。"))
        )
    if wanted.work is None:
        raise Refusal(
            Reason(N_("“%(matter)s”还不能在这里直接办理。"), {"matter": wanted.name}),
            Reason(N_("请到窗口办理；同样不需要任何证明。")),
        )
    if actor.subject is None:
        raise Refusal(Reason(N_("只有登记过身份的人才能申请。")), Reason(N_("请用居民账号登录。")))
    with transaction.atomic():
        found, _ = models.Case.objects.get_or_create(
            key=key,
            defaults={
                "number": _number(city.code, now),
                "matter": wanted.code,
                "owner": wanted.owner,
                "edition": key_of_edition,
                "applicant": actor.subject,
                "started_at": now,
                "started_by": actor.id,
            },
        )
    if found.applicant != actor.subject:
        raise no_case()
    return found


def _number(city: str, now: datetime.datetime) -> str:
    """Return a case number: city, day, and a count that never repeats."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_number')")
        return f"{city}{now:%Y%m%d}{cursor.fetchone()[0]:06d}"


def save_answers(
    *,
    case: uuid.UUID,
    typed: Mapping[str, Any],
    relatives: Mapping[str, Collection[uuid.UUID]],
    actor: Actor,
    now: datetime.datetime,
) -> dict[str, Reason]:
    """Keep what was typed, right or wrong, so that nothing is lost; return what is still to be mended, by question.

    A correction after verifying takes the agreement back: the person sees notice and look-ups again.
    """
    with transaction.atomic():
        found = locked(case, applicant=actor.subject)
        dossier = open_dossier(found, now=now)
        if found.status != Status.DRAFT:
            raise Refusal(Reason(N_("这件申请已经交出，不能再改。")), Reason(N_("需要更正的话，请先撤回再重新申请。")))
        answers, wrong = clean(dossier.work.form, typed, relatives=relatives)
        if answers != found.answers and found.agreed_at is not None:
            needs = {n.code: n for n in (*(f.need for f in dossier.files), *needs_of(dossier.work, answers))}
            start_again(inquiry=dossier.inquiry, needs=tuple(needs.values()), actor=actor, now=now)
            found.agreed_at = found.agreed_by = found.handed_in_at = found.handed_in_by = None
        found.answers = answers
        found.save()
    return wrong


def agree(*, case: uuid.UUID, actor: Actor, now: datetime.datetime) -> Dossier:
    """Note that the person has read the notice (告知) and agrees that the look-ups begin. Agreeing twice is agreeing once."""
    with transaction.atomic():
        found = locked(case, applicant=actor.subject)
        dossier = open_dossier(found, now=now)
        _, wrong = clean(dossier.work.form, found.answers, relatives=None)
        if wrong:
            raise Refusal(Reason(N_("表格还没有填完。")), Reason(N_("请先补齐标出的项目。")), field=next(iter(wrong)))
        if found.agreed_at is None and found.status == Status.DRAFT:
            found.agreed_at, found.agreed_by = now, actor.id
            found.notice_version = dossier.city.texts[dossier.work.notice].version
            found.save()
    return dossier


def look_up(*, case: uuid.UUID, needs: Collection[str] | None = None, actor: Actor, now: datetime.datetime) -> Dossier:
    """Verify the facts of `case` (or those named in `needs`), each once, and bring the status in line."""
    gathered = _gather(_agreed(unlocked(case, applicant=actor.subject)), needs, actor, now)
    with transaction.atomic():
        found = _agreed(locked(case, applicant=actor.subject))
        _verify(found, needs, gathered, actor, now)
        return settle(found, now=now)


def _agreed(case: models.Case) -> models.Case:
    if case.agreed_at is None:
        raise Refusal(Reason(N_("还没有同意核验。")), Reason(N_("请先看告知，再点“同意并核验”。")))
    return case


def _wanted(case: models.Case, needs: Collection[str] | None) -> tuple[City, Inquiry, list[Need]]:
    city = edition(case.edition)
    work = city.matters[case.matter].work
    assert work is not None
    wanted = [n for n in needs_of(work, case.answers) if needs is None or n.code in needs]
    return city, inquiry_of(case, work), wanted


def _gather(case: models.Case, needs: Collection[str] | None, actor: Actor, now: datetime.datetime) -> Gathered:
    """Ask the records before the case is locked: a source may take seconds, and nobody shall wait for it."""
    city, inquiry, wanted = _wanted(case, needs)
    return gather(city=city, inquiry=inquiry, needs=wanted, actor=actor, now=now)


def _verify(
    case: models.Case, needs: Collection[str] | None, gathered: Gathered, actor: Actor, now: datetime.datetime
) -> None:
    city, inquiry, wanted = _wanted(case, needs)
    verify(city=city, inquiry=inquiry, needs=wanted, gathered=gathered, actor=actor, now=now)


def choose(
    *, case: uuid.UUID, need: str, option: Option, why: str = "", actor: Actor, now: datetime.datetime
) -> Dossier:
    """Carry out what the person chose about one fact, and go on from there."""
    gathered = _gathered_ahead(unlocked(case, applicant=actor.subject), actor, now)
    with transaction.atomic():
        found = locked(case, applicant=actor.subject)
        dossier = open_dossier(found, now=now)
        taking_back = option is Option.WITHDRAW and dossier.status in WITH_OFFICE
        if dossier.status not in WITH_PERSON and not taking_back:
            raise Refusal(Reason(N_("这件申请已经提交，不能再改选。")), Reason(N_("可以撤回整件申请，再重新申请。")))
        choices.choose(
            city=dossier.city,
            inquiry=dossier.inquiry,
            need=dossier.file(need).need,
            option=option,
            why=why,
            actor=actor,
            now=now,
        )
        if taking_back:
            # Still handed in: once the ordinary way has an answer, the case is submitted again by itself.
            move(found, "reopen", by=By.RESIDENT, actor=actor, now=now, note=why.strip())
        _verify(found, None, gathered, actor, now)
        return settle(found, now=now)


def _gathered_ahead(case: models.Case, actor: Actor, now: datetime.datetime) -> Gathered:
    """Gather what a case that goes on may still need; nothing is looked up that was not agreed to, or has ended."""
    if case.agreed_at is None or Status(case.status) not in WITH_PERSON:
        return Gathered(_wanted(case, ())[1])
    return _gather(case, None, actor, now)


def go_on(*, case: uuid.UUID, now: datetime.datetime) -> Dossier:
    """Take `case` as far as it goes by itself, after a department answered or let its day pass."""
    gathered = _gathered_ahead(unlocked(case), PROGRAM, now)
    with transaction.atomic():
        found = locked(case)
        if found.agreed_at is not None and Status(found.status) in WITH_PERSON:
            _verify(found, None, gathered, PROGRAM, now)
        return settle(found, now=now)


def hand_in(*, case: uuid.UUID, knowing: bool = False, actor: Actor, now: datetime.datetime) -> Dossier:
    """Hand the case in. What a department still has to answer is waited for; it is then submitted by itself.

    `knowing` says that the person has seen a failing fact and goes on. Handing in twice is handing in once.
    """
    with transaction.atomic():
        found = locked(case, applicant=actor.subject)
        dossier = open_dossier(found, now=now)
        if found.handed_in_at is not None and found.status != Status.DRAFT:
            return dossier
        if dossier.status not in WITH_PERSON:
            raise Refusal(Reason(N_("这件申请已经结束。")), Reason(N_("需要的话，请重新申请。")))
        check_hand_in(dossier.progress, agreed=found.agreed_at is not None, knowing=knowing)
        found.handed_in_at, found.handed_in_by = now, actor.id
        return settle(found, now=now)


def withdraw(*, case: uuid.UUID, note: str = "", actor: Actor, now: datetime.datetime) -> None:
    """Take the whole case back (撤回申请), until it is decided."""
    with transaction.atomic():
        found = locked(case, applicant=actor.subject)
        move(found, "withdraw", by=By.RESIDENT, actor=actor, now=now, note=note.strip())
