"""Reading notices (已知悉)."""

from __future__ import annotations

import datetime

from django.db import transaction

from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound
from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.actions.acts import note
from mianzheng.reform.models import Notice


def see(*, notice: int, actor: Actor, now: datetime.datetime) -> None:
    """Note that the actor read what their office has to know; once is enough for the office."""
    with transaction.atomic():
        found = Notice.objects.select_for_update(of=("self",)).select_related("batch").filter(id=notice).first()
        if found is None or not actor.office or found.office != actor.office:
            raise NotFound(Reason(N_("没有这条通知，或者它不是给您单位的。")), Reason(N_("请回到通知列表。")))
        if found.seen_at is None:
            found.seen_at, found.seen_by = now, actor.id
            found.save()
            note(action="see_notice", purpose="知悉取消证明的通知", actor=actor, now=now, batch=found.batch.number)
