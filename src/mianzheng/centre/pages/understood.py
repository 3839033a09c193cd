"""How the headings of a file were understood, as a form in which each can be corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.models import Intake
from mianzheng.centre.queries.previews import Preview
from mianzheng.centre.rules.headings import NAME, OPERATION, SUBJECT
from mianzheng.centre.rules.intakes import Kind
from mianzheng.centre.rules.rows import OPERATIONS
from mianzheng.centre.rules.shown import shown
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.web.words import say

MOST_COLUMNS = 240
SAMPLES = 3
SUBJECTS = {
    "person": N_("身份证号码（主体）"),
    "organisation": N_("统一社会信用代码（主体）"),
    "house": N_("不动产单元代码（主体）"),
    "place": N_("地点代码（主体）"),
}


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of the file: its heading, what it was taken for ("": nothing), and its first values as `shown`."""

    number: int
    name: str
    code: str
    samples: tuple[str, ...]


def understood(item: Item, batch: Intake, found: Preview, *, sender: bool) -> dict[str, Any]:
    """Return the headings with what they were taken for, the choices for each, and the first rows.

    To somebody who is not the `sender` no value is shown of a column that nobody has understood.
    """
    names: dict[str, Text | str] = {field.name.zh: field.name for field in item.fields}
    taken = {heading: code for code, heading in found.columns.fields.items()}
    kinds = {heading: _kind(item, code) for heading, code in taken.items()}

    def seen(heading: str, cell: str | None) -> str:
        kind, words = kinds.get(heading, ("", frozenset()))
        return shown(cell, kind, words, sender=sender)

    rows = [[seen(heading, cell) for heading, cell in zip(found.headings, row, strict=False)] for row in found.rows]
    choices = [(SUBJECT, _(SUBJECTS[item.about])), (NAME, _("姓名或名称"))]
    if batch.kind == Kind.INCREMENT:
        choices.append((OPERATION, _("操作（新增、变更、删除）")))
    choices += [(field.code, say(field.name)) for field in item.fields]
    return {
        "headings": [
            Heading(n, name, taken.get(name, ""), _samples([row[n] for row in rows], told=sender or name in taken))
            for n, name in enumerate(found.headings)
        ],
        "choices": choices,
        "missing": [names.get(name, name) for name in found.columns.missing],
        "absent": [
            field.name for field in item.fields if field.code not in found.columns.fields and not field.required
        ],
        "first_rows": rows,
        "faults": [
            (fault, seen(fault.column, fault.value)) for fault in sorted(found.faults, key=lambda fault: fault.row)
        ],
    }


def corrections(posted: QueryDict) -> dict[str, str]:
    """Return heading -> field code as the form says; refuse a field that was chosen for two columns."""
    found: dict[str, str] = {}
    for n in range(MOST_COLUMNS):
        heading = posted.get(f"heading{n}")
        if heading is not None:
            found[heading] = posted.get(f"code{n}", "")
    chosen = [code for code in found.values() if code]
    twice = {code for code in chosen if chosen.count(code) > 1}
    if twice:
        both = "、".join(heading for heading, code in found.items() if code in twice)
        what = Reason(N_("这些列选成了同一个字段：%(headings)s。"), {"headings": both})
        raise Refusal(what, Reason(N_("一个字段只能对应一列，请改选其中一列。")))
    return found


def _kind(item: Item, code: str) -> tuple[str, frozenset[str]]:
    """Return what a column taken for `code` holds, and the words it may hold."""
    if code == OPERATION:
        return "code", frozenset(OPERATIONS)
    field = next((field for field in item.fields if field.code == code), None)
    if field is None:
        return code, frozenset()
    return field.type, frozenset(field.codes).union(*((text.zh, text.en) for text in field.codes.values()))


def _samples(cells: Sequence[str], *, told: bool) -> tuple[str, ...]:
    there = tuple(filter(None, cells))
    return there[:SAMPLES] if told or not there else (_("头几行里有%(n)s个值") % {"n": len(there)},)
