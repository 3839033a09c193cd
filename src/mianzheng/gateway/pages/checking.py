"""The public page that checks sealed answers (/check/), and the keys to check them without us."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mianzheng.audit.ports import SIGNER
from mianzheng.catalogue.queries.wordings import wording
from mianzheng.common.reasons import Reason
from mianzheng.gateway.actions.checking import Checked, check_file, check_number, check_text, is_about
from mianzheng.gateway.adapters.sheet import next_way, pairs, params, word
from mianzheng.gateway.ports import STAMP
from mianzheng.gateway.rules.consents import as_typed, grouped
from mianzheng.gateway.rules.sealed import ALGORITHMS, STANDINGS, TAIL, public_jwk
from mianzheng.web import clock
from mianzheng.web.access import public

LARGEST = 2 << 20
"""Bytes of a sheet somebody checks; ours has some twenty thousand."""


@public
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Say whether a sealed answer is genuine, altered, expired or withdrawn, and what it says. Who only guesses numbers is
    told the same whatever they guess.
    """
    context: dict[str, Any] = {"number": grouped(as_typed(request.GET.get("n", ""))), "tail": TAIL, "here": "check"}
    if request.method == "POST":
        context |= _checked(request)
        context["number"] = request.POST.get("n", "")
    return render(request, "gateway/check.html", context)


def _checked(request: HttpRequest) -> dict[str, Any]:
    file, pasted, now = request.FILES.get("file"), request.POST.get("jws", "").strip(), clock.now()
    if file is not None:
        if (file.size or 0) > LARGEST:
            return {"wrong": _("文件太大，不是核验凭证。")}
        return _shown(request, check_file(file.read(), now=now))
    if pasted:
        return _shown(request, check_text(pasted, now=now))
    number, tail = request.POST.get("n", ""), request.POST.get("tail", "")
    if not number.strip() or len(tail.strip()) != TAIL:
        return {"wrong": _("请上传文件、粘贴签名，或者填凭证编号和证件号码的最后 %(tail)s 位。") % {"tail": TAIL}}
    found = check_number(number, tail, now=now)
    if found is None:
        return {
            "wrong": _("编号和最后 %(tail)s 位对不上，或者今天试的次数太多。请核对，或者上传文件。") % {"tail": TAIL}
        }
    return _shown(request, found)


def _shown(request: HttpRequest, found: Checked) -> dict[str, Any]:
    context: dict[str, Any] = {"found": found, "standing": Reason(STANDINGS[found.standing])}
    if found.said is None:
        return context
    key, person = request.POST.get("key", "").strip(), request.POST.get("person", "").strip()
    return context | {
        "verdict": found.said["verdict"],
        "question": word(found.said["fact"]["question"]),
        "params": params(found.said),
        "city": word(found.said["city"]),
        "pairs": pairs(found.said),
        "next": next_way(found.said),
        "clause": wording(found.said["liability"]),
        "about": is_about(found.said, key, person) if key and person else None,
    }


@public
@require_safe
def jwks(request: HttpRequest) -> JsonResponse:
    """The public keys of sealed answers (RFC 7517): today's first, then those answers of before were sealed with."""
    signer = SIGNER()
    keys = signer.public_keys() if signer.algorithm in ALGORITHMS else ()
    return JsonResponse({"keys": [public_jwk(key, algorithm=signer.algorithm) for key in keys]})


@public
@require_safe
def certificate(request: HttpRequest) -> HttpResponse:
    """The certificate of the seal on sheets, as PEM."""
    return HttpResponse(STAMP().certificate(), content_type="application/x-pem-file")
