"""Grants as desks list them: whose turn it is, what is left today, what was announced."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from mianzheng.gateway.models import AllowanceChange, Grant, GrantDay, GrantStep, RaiseRequest
from mianzheng.gateway.rules.allowances import Change, allowance, end_announced
from mianzheng.gateway.rules.grants import LIVE, Stage, Step
from mianzheng.people.rules.roles import CENTRE

RECENT = 30
"""Days a chart of use looks back, and an ended request is called to mind."""


@dataclass(frozen=True, slots=True)
class Card:
    """A grant with its steps in order, changes as they were announced, today's answers, and the renewal that follows it."""

    grant: Grant
    steps: tuple[GrantStep, ...]
    changes: tuple[AllowanceChange, ...]
    raises: tuple[RaiseRequest, ...]
    allowed: int
    used: int
    unknown: int
    follows: uuid.UUID | None
    today: datetime.date

    @property
    def turn(self) -> GrantStep | None:
        """The step nobody has answered yet; of a lapsed request the one it lapsed at."""
        return next((step for step in self.steps if step.done_at is None and step.due is not None), None)

    @property
    def waiting(self) -> bool:
        return self.grant.stage == Stage.ASKED

    @property
    def overdue(self) -> bool:
        """Whether somebody should have answered by now."""
        return bool(self.waiting and self.turn and self.turn.due and self.turn.due < self.today)

    @property
    def in_force(self) -> bool:
        return self.grant.stage == Stage.IN_FORCE and self.today <= self.grant.until_day

    @property
    def wanted(self) -> RaiseRequest | None:
        """The wish for a larger allowance that waits for the data centre."""
        return next((each for each in self.raises if each.ended_at is None), None)

    @property
    def left(self) -> int:
        """Answers left today."""
        return max(0, self.allowed - self.used)

    @property
    def coming(self) -> tuple[AllowanceChange, ...]:
        """What was announced and has not begun."""
        return tuple(change for change in self.changes if change.day > self.today) if self.in_force else ()

    @property
    def end(self) -> datetime.date | None:
        """The day announced on which it ends before its term is over."""
        changes = [Change(each.day, each.daily) for each in self.changes]
        return end_announced(self.grant.daily, changes, self.grant.until_day)

    def nearly_used(self, share: float) -> bool:
        """Whether `share` of today's allowance is used."""
        return self.in_force and self.allowed > 0 and self.used >= share * self.allowed

    def ends_soon(self, days: int) -> bool:
        """Whether its term is over within `days`, and nothing follows it."""
        return self.in_force and (self.grant.until_day - self.today).days <= days and self.follows is None


def wanting(**more: object) -> Exists:
    """Return the condition that a wish for a larger allowance waits that fits `more`."""
    return Exists(RaiseRequest.objects.filter(grant=OuterRef("id"), ended_at=None, **more))


def turns(**more: object) -> Exists:
    """Return the condition that a grant has an open step that fits `more`."""
    return Exists(GrantStep.objects.filter(grant=OuterRef("id"), done_at=None, due__isnull=False, **more))


def shown(rows: QuerySet[Grant], show: str, *, today: datetime.date, renew_days: int) -> QuerySet[Grant]:
    """Return the grants of `rows` a tab shows: asked, in_force, ending, overdue, review (the
    centre's turn), more (a wish for a larger allowance) or over."""
    in_force = Q(stage=Stage.IN_FORCE, until_day__gte=today)
    asked = Q(stage=Stage.ASKED)
    soon = in_force & Q(until_day__lte=today + datetime.timedelta(days=renew_days))
    found = {
        "asked": asked,
        "in_force": in_force,
        "ending": soon,
        "overdue": Q(asked & Q(turns(due__lt=today))) | Q(wanting(due__lt=today)),
        "more": Q(wanting()),
        "review": asked & Q(turns(kind=Step.CENTRE)),
        "over": ~asked & ~in_force,
    }.get(show)
    kept = rows if found is None else rows.filter(found)
    return by_due(kept) if show in ("asked", "overdue", "review") else kept.order_by("-asked_at", "id")


def to_note(asker: str, *, now: datetime.datetime) -> QuerySet[Grant]:
    """Return the grants an asker may have to be told something about: those that live, and those that lapsed, were refused
    or revoked lately.
    """
    lately = Q(
        stage__in=(Stage.LAPSED, Stage.REFUSED, Stage.REVOKED), ended_at__gte=now - datetime.timedelta(days=RECENT)
    )
    return of_asker(asker).filter(Q(stage__in=LIVE) | lately).order_by("-asked_at", "id")


def by_due(rows: QuerySet[Grant]) -> QuerySet[Grant]:
    """Return requests in the order in which they should be answered."""
    waiting = GrantStep.objects.filter(grant=OuterRef("id"), done_at=None, due__isnull=False)
    return rows.annotate(due=Subquery(waiting.values("due")[:1])).order_by("due", "asked_at", "id")


def of_asker(asker: str) -> QuerySet[Grant]:
    """Return what one office asks or may ask."""
    return Grant.objects.filter(asker=asker)


def holds_one(asker: str, *, today: datetime.date) -> bool:
    """Return whether an office may ask anything today (one query)."""
    return of_asker(asker).filter(stage=Stage.IN_FORCE, from_day__lte=today, until_day__gte=today).exists()


def facts_granted(*, today: datetime.date) -> dict[str, frozenset[str]]:
    """Return for each asker that may ask anything today which facts (one query)."""
    live = Grant.objects.filter(stage=Stage.IN_FORCE, from_day__lte=today, until_day__gte=today)
    found: dict[str, set[str]] = {}
    for asker, fact in live.values_list("asker", "fact").distinct():
        found.setdefault(asker, set()).add(fact)
    return {asker: frozenset(facts) for asker, facts in found.items()}


