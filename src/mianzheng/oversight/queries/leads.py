"""Leads as pages show them: whose they are, what they are about, how many there are."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from mianzheng.audit.queries import Entry
from mianzheng.cases.queries.dossiers import cases_by_id
from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import Actor
from mianzheng.common.reasons import Reason
from mianzheng.common.texts import Text
from mianzheng.evidence.rules.looks import ACTIONS
from mianzheng.oversight.models import Lead, Screening
from mianzheng.oversight.rules.leads import WITH_DEPARTMENT, Source, Status
from mianzheng.people.rules.roles import HEAD, SUPERVISOR
from mianzheng.web import sql


def may_see(lead: Lead, actor: Actor) -> bool:
    """Return whether a lead is the actor's: about them, of the department they head, or the actor is of oversight."""
    return (
        str(lead.account) == actor.id
        or actor.role == SUPERVISOR
        or (actor.role == HEAD and bool(actor.office) and lead.office == actor.office)
    )


def leads_of(actor: Actor, *, mine: bool = False) -> QuerySet[Lead]:
    """Return the leads that are the actor's, or with `mine` those about the actor alone; open ones first, by due date."""
    own = Q(account=uuid.UUID(actor.id))
    found = Lead.objects.all()
    if mine or actor.role not in (HEAD, SUPERVISOR):
        found = found.filter(own)
    elif actor.role == HEAD:
        found = found.filter(office=actor.office)
    return found.order_by("due", "id")


def one(lead: uuid.UUID, actor: Actor) -> Lead | None:
    """Return a lead the actor may see, with the question it comes from."""
    found = Lead.objects.select_related("question").filter(id=lead).first()
    return found if found is not None and may_see(found, actor) else None


def due_count(actor: Actor, *, today: datetime.date) -> int:
    """Return how many leads wait for the actor and are due today or overdue, those to explain at once (one query)."""
    asked = {"asked_at__isnull": False, "replied_at": None, "status__in": [Status.ASKED, Status.PASSED]}
    waits = Q(account=uuid.UUID(actor.id), **asked)
    if actor.role == HEAD:
        waits |= Q(office=actor.office, status__in=[Status.OPEN, Status.REPLIED], due__lte=today)
    elif actor.role == SUPERVISOR:
        waits |= Q(status=Status.PASSED, due__lte=today)
    return Lead.objects.filter(waits).count()


@dataclass(frozen=True, slots=True)
class Line:
    """One look-up as whoever decides sees it: no name, no identifier of a person."""

    at: datetime.datetime
    action: Reason
    office: Text | None
    item: Text | None
    matter: Text | None
    question: Text | None
    case: str
    purpose: str


def told_lines(city: City, entries: Sequence[Entry]) -> tuple[Line, ...]:
    """Return `entries` in words, cases by their number (one query)."""
    cases = cases_by_id({entry.case for entry in entries if entry.case})
    return tuple(_line(city, entry, cases[entry.case].number if entry.case in cases else "") for entry in entries)


def _line(city: City, entry: Entry, number: str) -> Line:
    item, matter, fact = city.items.get(entry.item), city.matters.get(entry.matter), city.facts.get(entry.fact)
    return Line(
        entry.at,
        Reason(ACTIONS.get(entry.action, "")),
        city.office(entry.actor_office),
        item.name if item else None,
        matter.name if matter else None,
        fact.question if fact else None,
        number,
        entry.purpose,
    )


_WEEKS = """
    SELECT date_trunc('week', day)::date, office, coalesce(reason ->> 'rule', %(person)s), count(*)
    FROM oversight_lead LEFT JOIN LATERAL jsonb_array_elements(reasons) AS reason ON true
    WHERE day >= %(first)s AND day < %(before)s GROUP BY 1, 2, 3
"""


def by_week(first: datetime.date, before: datetime.date) -> dict[datetime.date, dict[tuple[str, str], int]]:
    """Return, for each week (its Monday) from `first` until `before`, how many leads a rule made about a department, by
    (rule, department); those a person asked for stand under ``person`` (one statement).
    """
    found: dict[datetime.date, dict[tuple[str, str], int]] = {}
    for week, office, rule, count in sql.fetch(
        _WEEKS, {"first": first, "before": before, "person": Source.PERSON.value}
    ):
        found.setdefault(week, {})[rule, office] = count
    return found


def last_screened() -> Screening | None:
    """Return the last day of the log that was gone through."""
    return Screening.objects.order_by("-day").first()


def not_screened(days: Iterable[datetime.date]) -> list[datetime.date]:
    """Return which of `days` nobody has gone through yet, the oldest first (one query)."""
    wanted = sorted(days)
    done = set(Screening.objects.filter(day__in=wanted).values_list("day", flat=True))
    return [day for day in wanted if day not in done]


def overdue(actor: Actor, *, today: datetime.date) -> int:
    """Return how many of the actor's leads are past their day."""
    return leads_of(actor).filter(status__in=[*WITH_DEPARTMENT, Status.PASSED], due__lt=today).count()
