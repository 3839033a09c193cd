"""Candidates (拟处理的证明事项), made of confirmed groups: one for each office that demands it and each purpose."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields, replace

from django.db import transaction

from mianzheng.catalogue.rules.certificates import Certificate
from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.actions.acts import note
from mianzheng.reform.models import Act, Candidate, Group, Row
from mianzheng.reform.queries.groups import counted
from mianzheng.reform.queries.returns import struck_of
from mianzheng.reform.rules.acts import Did
from mianzheng.reform.rules.finding import Demand, Wanted, code_of, key_of, listed_as, wanted
from mianzheng.reform.rules.placing import CERTIFICATE
from mianzheng.reform.rules.returning import CERTAIN, same_purpose
from mianzheng.reform.rules.stages import By, check_move
from mianzheng.reform.rules.states import Side, Stage
from mianzheng.web import sql
from mianzheng.web.ids import uuid7

MAKING = 5_180_001
"""Groups and their candidates are made and changed by one at a time, so that no code is given twice."""

PLACES = ("town", "community")
"""What is cancelled for a level is cancelled for each of its places."""
_DEMAND = (
    "report__side name name_en demander_code demander demander_kind demander_level issuer_code issuer issuer_level"
    " purpose purpose_en basis volume"
).split()
_WRITTEN = [*(each.name for each in fields(Wanted)), "group", "stage", "unlisted"]


@dataclass(frozen=True, slots=True)
class Made:
    """How many candidates were found, changed, dropped because no list names them any more, or flagged for that."""

    found: int = 0
    changed: int = 0
    dropped: int = 0
    unlisted: int = 0


@dataclass
class _Change:
    """What is to be stored at once."""

    now: datetime.datetime
    actor: Actor
    new: list[Candidate] = field(default_factory=list)
    old: dict[uuid.UUID, Candidate] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    dropped: int = 0
    unlisted: int = 0

    def act(self, candidate: Candidate, kind: Did) -> None:
        self.old[candidate.id] = candidate
        self.acts.append(Act(kind=kind, candidate=candidate, done_at=self.now, done_by=self.actor.id))


def make(*, city: City, groups: Collection[uuid.UUID], actor: Actor, now: datetime.datetime) -> Made:
    """Make and bring up to date the candidates of `groups`, of those that are confirmed and certificates.

    What was decided about stays as it was decided. A candidate that no list names any more is dropped if nobody has decided
    about it, and else marked; what the catalogue says is cancelled already makes none (see `queries.returns`). In the
    caller's transaction; six statements at most.
    """
    return _make(city, groups, actor, now, issued=False)


def make_of_issued(*, city: City, group: uuid.UUID, actor: Actor, now: datetime.datetime) -> Made:
    """Make candidates of a confirmed group that only issuing offices list, for whoever they say demands it."""
    with transaction.atomic():
        sql.hold(MAKING)
        found = Group.objects.filter(id=group).first()
        if found is None:
            raise NotFound(Reason(N_("这一组已经不在了。")), Reason(N_("请回到列表再看。")))
        if found.confirmed_at is None:
            raise Refusal(Reason(N_("这一组还没有人确认。")), Reason(N_("请先确认，再列为待处理。")))
        made = _make(city, [group], actor, now, issued=True)
        if not made.found and not found.candidates.exclude(stage=Stage.DROPPED).exists():
            raise Refusal(
                Reason(N_("清单没有说是开给谁用的，不能列为待处理。")),
                Reason(N_("请问开具单位是开给谁用的，在清单里补上“需要单位”。")),
            )
        note(action="make_of_issued", purpose="列为待处理", actor=actor, now=now, group=str(group), made=made.found)
    return made


def _make(city: City, groups: Collection[uuid.UUID], actor: Actor, now: datetime.datetime, *, issued: bool) -> Made:
    change = _Change(now, actor)
    rows = _demands(groups)
    there = _Known(Candidate.objects.select_for_update().filter(group__in=list(groups)).order_by("made_at", "id"))
    codes = _Codes(city)
    for group, each, new in _all_wanted(groups, rows, issued):
        if match := there.take(group, each):
            _renew(match, group, each, change)
        elif new and not codes.cancelled(each):
            change.new.append(_new(group, each, codes.of(each), now))
    for left in there.left():
        _vanish(left, change)
    stored = [*change.new, *change.old.values()]
    Candidate.objects.bulk_create(stored, update_conflicts=True, unique_fields=["id"], update_fields=_WRITTEN)
    Act.objects.bulk_create(change.acts)
    return Made(len(change.new), len(change.old) - change.dropped - change.unlisted, change.dropped, change.unlisted)


def _demands(groups: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Demand]]:
    """Return what the placed rows say of each of `groups` that is confirmed and a certificate."""
    rows: dict[uuid.UUID, list[Demand]] = defaultdict(list)
    confirmed = Row.objects.filter(group__in=list(groups), placed=True, group__confirmed_at__isnull=False)
    certificates = counted(confirmed).filter(group__paper__in=("", CERTIFICATE))
    for group, office, *said in certificates.order_by("id").values_list("group", "report__office", *_DEMAND):
        rows[group].append(_by_office(Demand(*said), office))
    return rows


def _by_office(row: Demand, office: str) -> Demand:
    """Return `row` with the office whose list it is, where an office lists what it demands without naming itself."""
    if row.whose or row.side != Side.DEMAND:
        return row
    return replace(row, demander=office)


def _all_wanted(
    groups: Iterable[uuid.UUID], rows: dict[uuid.UUID, list[Demand]], issued: bool
) -> Iterator[tuple[uuid.UUID, Wanted, bool]]:
    """Yield what each group wants, and whether it may be made anew: what only issuing offices list only when asked to."""
    for group in groups:
        demanded = wanted(rows[group])
        yield from ((group, each, True) for each in demanded)
        if not demanded:
            yield from ((group, each, issued) for each in wanted(rows[group], side=Side.ISSUE))


class _Known:
    """The candidates there are, each to be taken once."""

    def __init__(self, found: Iterable[Candidate]) -> None:
        self._left: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
        for each in found:
            self._left[key_of(each.demander, each.demander_said, each.purpose)].append(each)

    def take(self, group: uuid.UUID, each: Wanted) -> Candidate | None:
        """Return the candidate that `each` is, the nearest by group and name: groups are split and joined."""
        found = self._left[each.key]
        if not found:
            return None
        best = max(
            found, key=lambda c: (c.group_id == group and c.name == each.name, c.name == each.name, not c.unlisted)
        )
        found.remove(best)
        return best

    def left(self) -> Iterator[Candidate]:
        for found in self._left.values():
            yield from found


class _Codes:
    """The codes there are, and what the catalogue has of each name."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._used = set(Candidate.objects.values_list("code", flat=True))
        self._taken = {*city.certificates, *self._used}
        self._of_demander: dict[str, list[Certificate]] = defaultdict(list)
        for paper in city.certificates.values():
            self._of_demander[paper.demander].append(paper)

    def _listed(self, each: Wanted) -> Certificate | None:
        return listed_as(self._of_demander[each.demander], each)

    def cancelled(self, each: Wanted) -> bool:
        """Return whether the catalogue says it is cancelled already: listed so, or surely one that came back to its demander
        for the same purpose, under whatever name. Of another demander or purpose it is a certificate of its own.
        """
        if (paper := self._listed(each)) is not None:
            return not paper.asked_for
        level = each.demander_level if each.demander_level in PLACES else ""
        theirs = [*self._of_demander[each.demander], *(self._of_demander[level] if level != each.demander else ())]
        same = [one for one in theirs if one.asked_for or same_purpose(each.purpose, one.purpose.zh)]
        issuer = self._city.office(each.issuer)
        back = struck_of(self._city, same).returns(each.name, each.purpose, issuer.zh if issuer else each.issuer_said)
        return back is not None and back.confidence >= CERTAIN

    def of(self, each: Wanted) -> str:
        """Return the code of a new candidate: that of the public list, or a new one."""
        paper = self._listed(each)
        code = paper.code if paper and paper.code not in self._used else code_of(each.name, self._taken)
        self._taken.add(code)
        self._used.add(code)
        return code


