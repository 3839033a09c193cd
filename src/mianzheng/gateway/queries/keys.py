"""The keys and clients of an asker, as its page lists them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from allauth.idp.oidc.models import Client
from django.db.models import Q

from mianzheng.gateway.models import AskerClient, AskerKey


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client with what it may ask for; an ended one may nothing."""

    row: AskerClient
    scopes: tuple[str, ...]


def keys_of(asker: str, *, now: datetime.datetime) -> Sequence[AskerKey]:
    """Return the keys of one office, those that work first, newest first."""
    rows = AskerKey.objects.filter(asker=asker).order_by("-made_at")
    return sorted(rows, key=lambda row: row.ended_at is not None or row.until <= now)


def clients_of(asker: str) -> list[ClientRow]:
    """Return the clients of one office, those that work first, newest first (two queries)."""
    rows = list(AskerClient.objects.filter(asker=asker).order_by("-made_at"))
    there = Client.objects.in_bulk([row.client for row in rows])
    found = [ClientRow(row, tuple(there[row.client].get_scopes()) if row.client in there else ()) for row in rows]
    return sorted(found, key=lambda each: each.row.ended_at is not None)


def open_keys(asker: str, *, now: datetime.datetime) -> int:
    """Return how many keys and clients of one office work."""
    alive = Q(asker=asker, ended_at=None)
    return AskerKey.objects.filter(alive, until__gt=now).count() + AskerClient.objects.filter(alive).count()
