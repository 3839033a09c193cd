"""A whole application in one go, as ``mianzheng case apply`` does it: every step a person takes, in order."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from mianzheng.cases import models
from mianzheng.cases.actions import applying
from mianzheng.cases.queries.dossiers import Dossier, of_applicant, open_dossier
from mianzheng.cases.rules.trying import trial_answers
from mianzheng.catalogue.rules.city import Question
from mianzheng.common.actors import Actor
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence.actions.prefill import prefill, relatives
from mianzheng.evidence.rules.progress import Option
from mianzheng.people.queries import subjects_of
from mianzheng.people.rules.subjects import written_like
from mianzheng.web.ids import uuid7


def apply_at_once(
    *, matter: str, given: Mapping[str, Any], commit: bool, actor: Actor, now: datetime.datetime
) -> tuple[Dossier, Refusal | None]:
    """Start, fill, agree, look up, with `commit` sign what may be signed, and hand in; return where the case stands.

    Questions that `given` leaves out are filled by `rules.trying`. The refusal says why the case was not handed in
    (something fails, or waits for a choice): the person decides that, so the case stays with them. Every step is
    committed by itself, as in the browser. Raises `Refusal` for what makes the application impossible.
    """
    case = applying.start(matter=matter, key=uuid7(), actor=actor, now=now)
    _fill(case, given, actor, now)
    applying.agree(case=case.id, actor=actor, now=now)
    dossier = applying.look_up(case=case.id, actor=actor, now=now)
    if commit:
        dossier = _commit(dossier, actor, now)
    refused = None
    try:
        dossier = applying.hand_in(case=case.id, actor=actor, now=now)
    except Refusal as refusal:
        refused = refusal
    return of_applicant(case.id, actor.subject, now=now), refused


def _fill(case: models.Case, given: Mapping[str, Any], actor: Actor, now: datetime.datetime) -> None:
    """Fill the form: from what was given, from the person's own records, and by `rules.trying`."""
    dossier = open_dossier(case, now=now)
    form = dossier.work.form
    unknown = sorted(given.keys() - {question.code for question in form})
    if unknown:
        raise Refusal(
            Reason(N_("表格里没有这一项：%(code)s。"), {"code": ", ".join(unknown)}),
            Reason(N_("请核对编码。")),
            field=unknown[0],
        )
    filled = prefill(city=dossier.city, matter=dossier.matter, subject=case.applicant, actor=actor, now=now)
    chosen = relatives(city=dossier.city, matter=dossier.matter, subject=case.applicant, actor=actor, now=now)
    typed = trial_answers(form, given=_by_subject(form, given), filled=filled, relatives=chosen, today=now.date())
    wrong = applying.save_answers(case=case.id, typed=typed, relatives=chosen, actor=actor, now=now)
    if wrong:
        raise Refusal(_told(form, wrong), Reason(N_("请用 --answers 给出改正后的答案。")), field=next(iter(wrong)))


def _told(form: Sequence[Question], wrong: Mapping[str, Reason]) -> Reason:
    """Say of each question that is wrong what to mend, in one sentence after the other."""
    told: Reason | None = None
    for question in form:
        if question.code in wrong:
            about = {"name": question.name, "code": question.code, "why": wrong[question.code]}
            one = Reason(N_("%(name)s（%(code)s）要改：%(why)s"), about)
            told = one if told is None else Reason("%(first)s %(rest)s", {"first": told, "rest": one})
    return told or Reason("")


def _by_subject(form: Sequence[Question], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return `given` with relatives named by their document's number put as subjects."""
    asked = {
        question.code: (written_like(str(given[question.code])).value, str(given[question.code]))
        for question in form
        if question.type == "relative" and given.get(question.code)
    }
    known = subjects_of(asked.values())
    return {**given, **{code: known[number] for code, number in asked.items() if number in known}}


def _commit(dossier: Dossier, actor: Actor, now: datetime.datetime) -> Dossier:
    """Sign every commitment that is open, which is what the person said they want."""
    for code in [file.need.code for file in dossier.files]:
        if Option.COMMIT in dossier.file(code).progress.options:
            dossier = applying.choose(case=dossier.case.id, need=code, option=Option.COMMIT, actor=actor, now=now)
    return dossier
