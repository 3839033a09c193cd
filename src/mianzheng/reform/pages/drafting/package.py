"""The city package as a ZIP of the folder it came from: the one in force, or as a draft would have it."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mianzheng.catalogue.queries import editions
from mianzheng.catalogue.rules.trees import plain
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.pages.drafting.editing import open_draft
from mianzheng.web.access import allow

_ALWAYS = (1980, 1, 1, 0, 0, 0)
"""The day of every file in a ZIP: the same package is the same ZIP, byte for byte."""


@allow(REFORM)
@require_safe
def package(request: HttpRequest) -> HttpResponse:
    """The package in force."""
    return _zip(editions.files()[1])


@allow(REFORM)
@require_safe
def drafted(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """The package as the draft would have it, whatever is still wrong with it."""
    return _zip(open_draft(draft).files)


def _zip(files: Mapping[str, str]) -> HttpResponse:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(files):
            packed.writestr(zipfile.ZipInfo(name, _ALWAYS), files[name].encode(), zipfile.ZIP_DEFLATED)
    code = str((plain(files.get("city.yaml", "")) or {}).get("code", "city"))
    response = HttpResponse(out.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="city-{code}.zip"'
    return response
