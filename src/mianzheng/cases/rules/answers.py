"""The form of a matter: what people typed becomes answers, or a sentence at the field that says what to mend."""

from __future__ import annotations

import datetime
import unicodedata
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from mianzheng.catalogue.rules.city import Need, Question, Work
from mianzheng.common.reasons import N_, Reason

LONGEST = 2000
YES = ("yes", "on", "true", "True")


def clean(
    form: Sequence[Question], typed: Mapping[str, Any], *, relatives: Mapping[str, Collection[uuid.UUID]] | None
) -> tuple[dict[str, Any], dict[str, Reason]]:
    """Return the answers in JSON types by question code, and what is wrong by question code.

    `relatives` says whom the person may choose for questions of type ``relative``; with None any subject is taken, and
    verifying finds out. Answers that are wrong are kept as typed, so that nothing is lost.
    """
    answers: dict[str, Any] = {}
    wrong: dict[str, Reason] = {}
    for question in form:
        text = unicodedata.normalize("NFKC", str(typed.get(question.code, "") or "")).strip()
        if question.type == "boolean":
            answers[question.code] = "yes" if text in YES else "no"
            if question.required and text not in YES:
                wrong[question.code] = Reason(N_("需要您勾选这一项。"))
            continue
        answers[question.code] = text
        if not text:
            if question.required:
                wrong[question.code] = Reason(N_("请填写%(name)s。"), {"name": question.name})
            continue
        problem = _problem(question, text, None if relatives is None else relatives.get(question.code, ()))
        if problem:
            wrong[question.code] = problem
    return answers, wrong


def _problem(question: Question, text: str, relatives: Collection[uuid.UUID] | None) -> Reason | None:
    """Say what is wrong with `text`, or None."""
    kind = question.type
    if kind == "choice" and text not in question.choices:
        return Reason(N_("请从列出的选项中选择一项。"))
    if kind == "relative" and relatives is not None and text not in {str(subject) for subject in relatives}:
        return Reason(N_("请从登记的记录中选择一项。"))
    if kind in ("text", "longtext") and len(text) > LONGEST:
        return Reason(N_("最多 %(count)s 个字，现在有 %(has)s 个。"), {"count": LONGEST, "has": len(text)})
    if kind == "date":
        try:
            datetime.date.fromisoformat(text)
        except ValueError:
            return Reason(N_("请按 2026-01-31 的样子填写日期。"))
    if kind in ("integer", "decimal"):
        return _number_problem(question, text)
    return None


def _number_problem(question: Question, text: str) -> Reason | None:
    plain = text.replace(",", "")
    try:
        number = int(plain) if question.type == "integer" else float(plain)
    except ValueError:
        return (
            Reason(N_("请只填数字，例如 120。"))
            if question.type == "integer"
            else Reason(N_("请只填数字，例如 120.5。"))
        )
    if question.minimum is not None and number < question.minimum:
        return Reason(N_("不能小于 %(limit)s。"), {"limit": question.minimum})
    if question.maximum is not None and number > question.maximum:
        return Reason(N_("不能大于 %(limit)s。"), {"limit": question.maximum})
    return None if number == number and abs(number) != float("inf") else Reason(N_("请只填数字，例如 120。"))


def needs_of(work: Work, answers: Mapping[str, Any]) -> tuple[Need, ...]:
    """Return the needs that these answers raise."""
    return tuple(n for n in work.needs if n.when is None or str(answers.get(n.when[0], "")) == n.when[1])


def selected(work: Work, answers: Mapping[str, Any]) -> dict[str, uuid.UUID]:
    """Return the relatives chosen, by relation."""
    return {q.relation: uuid.UUID(answers[q.code]) for q in work.form if q.type == "relative" and answers.get(q.code)}
