"""Everything that is on its way, as the command line tells it."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.reform.queries.candidates import Asked, candidates
from mianzheng.reform.queries.standing import standing
from mianzheng.reform.rules.judging import unpacked_proposal
from mianzheng.reform.rules.states import Stage
from mianzheng.reform.rules.trips import trips_saved
from mianzheng.web.words import say


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What is told, and which certificates nobody has decided about (`codes` of all)."""

    told: dict[str, Any]
    open: list[uuid.UUID]
    codes: dict[uuid.UUID, str]


def reviewed(city: City) -> Reviewed:
    """Return every certificate on its way with its proposal, in words (five queries)."""
    numbers = standing()
    proposed: Counter[str] = Counter()
    rows, open_, codes = [], [], {}
    for each in candidates(Asked()):
        codes[each.id] = each.code
        proposal = unpacked_proposal(each.proposal)
        if each.stage == Stage.FOUND:
            open_.append(each.id)
        row: dict[str, Any] = {
            "code": each.code,
            "name": each.name,
            "demander": each.demander or each.demander_said,
            "purpose": each.purpose,
            "stage": each.stage,
            "volume": each.volume,
            "fact": each.fact,
            "decided": each.disposal,
        }
        if proposal is not None:
            proposed[proposal.disposal.value] += 1
            row |= {
                "proposed": proposal.disposal.value,
                "why": say(proposal.why),
                "classes": [name.value for name, _why in proposal.classes],
                "missing": [say(reason) for reason in proposal.missing],
                "trips": trips_saved(
                    each.volume, each.issuer_level, Disposal(each.disposal or proposal.disposal), city.reforming
                ),
            }
        rows.append(row)
    told = {
        "groups": numbers.groups,
        "groups_confirmed": numbers.confirmed,
        "stages": {stage.value: count for stage, count in numbers.stages.items()},
        "proposed": dict(proposed.most_common()),
        "certificates": rows,
    }
    return Reviewed(told, open_, codes)
