"""Filing the owner's approval that the centre may hold a copy of an item (数据归集授权), and ending one."""

from __future__ import annotations

import datetime
import uuid
from typing import BinaryIO

from django.db import transaction

from mianzheng.catalogue.rules.city import City
from mianzheng.centre.actions.acts import note
from mianzheng.centre.models import Approval
from mianzheng.centre.ports import SPOOL
from mianzheng.centre.rules.handing_in import NotYours
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason

EARLIEST = 2000
SCAN_LIMIT = 20 * 1024 * 1024
SCANS = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
"""How the files a scan may be begin, and what they are called."""


def file_approval(
    *,
    city: City,
    item: str,
    document: str,
    scope: str,
    from_day: datetime.date | None,
    until_day: datetime.date | None,
    actor: Actor,
    now: datetime.datetime,
    scan: BinaryIO | None = None,
    scan_name: str = "",
) -> uuid.UUID:
    """File a document; an officer only for items of the own department. Return its id."""
    found = city.items.get(item)
    if found is None:
        raise NotFound(Reason(N_("没有这个信息项。")), Reason(N_("请从清单里选择。")), field="item")
    _check_office(found.owner, actor)
    if found.at_source:
        what = Reason(N_("“%(item)s”留在源头，用时再查，不需要归集授权。"), {"item": found.name})
        raise Refusal(what, Reason(N_("不用登记；要改为归集副本，请先修改目录。")), field="item")
    if not document.strip():
        raise Refusal(Reason(N_("没有填写文号。")), Reason(N_("请填写授权文件的文号。")), field="document")
    if from_day is None:
        raise Refusal(Reason(N_("没有填写生效日期。")), Reason(N_("请填写文件从哪一天起生效。")), field="from_day")
    if from_day.year < EARLIEST:
        raise Refusal(Reason(N_("生效日期太早了。")), Reason(N_("请核对年份。")), field="from_day")
    if until_day is not None and until_day < from_day:
        raise Refusal(Reason(N_("截止日期早于生效日期。")), Reason(N_("请核对两个日期。")), field="until_day")
    token = _kept(scan) if scan is not None else ""
    with transaction.atomic():
        row = Approval.objects.create(
            item=item,
            document=document.strip()[:200],
            scope=scope.strip()[:2000],
            from_day=from_day,
            until_day=until_day,
            file=token,
            file_name=scan_name[-200:] if token else "",
            filed_at=now,
            filed_by=actor.id,
        )
        note(action="file_approval", purpose="登记归集授权", item=item, actor=actor, now=now, document=row.document)
    return row.id


def end_approval(*, city: City, approval: uuid.UUID, actor: Actor, now: datetime.datetime) -> None:
    """End an approval: from now on no batch of its item is taken in. What is held stays until somebody decides."""
    with transaction.atomic():
        row = Approval.objects.select_for_update().filter(id=approval).first()
        if row is None or row.item not in city.items:
            raise NotFound(Reason(N_("没有这份授权文件。")))
        _check_office(city.items[row.item].owner, actor)
        if row.ended_at is None:
            row.ended_at, row.ended_by = now, actor.id
            row.save(update_fields=["ended_at", "ended_by"])
            note(
                action="end_approval",
                purpose="终止归集授权",
                item=row.item,
                actor=actor,
                now=now,
                document=row.document,
            )


def _check_office(owner: str, actor: Actor) -> None:
    if actor.role == "officer" and actor.office != owner:
        what = Reason(N_("这个信息项不属于贵部门。"))
        raise NotYours(what, Reason(N_("请由登记它的部门或者数据管理中心办理。")), field="item")


def _kept(scan: BinaryIO) -> str:
    """Put the scan into the spool and return its token; the file says by its first bytes what it is."""
    head = scan.read(8)
    scan.seek(0)
    if not any(head.startswith(sign) for sign in SCANS):
        what = Reason(N_("扫描件不是 PDF、PNG 或 JPG 文件。"))
        raise Refusal(what, Reason(N_("请另存为其中一种再上传。")), field="scan")
    return SPOOL().write(scan, SCAN_LIMIT)[0]
