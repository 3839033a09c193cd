"""What a preview may show of a cell: to its sender all but the numbers of documents, to anybody else nothing that could be
about a person.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from mianzheng.centre.rules.cells import WORDS
from mianzheng.centre.rules.headings import NAME, SUBJECT
from mianzheng.common.identifiers import mask, normalise

HIDDEN = "***"
_RUN = re.compile(
    r"(?P<day>(?<![0-9A-Za-z])\d{4}-\d{1,2}-\d{1,2}(?![0-9A-SU-Za-z]))"
    r"|[0-9A-Za-z]+(?:[ \-\u2010-\u2015][0-9][0-9A-Za-z]*)*"
)
"""A date, or letters and digits together, the latter perhaps in groups."""

_QUANTITIES = ("integer", "decimal", "date")
_PLAIN = re.compile(
    r"(?:1[89]|20|21|99)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T][\d:.]{4,15}(?:Z|[+-][\d:]{2,5})?)?"
    r"|[-+¥]?(?:\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.\d{1,6})?元?"
)
"""A date, with a time or without, or an amount: too short for the number of an ID card."""


def shown(value: str | None, kind: str, words: Collection[str] = (), *, sender: bool) -> str:
    """Return what may be shown of `value` in a column taken for `kind`: the type of a field, `NAME`, or "" for nothing.

    `words` are the words of the field's code list.
    """
    if not value:
        return ""
    if kind == SUBJECT and (not sender or any(sign.isdigit() for sign in value)):
        return mask(value)
    if kind == NAME:
        return _first(value)
    if value in words or (kind == "boolean" and value.lower() in WORDS):
        return value
    if kind in _QUANTITIES and _PLAIN.fullmatch(unicodedata.normalize("NFKC", value)):
        return value if sender else masked(value)
    if sender:
        return masked(value)
    return _first(value) if kind else HIDDEN


def masked(text: str) -> str:
    """Return `text` with everything masked that may be the number of a document (of a person, an organisation, a house) or
    of a telephone: seven signs or more with a digit among them, or five with letters too.
    """
    return _RUN.sub(_masked, unicodedata.normalize("NFKC", text))


def _masked(run: re.Match[str]) -> str:
    plain = normalise(run[0])
    if run["day"] or not any(sign.isdigit() for sign in plain):
        return run[0]
    return mask(plain) if len(plain) >= (7 if plain.isdigit() else 5) else run[0]


def _first(value: str) -> str:
    return value[:1] + "*" * min(len(value) - 1, 3)
