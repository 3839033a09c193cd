"""The desk of the reform office (减证办): how far everything has come, and what to do next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import Batch, City
from mianzheng.catalogue.rules.package import counts
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
    city = city_in_force()
    figures = counts(city)
    numbers = figures["batches"]
    assert isinstance(numbers, list)
    batches = [(batch, n, n / (max(numbers) or 1)) for batch, n in zip(_in_order(city), numbers, strict=True)]
    context = {
        "figures": figures,
        "batches": batches,
        "standing": found,
        "stages": stages,
        "dropped": found.stages[Stage.DROPPED],
        "here": "reform",
    }
    return render(request, "reform/desk.html", context)


def _in_order(city: City) -> list[Batch]:
    return [city.batches[number] for number in sorted(city.batches)]
