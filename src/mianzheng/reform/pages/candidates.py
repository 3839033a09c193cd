"""Certificates one by one (逐项处理): what the rules propose and why, and what the officer decides."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.kinds import DEMANDER_NAMES, DISPOSAL_NAMES, WAY_OF, Disposal
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.actions import judging
from mianzheng.reform.models import Candidate
from mianzheng.reform.pages.office import STAGE_NAMES
from mianzheng.reform.pages.proposed import SAYS_NAMES
from mianzheng.reform.queries import candidates as queries
from mianzheng.reform.queries.proposals import judged, standings
from mianzheng.reform.rules.acts import NAMES as ACT_NAMES
from mianzheng.reform.rules.acts import Did
from mianzheng.reform.rules.classes import Class
from mianzheng.reform.rules.judging import OPEN, Choice, unpacked_proposal, why_not_cancelled, why_not_retained
from mianzheng.reform.rules.states import Says, Stage
from mianzheng.reform.rules.trips import trips_saved
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, ids_in, told
from mianzheng.web.paging import paged
from mianzheng.web.words import say

CLASS_NAMES = {
    Class.NO_BASIS: Reason(N_("没有法定依据")),
    Class.CANNOT_VERIFY: Reason(N_("开具单位无权查证或无法开具")),
    Class.EXISTING_DOCUMENT: Reason(N_("现有证照、材料能证明")),
    Class.COMMITMENT: Reason(N_("本人承诺能解决")),
    Class.DEPARTMENT: Reason(N_("部门会商、核查能解决")),
    Class.DATA: Reason(N_("数据平台能核验")),
}
"""The six classes (六个一律取消) in words."""
LONGEST = 60


@allow(REFORM)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every certificate on its way, the costliest first; filters are in the address."""
    city = city_in_force()
    asked = queries.Asked(
        **{name: request.GET.get(name, "")[:LONGEST] for name in ("stage", "proposed", "kind", "demander")},
        words=" ".join(request.GET.get("q", "").split())[:LONGEST],
    )
    pages = paged(request, queries.candidates(asked))
    spread = queries.by_proposal(asked)
    context = {
        **pages,
        "asked": asked,
        "filtered": any((asked.proposed, asked.kind, asked.demander, asked.words)),
        "rows": [_row(city, each) for each in pages["page"]],
        "spread": [
            (code, _proposal_name(code), weight, weight.count / max(w.count for w in spread.values()))
            for code, weight in sorted(spread.items(), key=lambda entry: -entry[1].count)
        ],
        "unproposed": queries.unproposed(),
        "stages": list(STAGE_NAMES.items()),
        "disposals": [(d.value, name) for d, name in DISPOSAL_NAMES.items() if d is not Disposal.ASKED],
        "kinds": list(DEMANDER_NAMES.items()),
        "demanders": [(code, city.office(code) or code) for code in queries.demanders()],
        "here": "candidates",
    }
    return render(request, "reform/candidates.html", context)


def _proposal_name(code: str) -> Reason:
    return Reason(N_("还没有建议")) if code == "none" else DISPOSAL_NAMES[Disposal(code)]


def _row(city: City, found: Candidate) -> dict[str, Any]:
    proposal = unpacked_proposal(found.proposal)
    disposal = Disposal(found.disposal) if found.disposal else proposal.disposal if proposal else None
    return {
        "candidate": found,
        "name": Text(found.name, found.name_en),
        "purpose": Text(found.purpose, found.purpose_en),
        "demander": city.party(found.demander) or found.demander_said,
        "issuer": city.party(found.issuer) or found.issuer_said,
        "stage": STAGE_NAMES[Stage(found.stage)],
        "disposal": DISPOSAL_NAMES[disposal] if disposal else None,
        "way": WAY_OF.get(disposal, "") if disposal else "",
        "decided": bool(found.disposal),
        "differs": bool(found.deviation),
        "why": proposal.why if proposal else None,
        "classes": [CLASS_NAMES[each] for each, _why in proposal.classes] if proposal else [],
        "trips": trips_saved(found.volume, found.issuer_level, disposal, city.reforming) if disposal else 0,
        "open": found.stage == Stage.FOUND and proposal is not None,
    }


