"""Lists of people (批量名单): handed in as a file, asked some hundred rows at a time, results kept for some days.

File and results lie encrypted in the spool. Each lot of rows is one part of the results; a job that died goes on with the
next lot. A lot whose results could not be kept is known again (`replies`), so nobody is looked up or sealed twice.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.db import transaction

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NOBODY, NewEntry
from mianzheng.catalogue.rules.city import City
from mianzheng.centre.ports import READING, SPOOL, Source
from mianzheng.centre.rules.headings import SUBJECT, match
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.periods import here
from mianzheng.common.reasons import N_, Reason, packed
from mianzheng.gateway.actions.replies import Repeat
from mianzheng.gateway.actions.window import Outcome, ask
from mianzheng.gateway.models import AskedList
from mianzheng.gateway.queries.persons import Person, persons_of
from mianzheng.gateway.queries.standing import consents_of, in_force
from mianzheng.gateway.rules.consents import as_typed, covering
from mianzheng.gateway.rules.keys import BATCH
from mianzheng.gateway.rules.lists import AT_ONCE, AT_WORK, CONSENT, LARGEST, TABLE, TRIES, Stage, check_size
from mianzheng.gateway.rules.questions import Denied, Question
from mianzheng.web import sql
from mianzheng.web.jobs import defer

DIED = datetime.timedelta(minutes=5)
"""So long a list at work may show no progress before its job counts as dead."""
LARGEST_PART = 64 << 20


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list as it was written: its place, the number, the consent beside it."""

    place: int
    number: str
    consent: str


def hand_in(
    *,
    city: City,
    matter: str,
    facts: Collection[str],
    name: str,
    stream: BinaryIO,
    actor: Actor,
    now: datetime.datetime,
) -> uuid.UUID:
    """Keep a file of people of whom `facts` shall be asked for `matter`, and queue it; return the list.

    It is read once here, so that what cannot be read, is empty or too long is refused at once (`Refusal`).
    """
    today = here(now).date()
    standing = in_force(today)
    wanted = [fact for fact in city.facts if fact in facts]
    if not wanted or not all(standing.grant(actor.office, fact, matter, today) for fact in wanted):
        raise Refusal(
            Reason(N_("没有选要核验的事实，或者没有它的有效授权。")), Reason(N_("请从列表中选。")), field="facts"
        )
    token, _ = SPOOL().write(stream, LARGEST)
    try:
        rows = len(_rows(token))
        check_size(rows)
    except BaseException:
        SPOOL().delete(token)
        raise
    with transaction.atomic():
        made = AskedList.objects.create(
            asker=actor.office,
            matter=matter,
            facts=wanted,
            name=name[-200:],
            file=token,
            rows=rows,
            moved_at=now,
            until_day=today + datetime.timedelta(days=city.asking.list_days),
            asked_at=now,
            asked_by=actor.id,
            asked_role=actor.role,
        )
        _note(made, "list.ask", "批量核验名单", actor, now)
        defer("gateway.list", asked=made.id)
    return made.id


def _rows(token: str) -> list[Row]:
    """Read a list. Raises `Refusal` where there is no column of numbers."""
    table = READING().open(Source("list", lambda: SPOOL().open(token)), TABLE)
    columns = match(TABLE, table.headings, {})
    if SUBJECT not in columns.fields:
        raise Refusal(
            Reason(N_("没有找到证件号码那一列。")),
            Reason(N_("请把那一列的表头写成“身份证号”，或者用模板。")),
            field="file",
        )
    numbers, consents = columns.fields[SUBJECT], columns.fields.get(CONSENT)
    rows = []
    for part in table.parts():
        for each in part.frame.iter_rows(named=True):
            if (each[numbers] or "").strip():
                rows.append(Row(each["row"], each[numbers], as_typed(each[consents] or "") if consents else ""))
    return rows


