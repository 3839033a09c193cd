"""The reform office's batches: composed, checked, published, watched, done; single certificates withdrawn or amended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.queries.editions import current
from mianzheng.catalogue.rules.kinds import DISPOSAL_NAMES, Disposal
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.small import FEWEST
from mianzheng.common.texts import Text
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.actions import batches as composing
from mianzheng.reform.actions import publishing, withdrawing
from mianzheng.reform.models import Batch
from mianzheng.reform.pages.batch_words import STAGES, Row, endings, row, trail, watch_rows
from mianzheng.reform.queries import batches as found
from mianzheng.reform.queries.examining import checks_of, guides_of
from mianzheng.reform.queries.trial import watch
from mianzheng.reform.rules.batches import KIND_NAMES, READY_FIRST, Kind, by_readiness, suggested, why_not_publish
from mianzheng.reform.rules.notices import concerned
from mianzheng.reform.rules.states import BatchStage, Stage
from mianzheng.reform.rules.watching import why_not_done
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, told


@allow(REFORM)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every batch, and what everybody agreed on and is in none: sorted into the batches that are suggested."""
    city = city_in_force()
    every = found.batches()
    ready = suggested(found.agreed().values())
    context = {
        "batches": [(batch, STAGES[BatchStage(batch.stage)]) for batch in every],
        "kinds": [(kind, KIND_NAMES[kind], [row(city, each) for each in members]) for kind, members in ready.items()],
        "ready": sum(len(members) for members in ready.values()),
        "open": [batch for batch in every if batch.stage in found.OPEN],
        "here": "batches",
    }
    return render(request, "reform/batches.html", context)


@allow(REFORM)
@require_POST
def compose(request: HttpRequest) -> HttpResponse:
    """Make a batch: the suggested one of a kind, one of what was ticked, or put what was ticked into one that is there."""
    actor, now, posted = actor_of(request, REFORM), clock.now(), request.POST
    codes, into, kind = posted.getlist("code"), posted.get("into", ""), posted.get("kind", "")
    with told(request):
        if kind in {str(each.value) for each in Kind}:
            made = composing.compose_suggested(kind=Kind(int(kind)), actor=actor, now=now)
            return redirect("reform:batch", made.number)
        if into.isdecimal():
            composing.put_in(batch=int(into), codes=codes, actor=actor, now=now)
            return redirect("reform:batch", int(into))
        name = Text(posted.get("name", ""), posted.get("name_en", ""))
        return redirect("reform:batch", composing.compose(name=name, codes=codes, actor=actor, now=now).number)
    return redirect("reform:batches")


@allow(REFORM)
@require_safe
def batch(request: HttpRequest, number: int) -> HttpResponse:
    """One batch: its checks before it is published, its watch list after."""
    one = _batch(number)
    city, today = city_in_force(), clock.today()
    members, checks = found.members(one), checks_of(one)
    stage = BatchStage(one.stage)
    context: dict[str, Any] = {
        "batch": one,
        "name": Text(one.name, one.name_en),
        "stage": STAGES[stage],
        "rows": sorted(
            (row(city, each, checks.get(each.code, ())) for each in by_readiness(members.values())), key=_worst
        ),
        "open": stage in found.OPEN,
        "today": today,
        "trail": trail(found.acts_of(one)),
        "here": "batches",
    }
    if context["open"]:
        context |= _before(one, checks, members, len(concerned(city, ())))
    elif stage in (BatchStage.TRIAL, BatchStage.DONE):
        seen = watch(one, now=clock.now())
        lines = watch_rows(seen)
        context |= {
            "watch": seen,
            "watched": [each for each in lines if not each.quiet],
            "quiet": [each for each in lines if each.quiet],
            "endings": endings(seen.total),
            "why_not_done": why_not_done(stage, one.trial_until, seen.open, today=today),
            "fewest": FEWEST,
        }
    return render(request, "reform/batch.html", context)


def _worst(row: Row) -> bool:
    return not any(check.stops for _, check in row.checks)


def _before(one: Batch, checks: dict[str, Any], members: dict[str, Any], desks: int) -> dict[str, Any]:
    """Return what the page of a batch that is not published shows besides."""
    known = {code: checks[code] for code in members if code in checks}
    return {
        "unchecked": len(members) - len(known),
        "why_not": why_not_publish(BatchStage(one.stage), known),
        "moved": bool(known) and one.checks.get("edition") != str(current()),
        "guides": guides_of(one),
        "desks": desks,
    }


def _batch(number: int) -> Batch:
    try:
        return found.batch_of(number)
    except NotFound as missing:
        raise Http404 from missing


def _then(request: HttpRequest, number: int, act: Callable[[], Any], said: str) -> HttpResponse:
    """Do `act`, and go back to the batch with what came of it."""
    with told(request):
        act()
        messages.success(request, said)
    return redirect("reform:batch", number)


@allow(REFORM)
@require_POST
def take_out(request: HttpRequest, number: int) -> HttpResponse:
    """Take a certificate out of a batch that is not published."""
    codes, actor = request.POST.getlist("code"), actor_of(request, REFORM)
    return _then(
        request,
        number,
        lambda: composing.take_out(batch=number, codes=codes, actor=actor, now=clock.now()),
        _("已移出这一批。"),
    )


