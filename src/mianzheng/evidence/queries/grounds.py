"""What a case rests on: which records of whom its facts were answered from."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from mianzheng.catalogue.rules.city import City, Need
from mianzheng.evidence import models


def relied_on(city: City, case: uuid.UUID, needs: Collection[Need]) -> set[tuple[str, uuid.UUID]]:
    """Return the (item, subject) of the newest look of `case` about each of `needs` (one query)."""
    rows = models.Event.objects.filter(case=case, need__in=[need.code for need in needs], trace__has_key="subjects")
    newest = dict(rows.order_by("id").values_list("need", "trace"))
    return {
        (city.facts[need.fact].item, uuid.UUID(subject))
        for need in needs
        for subject in newest.get(need.code, {}).get("subjects", ())
    }