def work_off(*, city: City, asked: uuid.UUID, clock: Callable[[], datetime.datetime]) -> None:
    """Ask what is still to be asked of a list, lot by lot. Two at once are one: the second leaves at once.

    It takes minutes, so it takes a clock: each lot is asked at its own time.
    """
    ((mine,),) = sql.fetch("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"gateway.list:{asked}"])
    if not mine:
        return
    try:
        row = AskedList.objects.filter(id=asked, stage__in=AT_WORK).first()
        if row is None:
            return
        try:
            _begin(row)
            rows = _rows(row.file)
            for lot in range(len(row.parts), -(-len(rows) // AT_ONCE)):
                _lot(city, row, lot, rows[lot * AT_ONCE : (lot + 1) * AT_ONCE], clock())
        except Refusal as refusal:
            _end(asked, refusal)
        except Exception:
            if row.tries >= TRIES:
                _end(asked, _given_up())
            raise
        else:
            AskedList.objects.filter(id=asked).update(stage=Stage.DONE, moved_at=clock())
    finally:
        sql.fetch("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [f"gateway.list:{asked}"])


def _given_up() -> Refusal:
    return Refusal(
        Reason(N_("试了三次都没有核验完，这份名单停了。")),
        Reason(N_("请告诉平台的运维人员。已经得到的答复在“核验凭证”里；问题解决以后，其余的人请重新交一份名单。")),
    )


def _begin(row: AskedList) -> None:
    """Count that the next lot is begun: it is counted first, because a worker that is killed counts nothing afterwards."""
    if row.tries >= TRIES:
        raise _given_up()
    row.tries += 1
    row.save(update_fields=["tries"])


def _end(asked: uuid.UUID, refusal: Refusal) -> None:
    reason = packed(refusal.what) | {"now": packed(refusal.now) if refusal.now else {}}
    AskedList.objects.filter(id=asked).update(stage=Stage.REFUSED, reason=reason)


def _lot(city: City, row: AskedList, lot: int, rows: Sequence[Row], now: datetime.datetime) -> None:
    """Ask about some rows, keep what came out as the next part, and note how far the list is."""
    actor = Actor(row.asked_by, row.asked_role, row.asker)
    today = here(now).date()
    persons = persons_of([each.number for each in rows], today=today)
    given = consents_of({p.subject for p in persons if isinstance(p, Person)}, today=today)
    terms = in_force(today).terms(row.asker, row.facts, row.matter, today)
    results: list[dict[str, Any]] = []
    questions, places = [], []
    people = {(str(p.kind), p.number): p for p in persons if isinstance(p, Person)}
    for each, person in zip(rows, persons, strict=True):
        if isinstance(person, Refusal):
            results.append({"row": each.place, "number": each.number, "why": packed(person.what)})
            continue
        theirs = [one for one in given.get(person.subject, ()) if each.consent in ("", one.number)]
        consents = covering(theirs, asker=row.asker, matter=row.matter, wanted=terms, today=today)
        for fact in row.facts:
            consent = consents.get(fact, each.consent)
            questions.append(Question(fact, row.matter, person.number, str(person.kind), consent=consent))
            places.append(each.place)
    repeat = Repeat(row.asker, f"list:{row.id}", lot, _digest(questions))
    outcomes = ask(
        city=city, name=row.id, questions=questions, people=people, scope=BATCH, repeat=repeat, actor=actor, now=now
    )
    results += [_result(place, outcome) for place, outcome in zip(places, outcomes, strict=True)]
    results.sort(key=lambda result: result["row"])
    token, _ = SPOOL().write(io.BytesIO(_lines(results)), LARGEST_PART)
    row.parts, row.done, row.moved_at, row.stage = [*row.parts, token], row.done + len(rows), now, Stage.WORKING
    row.tries = 1
    for result in results:
        kind = result.get("verdict", "none")
        row.verdicts[kind] = row.verdicts.get(kind, 0) + 1
    try:
        row.save()
    except BaseException:
        SPOOL().delete(token)  # the lot is told again, into another part
        raise


def _digest(questions: Sequence[Question]) -> bytes:
    """Return what a lot is known again by: whom and what it asks. Consents may come and go between two tries."""
    asked = [(each.fact, each.matter, each.kind, each.number) for each in questions]
    return hashlib.sha256(json.dumps(asked).encode()).digest()


def _result(place: int, outcome: Outcome) -> dict[str, Any]:
    question, told = outcome.question, outcome.told
    said: dict[str, Any] = {"row": place, "number": question.number, "fact": question.fact}
    if isinstance(told, Denied):
        return said | {"denied": str(told.why)}
    return said | {
        "verdict": str(told.verdict),
        "source": told.source,
        "as_of": told.as_of.isoformat() if told.as_of else "",
        "way": told.way,
        "office": told.office,
        "consent": question.consent,
        "sealed": outcome.sealed,
        "entry": str(told.entry),
    }


def _lines(results: Sequence[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(result, ensure_ascii=False).encode() + b"\n" for result in results)


def open_results(*, asked: uuid.UUID, actor: Actor, now: datetime.datetime) -> Iterator[dict[str, Any]]:
    """Return the results of a list, for whoever handed it in alone; that it was opened is in the log first.

    Raises `NotFound` for a list of somebody else, `Refusal` where it is not through or its files are gone.
    """
    row = AskedList.objects.filter(id=asked, asker=actor.office, asked_by=actor.id).first()
    if row is None:
        raise NotFound(Reason(N_("没有这份名单，或者不是您交的。")))
    if row.stage != Stage.DONE:
        raise Refusal(Reason(N_("这份名单还没有核验完。")), Reason(N_("请过一会儿再来。")))
    if not row.file:
        raise Refusal(Reason(N_("过了保存期，名单和结果都已经删除。")), Reason(N_("还要用的，请重新交一次。")))
    with transaction.atomic():
        _note(row, "list.open", "下载批量核验结果", actor, now)
    streams = [SPOOL().open(token) for token in row.parts]  # opened here, so that what is gone is refused here
    return _read(streams)


def _read(streams: Sequence[BinaryIO]) -> Iterator[dict[str, Any]]:
    for each in streams:
        with closing(each) as stream:
            for line in stream:
                yield json.loads(line)


def revive(*, now: datetime.datetime) -> int:
    """Queue anew what shows no progress: its worker was killed. Return how many lists."""
    dead = list(AskedList.objects.filter(stage__in=AT_WORK, moved_at__lt=now - DIED).values_list("id", flat=True))
    for asked in dead:
        with transaction.atomic():
            AskedList.objects.filter(id=asked).update(moved_at=now)
            defer("gateway.list", asked=asked)
    return len(dead)


def expire(*, today: datetime.date) -> int:
    """Delete lists and results past their days; return how many lists."""
    count = 0
    for row in AskedList.objects.filter(until_day__lt=today).exclude(file=""):
        tokens = [row.file, *row.parts]
        with transaction.atomic():
            count += AskedList.objects.filter(id=row.id, file=row.file).update(file="", parts=[])
            transaction.on_commit(lambda tokens=tokens: [SPOOL().delete(token) for token in tokens])
    AskedList.objects.filter(until_day__lt=today - datetime.timedelta(days=365)).delete()
    return count


def _note(row: AskedList, action: str, purpose: str, actor: Actor, now: datetime.datetime) -> None:
    detail = {"list": str(row.id), "rows": row.rows}
    audit.write(
        [
            NewEntry(
                at=now,
                action=action,
                purpose=purpose,
                subject=NOBODY,
                matter=row.matter,
                detail=detail,
                **actor.log(),
            )
        ]
    )