@allow(REFORM)
@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Propose anew for everything nobody has decided about."""
    made = judging.review(city=city_in_force(), now=clock.now())
    total = sum(made.values())
    messages.success(request, ngettext("已为 %(n)s 项提出建议。", "已为 %(n)s 项提出建议。", total) % {"n": total})
    return redirect("reform:candidates")


@allow(REFORM)
@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    """Decide about the ticked ones as proposed."""
    chosen = ids_in(request.POST, "candidate")
    back = redirect(_back(request))
    if not chosen:
        messages.error(request, _("还没有勾选。请勾选要按建议处理的证明。"))
        return back
    with told(request):
        refused = judging.accept(
            city=city_in_force(), candidates=chosen, actor=actor_of(request, REFORM), now=clock.now()
        )
        done = len(chosen) - len(refused)
        if done:
            messages.success(request, ngettext("%(n)s 项按建议拟定。", "%(n)s 项按建议拟定。", done) % {"n": done})
        for why in {say(each.what): each for each in refused.values()}.values():
            count = sum(say(each.what) == say(why.what) for each in refused.values())
            said = ngettext("%(n)s 项没有拟定：%(why)s", "%(n)s 项没有拟定：%(why)s", count)
            messages.error(request, said % {"n": count, "why": say(why.what)})
    return back


def _back(request: HttpRequest) -> str:
    """Return the list as it was narrowed, and no address of elsewhere."""
    listed = reverse("reform:candidates")
    asked = request.POST.get("back", "")
    return asked if asked.split("?")[0] == listed else listed


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def candidate(request: HttpRequest, candidate: uuid.UUID) -> HttpResponse:
    """One certificate: what is known, which classes apply, what is proposed; and the form to decide."""
    city = city_in_force()
    found = queries.dossier(candidate)
    if found is None:
        raise Http404
    wrong: Refusal | None = None
    if request.method == "POST":
        try:
            _act(request, city, candidate)
        except NotFound as missing:
            raise Http404 from missing
        except Refusal as refusal:
            wrong = refusal
        else:
            return redirect("reform:candidate", candidate)
    context = {**_page(city, found), "wrong": wrong, "typed": request.POST, "here": "candidates"}
    return render(request, "reform/candidate.html", context, status=422 if wrong else 200)


def _act(request: HttpRequest, city: City, candidate: uuid.UUID) -> None:
    actor, now, typed = actor_of(request, REFORM), clock.now(), request.POST
    match typed.get("act"):
        case "drop":
            judging.drop(candidate=candidate, why=typed.get("why", ""), actor=actor, now=now)
            messages.success(request, _("已标为不列入。"))
        case "take_up":
            judging.take_up(candidate=candidate, why=typed.get("why", ""), actor=actor, now=now)
            messages.success(request, _("已重新列入。"))
        case _:
            if typed.get("disposal") not in set(Disposal):
                raise Refusal(Reason(N_("请选择一种处理方式。")), field="disposal")
            choice = Choice(
                Disposal(typed["disposal"]), typed.get("fact", ""), typed.get("owner", ""), typed.get("deviation", "")
            )
            judging.decide(city=city, candidate=candidate, choice=choice, actor=actor, now=now)
            messages.success(request, _("已拟定。下一步是征求意见。"))


def _page(city: City, found: queries.Dossier) -> dict[str, Any]:
    one = found.candidate
    proposal = unpacked_proposal(one.proposal)
    standing = standings(city, [one])[one.id]
    known = judged(city, one)
    facts = sorted(city.facts.values(), key=lambda fact: (fact.code != one.fact, fact.name.zh))
    return {
        **_row(city, one),
        "dossier": found,
        "demander_kind": DEMANDER_NAMES.get(one.demander_kind),
        "proposal": proposal,
        "proposed": DISPOSAL_NAMES[proposal.disposal] if proposal else None,
        "chosen": one.disposal or (proposal.disposal.value if proposal else ""),
        "owner": one.owner or one.demander,
        "proposed_way": WAY_OF.get(proposal.disposal, "") if proposal else "",
        "classes": [(CLASS_NAMES[each], why) for each, why in proposal.classes] if proposal else [],
        "reasons": known.reasons,
        "basis": known.situation.basis,
        "fact": city.facts.get(one.fact),
        "facts": facts,
        "offices": [*city.departments.values(), *city.bodies.values()],
        "disposals": [
            (d.value, name, why_not_retained(standing) if d is Disposal.RETAINED else why_not_cancelled(standing))
            for d, name in DISPOSAL_NAMES.items()
            if d is not Disposal.ASKED
        ],
        "may_decide": one.stage in OPEN,
        "may_take_up": one.stage == Stage.DROPPED,
        "opinions": [
            (each, city.office(each.office) or each.office, SAYS_NAMES[Says(each.says)] if each.says else None)
            for each in found.opinions
        ],
        "acts": [(each, ACT_NAMES[Did(each.kind)], DISPOSAL_NAMES.get(each.after)) for each in found.acts],
    }
