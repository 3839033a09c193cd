"""Scoring look-ups of staff (好奇查询): looks in, leads out, each with the reasons that made it.

A lead (线索) is a question, no finding: it has no effect on anything. Points come from the rules that apply, each once, and
never depend on who was looked at.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mianzheng.catalogue.rules.curiosity import Curiosity, CuriosityRule, Kind
from mianzheng.common.reasons import N_, Reason
from mianzheng.people.rules.roles import ASKER

ENTRIES = 100
"""So many lines of the log a lead names at most; the rest are counted."""


class Ground(StrEnum):
    """What explains a look (查询事由), or why nothing does.

    A question under a grant (查询授权) has a matter and a purpose, but no case. The person's consent explains it. A duty
    alone says nothing about this person, so it explains an officer's look in office hours only. Relatives and numbers
    count with both.
    """

    CASE = "case"
    WORK = "work"
    CONSENT = "consent"
    GRANT = "grant"
    NO_CASE = "no_case"
    ENDED = "ended"
    OTHER_OFFICE = "other_office"
    NO_PARTY = "no_party"


EXPLAINED = frozenset({Ground.CASE, Ground.WORK, Ground.CONSENT, Ground.GRANT})
UNEXPLAINED = {
    Ground.NO_CASE: N_("没有写明办件"),
    Ground.ENDED: N_("办件当时没有在办"),
    Ground.OTHER_OFFICE: N_("办件不归本部门办，也没有请本部门核查"),
    Ground.NO_PARTY: N_("不是办件里的人"),
    Ground.GRANT: N_("按查询授权查的，可是不在办公时间"),
}


class Tie(StrEnum):
    """How whoever looks is tied to whom they look at."""

    NONE = ""
    SELF = "self"
    RELATIVE = "relative"
    COLLEAGUE = "colleague"


TIES = {Tie.SELF: N_("查询人自己"), Tie.RELATIVE: N_("查询人的亲属"), Tie.COLLEAGUE: N_("查询人的同事")}


@dataclass(frozen=True, slots=True)
class Life:
    """A case as far as it explains a look: who decides it, which offices were asked in it, whom it is about, from when
    until when it lived (None: it still does).
    """

    owner: str
    asked: frozenset[str]
    parties: frozenset[uuid.UUID]
    began: datetime.datetime
    ended: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Look:
    """What one account looked up about one subject, for one case or none, in one day; `entries` are the first lines.

    `desks` is how many desks lately looked at the same subject with nothing that explains it, this one among them.
    """

    account: uuid.UUID
    role: str
    office: str
    subject: uuid.UUID
    first: datetime.datetime
    last: datetime.datetime
    times: int
    entries: tuple[uuid.UUID, ...]
    ground: Ground
    tie: Tie = Tie.NONE
    desks: int = 1


@dataclass(frozen=True, slots=True)
class Made:
    """One reason of a lead: the rule, its points, how many looks it applies to, and what to say about it."""

    rule: str
    kind: Kind
    points: int
    looks: int
    more: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lead:
    """What one account is asked about of one day."""

    account: uuid.UUID
    role: str
    office: str
    points: int
    reasons: tuple[Made, ...]
    entries: tuple[uuid.UUID, ...]


def ground(
    look_office: str, subject: uuid.UUID, at: datetime.datetime, life: Life | None, *, after_days: int
) -> Ground:
    """Return whether the case explains the look of `look_office` at `subject`, or why it does not.

    It does from its beginning until `after_days` after its decision, for the office that decides it and those it asked,
    about those it is about. None is a look without a case.
    """
    if life is None:
        return Ground.NO_CASE
    if at < life.began or (life.ended is not None and at > life.ended + datetime.timedelta(days=after_days)):
        return Ground.ENDED
    if look_office != life.owner and look_office not in life.asked:
        return Ground.OTHER_OFFICE
    return Ground.CASE if subject in life.parties else Ground.NO_PARTY


def tie(
    account_subject: uuid.UUID | None,
    subject: uuid.UUID,
    relatives: Collection[uuid.UUID],
    colleagues: Collection[uuid.UUID],
) -> Tie:
    """Return how the holder of an account is tied to `subject`, the nearest tie first."""
    if subject == account_subject:
        return Tie.SELF
    if subject in relatives:
        return Tie.RELATIVE
    return Tie.COLLEAGUE if subject in colleagues else Tie.NONE


def leads(
    rules: Curiosity, looks: Iterable[Look], norms: Mapping[tuple[str, str, str], float], *, working: bool
) -> tuple[Lead, ...]:
    """Return the leads of one day: for each account whose points reach `rules.lead_at`, its reasons.

    `norms` is, by rule, office and role, the median of people looked at, an officer a day; a desk without one has no norm
    yet. `working` is whether offices work on that day.
    """
    of_account: dict[tuple[uuid.UUID, str, str], list[Look]] = {}
    for look in looks:
        of_account.setdefault((look.account, look.office, look.role), []).append(look)
    found = []
    for (account, office, role), mine in sorted(of_account.items(), key=lambda pair: str(pair[0])):
        reasons, odd = [], []
        for rule in rules.rules:
            made, whose = _applied(rules, rule, mine, norms.get((rule.code, office, role)), working)
            if made:
                reasons.append(made)
                odd += whose
        points = sum(reason.points for reason in reasons)
        if reasons and points >= rules.lead_at:
            entries = tuple(dict.fromkeys(entry for look in odd or mine for entry in look.entries))[:ENTRIES]
            found.append(Lead(account, role, office, points, tuple(reasons), entries))
    return tuple(found)


def _applied(
    rules: Curiosity, rule: CuriosityRule, looks: Sequence[Look], norm: float | None, working: bool
) -> tuple[Made | None, list[Look]]:
    """Return the reason `rule` gives, and the looks it is about; None where it does not apply."""
    if rule.kind is Kind.ABOVE_NORM:
        people = len({look.subject for look in looks})
        if norm is None or people < rule.least or people < rule.factor * norm:
            return None, []
        return Made(rule.code, rule.kind, rule.points, sum(look.times for look in looks),
                    {"people": people, "norm": round(norm)}), []  # fmt: skip
    odd = [look for look in looks if _odd(rules, rule, look, working)]
    if not odd:
        return None, []
    more: dict[str, Any] = {}
    if rule.kind is Kind.NO_CASE:
        more = {"grounds": sorted({look.ground.value for look in odd})}
    elif rule.kind is Kind.RELATIVE:
        more = {"ties": sorted({look.tie.value for look in odd})}
    elif rule.kind is Kind.MANY_DESKS:
        more = {"desks": max(look.desks for look in odd), "days": rule.days}
    return Made(rule.code, rule.kind, rule.points, sum(look.times for look in odd), more), odd


def _odd(rules: Curiosity, rule: CuriosityRule, look: Look, working: bool) -> bool:
    explained = look.ground in EXPLAINED
    if rule.kind is Kind.NO_CASE:
        if look.ground is Ground.GRANT:  # hours of offices are those of officers; a hospital asks on Sunday too
            return look.role != ASKER and any(_closed(each, look, working) for each in rules.of(Kind.OUT_OF_HOURS))
        return not explained
    if rule.kind is Kind.RELATIVE:
        # whoever is related steps back also where there is a case; that a colleague applies is nothing unusual
        near = look.tie in (Tie.SELF, Tie.RELATIVE)
        return near or (rule.colleagues and look.tie is Tie.COLLEAGUE and not explained)
    if rule.kind is Kind.MANY_DESKS:
        return not explained and look.desks >= rule.desks
    return _closed(rule, look, working)


def _closed(rule: CuriosityRule, look: Look, working: bool) -> bool:
    return not working or look.first.time() < rule.opens or look.last.time() >= rule.closes


def said(made: Mapping[str, Any]) -> Reason:
    """Put a reason as it is kept into words; nobody who was looked at is named."""
    looks, kind = made["looks"], made["kind"]
    if kind == Kind.NO_CASE:
        why = Reason(UNEXPLAINED[Ground(made["grounds"][0])])
        if len(made["grounds"]) == 1:
            return Reason(N_("%(looks)s 次查询找不到在办的事：%(why)s。"), {"looks": looks, "why": why})
        return Reason(N_("%(looks)s 次查询找不到在办的事，原因不止一种。"), {"looks": looks})
    if kind == Kind.RELATIVE:
        whom = Reason(TIES[Tie(made["ties"][0])])
        if len(made["ties"]) == 1:
            return Reason(N_("%(looks)s 次查询查的是%(whom)s。"), {"looks": looks, "whom": whom})
        return Reason(N_("%(looks)s 次查询查的是查询人自己、亲属或者同事。"), {"looks": looks})
    if kind == Kind.OUT_OF_HOURS:
        return Reason(N_("%(looks)s 次查询不在办公时间。"), {"looks": looks})
    if kind == Kind.ABOVE_NORM:
        params = {"people": made["people"], "norm": made["norm"]}
        return Reason(N_("一天查了 %(people)s 人，同岗位通常 %(norm)s 人。"), params)
    params = {"days": made["days"], "desks": made["desks"]}
    return Reason(N_("%(days)s 天里有 %(desks)s 个岗位查了同一个人，都找不到在办的事。"), params)


def kept(made: Made) -> dict[str, Any]:
    """Return a reason as JSON keeps it."""
    return {"rule": made.rule, "kind": made.kind.value, "points": made.points, "looks": made.looks, **made.more}
