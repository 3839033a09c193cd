"""Who may use which fields of an item, and who has to be asked (政务数据共享条例)."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason

LONGEST = 1_000
"""Signs a purpose or a basis may have."""


def why_no_request(item: Item, office: str) -> Reason | None:
    """Return why `office` need not, or cannot, ask for `item`; None where it may ask."""
    if item.owner == office:
        return Reason(N_("这是您的部门自己的信息项。"))
    if item.sharing == "unconditional":
        return Reason(N_("这个信息项无条件共享，不用申请，按目录直接使用。"))
    if item.sharing == "closed":
        return Reason(N_("这个信息项不予共享：列入不予共享的，须有法律、行政法规或者党中央、国务院政策依据。"))
    if not item.fields:
        return Reason(N_("这个信息项还没有编目字段，请先联系提供部门。"))
    return None


def can_request(item: Item, office: str) -> bool:
    """Return whether `office` may ask for `item`."""
    return bool(office) and why_no_request(item, office) is None


def check_request(
    city: City, item: Item, *, office: str, fields: Collection[str], purpose: str, matter: str, basis: str
) -> None:
    """Refuse a request that is not needed, not possible, or does not say what for and under which article."""
    reason = why_no_request(item, office)
    if reason:
        raise Refusal(reason, Reason(N_("没有提出申请。")))
    known = {field.code for field in item.fields}
    if not fields or not set(fields) <= known:
        raise Refusal(
            Reason(N_("请至少选择一个要用的字段。")), Reason(N_("只选办事要用的，用不到的不选。")), field="fields"
        )
    if matter and matter not in city.matters:
        raise Refusal(Reason(N_("没有这个事项。")), Reason(N_("请从列表中选一个。")), field="matter")
    if not purpose.strip():
        raise Refusal(Reason(N_("请写明用途。")), Reason(N_("写一句：拿来办什么，谁来用。")), field="purpose")
    if not basis.strip():
        raise Refusal(Reason(N_("请写明法律依据。")), Reason(N_("写出法律名称和条款。")), field="basis")
    if len(purpose) > LONGEST or len(basis) > LONGEST:
        what = Reason(N_("用途和依据各不超过 %(signs)s 字。"), {"signs": LONGEST})
        raise Refusal(what, Reason(N_("请写要点。")), field="purpose" if len(purpose) > LONGEST else "basis")


def check_decision(
    *, decided: bool, approved: bool, answer: str, until: datetime.date | None, today: datetime.date
) -> None:
    """Refuse a decision made twice, a refusal without a reason, an approval that has ended before it began."""
    if decided:
        raise Refusal(Reason(N_("这份申请已经答复过了。")), Reason(N_("请回到申请列表。")))
    if not answer.strip():
        raise Refusal(
            Reason(N_("请写明理由。")),
            Reason(N_("同意的写明使用要求，不同意的写明依据，申请的部门要看。")),
            field="answer",
        )
    if approved and until is not None and until <= today:
        raise Refusal(Reason(N_("截止日期应当在今天以后。")), Reason(N_("长期使用的可以不填。")), field="until")
