"""Steps 2 to 4 of an application: notice, verification, choices, handing in, result."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mianzheng.cases.actions import applying
from mianzheng.cases.pages.filling import STEPS
from mianzheng.cases.pages.rows import OPTION_NAMES, answers_in_words, row_of, rows_of, zero_of
from mianzheng.cases.queries import dossiers
from mianzheng.cases.queries.dossiers import Dossier
from mianzheng.cases.rules.deciding import seen, unreviewed
from mianzheng.cases.rules.states import ENDED, NAMES, WITH_OFFICE, WITH_PERSON, Status
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence.queries.files import due_of
from mianzheng.evidence.rules.progress import Option, Progress, Stage
from mianzheng.evidence.rules.verdicts import Verdict
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, told


def _failed_before(each: Progress) -> bool:
    return any(event.verdict is Verdict.FAILS for event in each.tried)


def _step(dossier: Dossier) -> int:
    """Return which of the four steps the person stands on: form, notice, verification, result."""
    if dossier.case.agreed_at is None:
        return 2
    return 3 if dossier.status in WITH_PERSON else 4


@allow("resident")
@require_GET
def case(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """The case as it stands: notice, rows that resolve, choices, or the result."""
    actor = actor_of(request, "resident")
    with told(request):
        dossier = dossiers.of_applicant(case, actor.subject, now=clock.now())
    rows = rows_of(dossier, acting=dossier.status not in ENDED)
    found = dossier.case
    history = dossiers.steps_of(found.id)
    context = {
        **zero_of(dossier),
        "case": found,
        "matter": dossier.matter,
        "work": dossier.work,
        "status": dossier.status,
        "status_name": _standing(dossier),
        "owner": dossier.city.office(found.owner),
        "rows": rows,
        "answers": answers_in_words(dossier, {}),
        "notice": dossier.city.texts[dossier.work.notice],
        "may_commit": bool(dossier.city.policy.commitment_bar) and any(f.need.commitment for f in dossier.files),
        "agreed": found.agreed_at is not None,
        **_situation(dossier),
        "with_person": dossier.status in WITH_PERSON,
        "ended": dossier.status in ENDED,
        "history": history,
        "sent_back": history[-1].note if history and history[-1].move == "send_back" else "",
        "decision": getattr(found, "decision", None),
        "seen": _version(dossier),
        "step": _step(dossier),
        "steps": STEPS,
        "here": "my",
    }
    decision = context["decision"]
    context["basis"] = dossier.city.bases.get(decision.basis) if decision else None
    return render(request, "cases/case.html", context)


def _standing(dossier: Dossier) -> Reason:
    """Return where the case stands as the person would say it."""
    checked = dossier.status is Status.DRAFT and dossier.case.agreed_at is not None
    return Reason(N_("待提交")) if checked else Reason(NAMES[dossier.status])


def _situation(dossier: Dossier) -> dict[str, Any]:
    """Return what the facts call for now: looking up, waiting, choosing, objecting, or nothing."""
    found = [(file.need.code, dossier.city.facts[file.need.fact].question, file.progress) for file in dossier.files]
    waiting = [each for _, _, each in found if each.stage is Stage.WAITING]
    handed_in = dossier.case.handed_in_at
    return {
        "pending": any(each.stage is Stage.PENDING for _, _, each in found),
        "failed": [(code, question) for code, question, each in found if each.failed],
        "can_object": any(Option.OBJECT in each.options for _, _, each in found),
        "choice": any(each.stage is Stage.CHOICE for _, _, each in found),
        "waiting": bool(waiting),
        "objecting": any(_failed_before(each) for each in waiting),
        "by_officer": sum(unreviewed(each) for _, _, each in found),
        "late": dossier.status in WITH_OFFICE
        and any(each.failed and not seen(each, handed_in) for _, _, each in found),
        "due": max(due_of([each.check for each in waiting if each.check]).values(), default=None),
    }


def _version(dossier: Dossier) -> str:
    """Return a token that changes when anything the page shows has changed."""
    return "-".join([dossier.status, *(f"{len(p.tried)}{p.stage[0]}" for p in dossier.progress)])


@allow("resident")
@require_GET
def pulse(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Tell an open page whether it is still true; htmx reloads it when not."""
    with told(request):
        dossier = dossiers.of_applicant(case, actor_of(request, "resident").subject, now=clock.now())
    response = HttpResponse(status=204)
    if request.GET.get("seen") != _version(dossier):
        response["HX-Refresh"] = "true"
    return response


