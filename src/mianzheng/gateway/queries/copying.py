"""Grants whose content can be filled into a new request, so that nobody types again what stands somewhere."""

from __future__ import annotations

import datetime
import uuid

from django.db.models import QuerySet

from mianzheng.catalogue.rules.city import City
from mianzheng.gateway.models import Grant
from mianzheng.gateway.rules.grants import LIVE, Stage

MOST = 5
"""Examples of others shown beside the form."""


def to_copy(city: City, grant: uuid.UUID, *, asker: str, today: datetime.date) -> Grant | None:
    """Return a grant `asker` may copy: any of its own, or one in force of another body of its kind."""
    found = Grant.objects.filter(id=grant).first()
    if found is None or found.asker == asker:
        return found
    return _of_others(city, asker, today=today).filter(id=grant).first()


def examples(city: City, asker: str, matter: str, fact: str, *, today: datetime.date) -> list[Grant]:
    """Return what other bodies of the same kind were granted for the same."""
    return list(_of_others(city, asker, today=today).filter(matter=matter, fact=fact).order_by("-asked_at")[:MOST])


def live(asker: str, matter: str, *, today: datetime.date) -> dict[str, uuid.UUID]:
    """Return the grant asked for or in force for each fact `asker` needs for `matter`."""
    rows = Grant.objects.filter(asker=asker, matter=matter, stage__in=LIVE, until_day__gte=today)
    return dict(rows.order_by("asked_at").values_list("fact", "id"))


def _of_others(city: City, asker: str, *, today: datetime.date) -> QuerySet[Grant]:
    body = city.bodies.get(asker)
    same = [code for code, other in city.bodies.items() if body and other.kind == body.kind and code != asker]
    return Grant.objects.filter(asker__in=same, stage=Stage.IN_FORCE, until_day__gte=today)
