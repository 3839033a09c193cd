"""The right to ask (查询授权): what may be asked for, by whom, on which ground, and who has to agree."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from mianzheng.catalogue.rules.city import City, Fact, Field
from mianzheng.common.errors import Refusal
from mianzheng.common.periods import WorkingDays
from mianzheng.common.reasons import N_, Reason
from mianzheng.gateway.rules.parameters import LONGEST, check_params


class Ground(StrEnum):
    """Why personal information may be used (个人信息保护法 13): a duty or power the law gives, or the person's consent."""

    DUTY = "duty"
    CONSENT = "consent"


class Kind(StrEnum):
    """What an asker is. Authorities act on a duty; service bodies on either ground; private ones on consent alone."""

    AUTHORITY = "authority"
    SERVICE = "service"
    PRIVATE = "private"


class Stage(StrEnum):
    """Where a grant stands. That its term is over is seen from its last day, not kept."""

    ASKED = "asked"
    IN_FORCE = "in_force"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    REVOKED = "revoked"
    ENDED = "ended"


class Step(StrEnum):
    """Who has to agree: the department whose register answers (来源部门书面同意), and the data centre."""

    SOURCE = "source"
    CENTRE = "centre"


GROUNDS = {Ground.DUTY: N_("法定职责"), Ground.CONSENT: N_("本人同意")}
STAGES = {
    Stage.ASKED: N_("等答复"),
    Stage.IN_FORCE: N_("有效"),
    Stage.REFUSED: N_("未同意"),
    Stage.WITHDRAWN: N_("已撤回"),
    Stage.LAPSED: N_("逾期未答复"),
    Stage.REVOKED: N_("已收回"),
    Stage.ENDED: N_("已自行结束"),
}
STEPS = {Step.SOURCE: N_("来源部门书面同意"), Step.CENTRE: N_("数据管理中心审核")}
LIVE = (Stage.ASKED, Stage.IN_FORCE)


@dataclass(frozen=True, slots=True)
class Wish:
    """What an asker would like to be granted. `values` are fields whose value may be told; else only the verdict is."""

    asker: str
    fact: str
    matter: str
    params: Mapping[str, Any]
    ground: Ground
    basis: str
    purpose: str
    daily: int
    from_day: datetime.date
    until_day: datetime.date
    values: tuple[str, ...] = ()
    liability: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """What a second wish is held against: another grant of the same asker."""

    fact: str
    matter: str
    params: Mapping[str, Any]
    until_day: datetime.date


def kind_of(city: City, asker: str) -> Kind | None:
    """Return what `asker` is; None for nobody here: a body outside the city asks by way of its own city."""
    if asker in city.departments:
        return Kind.AUTHORITY
    body = city.bodies.get(asker)
    if body is None or body.kind == "outside":
        return None
    return Kind.PRIVATE if body.kind in city.asking.private else Kind.SERVICE


def facts_for(city: City, asker: str, matter: str) -> tuple[str, ...]:
    """Return the facts `asker` may need for `matter`, its own matter or a service of its kind; none for any other."""
    found = city.matter(matter)
    if found is not None:
        return found.facts if found.owner == asker else ()
    service, body = city.asking.services.get(matter), city.bodies.get(asker)
    return service.facts if service and body and body.kind in service.kinds else ()


def purposes_for(city: City, asker: str) -> tuple[str, ...]:
    """Return the matters and services `asker` may ask for."""
    return tuple(code for code in (*city.matters, *city.asking.services) if facts_for(city, asker, code))


def steps_of(city: City, asker: str, fact: str) -> tuple[tuple[Step, str], ...]:
    """Return who has to agree, in order, each with its office ("" is the data centre).

    The source is asked where the asker is private, and where its register is shared on condition only.
    """
    item = city.items[city.facts[fact].item]
    needed = kind_of(city, asker) is Kind.PRIVATE or item.sharing != "unconditional"
    source = ((Step.SOURCE, item.owner),) if needed and item.owner != asker else ()
    return (*source, (Step.CENTRE, ""))


def check_wish(city: City, wish: Wish, *, held: Iterable[Held], today: datetime.date) -> None:
    """Refuse a wish the law or the city's rules do not allow, with what would be allowed."""
    kind = kind_of(city, wish.asker)
    if kind is None:
        raise Refusal(
            Reason(N_("只有本市的部门、公共服务机构和金融机构可以申请查询授权。")),
            Reason(N_("市外机构请由当地平台转来。")),
            field="asker",
        )
    _check_fact(city, wish, kind)
    check_params(city.facts[wish.fact], wish.params)
    _check_ground(city, wish, kind)
    _check_size(city, wish, today)
    check_no_second_line(city, wish, held=held, today=today)
    if not wish.liability:
        raise Refusal(
            Reason(N_("没有接受责任条款。")), Reason(N_("请读完责任条款，勾选接受后再提交。")), field="liability"
        )


