"""A day of the log as the rules look at it: what staff looked up, with what explains it, in a constant number of statements."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from mianzheng.audit.queries.staff import Occasion, occasions, parties
from mianzheng.cases.queries.lives import lives
from mianzheng.catalogue.rules.curiosity import Curiosity, Kind
from mianzheng.centre.queries.work import had_work
from mianzheng.evidence.queries.asked import offices_asked
from mianzheng.oversight.models import Tally
from mianzheng.oversight.rules.curiosity import EXPLAINED, Ground, Life, Look, ground
from mianzheng.people.rules.roles import CENTRE, STAFF
from mianzheng.web import sql


@dataclass(frozen=True, slots=True)
class Seen:
    """One occasion, and what explains it."""

    occasion: Occasion
    account: uuid.UUID
    ground: Ground


def seen_on(rules: Curiosity, day: datetime.date) -> list[Look]:
    """Return what every account of staff looked up on `day`; ties are not looked into here (seven or eight statements
    when a rule asks about many desks, else four).
    """
    first, before = _span(day, 1)
    seen = _grounded(rules, occasions(first, before, roles=STAFF))
    wide = max((rule.days for rule in rules.of(Kind.MANY_DESKS)), default=0)
    desks: Mapping[uuid.UUID, int] = {}
    odd = {each.occasion.subject for each in seen if each.ground not in EXPLAINED}
    if wide and odd:
        first, _ = _span(day, wide)
        desks = _desks(_grounded(rules, occasions(first, before, roles=STAFF, subjects=odd)))
    return [_look(each, desks.get(each.occasion.subject, 1)) for each in seen]


def _span(day: datetime.date, days: int) -> tuple[datetime.datetime, datetime.datetime]:
    """Return when the last `days` days up to and with `day` begin and end here."""
    first = datetime.datetime.combine(day - datetime.timedelta(days=days - 1), datetime.time())
    last = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time())
    return timezone.make_aware(first), timezone.make_aware(last)


_UNDER = {"consent": Ground.CONSENT, "grant": Ground.GRANT}


def _grounded(rules: Curiosity, found: Iterable[Occasion]) -> list[Seen]:
    """Return `found` with what explains each; acts of others than accounts, such as an operator's, are left out."""
    named = [(each, account) for each in found if (account := _account(each.actor))]
    cases = _lives({each.case for each, _ in named if each.case}, [each for each, _ in named])
    seen = [
        Seen(
            each,
            account,
            _UNDER.get(each.under)
            or ground(
                each.office,
                each.subject,
                each.last,
                cases.get(each.case) if each.case else None,
                after_days=rules.after_days,
            ),
        )
        for each, account in named
    ]
    return _with_work(rules, seen)


def _account(actor: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(actor)
    except ValueError:
        return None


def _lives(cases: Collection[uuid.UUID], looks: Sequence[Occasion]) -> dict[uuid.UUID, Life]:
    """Return each case as far as it explains looks. Whom it is about is asked only where somebody else was looked at."""
    found, asked = lives(cases), offices_asked(cases)
    others = {each.case for each in looks if each.case in found and each.subject != found[each.case].applicant}
    known: dict[uuid.UUID, set[uuid.UUID]] = {}
    for case, subject in parties({case for case in others if case}):
        known.setdefault(case, set()).add(subject)
    return {
        case: Life(
            life.owner,
            asked.get(case, frozenset()),
            frozenset({life.applicant, *known.get(case, ()), *filter(None, map(_account, life.named))}),
            life.began,
            life.ended,
        )
        for case, life in found.items()
    }


def _with_work(rules: Curiosity, seen: list[Seen]) -> list[Seen]:
    """Return the same, what no case explains explained by a doubt to answer or a change to deal with."""
    open_ = [n for n, each in enumerate(seen) if each.ground not in EXPLAINED]
    asked = [
        (
            "" if each.role == CENTRE else each.office,
            each.applicant or each.subject,  # a name in somebody's record is seen because of that record
            each.last,
        )
        for each in (seen[n].occasion for n in open_)
    ]
    for place in had_work(asked, after=datetime.timedelta(days=rules.after_days)):
        n = open_[place]
        seen[n] = replace(seen[n], ground=Ground.WORK)
    return seen


def _desks(seen: Iterable[Seen]) -> dict[uuid.UUID, int]:
    """Return how many desks looked at each subject with nothing that explains it."""
    found: dict[uuid.UUID, set[tuple[str, str]]] = {}
    for each in seen:
        if each.ground not in EXPLAINED:
            found.setdefault(each.occasion.subject, set()).add((each.occasion.office, each.occasion.role))
    return {subject: len(desks) for subject, desks in found.items()}


def _look(seen: Seen, desks: int) -> Look:
    each = seen.occasion
    return Look(
        seen.account,
        each.role,
        each.office,
        each.subject,
        timezone.localtime(each.first),
        timezone.localtime(each.last),
        each.times,
        each.entries,
        seen.ground,
        desks=desks,
    )


_NORMS = """
    SELECT office, role, percentile_cont(0.5) WITHIN GROUP (ORDER BY people) FROM oversight_tally
    WHERE day >= %s AND day < %s GROUP BY office, role HAVING count(*) >= %s
"""


def norms(rules: Curiosity, day: datetime.date) -> dict[tuple[str, str, str], float]:
    """Return, by rule, office and role, the median of people looked at, an officer a day, before `day` (one statement a
    rule); a desk of which too little is known has none.
    """
    return {
        (rule.code, office, role): float(median)
        for rule in rules.of(Kind.ABOVE_NORM)
        for office, role, median in sql.fetch(_NORMS, [day - datetime.timedelta(days=rule.days), day, rule.known])
    }


def tallies(looks: Iterable[Look], day: datetime.date) -> list[Tally]:
    """Return how many people each account looked at."""
    people: dict[tuple[uuid.UUID, str, str], set[uuid.UUID]] = {}
    for look in looks:
        people.setdefault((look.account, look.office, look.role), set()).add(look.subject)
    return [
        Tally(day=day, account=account, office=office, role=role, people=len(subjects))
        for (account, office, role), subjects in people.items()
    ]
