"""Doubts about records (校核): what one's department has to look at, one by one, and its answer."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City, Field, Item
from mianzheng.centre.actions.doubts import NEW, answer_doubt, open_doubt, registers
from mianzheng.centre.models import Dispute, Doubt
from mianzheng.centre.pages.acting import desk_actor, items_seen, seen_by
from mianzheng.centre.queries.doubts import Opened, Record, counts, doubts, objections
from mianzheng.centre.rules.correcting import as_typed
from mianzheng.centre.rules.doubts import CAUSE_NAMES, OUTCOME_NAMES, Cause, Outcome, outcomes
from mianzheng.common.actors import PROGRAM
from mianzheng.common.errors import NotFound
from mianzheng.common.periods import WorkingDays
from mianzheng.common.reasons import N_, Reason
from mianzheng.people.actions.disclosure import reveal
from mianzheng.people.rules.subjects import Person
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, told
from mianzheng.web.paging import paged

CHOICES = {
    Outcome.CORRECTED: N_("记录有误，更正"),
    Outcome.SOURCE_WRONG: N_("本部门的没错，是来源有误"),
    Outcome.STANDS: N_("核对过，记录没错"),
}
BOTH_RIGHT = N_("两边都没错，口径不同（办事仍以来源为准）")
"""What it means that a copy stands although its source says otherwise."""

SHOWN = ("answered", "objections")
"""What the list shows in place of the doubts to answer."""


def _choice(outcome: Outcome, *, copy: bool) -> str:
    return BOTH_RIGHT if copy and outcome is Outcome.STANDS else CHOICES[outcome]


@allow("centre", "officer")
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The doubts to answer, the most urgent first, or those answered, or open objections. Nobody is named in a list."""
    city = city_in_force()
    actor = desk_actor(request)
    office = seen_by(actor)
    show = request.GET.get("show", "") if request.GET.get("show") in SHOWN else ""
    item = request.GET.get("item", "")
    owned = [each.code for each in items_seen(city, actor)] if office else None
    if show == "objections":
        found: QuerySet[Any] = objections(items=_of(city, owned, request.GET.get("department", "")), item=item)
    else:
        found = doubts(office=office, item=item, answered=show == "answered")
    pages = paged(request, found)
    row = _objection if show == "objections" else _row
    context = {
        **pages,
        "rows": [row(city, each) for each in pages["page"]],
        "counts": counts(office=office, today=clock.today()) | {"objections": objections(items=owned).count()},
        "show": show,
        "item": city.items.get(item),
        "office": city.office(office) if office else None,
        "here": "doubts",
    }
    return render(request, "centre/doubts.html", context)


def _of(city: City, owned: list[str] | None, department: str) -> list[str] | None:
    """Return the codes of `owned` items (None: of all) that are `department`'s, if the address names one."""
    if not department:
        return owned
    theirs = [item.code for item in city.items.values() if item.owner == department]
    return theirs if owned is None else [code for code in theirs if code in owned]


def _objection(city: City, dispute: Dispute) -> dict[str, Any]:
    item = city.items.get(dispute.item)
    return {
        "number": dispute.id.hex[-6:].upper(),
        "item": item.name if item else dispute.item,
        "owner": city.office(item.owner) if item else None,
        "since": dispute.opened_at,
    }


def _row(city: City, doubt: Doubt) -> dict[str, Any]:
    item = city.items.get(doubt.item)
    datum = city.data.get(doubt.datum)
    return {
        "doubt": doubt,
        "number": doubt.id.hex[-6:].upper(),
        "item": item,
        "owner": city.office(doubt.office),
        "cause": CAUSE_NAMES[Cause(doubt.cause)],
        "datum": datum,
        "source": city.items[datum.item] if datum and datum.item != doubt.item else None,
        "left": WorkingDays(city.holidays).between(clock.today(), doubt.due),
        "outcome": OUTCOME_NAMES[Outcome(doubt.outcome)] if doubt.outcome else None,
        "by_program": doubt.answered_by == PROGRAM.id,
    }