def check_granting(city: City, wish: Wish, *, held: Iterable[Held], today: datetime.date) -> None:
    """Refuse to put in force what the law or the city's rules, read anew, no longer allow, and what is over already."""
    kind = kind_of(city, wish.asker)
    if kind is None or wish.until_day < today:
        raise Refusal(
            Reason(N_("申请的期限已经过了，或者申请单位已经不在名单里。")), Reason(N_("请答复不同意，并写明原因。"))
        )
    _check_fact(city, wish, kind)
    check_params(city.facts[wish.fact], wish.params)
    _check_ground(city, wish, kind)
    check_no_second_line(city, replace(wish, from_day=max(wish.from_day, today)), held=held, today=today)


def is_lawful(city: City, wish: Wish) -> bool:
    """Return whether what was granted as `wish` may still be asked by the package in force: a law may have changed since."""
    kind = kind_of(city, wish.asker)
    if kind is None:
        return False
    try:
        _check_fact(city, wish, kind)
        check_params(city.facts[wish.fact], wish.params)
        _check_ground(city, wish, kind)
    except Refusal:
        return False
    return True


def _check_fact(city: City, wish: Wish, kind: Kind) -> None:
    purpose = city.purpose(wish.matter)
    if purpose is None or not facts_for(city, wish.asker, wish.matter):
        raise Refusal(
            Reason(N_("这不是贵单位办理的事项。")),
            Reason(N_("只能为自己办理的事项申请，请从列表中选。")),
            field="matter",
        )
    fact = city.facts.get(wish.fact)
    if fact is None or wish.fact not in facts_for(city, wish.asker, wish.matter):
        raise Refusal(
            Reason(N_("办理“%(matter)s”用不到这个事实。"), {"matter": purpose}),
            Reason(N_("只能申请办事需要的事实。")),
            field="fact",
        )
    check_item(city, wish.asker, fact)
    item = city.items[fact.item]
    known = {field.code: field for field in item.fields}
    for code in wish.values:
        if code not in known or not can_tell(known[code]):
            what = Reason(N_("“%(item)s”的“%(field)s”不能作为值返回。"), {"item": item.name, "field": code})
            raise Refusal(what, Reason(N_("请去掉它，只要结论。")), field="values")


def can_tell(field: Field) -> bool:
    """Return whether the value of `field` may ever be told: never who somebody is related to, never what is sealed."""
    return field.type != "subject" and field.sensitivity != "sealed"


def check_item(city: City, asker: str, fact: Fact) -> None:
    """Refuse a fact whose item may not be told to `asker`, whatever for: credit to private askers, what is not shared."""
    item = city.items[fact.item]
    if kind_of(city, asker) is Kind.PRIVATE and item.code in city.asking.never:
        what = Reason(N_("“%(item)s”是个人信用类信息，不向金融机构提供。"), {"item": item.name})
        raise Refusal(what, Reason(N_("依据：%(basis)s。"), {"basis": city.asking.never_basis}), field="fact")
    if item.sharing == "closed" and item.owner != asker:
        raise Refusal(
            Reason(N_("“%(item)s”依法不予共享。"), {"item": item.name}), Reason(N_("请走部门核查。")), field="fact"
        )


def why_not(city: City, asker: str, fact: str) -> Refusal | None:
    """Return why `fact` cannot be granted to `asker` for anything; None where it can."""
    try:
        check_item(city, asker, city.facts[fact])
    except Refusal as refusal:
        return refusal
    return None


def _check_ground(city: City, wish: Wish, kind: Kind) -> None:
    if kind is Kind.PRIVATE and wish.ground is Ground.DUTY:
        raise Refusal(
            Reason(N_("金融机构不是国家机关，不能以法定职责查询。")),
            Reason(N_("请选“本人同意”，每次查询前取得同意。")),
            field="ground",
        )
    if kind is Kind.AUTHORITY and wish.ground is Ground.CONSENT:
        raise Refusal(
            Reason(N_("履行法定职责不用同意，用同意反而让人以为可以拒绝。")),
            Reason(N_("请写明法律依据，平台会告知当事人（个人信息保护法 34、35）。")),
            field="ground",
        )
    if wish.ground is Ground.DUTY and wish.basis not in city.bases:
        raise Refusal(Reason(N_("没有写明法律依据。")), Reason(N_("请选出规定这项职责的法律条款。")), field="basis")
    if wish.ground is Ground.CONSENT and wish.basis:
        raise Refusal(Reason(N_("以本人同意查询的，不填法律依据。")), Reason(N_("请二者选一。")), field="basis")


