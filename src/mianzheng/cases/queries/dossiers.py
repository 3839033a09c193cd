"""Cases as pages and actions read them: the case, its matter as it then stood, and how far each fact has come."""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from mianzheng.cases import models
from mianzheng.cases.rules.answers import needs_of, selected
from mianzheng.cases.rules.deciding import grounds, unreviewed
from mianzheng.cases.rules.states import WITH_OFFICE, WITH_PERSON, Status
from mianzheng.catalogue.queries.editions import cancelled_since, edition
from mianzheng.catalogue.rules.city import Certificate, City, Matter, Work
from mianzheng.catalogue.rules.papers import papers_of
from mianzheng.common.errors import NotFound
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence.queries.files import File, files_of, files_of_many
from mianzheng.evidence.rules.inquiry import Inquiry
from mianzheng.evidence.rules.progress import Progress
from mianzheng.evidence.rules.verdicts import Verdict, Way


@dataclass(frozen=True, slots=True)
class Dossier:
    """One case with everything needed to show it or act on it. Nobody asks any more for the certificates that are `gone`:
    cancelled since the edition the case began under.
    """

    case: models.Case
    city: City
    matter: Matter
    work: Work
    files: tuple[File, ...]
    gone: frozenset[str] = frozenset()

    @property
    def status(self) -> Status:
        """Return where the case stands."""
        return Status(self.case.status)

    @property
    def inquiry(self) -> Inquiry:
        """Return the case as evidence knows it."""
        return inquiry_of(self.case, self.work)

    @property
    def progress(self) -> tuple[Progress, ...]:
        """Return how far each fact has come."""
        return tuple(file.progress for file in self.files)

    @property
    def papers_asked(self) -> int:
        """Return how many papers the person has to bring."""
        return len(self.papers_kept)

    @property
    def papers_kept(self) -> tuple[Certificate, ...]:
        """Return the papers the person has to bring: by the ways the facts really took, and those not dealt with yet."""
        by_way = [file.need.retained for file in self.files if file.progress.way is Way.CERTIFICATE]
        asked = [paper.certificate for paper in papers_of(self.city, self.work, asked=True)]
        asked = [code for code in asked if code not in self.gone]
        return tuple(self.city.certificates[code] for code in dict.fromkeys((*by_way, *asked)))

    @property
    def to_review(self) -> tuple[File, ...]:
        """Return the facts an officer still has to look into."""
        return tuple(file for file in self.files if unreviewed(file.progress))

    @property
    def grounds(self) -> tuple[str, ...]:
        """Return the articles a refusal may rest on, those of failing facts first."""
        return grounds([(file.need, file.progress) for file in self.files])

    def file(self, need: str) -> File:
        """Return one fact of the case, or raise `NotFound`."""
        for file in self.files:
            if file.need.code == need:
                return file
        raise NotFound(Reason(N_("这件申请里没有这一项。")), Reason(N_("请回到办件页面。")))


def inquiry_of(case: models.Case, work: Work) -> Inquiry:
    """Return `case` as evidence knows it."""
    return Inquiry(case.id, case.matter, case.applicant, selected(work, case.answers))


def open_dossier(case: models.Case, *, now: datetime.datetime) -> Dossier:
    """Read everything about `case`; the catalogue is that of its own edition, but what was cancelled since is not asked for."""
    city = edition(case.edition)
    matter = city.matters[case.matter]
    assert matter.work is not None
    decision = getattr(case, "decision", None)
    until = decision.decided_at if decision else None  # what arrives later changes nothing that was decided
    gone = cancelled_since(case.edition, at=until)
    needs = [replace(n, retained="") if n.retained in gone else n for n in needs_of(matter.work, case.answers)]
    return Dossier(case, city, matter, matter.work, files_of(city, case.id, needs, now=now, until=until), gone)


def _cases() -> QuerySet[models.Case]:
    return models.Case.objects.select_related("decision")


