"""我不认得这次查询: a person asks about a look under *My data*, and reads the answer."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.periods import WorkingDays
from mianzheng.common.reasons import N_, Reason, unpacked
from mianzheng.oversight.actions import questions
from mianzheng.oversight.models import Question
from mianzheng.oversight.queries.leads import told_lines
from mianzheng.oversight.queries.questions import answers, asked_already, looks_of, questions_of
from mianzheng.oversight.rules.leads import WITH_DEPARTMENT, Status
from mianzheng.oversight.rules.questions import answered_by_log
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, told


@allow("resident")
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """What the person asked, until when who answers, and what they say."""
    actor = actor_of(request, "resident")
    city = city_in_force()
    found = questions_of(actor.subject) if actor.subject else []
    lines = looks_of(city, found)
    rows = [_row(city, each, lines.get(each.entry)) for each in found]
    return render(request, "oversight/questions.html", {"rows": rows, "here": "my-data"})


def _row(city: City, found: Question, line: Any) -> dict[str, Any]:
    lead = found.lead
    status = Status(lead.status) if lead else None
    return {
        "question": found,
        "line": line,
        "told": unpacked(found.told) if found.told else None,
        "office": city.office(lead.office) or Reason(N_("监督机构")) if lead else None,
        "waiting": status in WITH_DEPARTMENT,
        "passed": status is Status.PASSED,
        "why_passed": unpacked(lead.passed_why) if lead and not found.contested_at else None,
        "due": lead.due if lead else None,
        "left": WorkingDays(city.holidays).between(clock.today(), lead.due) if lead else 0,
        "answer": lead.answer if lead else "",
        "closing": lead.closing if lead else "",
        "may_contest": found.contested_at is None and (status is Status.EXPLAINED or lead is None),
    }


@allow("resident")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, entry: uuid.UUID) -> HttpResponse:
    """Ask about one look; a sentence may be added, nothing has to be."""
    actor = actor_of(request, "resident")
    city = city_in_force()
    try:
        look = questions.look_of(entry, actor, now=clock.now())
    except NotFound:
        raise Http404 from None
    if asked_already(look.subject, look.id):
        return redirect("oversight:questions")
    wrong: Refusal | None = None
    if request.method == "POST":
        try:
            questions.ask_about(city=city, entry=entry, said=request.POST.get("said", ""), actor=actor, now=clock.now())
        except Refusal as refusal:
            wrong = refusal
        else:
            messages.success(request, _("已经问了，答复会显示在这里。"))
            return redirect("oversight:questions")
    office = answers(city, look)
    context = {
        "look": look,
        "line": told_lines(city, [look])[0],
        "at_once": answered_by_log(city, look, account=actor.id) is not None,
        "office": city.office(office) if office else None,
        "days": city.curiosity.question_days if office else city.curiosity.oversight_days,
        "wrong": wrong,
        "said": request.POST.get("said", ""),
        "here": "my-data",
    }
    return render(request, "oversight/ask.html", context)


@allow("resident")
@require_POST
def contest(request: HttpRequest, question: uuid.UUID) -> HttpResponse:
    """Say that the answer does not answer it; once."""
    with told(request):
        questions.contest(
            city=city_in_force(),
            question=question,
            why=request.POST.get("why", ""),
            actor=actor_of(request, "resident"),
            now=clock.now(),
        )
        messages.success(request, _("已请监督机构再看。"))
    return redirect("oversight:questions")
