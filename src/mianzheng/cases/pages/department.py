"""The department desk: checks asked of my office and cases to decide, by deadline; one answer for all who ask the same."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mianzheng.cases.models import Case
from mianzheng.cases.pages.rows import answers_in_words
from mianzheng.cases.queries import dossiers
from mianzheng.cases.rules.states import NAMES, Status
from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.queries.editions import edition
from mianzheng.catalogue.rules.city import City
from mianzheng.centre.queries.changes import waiting
from mianzheng.common.actors import Actor
from mianzheng.common.periods import WorkingDays
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.evidence.actions.checks import answer_check
from mianzheng.evidence.queries.files import Question, question, questions_of
from mianzheng.evidence.queries.secrecy import awaiting
from mianzheng.evidence.rules.secrecy import grounds
from mianzheng.evidence.rules.verdicts import Verdict
from mianzheng.gateway.queries.grants import to_answer
from mianzheng.people.actions.disclosure import reveal
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, told

COUNTED = {
    Verdict.HOLDS: N_("%(n)s 符合"),
    Verdict.FAILS: N_("%(n)s 不符"),
    Verdict.UNKNOWN: N_("%(n)s 暂不能确定"),
    None: N_("%(n)s 等候核验"),
}


def working_days_left(holidays: Mapping[datetime.date, bool], due: datetime.date | None) -> int:
    """Return how many working days are left until `due`; negative where it has passed."""
    return WorkingDays(holidays).between(clock.today(), due) if due else 0


@allow("officer")
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Everything the office has to do, the most urgent first."""
    actor = actor_of(request, "officer")
    office, city = actor.office, city_in_force()
    questions = questions_of(office)
    cases = dossiers.desk(office)
    found = dossiers.found_so_far(cases, now=clock.now())
    rows = [
        {
            "kind": "check",
            "question": q,
            "fact": city.facts[q.fact],
            "due": q.due,
            "left": working_days_left(city.holidays, q.due),
        }
        for q in questions
    ]
    rows += [
        {
            "kind": "case",
            "case": case,
            "matter": edition(case.edition).matters[case.matter],
            "status_name": Reason(NAMES[Status(case.status)]),
            "found": [Reason(words, {"n": found[case.id][v]}) for v, words in COUNTED.items() if found[case.id][v]],
            "due": case.due,
            "left": working_days_left(city.holidays, case.due),
        }
        for case in cases
    ]
    wanted = request.GET.get("show", "")
    shown = [row for row in rows if wanted in ("", row["kind"])]
    shown.sort(key=lambda row: (row["due"], row["kind"]))
    context = {
        "office": city.office(office),
        "rows": shown,
        "elsewhere": _elsewhere(city, actor),
        "checks": len(questions),
        "cases": len(cases),
        "show": wanted,
        "due": sum(row["left"] <= 0 for row in rows),
        "here": "department",
    }
    return render(request, "cases/desk.html", context)


def _elsewhere(city: City, actor: Actor) -> list[dict[str, Any]]:
    """Return what waits for the officer's answer on other pages: each with how many there are and where."""
    orders = awaiting(actor.office, officer=actor.id, today=clock.today()) if grounds(city, actor.office) else 0
    found = (
        (N_("变更通知 %(n)s"), waiting(actor.office), "centre:changes"),
        (N_("要答复的查询授权 %(n)s"), to_answer(actor.office).count(), "gateway:to_department"),
        (N_("等您批准的保密令 %(n)s"), orders, "evidence:secrecy"),
    )
    return [{"said": Reason(said, {"n": n}), "address": reverse(page)} for said, n, page in found if n]


@allow("officer")
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """What the office has answered and decided."""
    office = actor_of(request, "officer").office
    city = city_in_force()
    decided = [
        {
            "case": case,
            "matter": edition(case.edition).matters[case.matter],
            "status_name": Reason(NAMES[Status(case.status)]),
        }
        for case in dossiers.desk(office, ended=True)
    ]
    answered = [{"question": q, "fact": city.facts[q.fact]} for q in questions_of(office, answered=True)]
    return render(request, "cases/done.html", {"decided": decided, "answered": answered, "here": "department"})


def _asked_here(request: HttpRequest, check: uuid.UUID) -> Question:
    found = question(check)
    if found is None or found.office != actor_of(request, "officer").office:
        raise Http404
    return found


def _written(found: Question, waiting: Iterable[Case]) -> list[tuple[Text, list[tuple[Text, Any]]]]:
    """Return what the applicant wrote in each case that waits: the claim to compare with; relatives stay unnamed."""
    opened = [dossiers.open_dossier(case, now=clock.now()) for case in waiting if case.applicant == found.applicant]
    written = [(each.matter.name, answers_in_words(each, {})) for each in opened]
    return [pair for place, pair in enumerate(written) if pair not in written[:place]]


@allow("officer")
@require_safe
def check(request: HttpRequest, check: uuid.UUID) -> HttpResponse:
    """One check: about whom, what exactly, by when; the names come from the vault and leave a log entry."""
    found = _asked_here(request, check)
    city = city_in_force()
    actor = actor_of(request, "officer")
    fact = city.facts[found.fact]
    subjects = found.subjects or (found.applicant,)
    waiting = dossiers.cases_by_id(found.cases).values()
    people = reveal(
        subjects=subjects,
        purpose=f"部门核查“{fact.name.zh}”",
        applicant=found.applicant,
        case=found.cases[0] if found.cases else None,
        now=clock.now(),
        **actor.log(),
    )
    context = {
        "question": found,
        "fact": fact,
        "item": city.items[fact.item],
        "params": [(p.name, found.params[p.code]) for p in fact.params.values() if p.code in found.params],
        "written": _written(found, waiting),
        "relation": city.relations[found.about].name if found.about in city.relations else None,
        "people": [people[subject] for subject in subjects if subject in people],
        "to_find": not found.subjects and found.about in city.relations,
        "left": working_days_left(city.holidays, found.due),
        "matters": list(dict.fromkeys(edition(case.edition).matters[case.matter].name for case in waiting)),
        "here": "department",
    }
    return render(request, "cases/check.html", context)


@allow("officer")
@require_POST
def answer(request: HttpRequest, check: uuid.UUID) -> HttpResponse:
    """Answer a check, once for every case that asks the same."""
    _asked_here(request, check)
    try:
        verdict = Verdict(request.POST.get("verdict", ""))
    except ValueError:
        messages.error(request, _("请选择核查结论：符合、不符，或者查不清。"))
        return redirect("cases:check", check)
    with told(request):
        served = answer_check(
            city=city_in_force(),
            check=check,
            verdict=verdict,
            note=request.POST.get("note", ""),
            actor=actor_of(request, "officer"),
            now=clock.now(),
        )
        messages.success(
            request,
            ngettext("已答复，%(n)s 件办件同时得到结果。", "已答复，%(n)s 件办件同时得到结果。", len(served))
            % {"n": len(served)},
        )
        return redirect("cases:desk")
    return redirect("cases:check", check)
