"""Consent (同意): exactly what, to whom, for what, how long; given by the person, and taken back when they like."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

from mianzheng.catalogue.rules.city import City
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.gateway.rules.grants import Ground


class Channel(StrEnum):
    """How consent is given: on one's own phone, at the window before the clerk, on paper where there is no phone."""

    PHONE = "phone"
    WINDOW = "window"
    PAPER = "paper"


class State(StrEnum):
    """Where a consent stands. That nobody answered in time, or that its days are over, is seen from the clock, not kept."""

    OPEN = "open"
    GIVEN = "given"
    DECLINED = "declined"
    REVOKED = "revoked"
    LAPSED = "lapsed"
    ENDED = "ended"


STATES = {
    State.OPEN: N_("等本人答复"),
    State.GIVEN: N_("已同意"),
    State.DECLINED: N_("没有同意"),
    State.REVOKED: N_("已收回"),
    State.LAPSED: N_("没有答复，已失效"),
    State.ENDED: N_("期限已过"),
}
CHANNELS = {Channel.PHONE: N_("本人手机"), Channel.WINDOW: N_("窗口当面"), Channel.PAPER: N_("纸质签字")}
TEXT = "consent"
"""The text of the city package a person agrees to."""
OF_AGE = 14
"""Years below which a guardian consents (个人信息保护法 31)."""
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Signs of a consent's number, none of which is mistaken for another when it is read out or typed (Crockford's base 32)."""
LENGTH = 12
_MEANT = str.maketrans("OIL", "011")


class Terms(TypedDict):
    """On which terms a fact is asked: the grant's fixed parameters, the fields whose value is told, and the sentence the asker
    wrote for the person (`purpose`). Consents of before it was shown keep none.
    """

    params: dict[str, Any]
    values: list[str]
    purpose: NotRequired[str]


def terms_of(params: Mapping[str, Any], values: Sequence[str], purpose: str = "") -> Terms:
    """Return the terms of a grant."""
    terms: Terms = {"params": dict(params), "values": sorted(values)}
    if purpose:
        terms["purpose"] = purpose
    return terms


@dataclass(frozen=True, slots=True)
class Given:
    """A consent in force, as a question is held against it."""

    number: str
    asker: str
    subject: uuid.UUID
    matter: str
    facts: frozenset[str]
    until_day: datetime.date
    terms: Mapping[str, Terms] = field(default_factory=dict)

    def covers(self, asker: str, matter: str, fact: str, today: datetime.date) -> bool:
        """Return whether exactly this may be asked by exactly them, today."""
        return self.asker == asker and self.matter == matter and fact in self.facts and today <= self.until_day

    def fits(self, fact: str, terms: Terms) -> bool:
        """Return whether the person agreed to `fact` with these parameters, to these values being told and for what this
        sentence says. A grant that came later may ask along another line, be told more, or serve something else (个人信息保护法
        14): that is another question. Who agreed to no terms agreed to none; who was shown no sentence agreed without one.
        """
        agreed = self.terms.get(fact) or terms_of({}, ())
        said = agreed.get("purpose")
        return (
            agreed["params"] == terms["params"]
            and set(terms["values"]) <= set(agreed["values"])
            and (said is None or said == terms.get("purpose"))
        )


def said_for(facts: Iterable[str], terms: Mapping[str, Terms]) -> dict[str, list[str]]:
    """Return what the asker wrote for the person, each sentence once, with those of `facts` it is for."""
    found: dict[str, list[str]] = {}
    for fact in facts:
        sentence = terms[fact].get("purpose") if fact in terms else None
        if sentence:
            found.setdefault(sentence, []).append(fact)
    return found


def number_of(random: bytes) -> str:
    """Return the number of a consent, or of a sealed answer, from `random` bytes: eight signs for each five."""
    value = int.from_bytes(random, "big")
    return "".join(SIGNS[value >> 5 * place & 31] for place in reversed(range(len(random) * 8 // 5)))


def as_typed(number: str) -> str:
    """Return a number as it is kept, however somebody typed it: `7k4m-9q2x-cwol` is `7K4M9Q2XCW01`; of others signs nothing."""
    return "".join(sign for sign in number.upper().translate(_MEANT) if sign in SIGNS)[:64]


def grouped(number: str) -> str:
    """Return a number as people read it, in groups of four."""
    return "-".join(number[place : place + 4] for place in range(0, len(number), 4))


def state_of(
    *,
    given_at: datetime.datetime | None,
    declined_at: datetime.datetime | None,
    revoked_at: datetime.datetime | None,
    until_day: datetime.date,
    answer_by: datetime.datetime,
    now: datetime.datetime,
    today: datetime.date,
) -> State:
    """Return where a consent stands at `now`, which is `today` in the city."""
    if declined_at:
        return State.DECLINED
    if revoked_at:
        return State.REVOKED
    if given_at:
        return State.GIVEN if today <= until_day else State.ENDED
    return State.OPEN if now <= answer_by else State.LAPSED


def check_open(state: State) -> None:
    """Refuse to answer what was answered, or was over before anybody did."""
    if state is State.OPEN:
        return
    told = {
        State.GIVEN: N_("这份同意已经给过了。"),
        State.LAPSED: N_("过了答复的时间，这次请求已经失效。"),
    }.get(state, N_("这次请求已经答复过了。"))
    raise Refusal(Reason(told), Reason(N_("还要办的，请对方重新发一次请求。")))


def check_recorded(channel: Channel, *, paper: str, seen: bool, unsigned: bool = True, for_child: bool = False) -> None:
    """Refuse to note a consent given before the clerk without what proves it: the number of the signed sheet, or, where the
    city takes `unsigned` ones, the clerk's word that the person stood there with the identity document and read the text;
    never by word of mouth for a child.
    """
    if channel is Channel.WINDOW and for_child:
        raise Refusal(
            Reason(N_("替孩子的同意不收口头的。")),
            Reason(N_("请监护人登录后在自己手机上同意，或者签纸质同意书。")),
        )
    if channel is Channel.WINDOW and not unsigned:
        raise Refusal(Reason(N_("本市不收口头同意。")), Reason(N_("请本人在手机上同意，或者签纸质同意书。")))
    if channel is Channel.PAPER and not paper.strip():
        raise Refusal(
            Reason(N_("没有填签字原件的编号。")),
            Reason(N_("请把它在贵单位档案里的编号填上，日后找得到。")),
            field="paper",
        )
    if not seen:
        raise Refusal(
            Reason(N_("没有确认是本人。")), Reason(N_("请核对身份证件原件，本人看过内容后再勾选。")), field="seen"
        )


def covering(
    given: Iterable[Given], *, asker: str, matter: str, wanted: Mapping[str, Terms], today: datetime.date
) -> dict[str, str]:
    """Return for each fact `wanted` the number of a consent that covers it today; facts without one are left out."""
    found: dict[str, str] = {}
    for each in given:
        for fact, terms in wanted.items():
            if each.covers(asker, matter, fact, today) and each.fits(fact, terms):
                found.setdefault(fact, each.number)
    return found


def check_asked(
    city: City, *, asker: str, matter: str, facts: Collection[str], grounds: dict[str, Ground], days: int
) -> None:
    """Refuse to ask a person for consent that is not needed, not possible, or for longer than the city allows.

    `grounds` says on which ground each fact is granted to the asker for the matter. Where a duty allows the look-up the
    person is told, not asked: a consent one cannot refuse is none.
    """
    if not facts:
        raise Refusal(Reason(N_("没有选要核验的事实。")), Reason(N_("请至少选一条。")), field="facts")
    for fact in facts:
        if fact not in grounds:
            name = city.facts[fact].name if fact in city.facts else fact
            what = Reason(N_("贵单位没有为这个事项核验“%(fact)s”的授权。"), {"fact": name})
            raise Refusal(what, Reason(N_("请先申请查询授权。")), field="facts")
        if grounds[fact] is Ground.DUTY:
            what = Reason(N_("“%(fact)s”依法定职责查询，不用同意。"), {"fact": city.facts[fact].name})
            raise Refusal(what, Reason(N_("直接核验就行，平台会告知当事人。")), field="facts")
    if not 1 <= days <= city.asking.consent_days:
        what = Reason(N_("同意最长 %(days)s 天。"), {"days": city.asking.consent_days})
        raise Refusal(what, Reason(N_("办一件事够用就好。")), field="days")


def needs_guardian(birth: datetime.date | None, today: datetime.date) -> bool:
    """Return whether a guardian has to consent for somebody born on `birth`; nobody is made a child by a missing date."""
    return birth is not None and today < grown_on(birth)


def grown_on(birth: datetime.date) -> datetime.date:
    """Return the first day on which somebody born on `birth` consents, and takes back, alone."""
    leap = birth.month == 2 and birth.day == 29
    return datetime.date(birth.year + OF_AGE, 3, 1) if leap else birth.replace(year=birth.year + OF_AGE)
