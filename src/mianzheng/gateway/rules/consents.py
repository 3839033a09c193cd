"""Consent (同意): exactly what, to whom, for what, how long; given by the person, and taken back when they like."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from mianzheng.catalogue.rules.city import City
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.gateway.rules.grants import Ground


class Channel(StrEnum):
    """How consent is given: on one's own phone, at the window before the clerk, on paper where there is no phone."""

    PHONE = "phone"
    WINDOW = "window"
    PAPER = "paper"


CHANNELS = {Channel.PHONE: N_("本人手机"), Channel.WINDOW: N_("窗口当面"), Channel.PAPER: N_("纸质签字")}
TEXT = "consent"
"""The text of the city package a person agrees to."""
OF_AGE = 14
"""Years below which a guardian consents (个人信息保护法 31)."""


@dataclass(frozen=True, slots=True)
class Given:
    """A consent in force, as a question is held against it."""

    number: str
    asker: str
    subject: uuid.UUID
    matter: str
    facts: frozenset[str]
    until_day: datetime.date

    def covers(self, asker: str, matter: str, fact: str, today: datetime.date) -> bool:
        """Return whether exactly this may be asked by exactly them, today."""
        return self.asker == asker and self.matter == matter and fact in self.facts and today <= self.until_day


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
    if birth is None:
        return False
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day)) < OF_AGE
