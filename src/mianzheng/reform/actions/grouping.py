"""Groups of near-identical certificates (同类证明): made of the rows of all lists that count, and what a person makes of them.

Whatever a person says of a group (confirmed, split, joined, named, what it is) holds its rows; every later list is grouped
around that.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason, packed
from mianzheng.reform.actions import candidates
from mianzheng.reform.actions.acts import note
from mianzheng.reform.models import Candidate, Group, Row
from mianzheng.reform.queries.groups import counted, waiting
from mianzheng.reform.rules.placing import KINDS, UNCLEAR, UNSURE, Kept, Line, Placement, place
from mianzheng.reform.rules.states import ReportStage, Side
from mianzheng.web import sql
from mianzheng.web.ids import uuid7s

_LINE = "id name purpose issuer demander paper report__office report__side report__stage group placed".split()


@dataclass(frozen=True, slots=True)
class Regrouped:
    """What a regrouping found: how many groups there are, how many new rows went to groups that people had confirmed."""

    rows: int
    groups: int
    joined: int


def regroup(*, actor: Actor, now: datetime.datetime) -> Regrouped:
    """Group the rows of all lists that count; ten statements or so, however many rows. Called whenever a list is taken."""
    with transaction.atomic():
        sql.hold(candidates.MAKING)
        kept, loose = _lines()
        found = place([each.kept for each in kept.values()], [line for line, _ in loose])
        groups = _write(kept, loose, found)
        if confirmed := [id for id, each in kept.items() if each.confirmed]:
            candidates.make(city=city_in_force(), groups=confirmed, actor=actor, now=now)
        made = Regrouped(len(loose), groups, len(found.joined))
        note(action="group", purpose="合并同一证明", actor=actor, now=now, rows=made.rows, groups=groups)
    return made


@dataclass(frozen=True, slots=True)
class _Held:
    """A group of which a person has said something."""

    kept: Kept
    confirmed: bool
    confidence: float


def _lines() -> tuple[dict[uuid.UUID, _Held], list[tuple[Line, uuid.UUID | None]]]:
    """Return the groups people have said something of, with the rows they put there; and the other rows of the lists
    that count, each with the group it is in now.
    """
    in_groups: dict[uuid.UUID, list[Line]] = defaultdict(list)
    loose: list[tuple[Line, uuid.UUID | None]] = []
    rows = Row.objects.filter(Q(placed=True) | Q(report__stage=ReportStage.TAKEN)).order_by("id")
    for id_, name, purpose, issuer, demander, paper, office, side, stage, group, placed in rows.values_list(*_LINE):
        line = Line(id_, name, purpose, issuer, demander, f"{office} {side}", paper, side == Side.ELSEWHERE)
        if placed and group:
            in_groups[group].append(line)
        elif stage == ReportStage.TAKEN:
            loose.append((line, group))
    held = {
        group.id: _Held(
            Kept(group.id, group.name, group.paper, tuple(in_groups[group.id])),
            group.confirmed_at is not None,
            group.confidence,
        )
        for group in Group.objects.filter(Q(id__in=list(in_groups)) | Q(confirmed_at__isnull=False)).order_by("id")
    }
    return held, loose


def _write(kept: dict[uuid.UUID, _Held], loose: Sequence[tuple[Line, uuid.UUID | None]], found: Placement) -> int:
    """Store where the rows belong; return how many groups there are. What is as before is not written."""
    before: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for line, group in loose:
        if group and group not in kept:
            before[group].add(line.id)
    same = {frozenset(rows): group for group, rows in before.items()}
    rows: list[tuple[uuid.UUID, uuid.UUID, float, str]] = []
    groups: list[tuple[uuid.UUID, str, str, float]] = []
    least: dict[uuid.UUID, float] = {}
    elsewhere = {line.id for line, _ in loose if line.elsewhere}
    for row, joined in found.joined.items():
        rows.append((row, joined.group, joined.likeness.confidence, _why(joined.likeness.reasons)))
        if not joined.known and row not in elsewhere:
            least[joined.group] = min(least.get(joined.group, 1.0), joined.likeness.confidence)
    for each, id_ in zip(found.made, uuid7s(len(found.made)), strict=True):
        group = same.pop(frozenset(row for row, _ in each.members), id_)
        groups.append((group, each.name, each.paper, each.confidence))
        rows += [(row, group, like.confidence, _why(like.reasons)) for row, like in each.members]
    groups += [
        (id_, held.kept.name, held.kept.paper, sure)
        for id_, held in kept.items()
        if held.confidence != (sure := min(least.get(id_, 1.0), UNSURE if held.kept.paper == UNCLEAR else 1.0))
    ]
    known = [row for row, joined in found.joined.items() if joined.known]
    _store(groups, rows, known, set(kept) | {group for group, *_ in groups})
    return len(kept) + len(found.made)


def _why(reasons: Iterable[Reason]) -> str:
    return json.dumps([packed(reason) for reason in reasons], ensure_ascii=False)


def _store(
    groups: Sequence[tuple[uuid.UUID, str, str, float]],
    rows: Sequence[tuple[uuid.UUID, uuid.UUID, float, str]],
    known: Sequence[uuid.UUID],
    stay: Collection[uuid.UUID],
) -> None:
    sql.run(
        "INSERT INTO reform_group (id, name, paper, confidence)"
        " SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::float8[]) AS new (id, name, paper, confidence)"
        " ON CONFLICT (id) DO UPDATE SET"
        " name = excluded.name, paper = excluded.paper, confidence = excluded.confidence"
        " WHERE (reform_group.name, reform_group.paper, reform_group.confidence)"
        " IS DISTINCT FROM (excluded.name, excluded.paper, excluded.confidence)",
        _columns(groups, 4),
    )
    sql.run(
        "UPDATE reform_row AS row SET group_id = new.in_group, likeness = new.likeness, alike = new.alike::jsonb,"
        " placed = row.placed OR row.id = ANY(%s::uuid[])"
        " FROM unnest(%s::uuid[], %s::uuid[], %s::float8[], %s::text[]) AS new (id, in_group, likeness, alike)"
        " WHERE row.id = new.id AND (row.group_id, row.likeness, row.alike)"
        " IS DISTINCT FROM (new.in_group, new.likeness, new.alike::jsonb)",
        [list(known), *_columns(rows, 4)],
    )
    gone = [list(stay)]
    sql.run(
        "UPDATE reform_row AS row SET group_id = NULL FROM reform_report AS report"
        " WHERE report.id = row.report_id AND (row.group_id <> ALL(%s::uuid[])"
        " OR row.group_id IS NOT NULL AND NOT row.placed AND report.stage <> 'taken')",
        gone,
    )
    sql.run("DELETE FROM reform_group WHERE id <> ALL(%s::uuid[])", gone)


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def _held(groups: Collection[uuid.UUID]) -> list[Group]:
    """Return groups in the order asked for, while nobody else changes any."""
    sql.hold(candidates.MAKING)
    found = Group.objects.in_bulk(list(groups))
    if not found or len(found) < len(set(groups)):
        raise NotFound(
            Reason(N_("这一组已经不在了。")), Reason(N_("有新的清单进来以后，没有确认的会重新合并。请回到列表再看。"))
        )
    return [found[id_] for id_ in dict.fromkeys(groups)]


def _placed(groups: Iterable[Group]) -> None:
    """Hold the rows of `groups` where they are; a person has looked."""
    ids = [group.id for group in groups]
    Row.objects.filter(group__in=ids, placed=False).update(placed=True)
    sure = Group.objects.filter(id__in=ids)
    sure.filter(paper=UNCLEAR).update(confidence=UNSURE)
    sure.exclude(paper=UNCLEAR).update(confidence=1.0)


def confirm(*, city: City, groups: Collection[uuid.UUID], actor: Actor, now: datetime.datetime) -> candidates.Made:
    """Confirm that the rows of each group are one paper; make the candidates of those that are certificates."""
    if not groups:
        raise Refusal(Reason(N_("一组也没有勾选。")), Reason(N_("请先勾选要确认的。")), field="group")
    with transaction.atomic():
        found = _held(groups)
        if any(group.paper == UNCLEAR for group in found):
            raise Refusal(Reason(N_("还看不出它是不是证明。")), Reason(N_("请先说它是什么，再确认。")), field="paper")
        return _confirm(city, found, actor, now)


def _confirm(city: City, found: Sequence[Group], actor: Actor, now: datetime.datetime) -> candidates.Made:
    ids = [group.id for group in found]
    _placed(found)
    Group.objects.filter(id__in=ids).update(confirmed_at=now, confirmed_by=actor.id)
    made = candidates.make(city=city, groups=ids, actor=actor, now=now)
    note(action="confirm_groups", purpose="确认同一证明", actor=actor, now=now, groups=len(ids), made=made.found)
    return made


def confirm_sure(*, city: City, least: float, actor: Actor, now: datetime.datetime) -> int:
    """Confirm every group that waits for it and is at least so sure; return how many."""
    with transaction.atomic():
        sql.hold(candidates.MAKING)
        found = list(waiting().filter(confidence__gte=least).exclude(paper=UNCLEAR).order_by("id"))
        if found:
            _confirm(city, found, actor, now)
        return len(found)


def split(
    *, city: City, group: uuid.UUID, rows: Collection[uuid.UUID], actor: Actor, now: datetime.datetime
) -> uuid.UUID:
    """Take `rows` out of a group into one of their own, for good; return that. What is left keeps the group."""
    with transaction.atomic():
        (old,) = _held([group])
        lines = {line.id: line for line in _lines_of(old)}
        said = {lines[row].said for row in rows if row in lines}
        moved = [id_ for id_, line in lines.items() if line.said in said]  # with what earlier lists said of it
        if not moved or not counted(old.rows.exclude(id__in=moved)).exists():
            raise Refusal(
                Reason(N_("没有分开。")), Reason(N_("请勾选要分出去的行，至少一行，也至少留一行。")), field="rows"
            )
        theirs, rest = (
            [lines[id_].name for id_ in moved],
            [line.name for id_, line in lines.items() if id_ not in moved],
        )
        new = Group.objects.create(
            name=_common(theirs), paper=old.paper, confirmed_at=old.confirmed_at, confirmed_by=old.confirmed_by
        )
        Row.objects.filter(id__in=moved).update(group=new)
        if old.name in theirs and old.name not in rest:
            Group.objects.filter(id=old.id).update(name=_common(rest))
        _placed([old, new])
        candidates.make(city=city, groups=[old.id, new.id], actor=actor, now=now)
        note(action="split_group", purpose="分开不同的证明", actor=actor, now=now, group=str(old.id), made=str(new.id))
    return new.id


def _lines_of(group: Group) -> list[Line]:
    rows = group.rows.values_list("id", "name", "purpose", "issuer", "demander", "report__office", "report__side")
    return [Line(*said, source=f"{office} {side}") for *said, office, side in rows.order_by("id")]


def _common(names: Sequence[str]) -> str:
    counted = Counter(names)
    return min(counted, key=lambda name: (-counted[name], len(name), name))


def join(*, city: City, groups: Sequence[uuid.UUID], actor: Actor, now: datetime.datetime) -> None:
    """Make one of several groups, for good: the first takes the rows of the others. Confirmed if one of them was."""
    with transaction.atomic():
        first, *others = _held(groups)
        if not others:
            raise Refusal(Reason(N_("没有合并。")), Reason(N_("请另选一组和它合并。")), field="with")
        ids = [group.id for group in others]
        Row.objects.filter(group__in=ids).update(group=first)
        Candidate.objects.filter(group__in=ids).update(group=first)
        Group.objects.filter(id__in=ids).delete()
        _placed([first])
        if first.confirmed_at is None and any(group.confirmed_at for group in others):
            Group.objects.filter(id=first.id).update(confirmed_at=now, confirmed_by=actor.id)
        candidates.make(city=city, groups=[first.id], actor=actor, now=now)
        note(action="join_groups", purpose="合并同一证明", actor=actor, now=now, group=str(first.id), joined=len(ids))


def rename(*, group: uuid.UUID, name: str, actor: Actor, now: datetime.datetime) -> None:
    """Choose the name that stands for a group."""
    said = " ".join(name.split())
    if not 1 < len(said) <= _LONGEST:
        raise Refusal(
            Reason(N_("名称要有 2 到 100 个字。")), Reason(N_("请写各单位一看就懂的那个名称。")), field="name"
        )
    with transaction.atomic():
        (found,) = _held([group])
        _placed([found])
        Group.objects.filter(id=found.id).update(name=said)
        note(action="name_group", purpose="定证明名称", actor=actor, now=now, group=str(found.id), name=said)


_LONGEST = 100


def say_what(*, city: City, group: uuid.UUID, paper: str, actor: Actor, now: datetime.datetime) -> None:
    """Say what the papers of a group are: certificates, or something that is none (证照、审核材料、司法文书、合同凭证).

    Candidates of what is none are dropped as long as nobody decided about them.
    """
    if paper not in KINDS:
        raise Refusal(Reason(N_("请选择它是什么。")), field="paper")
    with transaction.atomic():
        (found,) = _held([group])
        Group.objects.filter(id=found.id).update(paper=paper)
        found.paper = paper
        _placed([found])
        candidates.make(city=city, groups=[found.id], actor=actor, now=now)
        note(action="say_what", purpose="认定是不是证明", actor=actor, now=now, group=str(found.id), paper=paper)
