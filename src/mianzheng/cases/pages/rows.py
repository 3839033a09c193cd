"""The facts of a case as rows: by which way, what came out, why, and what the person may do."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from mianzheng.cases.queries.dossiers import Dossier
from mianzheng.cases.rules.states import WITH_PERSON
from mianzheng.catalogue.rules.city import Basis, City, Need, Work
from mianzheng.catalogue.rules.papers import papers_of
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.evidence.queries.files import File
from mianzheng.evidence.rules.progress import Option, Progress, Stage
from mianzheng.evidence.rules.verdicts import Verdict, Way
from mianzheng.evidence.rules.ways import Plan

OPTION_NAMES = {
    Option.COMMIT: Reason(N_("我自己承诺")),
    Option.FALLBACK: Reason(N_("先签承诺备用")),
    Option.WITHDRAW: Reason(N_("撤回承诺")),
    Option.REVIEW: Reason(N_("请人核实")),
    Option.OBJECT: Reason(N_("提出异议")),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One fact as ``parts/fact_row.html`` shows it, with the choices the person has."""

    code: str
    question: Text
    about: Text | Reason | None
    way: str
    office: Text | None
    reason: Reason
    basis: Basis | None
    why: Text
    verdict: str = ""
    note: Reason | None = None
    passed: tuple[tuple[str, Reason], ...] = ()
    as_of: datetime.date | None = None
    pending: bool = False
    url_verify: str = ""
    options: tuple[tuple[str, Reason, str], ...] = ()
    stage: str = ""


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper the baseline year asked for, with what it cost."""

    code: str
    name: Text
    offices: int
    trips: int


YOU = Reason(N_("您本人"))
APPLICANT = Reason(N_("申请人"))


def about_of(city: City, need: Need, applicant: Reason) -> Text | Reason:
    """Return whom a need is about, in words; `applicant` is what the reader calls the applicant."""
    return applicant if need.about == "applicant" else city.relations[need.about].name


def office_of(city: City, need: Need, way: Way, owner: str) -> Text | None:
    """Return who answers: the source of the item, the department asked, or the one that decides."""
    fact = city.facts[need.fact]
    if way in (Way.COMMITMENT, Way.CERTIFICATE):
        return None
    code = {Way.DEPARTMENT: fact.answered_by, Way.REVIEW: owner}.get(way, city.items[fact.item].owner)
    return city.office(code)


def planned(city: City, plan: Plan, owner: str, *, note: Reason | None = None) -> Row:
    """Return a row for a need nobody has looked up: the way it will take."""
    need, first = plan.need, plan.first
    return Row(
        code=need.code,
        question=city.facts[need.fact].question,
        about=about_of(city, need, YOU),
        way=first.way,
        office=office_of(city, need, first.way, owner),
        reason=first.reason,
        basis=city.bases.get(need.basis),
        why=need.why,
        note=note,
        passed=tuple((step.way, step.reason) for step in plan.passed),
    )


def row_of(dossier: Dossier, file: File, *, acting: bool = True, applicant: Reason = YOU) -> Row:
    """Return the row of one fact; with `acting` it carries what the person may do and, while pending, looks itself up."""
    city, need, found = dossier.city, file.need, file.progress
    if dossier.case.agreed_at is None:
        return planned(city, file.plan, dossier.case.owner)
    pending = found.stage is Stage.PENDING
    tried = [(event.way, event.reason) for event in found.tried[:-1] if event.way]
    if found.tried and found.tried[-1].verdict is Verdict.UNKNOWN and found.way is not found.tried[-1].way:
        tried.append((found.tried[-1].way or Way.DATA, found.tried[-1].reason))
    return Row(
        code=need.code,
        question=city.facts[need.fact].question,
        about=about_of(city, need, applicant),
        way=found.way,
        office=office_of(city, need, found.way, dossier.case.owner),
        reason=found.reason,
        basis=city.bases.get(need.basis),
        why=need.why,
        verdict=str(found.verdict or ""),
        note=_note(found),
        passed=tuple((str(way), reason) for way, reason in tried) or _closed_before(file),
        as_of=found.as_of,
        pending=pending,
        url_verify=reverse("cases:verify_one", args=[dossier.case.id, need.code]) if pending and acting else "",
        options=_options(dossier, file) if acting else (),
        stage=str(found.stage),
    )


def _closed_before(file: File) -> tuple[tuple[str, Reason], ...]:
    """Return the lighter ways that were not open before the one taken."""
    ways = [step.way for step in file.plan.steps]
    before = file.plan.steps[: ways.index(file.progress.way)] if file.progress.way in ways else ()
    return tuple((str(step.way), step.reason) for step in before if not step.open)


def _note(found: Progress) -> Reason | None:
    """Say on the row itself what is going on, where the verdict alone does not tell."""
    if found.stage in (Stage.WAITING, Stage.CHOICE) or found.failed:
        return found.reason
    if found.stage is Stage.SETTLED and found.way in (Way.REVIEW, Way.COMMITMENT, Way.CERTIFICATE):
        return found.reason
    return None


def _options(dossier: Dossier, file: File) -> tuple[tuple[str, Reason, str], ...]:
    may = file.progress.options if dossier.status in WITH_PERSON else (Option.WITHDRAW,)
    return tuple(
        (
            option.value,
            OPTION_NAMES[option],
            reverse("cases:choose", args=[dossier.case.id, file.need.code, option.value]),
        )
        for option in file.progress.options
        if option in may
    )


def rows_of(dossier: Dossier, *, acting: bool = True, applicant: Reason = YOU) -> list[Row]:
    """Return the rows of all facts of a case."""
    return [row_of(dossier, file, acting=acting, applicant=applicant) for file in dossier.files]


def paper_rows(city: City, work: Work | None, gone: Collection[str] = ()) -> list[PaperRow]:
    """Return the papers that the baseline year asked for and nobody asks for any more; `gone` were cancelled since."""
    papers = [*papers_of(city, work), *(p for p in papers_of(city, work, asked=True) if p.certificate in gone)]
    return [PaperRow(p.certificate, city.certificates[p.certificate].name, p.offices, p.trips) for p in papers]


def zero_of(dossier: Dossier) -> dict[str, object]:
    """Return what ``parts/zero.html`` shows, all of it counted."""
    city = dossier.city
    papers = paper_rows(city, dossier.work, dossier.gone)
    return {
        "papers_asked": dossier.papers_asked,
        "papers": papers,
        "papers_kept": dossier.papers_kept,
        "papers_offices": sum(paper.offices for paper in papers),
        "papers_trips": sum(paper.trips for paper in papers),
        "baseline_year": city.baseline_year,
    }


def answers_in_words(dossier: Dossier, names: Mapping[uuid.UUID, str]) -> list[tuple[Text, Any]]:
    """Return what the applicant wrote, question by question; relatives by name where `names` knows them."""
    shown: list[tuple[Text, Any]] = []
    for question in dossier.work.form:
        value = dossier.case.answers.get(question.code, "")
        if question.type == "boolean":
            value = Reason(N_("是")) if value == "yes" else Reason(N_("否"))
        elif question.type == "relative" and value:
            chosen = Reason(N_("已选择（%(who)s）"), {"who": dossier.city.relations[question.relation].name})
            value = names.get(uuid.UUID(value), chosen)
        shown.append((question.name, question.choices.get(value, value)))
    return shown
