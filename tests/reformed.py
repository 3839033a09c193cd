"""Candidates, batches and people of the reform office, for tests that begin in the middle."""

from __future__ import annotations

import datetime
import itertools
import uuid
from typing import Any

from mianzheng.common.actors import Actor
from mianzheng.reform.models import Candidate, Report, Row
from mianzheng.reform.rules.states import ReportStage, Side, Stage
from tests.second_city.life import NOW

REFORMER = Actor(str(uuid.UUID(int=70)), "reform")
_numbers = itertools.count(1)


def head_of(office: str) -> Actor:
    """Return somebody who may speak for `office`."""
    return Actor(str(uuid.uuid5(uuid.NAMESPACE_OID, office)), "head", office)


def candidate(*, now: datetime.datetime = NOW, **said: Any) -> Candidate:
    """Store a candidate of the second city, found unless said otherwise."""
    number = next(_numbers)
    known = {
        "code": f"paper-{number}",
        "name": f"第{number}种证明",
        "demander": "homes",
        "demander_kind": "organ",
        "demander_level": "city",
        "issuer": "community",
        "issuer_level": "community",
        "purpose": "购房",
        "stage": Stage.FOUND,
        "volume": 100,
        "made_at": now,
    }
    stage = said.get("stage", Stage.FOUND)
    if stage not in (Stage.FOUND, Stage.DROPPED):
        known |= {"disposal": "cancel", "owner": "homes", "decided_at": now, "decided_by": REFORMER.id}
    return Candidate.objects.create(**known | said)


def listing(
    *names: str | dict[str, Any],
    office: str = "homes",
    side: Side = Side.DEMAND,
    stage: ReportStage = ReportStage.TAKEN,
    now: datetime.datetime = NOW,
    **said: Any,
) -> Report:
    """Store a list of `office` that names these certificates, demanded by itself unless said otherwise; nothing is grouped."""
    report = Report.objects.create(
        office=office,
        side=side,
        name=f"{office}.xlsx",
        digest=str(next(_numbers)),
        sheets=[],
        stage=stage,
        made_at=now,
        made_by=REFORMER.id,
        taken_at=now,
        taken_by=REFORMER.id,
    )
    own = {"demander": f"{office}局", "demander_code": office} if side == Side.DEMAND else {}
    own |= {"demander_kind": "organ", "demander_level": "city", "paper": "certificate"}
    rows = [each if isinstance(each, dict) else {"name": each} for each in names]
    Row.objects.bulk_create(
        Row(report=report, sheet=0, number=number, **own | said | row) for number, row in enumerate(rows, 2)
    )
    return report


def replaced(report: Report, *names: str | dict[str, Any], **said: Any) -> Report:
    """Store a newer list in place of `report`."""
    Report.objects.filter(id=report.id).update(stage=ReportStage.REPLACED)
    return listing(*names, office=report.office, side=Side(report.side), **said)


def report(**said: Any) -> Report:
    """Store a list of the second city's housing bureau with one certificate, waiting for a person unless said otherwise."""
    lines = [[1, ["证明名称", "索要单位", "开具单位"], []], [2, ["收入证明", "住房局", "古井社区"], []]]
    known = {
        "office": "homes",
        "side": "demand",
        "name": f"清单{next(_numbers)}.xlsx",
        "digest": str(uuid.uuid4()),
        "sheets": [{"name": "清单", "hidden": False, "lines": lines}],
        "listed": 1,
        "made_at": NOW,
        "made_by": REFORMER.id,
    }
    return Report.objects.create(**known | said)
