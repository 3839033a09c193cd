"""Answers to try a matter out with, from the command line, where nobody typed any. Never used for what people do."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from mianzheng.catalogue.rules.city import Question

NOTHING = "无"


def trial_answers(
    form: Sequence[Question],
    *,
    given: Mapping[str, Any],
    filled: Mapping[str, Any],
    relatives: Mapping[str, Sequence[uuid.UUID]],
    today: datetime.date,
) -> dict[str, str]:
    """Return an answer for every question of `form`.

    It is what was `given`, else what the records `filled` in, else the least that is valid: first choice, smallest
    number, first relative, today, “无”, a tick where one is required.
    """
    return {
        question.code: _written(given[question.code])
        if question.code in given
        else _least(question, filled.get(question.code), relatives.get(question.code, ()), today)
        for question in form
    }


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _least(question: Question, filled: Any, relatives: Sequence[uuid.UUID], today: datetime.date) -> str:
    written = _written(filled)
    if written and (question.type != "choice" or written in question.choices):
        return written
    if question.type == "relative":
        return str(relatives[0]) if relatives else ""
    if question.type == "boolean":
        return "yes" if question.required else "no"
    if question.type == "choice":
        return next(iter(question.choices), "")
    if question.type in ("integer", "decimal"):
        least = question.minimum if question.minimum is not None else min(question.maximum or 1, 1)
        return str(int(least)) if question.type == "integer" else str(least)
    if question.type == "date":
        return today.isoformat()
    return NOTHING if question.required else ""
