"""Telling a person later of what the log says about them; what the log says is not touched."""

from __future__ import annotations

import datetime
import uuid

from mianzheng.audit.models import Withheld


def withhold(*, key: uuid.UUID, until: datetime.datetime) -> None:
    """Show the lines marked with `key` (`rules.WITHHELD`) to whom they are about from `until` on; a later call moves that moment. Call it in
    the transaction of what makes it lawful.
    """
    Withheld.objects.update_or_create(id=key, defaults={"until": until})
