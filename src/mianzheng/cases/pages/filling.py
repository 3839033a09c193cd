"""Step 1 of an application: the form, prefilled from the person's own records; save and go on later."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from mianzheng.cases.actions import applying
from mianzheng.cases.pages.form import fields_of
from mianzheng.cases.queries import dossiers
from mianzheng.cases.rules.answers import clean
from mianzheng.cases.rules.states import Status
from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City, Matter
from mianzheng.common.actors import Actor
from mianzheng.common.reasons import Reason
from mianzheng.evidence.actions.prefill import prefill, relatives
from mianzheng.people.actions.disclosure import reveal
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, told

STEPS = 4


def _prefilled(city: City, matter: Matter, actor: Actor) -> dict[str, Any]:
    """Return what the person's own records fill in."""
    assert actor.subject is not None
    return prefill(city=city, matter=matter, subject=actor.subject, actor=actor, now=clock.now())


def _relatives(city: City, matter: Matter, actor: Actor) -> dict[str, list[tuple[uuid.UUID, str]]]:
    """Return whom or what the person may choose, by name."""
    assert actor.subject is not None
    now = clock.now()
    found = relatives(city=city, matter=matter, subject=actor.subject, actor=actor, now=now)
    everybody = {subject for subjects in found.values() for subject in subjects}
    purpose = f"为本人预填“{matter.name.zh}”申请表"
    named = (
        reveal(
            subjects=everybody,
            purpose=purpose,
            matter=matter.code,
            applicant=actor.subject,
            now=now,
            **actor.log(),
        )
        if everybody
        else {}
    )
    return {code: [(s, named[s].name) for s in subjects if s in named] for code, subjects in found.items()}


def _only(relatives: dict[str, list[tuple[uuid.UUID, str]]]) -> dict[str, list[uuid.UUID]]:
    return {code: [subject for subject, _ in named] for code, named in relatives.items()}


def _posted(request: HttpRequest) -> dict[str, str]:
    return {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}


@allow("resident")
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Step 1, before a case exists: the form, prefilled. Sending it makes the case; sending it twice makes one."""
    city = city_in_force()
    matter = city.matter(code)
    if matter is None or matter.work is None:
        raise Http404
    if matter.code != code:
        return redirect("cases:start", matter.code)
    actor = actor_of(request, "resident")
    if request.method == "POST":
        return _begin(request, city, matter, actor)
    draft = dossiers.draft_of(actor.subject, code) if actor.subject else None
    if draft and draft.agreed_at is None and "another" not in request.GET:
        # Who comes back from the notice, or begins twice, finds what was typed and makes no second case.
        return redirect(reverse("cases:form", args=[draft.id]) + "?again=1")
    values = _prefilled(city, matter, actor)
    context = {
        "matter": matter,
        "fields": fields_of(
            matter.work, values, problems={}, relatives=_relatives(city, matter, actor), prefilled=values
        ),
        "key": uuid.uuid4(),
        "draft": draft,
        "step": 1,
        "steps": STEPS,
        "here": "my",
    }
    return render(request, "cases/form.html", context)


def _begin(request: HttpRequest, city: City, matter: Matter, actor: Actor) -> HttpResponse:
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        key = uuid.uuid4()
    with told(request):
        case = applying.start(matter=matter.code, key=key, actor=actor, now=clock.now())
        return _save(request, case.id, city, matter, actor)
    return redirect("cases:matter", matter.code)


def _save(request: HttpRequest, case: uuid.UUID, city: City, matter: Matter, actor: Actor) -> HttpResponse:
    """Keep what was typed and go on to the notice, or back to the form where something is to be mended."""
    chosen = _only(_relatives(city, matter, actor))
    with told(request):
        wrong = applying.save_answers(case=case, typed=_posted(request), relatives=chosen, actor=actor, now=clock.now())
        if wrong or "later" in request.POST:
            return redirect(reverse("cases:form", args=[case]) + ("?saved=1" if "later" in request.POST else "?mend=1"))
    return redirect("cases:case", case)


@allow("resident")
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Step 1 of a case that exists: go on filling, or correct."""
    actor = actor_of(request, "resident")
    with told(request):
        dossier = dossiers.of_applicant(case, actor.subject, now=clock.now())
    if dossier.status is not Status.DRAFT:
        return redirect("cases:case", case)
    if request.method == "POST":
        return _save(request, case, dossier.city, dossier.matter, actor)
    values = _prefilled(dossier.city, dossier.matter, actor)
    choices = _relatives(dossier.city, dossier.matter, actor)
    answers = {**values, **dossier.case.answers}
    problems: dict[str, Reason] = {}
    if "mend" in request.GET:
        _, problems = clean(dossier.work.form, answers, relatives=_only(choices))
    context = {
        "matter": dossier.matter,
        "case": dossier.case,
        "fields": fields_of(dossier.work, answers, problems=problems, relatives=choices, prefilled=values),
        "problems": problems,
        "saved": "saved" in request.GET,
        "again": "again" in request.GET,
        "step": 1,
        "steps": STEPS,
        "here": "my",
    }
    return render(request, "cases/form.html", context)
