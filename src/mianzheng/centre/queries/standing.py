"""How every item stands: held or asked at its source, how much, how fresh, how the last batch went."""

from __future__ import annotations

import datetime
from typing import Any

from mianzheng.catalogue.rules.city import City
from mianzheng.centre.models import Register
from mianzheng.centre.queries.intakes import newest
from mianzheng.centre.rules.readiness import Register as Known
from mianzheng.centre.rules.readiness import State, readiness


def standing(city: City, *, now: datetime.datetime) -> dict[str, Any]:
    """Return ``items``, a line each, and ``totals`` (two queries). `state` is ready, silent, stale or absent."""
    registers = {row.item: row for row in Register.objects.all()}
    last = newest(list(city.items))
    items = []
    for item in city.items.values():
        row = registers.get(item.code)
        known = Known(item.code, row.as_of, row.silent, row.records) if row else None
        state = readiness(item, known, now=now, stale_cycles=city.policy.stale_cycles).state
        batch = last.get(item.code)
        items.append(
            {
                "item": item.code,
                "owner": item.owner,
                "held": item.held,
                "records": row.records if row else 0,
                "subjects": row.subjects if row else 0,
                "as_of": row.as_of if row else None,
                "state": str(state),
                "stale": state is State.STALE,
                "silent": state is State.SILENT,
                "last_intake": {"id": batch.id, "stage": batch.stage, "received_at": batch.received_at}
                if batch
                else None,
            }
        )
    return {"items": items, "totals": _totals(items)}


def _totals(items: list[dict[str, Any]]) -> dict[str, int]:
    return {
        "items": len(items),
        "copies": sum(row["held"] == "copy" for row in items),
        "at_source": sum(row["held"] == "source" for row in items),
        "loaded": sum(row["as_of"] is not None for row in items),
        "records": sum(row["records"] for row in items),
        "stale": sum(row["stale"] for row in items),
        "silent": sum(row["silent"] for row in items),
    }
