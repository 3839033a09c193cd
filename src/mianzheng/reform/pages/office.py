"""The desk of the reform office (减证办): how far everything has come, and what to do next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mianzheng.common.reasons import N_, Reason
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.queries.standing import standing
from mianzheng.reform.rules.states import Stage
from mianzheng.web.access import allow

STAGE_NAMES = {
    Stage.FOUND: Reason(N_("待处理")),
    Stage.DECIDED: Reason(N_("已拟定")),
    Stage.ASKED: Reason(N_("征求意见")),
    Stage.AGREED: Reason(N_("意见一致")),
    Stage.LISTED: Reason(N_("已列入批次")),
    Stage.PUBLISHED: Reason(N_("已取消")),
    Stage.RETAINED: Reason(N_("保留")),
    Stage.DROPPED: Reason(N_("不列入")),
}
"""How far a candidate has come, in words."""


@allow(REFORM)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The pipeline, from the lists that came in to the certificates that are gone."""
    found = standing()
    most = max(found.stages.values(), default=0) or 1
    stages = [
        (stage, STAGE_NAMES[stage], n, n / most) for stage, n in found.stages.items() if stage is not Stage.DROPPED
    ]
    context = {"standing": found, "stages": stages, "dropped": found.stages[Stage.DROPPED], "here": "reform"}
    return render(request, "reform/desk.html", context)
