"""Certificates on their way, while one action changes them."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.models import Candidate


def held(candidates: Collection[uuid.UUID]) -> list[Candidate]:
    """Return the candidates, locked until the caller's transaction ends. All are locked in one order, so that nobody who waits is
    waited for. Refuses none at all, and one that is not there.
    """
    wanted = set(candidates)
    if not wanted:
        raise Refusal(Reason(N_("还没有选证明。")), Reason(N_("请先勾选，再提交。")))
    found = list(Candidate.objects.select_for_update().filter(id__in=wanted).order_by("id"))
    if len(found) < len(wanted):
        raise NotFound(Reason(N_("没有这项证明。")), Reason(N_("请回到列表，刷新页面。")))
    return found
