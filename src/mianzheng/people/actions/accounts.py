"""Open and close accounts."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable

from django.contrib.auth.hashers import make_password
from django.db import transaction

from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.people import models
from mianzheng.people.rules.roles import check_account


def open_account(
    *,
    username: str,
    roles: Iterable[str],
    now: datetime.datetime,
    password: str | None = None,
    subject: uuid.UUID | None = None,
    department: str = "",
    place: str = "",
    display_name: str = "",
) -> uuid.UUID:
    """Open an account and return its id. Without a password it cannot sign in by one (single sign-on, or the demo's
    bar).
    """
    held = frozenset(roles)
    check_account(roles=held, subject=subject, department=department, place=place, display_name=display_name)
    with transaction.atomic():
        account, fresh = models.Account.objects.get_or_create(
            username=username,
            defaults={
                "roles": sorted(held),
                "subject": subject,
                "department": department,
                "place": place,
                "display_name": display_name,
                "password": make_password(password),
                "opened_at": now,
            },
        )
        if not fresh:
            taken = Reason(N_("用户名“%(username)s”已经有人用了。"), {"username": username})
            raise Refusal(taken, Reason(N_("请换一个用户名。")), field="username")
    return account.id


def close_account(*, account: uuid.UUID) -> None:
    """Close an account: nobody signs in with it any more, and the log still knows whose acts they were."""
    if not models.Account.objects.filter(id=account).update(is_active=False):
        raise NotFound(Reason(N_("没有这个账号。")))
