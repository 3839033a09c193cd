"""Batches that come without a person looking at a preview: pushed by a system, loaded by a command, pulled."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from mianzheng.catalogue.rules.city import City
from mianzheng.centre.actions.intake import cancel, hand_in, queue
from mianzheng.centre.actions.loading import Busy, load, sweep
from mianzheng.centre.models import Intake
from mianzheng.centre.ports import Source
from mianzheng.centre.queries.approvals import approved_items
from mianzheng.centre.queries.intakes import pull_under_way
from mianzheng.centre.rules.handing_in import check_item
from mianzheng.centre.rules.intakes import Kind, Stage, Way
from mianzheng.centre.rules.pulling import check_pull
from mianzheng.common.actors import PROGRAM, Actor
from mianzheng.common.errors import NotFound
from mianzheng.common.reasons import N_, Reason
from mianzheng.people.rules.roles import OFFICER
from mianzheng.web.jobs import defer


def push(
    *,
    city: City,
    item: str,
    kind: Kind,
    name: str,
    as_of: datetime.datetime,
    stream: BinaryIO,
    length: int,
    actor: Actor,
    now: datetime.datetime,
    id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Take a file from a department's own system, which looks at no preview: it is queued at once."""
    batch = hand_in(
        city=city,
        item=item,
        kind=kind,
        way=Way.API,
        name=name,
        as_of=as_of,
        stream=stream,
        length=length,
        actor=actor,
        office=actor.office,
        now=now,
        id=id,
    )
    if Intake.objects.filter(id=batch, stage=Stage.WAITING).exists():
        queue(intake=batch, actor=actor, now=now)
    return batch


def load_file(
    *,
    city: City,
    item: str,
    kind: Kind,
    path: Path,
    as_of: datetime.datetime,
    confirmed: bool,
    actor: Actor,
    now: datetime.datetime,
    progress: Callable[[int], None],
) -> Intake:
    """Load a file of this machine at once, read where it lies, for the item's owner; return the batch as it ended."""
    sweep(now=now)
    office = city.items[item].owner if item in city.items else ""
    batch = hand_in(
        city=city,
        item=item,
        kind=kind,
        way=Way.COMMAND,
        name=path.name,
        as_of=as_of,
        path=path,
        actor=actor,
        office=office,
        now=now,
    )
    queue(intake=batch, confirmed=confirmed, actor=actor, now=now, at_once=True)
    try:
        load(city=city, intake=batch, now=now, source=Source(path.name, lambda: path.open("rb")), progress=progress)
    except Busy:  # nobody comes back to a file of a command
        cancel(intake=batch, actor=actor, now=now)
        raise
    return Intake.objects.get(id=batch)


def pull(*, city: City, item: str, now: datetime.datetime, actor: Actor = PROGRAM) -> uuid.UUID:
    """Queue a full snapshot of `item`, to be read over its connection when its turn comes; return the batch.

    Whoever asks while a pull is under way gets that one. An officer asks for items of the own department.
    """
    found = city.items.get(item)
    if found is None:
        raise NotFound(Reason(N_("没有这个信息项。")), Reason(N_("请从清单里选择。")), field="item")
    approved = bool(approved_items([item], today=now.date()))
    check_item(found, office=actor.office if actor.role == OFFICER else found.owner, approved=approved)
    check_pull(city, found)
    with transaction.atomic():
        if (before := pull_under_way(item)) is not None:
            return before.id
        batch = Intake.objects.create(
            item=item,
            kind=Kind.SNAPSHOT,
            way=Way.PULL,
            stage=Stage.QUEUED,
            office=found.owner,
            name=found.connection,
            columns={theirs: ours for ours, theirs in city.connections[found.connection].service(item).fields.items()},
            as_of=now,
            received_at=now,
            received_by=actor.id,
        )
        defer("centre.load", once="all")
    return batch.id
