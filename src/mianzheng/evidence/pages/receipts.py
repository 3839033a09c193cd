"""The receipt of one look (查询凭证): that this line stands in the sealed log, as anybody can check without us."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from mianzheng.audit.queries.proofs import Receipt, receipt_of
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of


@allow("resident")
@require_safe
def receipt(request: HttpRequest, entry: uuid.UUID) -> HttpResponse:
    """Show what is proven, and give the proof as a file with ``?form=json``; a line about somebody else is not there."""
    subject = actor_of(request, "resident").subject
    found = receipt_of(entry, subject=subject) if subject else None
    if found is None:
        raise Http404
    if request.GET.get("form") == "json":
        answer = JsonResponse(_said(found), json_dumps_params={"ensure_ascii": False, "indent": 2})
        answer.headers["Content-Disposition"] = content_disposition_header(True, f"log-{entry}.json")
        return answer
    return render(request, "evidence/receipt.html", {"found": found, "entry": entry, "here": "my-data"})


def _said(found: Receipt) -> dict[str, Any]:
    proof = found.proof
    return {
        "entry": {name: str(value) if value is not None else None for name, value in found.parts.items()},
        "salt": found.salt.hex(),
        "leaf": found.leaf.hex(),
        "index": proof.index if proof else None,
        "path": [each.hex() for each in proof.path] if proof else [],
        "checkpoint": proof.note if proof else "",
    }
