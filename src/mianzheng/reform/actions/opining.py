"""Consultation (征求意见) on the side of the offices: what each says, signs, or writes by letter."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Sequence

from django.db import transaction

from mianzheng.audit import actions as audit
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.wordings import TextVersion
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.actions.consulting import conclude, line
from mianzheng.reform.models import Candidate, Opinion
from mianzheng.reform.queries.opinions import SPEAKERS
from mianzheng.reform.rules.consulting import check_say, check_speak
from mianzheng.reform.rules.states import Part, Says
from mianzheng.reform.rules.whys import check_words

UNDERTAKING = "undertaking"
"""Code of the text that is signed, in the city package."""


def say(
    *,
    opinions: Collection[uuid.UUID],
    says: str,
    words: str = "",
    disposal: str = "",
    actor: Actor,
    now: datetime.datetime,
) -> int:
    """Say the same about each of `opinions`, for the actor's own office; return how many are agreed on by everybody now.

    An office may say otherwise as long as the consultation goes on. Where its yes was the last one, the certificate is agreed
    on in the same transaction.
    """
    with transaction.atomic():
        held = _own(opinions, actor)
        for each in held:
            _say(each, says, words, disposal, actor, now)
        return _told(held, "opinion", "对证明的处理发表意见", actor, now)


def sign(*, city: City, opinions: Collection[uuid.UUID], accepted: bool, actor: Actor, now: datetime.datetime) -> int:
    """Sign the undertaking (不再索要承诺书) for all of `opinions`; return how many are agreed on by everybody now."""
    with transaction.atomic():
        held = _own(opinions, actor)
        text = undertaking(city)
        if not accepted:
            raise Refusal(Reason(N_("还没有勾选承诺。")), Reason(N_("请读完承诺书，勾选后再签。")), field="accepted")
        for each in held:
            if each.part != Part.UNDERTAKING:
                raise Refusal(Reason(N_("这一项不用签承诺书。")), Reason(N_("请直接答复同意或者不同意。")))
            _say(each, Says.AGREE, "", "", actor, now, wording=name_of(text))
        return _told(held, "undertake", "签署不再索要承诺书", actor, now)


def by_letter(
    *,
    city: City,
    opinion: uuid.UUID,
    says: str,
    letter: str,
    words: str = "",
    disposal: str = "",
    actor: Actor,
    now: datetime.datetime,
) -> int:
    """Write down what a body said on paper, under the number of its letter (来函文号), for the reform office. A yes of one the
    city cannot order is the signed undertaking. Return how many are agreed on by everybody now.
    """
    with transaction.atomic():
        (held,) = _locked([opinion])
        if held.office in city.departments:
            raise Refusal(
                Reason(N_("部门在自己的“征求意见”里答复，不用来函。")), Reason(N_("请它的经办人或者负责人登录答复。"))
            )
        number = check_words(letter, field="letter")
        if not number:
            raise Refusal(
                Reason(N_("请写明来函的文号。")), Reason(N_("没有文号的，写来函的日期和标题。")), field="letter"
            )
        signs = held.part == Part.UNDERTAKING and says == Says.AGREE
        _say(
            held, says, words, disposal, actor, now, wording=name_of(undertaking(city)) if signs else "", letter=number
        )
        return _told([held], "opinion", "登记来函的意见", actor, now, office=held.office)


def undertaking(city: City) -> TextVersion:
    """Return the undertaking in force; where the city has none nobody can sign it."""
    text = city.texts.get(UNDERTAKING)
    if text is None:
        raise Refusal(
            Reason(N_("城市包里没有不再索要承诺书，现在不能签。")), Reason(N_("请减证办补上 texts/undertaking.md。"))
        )
    return text


def name_of(text: TextVersion) -> str:
    """Return under what name a signed text is kept: CODE-VERSION."""
    return f"{text.code}-{text.version}"


def _say(
    held: Opinion,
    says: str,
    words: str,
    disposal: str,
    actor: Actor,
    now: datetime.datetime,
    *,
    wording: str = "",
    letter: str = "",
) -> None:
    """Set what an office says, if it may; the caller stores it."""
    check_speak(stage=held.candidate.stage, past=held.past, wording=held.wording)
    said = check_say(
        part=held.part, says=says, words=words, disposal=disposal, proposed=held.proposed, signed=bool(wording)
    )
    held.says, held.words = said, words.strip()
    held.disposal = disposal if said is Says.COUNTER else ""
    held.wording, held.letter, held.said_at, held.said_by = wording, letter, now, actor.id


def _told(held: Sequence[Opinion], action: str, purpose: str, actor: Actor, now: datetime.datetime, **more: str) -> int:
    """Store what was said with its lines in the log; return how many certificates everybody agrees on now."""
    fields = ["says", "words", "disposal", "wording", "letter", "said_at", "said_by"]
    Opinion.objects.bulk_update(held, fields)
    audit.write([line(action, purpose, each.candidate, actor, now, says=each.says, **more) for each in held])
    return conclude((each.candidate_id for each in held), actor=actor, now=now)


def _own(opinions: Collection[uuid.UUID], actor: Actor) -> list[Opinion]:
    """Return the opinions of the actor's office, locked; what others are asked is not there."""
    found = _locked(opinions)
    if actor.role not in SPEAKERS or any(each.office != actor.office or not actor.office for each in found):
        raise _missing()
    return found


def _locked(opinions: Collection[uuid.UUID]) -> list[Opinion]:
    """Return opinions, locked after their candidates, so that two last yeses at the same moment see each other."""
    wanted = set(opinions)
    if not wanted:
        raise Refusal(Reason(N_("还没有选证明。")), Reason(N_("请先勾选，再提交。")))
    about = Opinion.objects.filter(id__in=wanted).values("candidate")
    list(Candidate.objects.select_for_update().filter(id__in=about).order_by("id"))
    locked = Opinion.objects.select_for_update(of=("self",)).select_related("candidate")
    found = list(locked.filter(id__in=wanted).order_by("candidate", "id"))
    if len(found) < len(wanted):
        raise _missing()
    return found


def _missing() -> NotFound:
    return NotFound(Reason(N_("没有这份征求意见，或者它不归您。")), Reason(N_("请回到征求意见列表。")))
