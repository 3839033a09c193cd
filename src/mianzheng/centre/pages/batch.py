"""One batch: preview and corrections, progress, how it went, what was refused of it."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.centre.actions import intake as intakes
from mianzheng.centre.adapters.fault_sheets import as_csv, as_xlsx
from mianzheng.centre.models import Intake
from mianzheng.centre.pages.acting import desk_actor, seen_by
from mianzheng.centre.pages.intakes import row_of
from mianzheng.centre.pages.understood import corrections, understood
from mianzheng.centre.ports import FAULTS
from mianzheng.centre.queries.intakes import batch_of, held
from mianzheng.centre.queries.previews import preview
from mianzheng.centre.rules.handing_in import AT_WORK, can_move, wants_confirmation
from mianzheng.centre.rules.intakes import Kind, Stage, too_few
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import unpacked
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import told
from mianzheng.web.jobs import worker_alive

GROUPS_SHOWN = 50
SOON = datetime.timedelta(seconds=30)
"""Within it a queued batch is taken up; longer, and it is worth asking whether anybody is there to do it."""


def _seen(request: HttpRequest, intake: uuid.UUID) -> Intake:
    batch = batch_of(intake, office=seen_by(desk_actor(request)))
    if batch is None:
        raise Http404
    return batch


@allow("officer", "centre")
@require_safe
def intake(request: HttpRequest, intake: uuid.UUID) -> HttpResponse:
    """One batch as it stands now."""
    batch = _seen(request, intake)
    context = _context(request, batch)
    if batch.stage == Stage.WAITING:
        context |= _preview(batch, sender=context["sender"])
    return render(request, "centre/intake.html", context)


@allow("officer", "centre")
@require_safe
def pulse(request: HttpRequest, intake: uuid.UUID) -> HttpResponse:
    """The part of the page that moves while a batch is queued or read; asked once a second by htmx."""
    return render(request, "centre/intake_now.html", _context(request, _seen(request, intake)))


def _context(request: HttpRequest, batch: Intake) -> dict[str, Any]:
    city, actor, now = city_in_force(), desk_actor(request), clock.now()
    reason = unpacked(batch.reason)
    mine = actor.role == "centre" or actor.office == batch.office
    errors = bool(batch.errors) and batch.errors_until is not None and batch.errors_until > now
    return {
        **row_of(city, batch),
        "about": city.items.get(batch.item),
        "at_work": batch.stage in AT_WORK,
        "no_worker": batch.stage == Stage.QUEUED and now - batch.received_at > SOON and not worker_alive(),
        "percent": min(99, batch.rows * 100 // batch.expected_rows) if batch.expected_rows else None,
        "why": reason,
        "now": unpacked(batch.reason.get("now") or {}),
        "groups": [{**group, "reason": unpacked(group["reason"])} for group in batch.faults[:GROUPS_SHOWN]],
        "shares": _shares(batch) if batch.stage == Stage.LOADED else [],
        "errors": errors,
        "sender": intakes.is_sender(batch, actor),
        "can_cancel": mine and can_move(batch.stage, Stage.CANCELLED),
        "can_again": mine and batch.stage == Stage.BROKEN and intakes.can_be_read_again(batch),
        "can_confirm": mine and wants_confirmation(batch.stage, batch.reason) and intakes.can_be_read_again(batch),
        "here": "intakes",
    }


def _shares(batch: Intake) -> list[tuple[str, str, int]]:
    """Return the parts of the picture: code, name, number of rows or records."""
    gone = 0 if batch.kind == Kind.SNAPSHOT else batch.removed
    same = max(0, batch.rows - batch.bad_rows - batch.added - batch.changed - gone)
    return [
        ("added", _("新增"), batch.added),
        ("changed", _("变更"), batch.changed),
        ("same", _("未变"), same),
        ("removed", _("移出"), batch.removed),
        ("bad", _("退回"), batch.bad_rows),
    ]


def _preview(batch: Intake, *, sender: bool) -> dict[str, Any]:
    """Return what is in the file and what loading it would do, or why it cannot be read."""
    city = city_in_force()
    item, register = city.items[batch.item], held(batch.item)
    try:
        found = preview(city, batch, clock.today())
    except Refusal as refusal:
        return {"unreadable": refusal}
    records = register.records if register else 0
    snapshot = batch.kind == Kind.SNAPSHOT
    few = snapshot and found.expected_rows and too_few(item, city.policy, held=records, handed_in=found.expected_rows)
    return {
        "preview": found,
        **understood(item, batch, found, sender=sender),
        "held": records,
        "held_as_of": register.as_of if register else None,
        "snapshot": snapshot,
        "too_few": few or None,
    }


@allow("officer", "centre")
@require_POST
def load(request: HttpRequest, intake: uuid.UUID) -> HttpResponse:
    """Keep the corrected columns and show the preview anew, or queue the batch."""
    batch = _seen(request, intake)
    actor, now = desk_actor(request), clock.now()
    with told(request):
        columns = corrections(request.POST)
        if request.POST.get("then") == "preview":
            intakes.correct(intake=batch.id, columns=columns, actor=actor, now=now)
            messages.success(request, _("已按您的更正重新识别。"))
        else:
            expected = request.POST.get("expected", "")
            intakes.queue(
                intake=batch.id,
                columns=columns,
                confirmed=request.POST.get("confirmed") == "yes",
                expected_rows=int(expected) if expected.isdecimal() and len(expected) < 12 else 0,
                actor=actor,
                now=now,
            )
    return redirect("centre:intake", intake)


@allow("officer", "centre")
@require_POST
def again(request: HttpRequest, intake: uuid.UUID) -> HttpResponse:
    """Queue a batch once more whose loading broke off."""
    batch = _seen(request, intake)
    with told(request):
        intakes.queue(intake=batch.id, actor=desk_actor(request), now=clock.now())
    return redirect("centre:intake", intake)


@allow("officer", "centre")
@require_POST
def confirm(request: HttpRequest, intake: uuid.UUID) -> HttpResponse:
    """Say that so many fewer records are right; the same file is loaded as a new batch."""
    batch = _seen(request, intake)
    with told(request):
        return redirect("centre:intake", intakes.confirm(intake=batch.id, actor=desk_actor(request), now=clock.now()))
    return redirect("centre:intake", intake)


@allow("officer", "centre")
@require_POST
def cancel(request: HttpRequest, intake: uuid.UUID) -> HttpResponse:
    """Drop a batch."""
    batch = _seen(request, intake)
    with told(request):
        intakes.cancel(intake=batch.id, actor=desk_actor(request), now=clock.now())
        messages.success(request, _("已取消，文件已删除。"))
    return redirect("centre:intake", intake)


@allow("officer", "centre")
@require_safe
def faults(request: HttpRequest, intake: uuid.UUID, form: str) -> HttpResponseBase:
    """The error file, for the sender alone: row, column, value as it was sent, reason."""
    batch = _seen(request, intake)
    if form not in ("xlsx", "csv"):
        raise Http404
    with told(request):
        rows = FAULTS().read(intakes.open_faults(intake=batch.id, actor=desk_actor(request), now=clock.now()))
        name = f"{batch.item}-{_('错误清单')}.{form}"
        if form == "xlsx":
            return FileResponse(as_xlsx(rows), as_attachment=True, filename=name)
        answer = StreamingHttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = content_disposition_header(True, name)
        return answer
    raise Http404