@allow("resident")
@require_POST
def agree(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Agree to the notice; the rows then look themselves up."""
    with told(request):
        applying.agree(case=case, actor=actor_of(request, "resident"), now=clock.now())
    return redirect("cases:case", case)


@allow("resident")
@require_POST
def verify(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Look up everything that is pending: the button for browsers without scripts."""
    with told(request):
        applying.look_up(case=case, actor=actor_of(request, "resident"), now=clock.now())
    return redirect("cases:case", case)


@allow("resident")
@require_POST
def verify_one(request: HttpRequest, case: uuid.UUID, need: str) -> HttpResponse:
    """Look up one fact and return its row; when it was the last, the page is drawn anew with what to do next."""
    with told(request):
        dossier = applying.look_up(case=case, needs=[need], actor=actor_of(request, "resident"), now=clock.now())
        row = row_of(dossier, dossier.file(need))
        response = render(request, "parts/fact_row.html", {"row": row, "act": "cases/options.html"})
        if not any(each.stage is Stage.PENDING for each in dossier.progress):
            response["HX-Trigger-After-Settle"] = "all-verified"
        return response
    return HttpResponse(status=409, headers={"HX-Refresh": "true"})


@allow("resident")
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, case: uuid.UUID, need: str, option: str) -> HttpResponse:
    """One choice about one fact: what it means, the text to sign or the reason to give, and one button."""
    actor = actor_of(request, "resident")
    try:
        wanted = Option(option)
    except ValueError:
        raise Http404 from None
    signing = wanted in (Option.COMMIT, Option.FALLBACK)
    if request.method == "POST":
        if signing and "read" not in request.POST:
            with told(request):
                dossiers.of_applicant(case, actor.subject, now=clock.now())
            messages.error(request, _("请先读完告知和承诺内容，勾选“我已阅读”，再签署。"))
            return redirect("cases:choose", case, need, option)
        with told(request):
            applying.choose(
                case=case, need=need, option=wanted, why=request.POST.get("why", ""), actor=actor, now=clock.now()
            )
        return redirect("cases:case", case)
    with told(request):
        dossier = dossiers.of_applicant(case, actor.subject, now=clock.now())
        file = dossier.file(need)
    if wanted not in file.progress.options:
        return redirect("cases:case", case)
    context = {
        "case": dossier.case,
        "matter": dossier.matter,
        "row": row_of(dossier, file, acting=False),
        "option": wanted.value,
        "name": OPTION_NAMES[wanted],
        "text": dossier.city.texts[file.need.commitment] if signing else None,
        "after_check_days": dossier.city.policy.after_check_days,
        "objection_days": dossier.city.policy.objection_days,
        "here": "my",
    }
    return render(request, "cases/choose.html", context)


@allow("resident")
@require_POST
def hand_in(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Hand the case in."""
    with told(request):
        applying.hand_in(
            case=case, knowing="knowing" in request.POST, actor=actor_of(request, "resident"), now=clock.now()
        )
    return redirect("cases:case", case)


@allow("resident")
@require_POST
def withdraw(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Take the case back."""
    with told(request):
        applying.withdraw(
            case=case, note=request.POST.get("note", ""), actor=actor_of(request, "resident"), now=clock.now()
        )
    return redirect("cases:case", case)
