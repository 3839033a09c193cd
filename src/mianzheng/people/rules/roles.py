"""The roles an account can hold, and what each needs."""

from __future__ import annotations

import uuid

from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason

RESIDENT = "resident"
OFFICER = "officer"
AGENT = "agent"
CENTRE = "centre"
ASKER = "asker"
"""Somebody of a body that asks over the gateway (机构经办人): a bank, an insurer, a hospital, a school, a notary."""
HEAD = "head"
"""The head of a department (部门负责人)."""
SUPERVISOR = "supervisor"
"""Oversight (监督机构)."""
REFORM = "reform"
"""The reform office (减证办): judges certificates and keeps the catalogue."""
ROLES = (RESIDENT, OFFICER, AGENT, CENTRE, HEAD, SUPERVISOR, ASKER, REFORM)
STAFF = (OFFICER, AGENT, CENTRE, HEAD, SUPERVISOR, ASKER, REFORM)
"""Roles in which somebody acts for an office or a body that asks; what they look up they answer for."""


def check_account(
    *, roles: frozenset[str], subject: uuid.UUID | None, department: str, place: str, display_name: str
) -> None:
    """Refuse an account whose roles lack what they stand on."""
    now = Reason(N_("请补齐后再开户。"))
    unknown = sorted(roles - set(ROLES))
    if not roles or unknown:
        raise Refusal(Reason(N_("账号的身份“%(role)s”不存在。"), {"role": "、".join(unknown)}), now, field="roles")
    if RESIDENT in roles and subject is None:
        raise Refusal(Reason(N_("居民账号必须对应一个人。")), now, field="subject")
    if HEAD in roles and not department:
        raise Refusal(Reason(N_("部门负责人账号必须写明所在部门。")), now, field="department")
    if roles & {OFFICER, CENTRE, ASKER} and not department:
        raise Refusal(Reason(N_("经办人账号必须写明所在部门。")), now, field="department")
    if AGENT in roles and not place:
        raise Refusal(Reason(N_("代办员账号必须写明所在村社。")), now, field="place")
    if roles == {RESIDENT} and display_name:
        raise Refusal(
            Reason(N_("居民的姓名只存放在身份库，账号里不写。")), Reason(N_("请把显示名称留空。")), field="display_name"
        )