@allow("centre", "officer")
@require_safe
def doubt(request: HttpRequest, doubt: uuid.UUID) -> HttpResponse:
    """One doubt: whose record it is, what both say, and the form to answer. Opening it leaves two lines in the log."""
    city = city_in_force()
    actor = desk_actor(request)
    office = seen_by(actor)
    now = clock.now()
    try:
        found = open_doubt(city=city, doubt=doubt, office=office, actor=actor, now=now)
    except NotFound:
        raise Http404 from None
    item = city.items[found.doubt.item]
    named = {v for record in found.records for f in item.fields if f.type == "subject" and (v := record.values[f.code])}
    people = reveal(
        subjects={found.doubt.subject, *named},
        purpose=f"校核“{item.name.zh}”",
        applicant=found.doubt.subject,  # whose doubt explains why the others' names are seen
        now=now,
        **actor.log(),
    )
    allowed = outcomes(found.doubt.cause, registers=registers(city, found.doubt))
    context = {
        **_row(city, found.doubt),
        "person": people.get(found.doubt.subject),
        "columns": _columns(city, item, found),
        "records": [_record(item, record, people, found.field) for record in found.records],
        "form_records": _forms(item, found.records, people),
        "choices": [(each.value, _choice(each, copy=Outcome.SOURCE_WRONG in allowed)) for each in allowed],
        "own": actor.office == found.doubt.office and actor.role == "officer",
        "here": "doubts",
    }
    return render(request, "centre/doubt.html", context)


def _columns(city: City, item: Item, found: Opened) -> list[dict[str, Any]]:
    """Return what each side says about the datum, the doubted side first."""
    datum = city.data.get(found.doubt.datum)
    if datum is None:
        return []
    field = next((f for f in item.fields if f.code == found.field), None)
    values = dict.fromkeys(_words(field, record.values[found.field]) for record in found.records if field)
    sides = [
        {"item": item, "owner": city.office(item.owner), "values": list(values), "registers": found.registered is None}
    ]
    if datum.item != item.code:
        source = city.items[datum.item]
        shown = [_words(field, found.registered)] if found.registered is not None else []
        sides.append({"item": source, "owner": city.office(source.owner), "values": shown, "registers": True})
        sides[0]["registers"] = False
    for code, others in found.others.items():
        other = city.items[code]
        shown = list(dict.fromkeys(_words(field, value) for value in others))
        if shown:
            sides.append({"item": other, "owner": city.office(other.owner), "values": shown, "registers": False})
    return sides


def _words(field: Field | None, value: Any) -> Any:
    """Return a value of a record in words: codes by their names."""
    if value is None:
        return Reason(N_("没有填"))
    if field is not None and field.type == "code":
        return field.codes.get(value, value)
    if isinstance(value, bool):
        return Reason(N_("是")) if value else Reason(N_("否"))
    return as_typed(value)


def _record(item: Item, record: Record, people: dict[uuid.UUID, Person], doubted: str) -> dict[str, Any]:
    cells = []
    for field in item.fields:
        value = record.values[field.code]
        said = people[value].name if field.type == "subject" and value in people else _words(field, value)
        cells.append({"name": field.name, "value": said, "doubted": field.code == doubted})
    return {"cells": cells, "known_from": record.known_from}


def _forms(item: Item, records: tuple[Record, ...], people: dict[uuid.UUID, Person]) -> list[dict[str, Any]]:
    """Return one form a record to put right; an empty one where the subject has none."""
    if item.at_source:
        return []
    found: list[tuple[str, dict[str, Any]]] = [(record.mark, dict(record.values)) for record in records]
    return [
        {
            "mark": mark,
            "number": n,
            "fields": [
                {
                    "field": field,
                    "value": "" if field.type == "subject" else as_typed(values.get(field.code)),
                    "name": people[values[field.code]].name if values.get(field.code) in people else "",
                    "codes": list(field.codes.items()),
                    "raw": values.get(field.code),
                }
                for field in item.fields
            ],
        }
        for n, (mark, values) in enumerate(found or [(NEW, {})], 1)
    ]


@allow("officer")
@require_POST
def answer(request: HttpRequest, doubt: uuid.UUID) -> HttpResponse:
    """Answer a doubt of one's own department; with a correction, put the record right at once."""
    city = city_in_force()
    with told(request):
        answer_doubt(
            city=city,
            doubt=doubt,
            outcome=request.POST.get("outcome", ""),
            why=request.POST.get("why", ""),
            mark=request.POST.get("mark", ""),
            values={name.removeprefix("f-"): value for name, value in request.POST.items() if name.startswith("f-")},
            actor=actor_of(request, "officer"),
            now=clock.now(),
        )
        messages.success(request, _("已答复。"))
        return redirect("centre:doubts")
    return redirect("centre:doubt", doubt)