def no_case() -> NotFound:
    """Return the refusal for a case that does not exist, or not for whoever asks: nobody learns which."""
    return NotFound(Reason(N_("没有这件办件，或者它不归您。")), Reason(N_("请从“我的办件”或您的待办列表打开。")))


def of_applicant(case: uuid.UUID, applicant: uuid.UUID | None, *, now: datetime.datetime) -> Dossier:
    """Return the applicant's own case, or raise `NotFound` as for a case that does not exist."""
    found = _cases().filter(id=case, applicant=applicant).first() if applicant else None
    if found is None:
        raise no_case()
    return open_dossier(found, now=now)


def of_office(case: uuid.UUID, office: str, *, now: datetime.datetime) -> Dossier:
    """Return a case that `office` decides and that has been handed in, or raise `NotFound`."""
    found = _cases().filter(id=case, owner=office, submitted_at__isnull=False).first() if office else None
    if found is None:
        raise no_case()
    return open_dossier(found, now=now)


def mine(applicant: uuid.UUID) -> list[models.Case]:
    """Return the applicant's cases, the newest first."""
    return list(models.Case.objects.filter(applicant=applicant).order_by("-started_at")[:100])


def draft_of(applicant: uuid.UUID, matter: str) -> models.Case | None:
    """Return the applicant's unfinished case of `matter`, to go on with."""
    drafts = models.Case.objects.filter(applicant=applicant, matter=matter, status__in=WITH_PERSON)
    return drafts.order_by("-started_at").first()


def desk(office: str, *, ended: bool = False) -> list[models.Case]:
    """Return the cases `office` has to decide, the most urgent first, or those it has decided."""
    if ended:
        states = [Status.GRANTED, Status.REFUSED]
        return list(
            models.Case.objects.filter(owner=office, status__in=states)
            .select_related("decision")
            .order_by("-decision__decided_at")[:200]
        )
    return list(models.Case.objects.filter(owner=office, status__in=WITH_OFFICE).order_by("due", "id")[:200])


def found_so_far(cases: Iterable[models.Case], *, now: datetime.datetime) -> dict[uuid.UUID, Counter[Verdict | None]]:
    """Return how many facts of each case have which verdict (two queries an edition)."""
    by_edition: dict[uuid.UUID, list[models.Case]] = {}
    for case in cases:
        by_edition.setdefault(case.edition, []).append(case)
    found: dict[uuid.UUID, Counter[Verdict | None]] = {}
    for key, group in by_edition.items():
        city = edition(key)
        works = {case: city.matters[case.matter].work for case in group}
        needs = {case.id: needs_of(work, case.answers) for case, work in works.items() if work}
        for case_id, files in files_of_many(city, needs, now=now).items():
            found[case_id] = Counter(file.progress.verdict for file in files)
    return found


def by_key(key: uuid.UUID) -> models.Case | None:
    """Return the case whose receipt carries `key`."""
    return models.Case.objects.filter(key=key).first()


def cases_by_id(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, models.Case]:
    """Return cases by their id (one query)."""
    return models.Case.objects.in_bulk(list(ids))


def steps_of(case: uuid.UUID) -> list[models.Step]:
    """Return the moves of `case`, oldest first."""
    return list(models.Step.objects.filter(case=case).order_by("id"))


def stood(file: File) -> dict[str, Any]:
    """Return where one fact stands, in JSON types: what a decision keeps and what the command line prints."""
    found = file.progress
    return {
        "fact": file.need.fact,
        "about": file.need.about,
        "way": str(found.way),
        "verdict": str(found.verdict or "unknown"),
        "source": found.source,
        "as_of": found.as_of.isoformat() if found.as_of else None,
    }


def told(dossier: Dossier) -> dict[str, Any]:
    """Return the case as `mianzheng case apply --json` prints it. Reasons stay reasons; the edge puts them into words."""
    facts = [{**stood(file), "reason": file.progress.reason} for file in dossier.files]
    return {
        "case": str(dossier.case.id),
        "number": dossier.case.number,
        "matter": dossier.matter.code,
        "papers_asked": dossier.papers_asked,
        "status": str(dossier.status),
        "facts": facts,
    }
