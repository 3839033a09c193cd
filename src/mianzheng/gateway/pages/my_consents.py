"""我的同意: what a person was asked for, agreed to, declined and took back; made for one thumb."""

from __future__ import annotations

import uuid
from collections import Counter

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mianzheng.audit.queries import told_to
from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.gateway.actions import consents
from mianzheng.gateway.models import Consent
from mianzheng.gateway.pages.consents import shown
from mianzheng.gateway.queries.consents import by_number, of_person, one_of_person, open_for
from mianzheng.gateway.rules.consents import TEXT, as_typed
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, told
from mianzheng.web.words import language

SHOWN = 100
LOOKED_THROUGH = 1_000
"""Lines of the log among which a person's looks are counted."""


@allow("resident")
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """What waits for an answer first, then what was answered, with how often each consent was used."""
    actor, city = actor_of(request, "resident"), city_in_force()
    rows = list(of_person(actor.subject, today=clock.today())[:SHOWN]) if actor.subject else []
    used = _used(rows)
    seen = [{**shown(city, row), "child": row.guardian == actor.subject, "used": used[row.number]} for row in rows]
    seen.sort(key=lambda row: (not row["open"], not row["given"]))
    return render(request, "gateway/my_consents.html", {"rows": seen, "here": "my-data"})


def _used(rows: list[Consent]) -> Counter[str]:
    """Return how often each consent was used, from the log."""
    found: Counter[str] = Counter()
    for subject in {row.subject for row in rows}:
        lines = told_to(subject, limit=LOOKED_THROUGH, now=clock.now())
        found.update(str(line.detail.get("consent", "")) for line in lines if line.action == "lookup")
    return found


@allow("resident")
@require_safe
def count(request: HttpRequest) -> HttpResponse:
    """How many requests wait for the person, for the top of 我的数据."""
    actor = actor_of(request, "resident")
    waiting = open_for(actor.subject, now=clock.now()).count() if actor.subject else 0
    return render(request, "gateway/my_count.html", {"waiting": waiting})


def _mine(request: HttpRequest, consent: uuid.UUID) -> Consent:
    row = one_of_person(consent, actor_of(request, "resident").subject, today=clock.today())
    if row is None:
        raise Http404
    return row


@allow("resident")
@require_safe
def one(request: HttpRequest, consent: uuid.UUID) -> HttpResponse:
    """One request: who, exactly what, for what, how long, what happens if not; agree or decline."""
    row, city = _mine(request, consent), city_in_force()
    context = {
        **shown(city, row),
        "child": row.guardian is not None and row.guardian == actor_of(request, "resident").subject,
        "text": city.texts.get(TEXT),
        "used": _used([row])[row.number] if row.given_at else 0,
        "here": "my-data",
    }
    return render(request, "gateway/my_consent.html", context)


@allow("resident")
@require_safe
def code(request: HttpRequest, number: str) -> HttpResponse:
    """Where the code on the clerk's screen leads: to the request, for whom it is. For others it is not there."""
    row = by_number(as_typed(number), actor_of(request, "resident").subject, today=clock.today())
    if row is None:
        return render(request, "gateway/no_consent.html", {"here": "my-data"}, status=404)
    return redirect("gateway:my_consent", row.id)


@allow("resident")
@require_safe
def enter(request: HttpRequest) -> HttpResponse:
    """Type the number that stands beside the code."""
    typed = as_typed(request.GET.get("number", ""))
    if typed:
        return redirect("gateway:consent_code", typed)
    return render(request, "gateway/enter.html", {"here": "my-data"})


@allow("resident")
@require_POST
def give(request: HttpRequest, consent: uuid.UUID) -> HttpResponse:
    """Consent."""
    row = _mine(request, consent)
    actor = actor_of(request, "resident")
    with told(request):
        consents.give(city=city_in_force(), consent=row.id, language=language(), actor=actor, now=clock.now())
        messages.success(request, _("已同意。要收回，随时在这一页点“收回”。"))
    return redirect("gateway:my_consent", row.id)


@allow("resident")
@require_POST
def decline(request: HttpRequest, consent: uuid.UUID) -> HttpResponse:
    """Do not consent."""
    row = _mine(request, consent)
    with told(request):
        actor = actor_of(request, "resident")
        consents.decline(city=city_in_force(), consent=row.id, actor=actor, now=clock.now())
        messages.success(request, _("已告诉对方您没有同意。什么也没有查。"))
    return redirect("gateway:my_consent", row.id)


@allow("resident")
@require_POST
def revoke(request: HttpRequest, consent: uuid.UUID) -> HttpResponse:
    """Take a consent back."""
    row = _mine(request, consent)
    with told(request):
        consents.revoke(city=city_in_force(), consent=row.id, actor=actor_of(request, "resident"), now=clock.now())
        messages.success(request, _("已收回，马上生效。以后要查须重新问您。"))
    return redirect("gateway:my_consent", row.id)
