"""Whether somebody is a child's parent or guardian: only then may they consent for it (个人信息保护法 31)."""

from __future__ import annotations

import datetime
import uuid

from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import Actor
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence.actions.related import related


def check_guardian(
    *, city: City, child: uuid.UUID, guardian: uuid.UUID, matter: str, actor: Actor, now: datetime.datetime
) -> None:
    """Refuse `guardian` where the registers do not know them as the parent or guardian of `child`. Call it outside a
    transaction: registers may be asked at their source.
    """
    people, certain = _guardians(city, child, matter, actor, now)
    if guardian in people:
        return
    if not certain:
        raise Refusal(
            Reason(N_("登记系统现在答复不了，暂时不能确认监护人。")), Reason(N_("请过一会儿再试；没有记下任何内容。"))
        )
    raise Refusal(
        Reason(N_("登记里没有这位是孩子父母或者监护人的记录，不能替孩子同意。")),
        Reason(N_("请换登记在册的父母或监护人同意；登记有误的，可以在“我的数据”里提出异议。")),
    )


def is_guardian(
    *, city: City, child: uuid.UUID, guardian: uuid.UUID, matter: str, actor: Actor, now: datetime.datetime
) -> bool:
    """Return whether the registers say so; False also where they cannot tell. Call it outside a transaction."""
    return guardian in _guardians(city, child, matter, actor, now)[0]


def _guardians(
    city: City, child: uuid.UUID, matter: str, actor: Actor, now: datetime.datetime
) -> tuple[frozenset[uuid.UUID], bool]:
    return related(
        city=city,
        relations=city.asking.guardians,
        subject=child,
        purpose="核对谁能替未满14周岁的孩子同意",
        matter=matter,
        actor=actor,
        now=now,
    )
