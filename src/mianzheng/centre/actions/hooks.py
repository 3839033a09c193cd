"""Where receivers take changes by machine (webhook), and the secret each signature is made with."""

from __future__ import annotations

import datetime
import secrets
import uuid

from django.db import transaction

from mianzheng.catalogue.rules.city import City
from mianzheng.centre.actions.acts import note
from mianzheng.centre.models import Hook
from mianzheng.centre.rules.addresses import check_url, host_of
from mianzheng.centre.rules.feeding import check_receiver
from mianzheng.centre.rules.signing import SECRET_BYTES, read, written
from mianzheng.common.actors import Actor
from mianzheng.people.actions.sealing import open_secret, seal_secret
from mianzheng.people.rules.keyring import SealBroken

_OWNERS = uuid.UUID("5d3c1d0e-7a57-4f0e-9a2c-6f1d7c2b9e11")
FIELD = "hook"


def open_hook(*, city: City, receiver: str, url: str, demo: bool, actor: Actor, now: datetime.datetime) -> str:
    """Send the changes for `receiver` to `url` from now on and return the secret, which nobody can read again.

    An address that was there before is replaced, and so is its secret. Refuses whoever takes no changes by machine, and
    an address that is not on the open network by https (`demo` allows this machine).
    """
    check_receiver(city, receiver)
    address = check_url(url, demo=demo)
    secret = written(secrets.token_bytes(SECRET_BYTES))
    sealed = seal_secret(secret, owner=_owner(receiver), field=FIELD)
    held = {"url": address, "secret": sealed, "opened_at": now, "opened_by": actor.id}
    with transaction.atomic():
        Hook.objects.update_or_create(receiver=receiver, defaults=held)
        note(action="open_hook", purpose="登记接收地址", actor=actor, now=now, receiver=receiver, url=host_of(address))
    return secret


def close_hook(*, receiver: str, actor: Actor, now: datetime.datetime) -> None:
    """Send nothing more to `receiver`; its changes wait until it has an address again."""
    with transaction.atomic():
        if Hook.objects.filter(receiver=receiver).delete()[0]:
            note(action="close_hook", purpose="停用接收地址", actor=actor, now=now, receiver=receiver)


def secret_of(hook: Hook) -> bytes:
    """Return the secret of `hook`; raise `SealBroken` where the keys it was sealed with are gone."""
    return read(open_secret(bytes(hook.secret), owner=_owner(hook.receiver), field=FIELD))


def reseal_hooks() -> int:
    """Seal every secret with the keys now in force and return how many there were; one that does not open stays."""
    count = 0
    for receiver in Hook.objects.values_list("receiver", flat=True):
        with transaction.atomic():
            hook = Hook.objects.select_for_update().filter(receiver=receiver).first()
            if hook is None:
                continue
            try:
                secret = open_secret(bytes(hook.secret), owner=_owner(receiver), field=FIELD)
            except SealBroken:
                continue
            hook.secret = seal_secret(secret, owner=_owner(receiver), field=FIELD)
            hook.save(update_fields=["secret"])
            count += 1
    return count


def _owner(receiver: str) -> uuid.UUID:
    return uuid.uuid5(_OWNERS, receiver)
