"""Requests of departments to use an item of another (数据共享申请): made, and decided by the owner within its period."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection

from django.db import transaction

from mianzheng.catalogue.rules.city import City
from mianzheng.centre.actions.acts import note
from mianzheng.centre.models import SharingRequest
from mianzheng.centre.rules.sharing import check_decision, check_request
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.periods import WorkingDays
from mianzheng.common.reasons import N_, Reason


def request(
    *,
    city: City,
    item: str,
    fields: Collection[str],
    purpose: str,
    matter: str,
    basis: str,
    actor: Actor,
    now: datetime.datetime,
) -> uuid.UUID:
    """Ask the owner of `item` for `fields`, for the actor's office; return the request.

    Raises `Refusal` where no request is needed or possible, where something is missing, or where the same office still
    waits for an answer about the same item.
    """
    wanted = city.items.get(item)
    if wanted is None:
        raise NotFound(Reason(N_("没有这个信息项。")), Reason(N_("请从目录中选一个。")))
    check_request(city, wanted, office=actor.office, fields=fields, purpose=purpose, matter=matter, basis=basis)
    due = WorkingDays(city.holidays).add(now.date(), city.policy.sharing_days)
    with transaction.atomic():
        waiting = SharingRequest.objects.filter(item=item, office=actor.office, decided_at=None)
        if waiting.exists():
            raise Refusal(
                Reason(N_("您的部门已经申请过这个信息项，还在等答复。")), Reason(N_("请在共享申请中查看进度。"))
            )
        made = SharingRequest.objects.create(
            item=item,
            fields_asked=[field.code for field in wanted.fields if field.code in fields],
            office=actor.office,
            purpose=purpose.strip(),
            matter=matter,
            basis=basis.strip(),
            due=due,
            asked_at=now,
            asked_by=actor.id,
        )
    return made.id


def decide(
    *,
    city: City,
    request: uuid.UUID,
    approved: bool,
    answer: str,
    until: datetime.date | None = None,
    actor: Actor,
    now: datetime.datetime,
) -> None:
    """Approve or refuse a request for an item of the actor's office, with the reason `answer`, once.

    `until` ends an approval; None is until further notice. Raises `NotFound` for a request put to another office.
    """
    with transaction.atomic():
        found = SharingRequest.objects.select_for_update().filter(id=request).first()
        item = city.items.get(found.item) if found else None
        if found is None or item is None or item.owner != actor.office:
            raise NotFound(Reason(N_("没有这份申请，或者它不归您的部门答复。")), Reason(N_("请回到申请列表。")))
        check_decision(
            decided=found.decided_at is not None, approved=approved, answer=answer, until=until, today=now.date()
        )
        found.approved, found.answer = approved, answer.strip()
        found.until_day = until if approved else None
        found.decided_at, found.decided_by = now, actor.id
        found.save()
        verdict = "approved" if approved else "refused"
        note(action="decide_sharing", purpose="答复共享申请", item=item.code, actor=actor, now=now,
             request=str(request), office=found.office, verdict=verdict)  # fmt: skip