def to_answer(office: str) -> QuerySet[Grant]:
    """Return the requests whose turn is the department `office`'s, the most urgent first."""
    return by_due(Grant.objects.filter(Q(stage=Stage.ASKED), turns(kind=Step.SOURCE, office=office)))


def answered_by(office: str) -> QuerySet[Grant]:
    """Return the grants the department `office` has answered or let lapse, newest first."""
    mine = GrantStep.objects.filter(grant=OuterRef("id"), kind=Step.SOURCE, office=office, due__isnull=False)
    return Grant.objects.filter(Exists(mine)).exclude(id__in=to_answer(office).values("id")).order_by("-asked_at", "id")


def one(grant: uuid.UUID, *, role: str, office: str) -> Grant | None:
    """Return one grant `office` may see: its own, one it has to agree to, and for the data centre any."""
    found = Grant.objects.filter(id=grant)
    if role != CENTRE:
        concerned = GrantStep.objects.filter(grant=OuterRef("id"), kind=Step.SOURCE, office=office)
        found = found.filter(Q(asker=office) | Q(Exists(concerned))) if office else found.none()
    return found.first()


def cards(rows: Iterable[Grant], *, today: datetime.date) -> list[Card]:
    """Return what a list shows of `rows` (five queries, however many)."""
    grants = list(rows)
    ids = [grant.id for grant in grants]
    steps: dict[uuid.UUID, list[GrantStep]] = {}
    for step in GrantStep.objects.filter(grant__in=ids).order_by("number"):
        steps.setdefault(step.grant_id, []).append(step)
    changes: dict[uuid.UUID, list[AllowanceChange]] = {}
    for change in AllowanceChange.objects.filter(grant__in=ids).order_by("announced_at", "id"):
        changes.setdefault(change.grant_id, []).append(change)
    raises: dict[uuid.UUID, list[RaiseRequest]] = {}
    for wish in RaiseRequest.objects.filter(grant__in=ids).order_by("asked_at", "id"):
        raises.setdefault(wish.grant_id, []).append(wish)
    days = {row.grant: row for row in GrantDay.objects.filter(grant__in=ids, day=today)}
    follows = dict(Grant.objects.filter(renews__in=ids, stage__in=LIVE).values_list("renews", "id"))
    found = []
    for grant in grants:
        announced = changes.get(grant.id, [])
        inside = grant.stage == Stage.IN_FORCE and grant.from_day <= today <= grant.until_day
        so_many = allowance(grant.daily, [Change(each.day, each.daily) for each in announced], today)
        day = days.get(grant.id)
        found.append(
            Card(
                grant,
                tuple(steps.get(grant.id, ())),
                tuple(announced),
                tuple(raises.get(grant.id, ())),
                so_many if inside else 0,
                day.answered if day else 0,
                day.unknown if day else 0,
                follows.get(grant.id),
                today,
            )
        )
    return found


def open_steps(grant: uuid.UUID) -> list[GrantStep]:
    """Return the step of a grant whose turn it is; none where nobody's is."""
    return list(GrantStep.objects.filter(grant=grant, grant__stage=Stage.ASKED, done_at=None, due__isnull=False))


def changes_of(grant: uuid.UUID) -> tuple[Change, ...]:
    """Return the changes of one grant in the order in which they were announced (one query)."""
    rows = AllowanceChange.objects.filter(grant=grant).order_by("announced_at", "id")
    return tuple(Change(day, daily) for day, daily in rows.values_list("day", "daily"))


def use(grant: uuid.UUID, *, today: datetime.date) -> list[tuple[datetime.date, int, int]]:
    """Return day, answers and unknowns of each of the last 30 days, the oldest first; days without a question are zero."""
    first = today - datetime.timedelta(days=RECENT - 1)
    rows = {
        row.day: (row.answered, row.unknown) for row in GrantDay.objects.filter(grant=grant, day__range=(first, today))
    }
    days = (first + datetime.timedelta(days=n) for n in range(RECENT))
    return [(day, *rows.get(day, (0, 0))) for day in days]


def counts(rows: QuerySet[Grant], *, today: datetime.date, renew_days: int) -> dict[str, int]:
    """Return how many grants of `rows` each tab shows (one query)."""
    in_force = Q(stage=Stage.IN_FORCE, until_day__gte=today)
    asked = Q(stage=Stage.ASKED)
    marked = rows.annotate(
        late=turns(due__lt=today), centre=turns(kind=Step.CENTRE), wants=wanting(), slow=wanting(due__lt=today)
    )
    found: dict[str, int] = marked.aggregate(
        asked=Count("id", filter=asked),
        in_force=Count("id", filter=in_force),
        ending=Count("id", filter=in_force & Q(until_day__lte=today + datetime.timedelta(days=renew_days))),
        overdue=Count("id", filter=(asked & Q(late=True)) | Q(slow=True)),
        more=Count("id", filter=Q(wants=True)),
        review=Count("id", filter=asked & Q(centre=True)),
        over=Count("id", filter=~asked & ~in_force),
        all=Count("id"),
    )
    return found


def due_count(*, role: str, office: str, today: datetime.date) -> int:
    """Return how many steps, and for the centre wishes for a larger allowance, are due today or overdue: the number on the
    navigation (at most two queries).
    """
    mine = Q(kind=Step.CENTRE) if role == CENTRE else Q(kind=Step.SOURCE, office=office)
    steps = GrantStep.objects.filter(mine, grant__stage=Stage.ASKED, done_at=None, due__lte=today).count()
    if role != CENTRE:
        return steps
    return steps + RaiseRequest.objects.filter(ended_at=None, due__lte=today).count()