def _new(group: uuid.UUID, each: Wanted, code: str, now: datetime.datetime) -> Candidate:
    return Candidate(id=uuid7(), group_id=group, code=code, made_at=now, **asdict(each))


def _renew(candidate: Candidate, group: uuid.UUID, each: Wanted, change: _Change) -> None:
    """Bring a candidate up to date with the lists; what somebody decided about is not changed any more."""
    back = candidate.unlisted and candidate.stage == Stage.DROPPED
    said = asdict(each) if candidate.stage == Stage.FOUND or back else {}
    said |= {"group_id": group, "unlisted": False}
    if back:
        said["stage"] = check_move("come_back", Stage.DROPPED, By.PROGRAM)
        change.act(candidate, Did.FOUND_AGAIN)
    if any(getattr(candidate, name) != value for name, value in said.items()):
        for name, value in said.items():
            setattr(candidate, name, value)
        change.old[candidate.id] = candidate


def _vanish(candidate: Candidate, change: _Change) -> None:
    if candidate.unlisted or candidate.stage == Stage.DROPPED:
        return
    candidate.unlisted = True
    if candidate.stage == Stage.FOUND:
        candidate.stage = check_move("vanish", Stage.FOUND, By.PROGRAM)
        change.dropped += 1
    else:
        change.unlisted += 1
    change.act(candidate, Did.VANISHED)
