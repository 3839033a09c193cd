"""Deciding a case at the department's desk: what was found, what is left to look into, the decision, the receipt."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mianzheng.cases.actions import deciding
from mianzheng.cases.pages.department import working_days_left
from mianzheng.cases.pages.rows import APPLICANT, answers_in_words, rows_of, zero_of
from mianzheng.cases.queries import dossiers
from mianzheng.cases.queries.dossiers import Dossier
from mianzheng.cases.rules.deciding import for_officer, seen, unreviewed
from mianzheng.cases.rules.states import NAMES
from mianzheng.catalogue.rules.city import City
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.evidence.queries.files import File
from mianzheng.evidence.rules.progress import Progress
from mianzheng.evidence.rules.verdicts import Verdict, Way
from mianzheng.people.actions.disclosure import reveal
from mianzheng.people.queries import account
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, told

SAID_BY_PEOPLE = (Way.DEPARTMENT, Way.COMMITMENT, Way.REVIEW, Way.CERTIFICATE)
"""Ways in which somebody wrote or signed what the receipt must quote."""


def _dossier(request: HttpRequest, case: uuid.UUID) -> Dossier:
    with told(request):
        return dossiers.of_office(case, actor_of(request, "officer").office, now=clock.now())
    raise Http404


@allow("officer")
@require_safe
def case(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """One case to decide: the person, the answers, the facts with their sources, what is left to look into."""
    dossier = _dossier(request, case)
    actor = actor_of(request, "officer")
    found = dossier.case
    relatives = dossier.inquiry.selected
    people = reveal(
        subjects={found.applicant, *relatives.values()},
        purpose=f"审批“{dossier.matter.name.zh}”",
        case=found.id,
        matter=found.matter,
        applicant=found.applicant,
        now=clock.now(),
        **actor.log(),
    )
    rows = rows_of(dossier, acting=False, applicant=APPLICANT)
    failed = [file for file in dossier.files if file.progress.failed]
    unseen = [file for file in failed if not seen(file.progress, found.submitted_at)]
    context = {
        **zero_of(dossier),
        "case": found,
        "matter": dossier.matter,
        "work": dossier.work,
        "status": dossier.status,
        "status_name": Reason(NAMES[dossier.status]),
        "applicant": people.get(found.applicant),
        "answers": answers_in_words(dossier, {subject: person.name for subject, person in people.items()}),
        "rows": rows,
        "to_review": [row for row, file in zip(rows, dossier.files, strict=True) if file in dossier.to_review],
        "reviewed": [row for row, file in zip(rows, dossier.files, strict=True) if _reviewed(file.progress)],
        "doubtful": any(each.verdict is not Verdict.HOLDS for each in dossier.progress),
        "unseen": bool(unseen),
        "why_not_refuse": _why_not_refuse(failed, unseen, dossier),
        "bases": {code: dossier.city.bases[code] for code in dossier.grounds},
        "history": dossiers.steps_of(found.id),
        "decision": getattr(found, "decision", None),
        "left": working_days_left(dossier.city.holidays, found.due),
        "here": "department",
    }
    return render(request, "cases/decide.html", context)


def _why_not_refuse(failed: Sequence[File], unseen: Sequence[File], dossier: Dossier) -> Reason | None:
    """Say why the button to refuse is grey, or None when it is not."""
    if dossier.to_review:
        return Reason(N_("先逐项写下人工核查所见。"))
    if not failed:
        return Reason(N_("没有一项事实“不符”；“暂不能确定”不是拒绝的理由。"))
    if len(unseen) == len(failed):
        return Reason(N_("申请人还没有看到“不符”的那一项，先退回让他说明。"))
    return None


def _reviewed(each: Progress) -> bool:
    return for_officer(each) and not unreviewed(each)


def _act(request: HttpRequest, case: uuid.UUID, act: Callable[..., None], done: str, **words: Any) -> HttpResponse:
    with told(request):
        act(case=case, actor=actor_of(request, "officer"), now=clock.now(), **words)
        messages.success(request, done)
    return redirect("cases:decide", case)


@allow("officer")
@require_POST
def take_up(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Begin to decide a case."""
    return _act(request, case, deciding.take_up, _("已开始审批。"))


@allow("officer")
@require_POST
def find(request: HttpRequest, case: uuid.UUID, need: str) -> HttpResponse:
    """Write down what was found about one fact."""
    try:
        verdict = Verdict(request.POST.get("verdict", ""))
    except ValueError:
        messages.error(request, _("请选择核查结论：符合、不符，或者查不清。"))
        return redirect("cases:decide", case)
    note = request.POST.get("note", "")
    return _act(request, case, deciding.find, _("已记下核查所见。"), need=need, verdict=verdict, note=note)


@allow("officer")
@require_POST
def send_back(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Send the case back so that the person sees a failing fact first."""
    with told(request):
        note = request.POST.get("note", "")
        deciding.send_back(case=case, note=note, actor=actor_of(request, "officer"), now=clock.now())
        messages.success(request, _("已退回申请人，他可以提出异议或者再次提交。"))
        return redirect("cases:desk")
    return redirect("cases:decide", case)


@allow("officer")
@require_POST
def grant(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Grant the case."""
    return _act(request, case, deciding.grant, _("已准予。"), findings=request.POST.get("findings", ""))


@allow("officer")
@require_POST
def refuse(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Refuse the case, with findings and article; the remedies go with it."""
    words = {"findings": request.POST.get("findings", ""), "basis": request.POST.get("basis", "")}
    return _act(request, case, deciding.refuse, _("已作出不予准予的决定，理由、依据和救济办法一并告知。"), **words)


@allow("officer")
@require_safe
def reliance(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """The reliance receipt (履职依据凭证): what the officer relied on, as it stood when the case was decided."""
    dossier = _dossier(request, case)
    decision = getattr(dossier.case, "decision", None)
    if decision is None:
        raise Http404
    city, found = dossier.city, dossier.case
    people = reveal(
        subjects={found.applicant},
        purpose=f"履职依据凭证“{dossier.matter.name.zh}”",
        case=found.id,
        matter=found.matter,
        applicant=found.applicant,
        now=clock.now(),
        **actor_of(request, "officer").log(),
    )
    said = {file.need.code: file.progress.reason for file in dossier.files if file.progress.way in SAID_BY_PEOPLE}
    relied = [
        {
            **row,
            "note": said.get(row["need"]),
            "question": city.facts[row["fact"]].question,
            "about_name": city.relations[row["about"]].name if row["about"] in city.relations else APPLICANT,
            "source_name": _source_name(city, row["source"]),
        }
        for row in decision.relied
    ]
    context = {
        "case": dossier.case,
        "city": city,
        "matter": dossier.matter,
        "decision": decision,
        "relied": relied,
        "basis": city.bases.get(decision.basis),
        "owner": city.office(dossier.case.owner),
        "applicant": people.get(found.applicant),
        "decider": _post(decision.decided_by),
        "here": "department",
    }
    return render(request, "cases/reliance.html", context)


def _post(account_id: str) -> str:
    """Return the post of whoever decided; nothing where the program did."""
    try:
        found = account(uuid.UUID(account_id))
    except ValueError:
        return ""
    return found.display_name if found else ""


def _source_name(city: City, code: str) -> Text | None:
    """Return what answered: a register, an office, or the text somebody signed."""
    if code in city.items:
        return city.items[code].name
    return city.texts[code].title if code in city.texts else city.office(code)
