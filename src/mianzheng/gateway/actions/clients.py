"""Clients of the identity provider (OAuth 2.0 client credentials, RFC 6749 4.4): made for an asker, ended with their tokens."""

from __future__ import annotations

import datetime
import secrets
import uuid
from collections.abc import Collection

from allauth.idp.oidc.models import Client, Token
from django.db import IntegrityError, transaction

from mianzheng.catalogue.rules.city import City
from mianzheng.centre.actions.acts import note
from mianzheng.common.actors import PROGRAM, Actor
from mianzheng.common.errors import NotFound
from mianzheng.common.reasons import N_, Reason
from mianzheng.gateway.actions.keys import check_new, shown_already
from mianzheng.gateway.models import AskerClient
from mianzheng.gateway.rules.keys import ends_at

SPENT = datetime.timedelta(days=1)
"""How long a token that is good for nothing any more is kept."""


def make_client(
    *,
    city: City,
    id: uuid.UUID,
    name: str,
    scopes: Collection[str],
    until: datetime.date,
    actor: Actor,
    now: datetime.datetime,
) -> tuple[str, str]:
    """Make a client for the actor's office and return its id and secret; the secret is kept as the provider keeps passwords.

    It can do nothing but fetch tokens for itself: no person signs in through it.
    """
    client, secret = f"mz-{secrets.token_hex(8)}", secrets.token_urlsafe(32)
    with transaction.atomic():
        check_new(city=city, name=name, scopes=scopes, until=until, actor=actor, now=now)
        try:
            with transaction.atomic():
                AskerClient.objects.create(
                    id=id,
                    client=client,
                    asker=actor.office,
                    name=name.strip()[:100],
                    until=ends_at(until),
                    made_at=now,
                    made_by=actor.id,
                )
        except IntegrityError as twice:
            raise shown_already() from twice
        made = Client(id=client, name=name.strip()[:100], type=Client.Type.CONFIDENTIAL, response_types="")
        made.set_grant_types([Client.GrantType.CLIENT_CREDENTIALS])
        made.set_scopes(sorted(scopes))
        made.set_default_scopes(sorted(scopes))
        made.set_secret(secret)
        made.save()
        note(action="make_client", purpose="生成 OAuth 客户端", actor=actor, now=now, client=client)
    return client, secret


def end_client(*, client: uuid.UUID, actor: Actor, now: datetime.datetime) -> None:
    """End a client of the actor's office; its tokens go with it."""
    with transaction.atomic():
        row = AskerClient.objects.select_for_update().filter(id=client, asker=actor.office).first()
        if row is None or not actor.office:
            raise NotFound(Reason(N_("没有这个客户端。")))
        if row.ended_at is None:
            _end(row, actor=actor, now=now)


def end_expired(*, now: datetime.datetime) -> int:
    """End the clients whose last day is over; return how many. No token of theirs outlives them."""
    count = 0
    for row in AskerClient.objects.filter(ended_at=None, until__lte=now).order_by("id"):
        with transaction.atomic():
            held = AskerClient.objects.select_for_update().get(id=row.id)
            if held.ended_at is None:
                _end(held, actor=PROGRAM, now=now)
                count += 1
    return count


def forget_tokens(*, now: datetime.datetime) -> int:
    """Delete the tokens that ran out a day ago; return how many (one statement)."""
    return Token.objects.filter(expires_at__lte=now - SPENT).delete()[0]


def _end(row: AskerClient, *, actor: Actor, now: datetime.datetime) -> None:
    Client.objects.filter(id=row.client).delete()  # its tokens are deleted with it
    row.ended_at, row.ended_by = now, actor.id
    row.save(update_fields=["ended_at", "ended_by"])
    note(action="end_client", purpose="作废 OAuth 客户端", actor=actor, now=now, client=row.client)
