"""The desk of the reform office (减证办): how far everything has come, and what to do next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mianzheng.common.reasons import Reason
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.queries.standing import standing
from mianzheng.reform.rules.stages import NAMES
from mianzheng.reform.rules.states import Stage
from mianzheng.web.access import allow

STAGE_NAMES = {stage: Reason(name) for stage, name in NAMES.items()}
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
