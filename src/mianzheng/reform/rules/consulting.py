"""Consultation (征求意见): who is asked about a certificate and as what, what they may say, and what it comes to.

The demanding side, the issuing side and the justice bureau are asked by a day. Whoever lets the day pass is reminded, their head
is shown it, and the same period begins once more; after that the reform office may go on without them. Silence is never a yes.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from mianzheng.catalogue.rules.certificates import LEVEL_ISSUERS
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.rules.offices import Kind
from mianzheng.reform.rules.states import Part, Says, Stage
from mianzheng.reform.rules.whys import TOLD, check_why, check_words

ORDERED = (Kind.ORGAN, Kind.PUBLIC_BODY)
"""Kinds of demanders the city can tell not to ask; a department that answers to the province (垂管) is none."""
WANTED = tuple(d for d in Disposal if d is not Disposal.ASKED)
"""What a counter-proposal may want."""
OBJECTING = (Says.OBJECT, Says.COUNTER)


class Outcome(StrEnum):
    """What a consultation has come to so far."""

    OPEN = "open"
    AGREED = "agreed"
    DISPUTED = "disputed"  # somebody objects or wants another way
    SILENT = "silent"  # nobody objects, but somebody let both periods pass


@dataclass(frozen=True, slots=True)
class Heard:
    """One office in a consultation: what it says, until when it may speak, whether it was reminded already."""

    says: Says | None
    due: datetime.date
    escalated: bool = False

    def silent(self, today: datetime.date) -> bool:
        """Return whether it let both periods pass. It may still speak until the reform office goes on."""
        return self.says is None and self.escalated and self.due < today

    def awaited(self, today: datetime.date) -> bool:
        """Return whether one has to wait for it."""
        return self.says is None and not self.silent(today)


def speaker(city: City, code: str) -> str:
    """Return which office speaks for a side of a certificate: itself, or for a level of the city whoever the package names."""
    if code in city.departments or code in city.bodies:
        return code
    place = city.towns.get(code) or city.communities.get(code)
    level = code if code in LEVEL_ISSUERS else "" if place is None else "town" if code in city.towns else "community"
    return city.consult.levels.get(level, "")


def can_order(city: City, demander: str, kind: str) -> bool:
    """Return whether the city can tell `demander` not to ask; others sign an undertaking."""
    department = city.departments.get(demander)
    return kind in ORDERED and (department is None or department.kind != "vertical")


def whom(city: City, *, demander: str, kind: str, issuer: str) -> dict[str, Part]:
    """Return the offices to ask (code -> as what), each once: an office on two sides speaks as the one that demands, then as
    the one that issues. An issuer outside the city is not asked: it goes on issuing to others.
    """
    found: dict[str, Part] = {}
    if demanding := speaker(city, demander):
        found[demanding] = Part.DEMANDER if can_order(city, demander, kind) else Part.UNDERTAKING
    issuing, body = speaker(city, issuer), city.bodies.get(issuer)
    if issuing and (body is None or body.kind != Kind.OUTSIDE):
        found.setdefault(issuing, Part.ISSUER)
    if city.consult.justice:
        found.setdefault(city.consult.justice, Part.JUSTICE)
    return found


def check_ask(asked: Mapping[str, Part], *, justice: str, disposal: str) -> None:
    """Refuse a consultation without the one side that has to stop asking, or without the justice bureau."""
    if disposal == Disposal.RETAINED:
        raise Refusal(Reason(N_("保留的证明不征求意见。")), Reason(N_("请直接保留，写明理由。")))
    if not {Part.DEMANDER, Part.UNDERTAKING} & set(asked.values()):
        raise Refusal(
            Reason(N_("不知道是哪个单位要它，没有谁能答应不再要。")),
            Reason(N_("请写明索要单位；市外单位要的，请改为保留。")),
        )
    if not justice:
        raise Refusal(
            Reason(N_("城市包没有写明由哪个单位作合法性审查。")),
            Reason(N_("请在 city.yaml 的 consult 里写明 justice。")),
        )


def can_ask(asked: Mapping[str, Part], *, justice: str, disposal: str) -> bool:
    """Return whether `check_ask` lets it pass."""
    return _passes(lambda: check_ask(asked, justice=justice, disposal=disposal))


def check_speak(*, stage: str, past: bool, wording: str) -> None:
    """Refuse to hear an office on what is over, or on what it has signed."""
    if stage != Stage.ASKED or past:
        raise Refusal(Reason(N_("这项证明的征求意见已经结束。")), Reason(N_("要再说的，请直接找减证办。")))
    if wording:
        raise Refusal(Reason(N_("承诺书已经签了，不能在这里收回。")), Reason(N_("要再说的，请直接找减证办。")))


def can_speak(*, stage: str, past: bool, wording: str) -> bool:
    """Return whether `check_speak` lets it pass: an office may say otherwise as long as the consultation goes on."""
    return _passes(lambda: check_speak(stage=stage, past=past, wording=wording))


def check_say(*, part: str, says: str, words: str, disposal: str, proposed: str, signed: bool = False) -> Says:
    """Return what an office says. A no needs words, another way also which; who cannot be ordered agrees by signing."""
    if says not in set(Says):
        raise Refusal(Reason(N_("请选择同意、不同意或者另提办法。")), field="says")
    if says == Says.AGREE and part == Part.UNDERTAKING and not signed:
        raise Refusal(
            Reason(N_("贵单位不归本市管，同意就请签承诺书。")), Reason(N_("请打开承诺书，读完再签。")), field="says"
        )
    if says in OBJECTING and not words.strip():
        raise Refusal(
            Reason(N_("请写明为什么。")), Reason(N_("写一两句就行，有依据的写明哪部法第几条。")), field="words"
        )
    if says == Says.COUNTER and (disposal not in set(WANTED) or disposal == proposed):
        raise Refusal(Reason(N_("请选择另外一种处理方式。")), field="disposal")
    check_words(words, field="words")
    return Says(says)


def outcome(heard: Collection[Heard], today: datetime.date) -> Outcome:
    """Return what a consultation has come to; only a yes of everybody is agreement."""
    if any(each.says in OBJECTING for each in heard):
        return Outcome.DISPUTED
    if heard and all(each.says is Says.AGREE for each in heard):
        return Outcome.AGREED
    if heard and not any(each.awaited(today) for each in heard):
        return Outcome.SILENT
    return Outcome.OPEN


def check_over(heard: Collection[Heard], today: datetime.date) -> None:
    """Refuse to go on over an objection or a silence before everybody was heard."""
    if outcome(heard, today) is Outcome.AGREED:
        raise Refusal(Reason(N_("各单位意见一致，不用另外决定。")), Reason(N_("请到批次里把它列进去。")))
    if any(each.awaited(today) for each in heard):
        raise Refusal(
            Reason(N_("还有单位没有答复，它的期限也没有过。")), Reason(N_("请等各单位说完；期限过了会自动催办。"))
        )


def can_over(heard: Collection[Heard], today: datetime.date) -> bool:
    """Return whether `check_over` lets it pass."""
    return _passes(lambda: check_over(heard, today))


def check_settle(
    heard: Collection[Heard], today: datetime.date, *, why: str, disposal: str, proposed: str, fact: str
) -> None:
    """Refuse to settle without a reason, too early, or by a way that cannot work. Another disposal may be taken at once:
    everybody is asked about it anew.
    """
    if not disposal:
        raise Refusal(
            Reason(N_("还没有选怎样定。")), Reason(N_("照原来的办，或者改为另一种，选一个。")), field="disposal"
        )
    if disposal != proposed:
        if disposal not in set(WANTED):
            raise Refusal(Reason(N_("请选择另外一种处理方式。")), field="disposal")
        if disposal == Disposal.RETAINED:  # only with a basis in law, which is looked at where one decides
            raise Refusal(
                Reason(N_("保留要有法律依据，不在这里定。")),
                Reason(N_("请先退回“逐项处理”，在那里保留。")),
                field="disposal",
            )
        if disposal != Disposal.CANCEL and not fact:
            raise Refusal(
                Reason(N_("这样处理要先写明它证明的是哪件事实。")),
                Reason(N_("请到“逐项处理”写明以后再定。")),
                field="disposal",
            )
    else:
        check_over(heard, today)
    check_why(why, seen=TOLD)


def _passes(check: Callable[[], None]) -> bool:
    try:
        check()
    except Refusal:
        return False
    return True
