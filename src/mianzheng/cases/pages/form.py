"""The form of a matter as Django renders it, with its answers and what is to be mended."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mianzheng.catalogue.rules.city import Question, Work
from mianzheng.common.reasons import Reason
from mianzheng.common.texts import Text


@dataclass(frozen=True, slots=True)
class Field:
    """One question with its answer: what ``cases/field.html`` shows."""

    question: Question
    value: str
    choices: tuple[tuple[str, Text | str], ...]
    problem: Reason | None
    prefilled: bool


def fields_of(
    work: Work,
    answers: Mapping[str, Any],
    *,
    problems: Mapping[str, Reason],
    relatives: Mapping[str, Sequence[tuple[uuid.UUID, str]]],
    prefilled: Mapping[str, Any],
) -> list[Field]:
    """Return the fields of the form in order; `relatives` names whom the person may choose."""
    return [
        Field(
            question=question,
            value=str(answers.get(question.code, "")),
            choices=_choices(question, relatives.get(question.code, ())),
            problem=problems.get(question.code),
            prefilled=question.code in prefilled
            and str(prefilled[question.code]) == str(answers.get(question.code, "")),
        )
        for question in work.form
    ]


def _choices(question: Question, relatives: Sequence[tuple[uuid.UUID, str]]) -> tuple[tuple[str, Text | str], ...]:
    if question.type == "relative":
        return tuple((str(subject), name) for subject, name in relatives)
    return tuple(question.choices.items())
