"""The row of a certificate (证明). What becomes of it is decided in batches and shown here, not changed."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from mianzheng.catalogue.rules.certificates import BASIS_COLUMNS, CLAIMED
from mianzheng.catalogue.rules.editing import RowEdit, rows_of
from mianzheng.common.reasons import N_, Reason
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.pages.drafting.editing import Editor, edited, open_draft
from mianzheng.reform.pages.drafting.inputs import Input, Kind, Values
from mianzheng.reform.pages.drafting.labels import CONTENTS, FORCES, LABELS, LEVELS, options
from mianzheng.reform.pages.drafting.named import sides, text_of
from mianzheng.reform.queries.drafts import Written
from mianzheng.reform.rules.drafting import Place
from mianzheng.reform.rules.lines import row_lines
from mianzheng.web.access import allow

FILE = "certificates.csv"


def _inputs(seen: Written) -> list[Input]:
    forces = tuple(each for each in options(FORCES) if each[0] in CLAIMED)
    offices = sides(seen.files)
    return [
        Input("name", LABELS["name"]),
        Input("name_en", LABELS["name_en"]),
        Input("purpose", LABELS["purpose"]),
        Input("purpose_en", LABELS["purpose_en"]),
        Input("content", LABELS["content"], Kind.CHOICE, options=options(CONTENTS)),
        Input("demander", LABELS["demander"], Kind.CHOICE, options=offices),
        Input("demander_level", LABELS["demander_level"], Kind.CHOICE, options=options(LEVELS)),
        Input("issuer", LABELS["issuer"], Kind.CHOICE, options=offices),
        Input("issuer_level", LABELS["issuer_level"], Kind.CHOICE, options=options(LEVELS)),
        Input("yearly_volume", LABELS["yearly_volume"], Kind.WHOLE),
        Input("basis", N_("据说的设定依据"), Kind.HEAD, hint=N_("五栏要么都写，要么都不写。")),
        Input("basis_law", LABELS["basis_law"]).may,
        Input("basis_law_en", LABELS["basis_law_en"]).may,
        Input("basis_article", LABELS["basis_article"]).may,
        Input("basis_force", LABELS["basis_force"], Kind.CHOICE, options=forces).may,
        Input("basis_source", LABELS["basis_source"], longest=600, hint=N_("这一条的原文在哪里。")).may,
    ]


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def certificate(request: HttpRequest, draft: uuid.UUID, code: str) -> HttpResponse:
    """Edit the row of a certificate."""
    seen = open_draft(draft)
    row = rows_of(seen.files.get(FILE, "")).get(code)
    if row is None:
        raise Http404
    editor = Editor(
        title=text_of(row),
        file=FILE,
        places=[Place(FILE, code)],
        inputs=_inputs(seen),
        values=dict(row),
        wanted=lambda values: [RowEdit(FILE, code, dict(values))],
        lines=lambda files: row_lines(files[FILE], code),
        at=("reform:draft_certificates", [draft]),
        back=Reason(N_("证明清单")),
        aside="reform/drafting/disposal.html",
        more={"row": row},
        check=_all_or_nothing,
    )
    return edited(request, seen, editor)


def _all_or_nothing(values: Values) -> dict[str, Reason]:
    """A claimed basis is all of it or nothing; its English may wait."""
    empty = [name for name in BASIS_COLUMNS if not values[name] and name != "basis_law_en"]
    if len(empty) == len(BASIS_COLUMNS) - 1 and not values["basis_law_en"]:
        return {}
    return {name: Reason(N_("写了依据的，这一栏也要写。")) for name in empty}