@allow(REFORM)
@require_POST
def dissolve(request: HttpRequest, number: int) -> HttpResponse:
    """Do away with a batch that has nothing in it."""
    _batch(number)
    with told(request):
        composing.dissolve(batch=number, actor=actor_of(request, REFORM), now=clock.now())
        messages.success(request, _("第 %(number)s 批已删去。") % {"number": number})
        return redirect("reform:batches")
    return redirect("reform:batch", number)


@allow(REFORM)
@require_POST
def check(request: HttpRequest, number: int) -> HttpResponse:
    """Check everything, dry run included."""
    actor = actor_of(request, REFORM)
    return _then(request, number, lambda: composing.check(batch=number, actor=actor, now=clock.now()), _("核对完成。"))


@allow(REFORM)
@require_POST
def publish(request: HttpRequest, number: int) -> HttpResponse:
    """Publish the batch."""
    actor = actor_of(request, REFORM)
    return _then(
        request,
        number,
        lambda: publishing.publish(batch=number, actor=actor, now=clock.now()),
        _("已公布。从现在起，平台上谁也不能再要这些证明。"),
    )


@allow(REFORM)
@require_POST
def done(request: HttpRequest, number: int) -> HttpResponse:
    """Declare the batch done."""
    actor = actor_of(request, REFORM)
    return _then(
        request,
        number,
        lambda: withdrawing.declare_done(batch=number, actor=actor, now=clock.now()),
        _("已宣布完成。"),
    )


@allow(REFORM)
@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Withdraw the whole batch."""
    actor, why, again = actor_of(request, REFORM), request.POST.get("why", ""), request.POST.get("again", "")
    known = int(again) if again.isascii() and again.isdecimal() else None
    return _then(
        request,
        number,
        lambda: withdrawing.withdraw(batch=number, again=known, why=why, actor=actor, now=clock.now()),
        _("已撤回。这些证明重新处理。"),
    )


@allow(REFORM)
@require_safe
def certificate(request: HttpRequest, number: int, code: str) -> HttpResponse:
    """One cancelled certificate of a batch: withdraw it, replace it in another way, note what was found."""
    return render(request, "reform/batch_certificate.html", _certificate(number, code))


def _certificate(number: int, code: str) -> dict[str, Any]:
    one = _batch(number)
    city, known = city_in_force(), found.members(one).get(code)
    if known is None or known.stage is not Stage.PUBLISHED:
        raise Http404
    fact = city.facts.get(known.fact)
    return {
        "batch": one,
        "row": row(city, known),
        "known": known,
        "fact": fact.question if fact else None,
        "disposals": [(each.value, DISPOSAL_NAMES[each]) for each in READY_FIRST],
        "facts": [(each.code, each.question) for each in city.facts.values()],
        "trail": trail(found.acts_about(code)),
        "here": "batches",
    }


def _done(
    request: HttpRequest, number: int, code: str, act: Callable[[], Any], said: str, *, gone: bool
) -> HttpResponse:
    """Do `act`; where it is refused, the page says why and keeps what was typed."""
    try:
        act()
    except NotFound as missing:
        raise Http404 from missing
    except Refusal as refusal:
        context = {**_certificate(number, code), "wrong": refusal, "typed": request.POST}
        return render(request, "reform/batch_certificate.html", context, status=422)
    messages.success(request, said)
    return redirect("reform:batch", number) if gone else redirect("reform:batch_certificate", number, code)


@allow(REFORM)
@require_POST
def withdraw_one(request: HttpRequest, number: int, code: str) -> HttpResponse:
    """Withdraw one certificate."""
    actor, why = actor_of(request, REFORM), request.POST.get("why", "")
    return _done(
        request,
        number,
        code,
        lambda: withdrawing.withdraw(batch=number, codes=[code], why=why, actor=actor, now=clock.now()),
        _("已撤回。这项证明重新处理。"),
        gone=True,
    )


@allow(REFORM)
@require_POST
def amend(request: HttpRequest, number: int, code: str) -> HttpResponse:
    """Have one certificate replaced in another way."""
    actor, posted = actor_of(request, REFORM), request.POST
    wanted = posted.get("disposal", "")
    if wanted not in set(Disposal):
        raise Http404
    return _done(
        request,
        number,
        code,
        lambda: withdrawing.amend(
            batch=number,
            code=code,
            disposal=Disposal(wanted),
            fact=posted.get("fact", ""),
            why=posted.get("why", ""),
            actor=actor,
            now=clock.now(),
        ),
        _("已更改，公开清单同时改好。"),
        gone=False,
    )


@allow(REFORM)
@require_POST
def look_into(request: HttpRequest, number: int, code: str) -> HttpResponse:
    """Note what was found about what the watch list says."""
    actor, why = actor_of(request, REFORM), request.POST.get("why", "")
    return _done(
        request,
        number,
        code,
        lambda: withdrawing.look_into(batch=number, code=code, why=why, actor=actor, now=clock.now()),
        _("已记下。"),
        gone=True,
    )
