"""The receipt of one look (查询凭证): that this line stands in the sealed log, as anybody can check without us."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_safe

from mianzheng.audit.queries.proofs import Receipt, receipt_of
from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.evidence.pages.looks import ACTIONS, is_sensitive, order_of, told
from mianzheng.evidence.queries.secrecy import told_of
from mianzheng.web import clock
from mianzheng.web.access import allow, freshly_signed_in
from mianzheng.web.acting import actor_of


@allow("resident")
@require_safe
def receipt(request: HttpRequest, entry: uuid.UUID) -> HttpResponse:
    """Show what is proven, and give the proof as a file with ``?form=json``. A line about somebody else, or one that *My
    data* does not list, is not there. For a sensitive one the person signs in again first.
    """
    actor, city = actor_of(request, "resident"), city_in_force()
    found = receipt_of(entry, subject=actor.subject, now=clock.now()) if actor.subject else None
    if found is None or found.entry.action not in ACTIONS:
        raise Http404
    fresh = freshly_signed_in(request, minutes=city.policy.fresh_minutes)
    if is_sensitive(city, found.entry) and not fresh:
        return HttpResponseRedirect(f"{reverse('sign_in_again')}?{urlencode({'next': request.get_full_path()})}")
    if request.GET.get("form") == "json":
        answer = JsonResponse(_said(found), json_dumps_params={"ensure_ascii": False, "indent": 2})
        answer.headers["Content-Disposition"] = content_disposition_header(True, f"log-{entry}.json")
        return answer
    order = order_of(found.entry)
    look = told(city, found.entry, actor.id, found.entry.matter, told_of({order} if order else ()))
    return render(request, "evidence/receipt.html", {"found": found, "look": look, "here": "my-data"})


def _said(found: Receipt) -> dict[str, Any]:
    """Return the receipt as a file: SHA-256 of `salt` and `written` is the `leaf`; from its place `index` the `path` leads
    to the root in the `checkpoint` (RFC 6962, 2.1.1), signed by the log's key.
    """
    proof = found.proof
    return {
        "written": found.written.decode(),
        "salt": found.salt.hex(),
        "leaf": found.leaf.hex(),
        "index": proof.index if proof else None,
        "path": [each.hex() for each in proof.path] if proof else [],
        "checkpoint": proof.note if proof else "",
    }