def _check_size(city: City, wish: Wish, today: datetime.date) -> None:
    if not wish.purpose.strip() or len(wish.purpose) > LONGEST:
        raise Refusal(
            Reason(N_("请用一两句话写明用途，不超过 %(signs)s 字。"), {"signs": LONGEST}),
            Reason(N_("写：谁在办什么事时用，用来决定什么。")),
            field="purpose",
        )
    if not 1 <= wish.daily <= city.asking.largest:
        most = {"most": city.asking.largest}
        what = Reason(N_("每日次数应当在 1 到 %(most)s 之间。"), most)
        raise Refusal(what, Reason(N_("按平常一天的业务量估一估；答不出来的不算次数。")), field="daily")
    if wish.from_day < today or wish.until_day <= wish.from_day:
        raise Refusal(
            Reason(N_("起止日期不对。")), Reason(N_("从今天或以后的一天起，到更晚的一天止。")), field="until_day"
        )
    if (wish.until_day - wish.from_day).days > city.asking.term_days:
        what = Reason(N_("一次授权最长 %(days)s 天。"), {"days": city.asking.term_days})
        raise Refusal(what, Reason(N_("到期前可以续期，不用重填。")), field="until_day")


def check_no_second_line(city: City, wish: Wish, *, held: Iterable[Held], today: datetime.date) -> None:
    """Refuse the same fact for the same matter with another threshold: two thresholds together tell the value (个人信息
    保护法 6, 最小必要), and the same one a second time.
    """
    for other in held:
        if (other.fact, other.matter) != (wish.fact, wish.matter) or other.until_day < today:
            continue
        if dict(other.params) != dict(wish.params):
            raise Refusal(
                Reason(N_("同一事项对同一事实只能定一条线：两条线合起来就等于问出了数值。")),
                Reason(N_("要换一条线，请先结束原来的授权。")),
                field="params",
            )
        if other.until_day >= wish.from_day:
            raise Refusal(
                Reason(N_("这个事项已经有同样的授权或申请。")),
                Reason(N_("要改每日次数请调整原授权，快到期的请续期。")),
                field="fact",
            )


def check_renewal(
    city: City, *, until_day: datetime.date, today: datetime.date, end: datetime.date | None = None
) -> None:
    """Refuse to renew too early or too late, and what was announced to `end`: what is renewed is looked at again."""
    if today > until_day:
        raise Refusal(Reason(N_("授权已经到期，不能续期。")), Reason(N_("请照原样再申请一次，内容会替您填好。")))
    if end is not None:
        raise Refusal(
            Reason(N_("这份授权已经公告收回，不能续期。")), Reason(N_("请看公告写的原因，再和数据管理中心联系。"))
        )
    if (until_day - today).days > city.asking.renew_days:
        what = Reason(N_("离到期还早，到期前 %(days)s 天起可以续期。"), {"days": city.asking.renew_days})
        raise Refusal(what, Reason(N_("平台到时会提醒。")))


def check_decision(*, stage: Stage, done: bool, approved: bool, note: str, document: str, step: Step) -> None:
    """Refuse a decision made twice, without a reason, or a source's approval without its document (书面)."""
    if stage is not Stage.ASKED or done:
        raise Refusal(Reason(N_("这一步已经答复过，或者申请已经结束。")), Reason(N_("请刷新页面看现在的情况。")))
    if not note.strip() or len(note) > LONGEST:
        raise Refusal(Reason(N_("请写明理由，不超过 %(signs)s 字。"), {"signs": LONGEST}), field="note")
    if approved and step is Step.SOURCE and not document.strip():
        raise Refusal(Reason(N_("同意要有书面文件。")), Reason(N_("请填写同意文件的文号。")), field="document")


def check_two_people(*, asked_by: str, answers: str) -> None:
    """Refuse that whoever asked for something answers it: two people stand for each answer."""
    if answers == asked_by:
        raise Refusal(Reason(N_("这是您自己提出的申请，不能由您答复。")), Reason(N_("请让别的同事答复。")))


def lapses_on(begun: datetime.date, days: int, calendar: WorkingDays) -> datetime.date:
    """Return the last day on which a step whose turn came on `begun` can be answered; the day after, the request lapses."""
    return calendar.add(begun, days)
