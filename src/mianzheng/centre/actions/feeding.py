"""Changes of an item become deliveries (回流), in the transaction of the load that brought them: sets, no single rows."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import sql

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.catalogue.rules.exchange import Feed
from mianzheng.centre.queries.seals import open_rows
from mianzheng.centre.rules.feeding import Change, Status, community_codes
from mianzheng.web.jobs import defer
from mianzheng.web.sql import run

DELIVER = "centre.deliver"
"""The job that sends what waits."""

_NEW, _OLD = sql.Identifier("n"), sql.Identifier("o")

_INSERT = sql.SQL(
    "INSERT INTO centre_delivery"
    ' (feed, "case", receiver, item, subject, change, payload, status, tries, made_at, next_at, problem, note)'
    " SELECT {feed}, NULL, {receiver}, {item}, {row}.subject, {change}, {payload}, {status}, 0, {now}, {now}, {problem}, ''"
    " FROM {source} WHERE {where}"
)

_WATCHED = sql.SQL("""
INSERT INTO centre_delivery
 (feed, "case", receiver, item, subject, change, payload, status, tries, made_at, next_at, problem, note)
SELECT '', w."case", w.office, w.item, w.subject,
 CASE WHEN c.came AND c.went THEN 'changed' WHEN c.came THEN 'added' ELSE 'removed' END,
 '{{}}', 'listed', 0, {now}, {now}, '', ''
FROM (SELECT subject, bool_or(came) AS came, bool_or(NOT came) AS went FROM (
        SELECT subject, true AS came FROM {added} AS r WHERE {open}
        UNION ALL SELECT subject, false FROM {removed} AS r WHERE {open}) each
      GROUP BY subject) c
JOIN centre_watch w ON w.subject = c.subject AND w.item = {item} AND w.until >= {today}
WHERE NOT EXISTS (SELECT FROM centre_delivery d WHERE d.subject = w.subject AND d.feed = '' AND d.receiver = w.office
                  AND d."case" = w."case" AND d.item = w.item AND d.settled_at IS NULL)
""")


@dataclass(frozen=True)
class _Load:
    """What one load brought: the two tables, and whose changes they are."""

    item: Item
    added: str
    removed: str
    now: datetime.datetime

    @property
    def same(self) -> sql.Composable:
        """The condition that a new row ``n`` and an old row ``o`` are the same record."""
        keys = ("subject", *self.item.keys)
        return _and([sql.SQL("n.{0} = o.{0}").format(sql.Identifier(key)) for key in keys])

    def source(self, change: Change) -> sql.Composable:
        """Return the rows of `change`: what was added and not there before, what is in both, what only went."""
        new, old = sql.Identifier(self.added), sql.Identifier(self.removed)
        if change is Change.CHANGED:
            return sql.SQL("{} n JOIN {} o ON {}").format(new, old, self.same)
        return sql.SQL("{} n" if change is Change.ADDED else "{} o").format(new if change is Change.ADDED else old)

    def alone(self, change: Change) -> sql.Composable:
        """Return the condition that the row has no partner in the other table."""
        if change is Change.CHANGED:
            return sql.SQL("true")
        other, name = (self.removed, _OLD) if change is Change.ADDED else (self.added, _NEW)
        return sql.SQL("NOT EXISTS (SELECT FROM {} {} WHERE {})").format(sql.Identifier(other), name, self.same)


def feed(*, city: City, item: Item, added: str, removed: str, now: datetime.datetime) -> int:
    """Write a delivery for everybody who is to learn of what a load changed, and return how many.

    `added` and `removed` name two temporary tables with ``subject`` and the fields of `item`: rows that are new, rows
    that went; a changed record is in both. Call it inside the load's transaction, not for the first load of a register.
    """
    load = _Load(item, added, removed, now)
    written = _tell_owners_of_cases(load)
    to_send = 0
    for each in city.feeds.values():
        if each.item != item.code:
            continue
        count = sum(run(statement) for statement in _statements(city, each, load))
        written += count
        to_send += count if each.route == "webhook" else 0
    if to_send:
        defer(DELIVER, once="load", timestamp=0)
    return written


def _statements(city: City, feed: Feed, load: _Load) -> list[sql.Composable]:
    """Return what writes the deliveries of one feed; what went comes first, so that it arrives first."""
    found = []
    changed = load.source(Change.CHANGED)
    if Change.REMOVED in feed.on:
        found.append(
            _insert(city, feed, load, Change.REMOVED, "o", load.source(Change.REMOVED), _matches(feed, load, "o"))
        )
        if left := _crossed(feed, load, "n"):
            left = _and([_matches(feed, load, "o"), left])
            found.append(_insert(city, feed, load, Change.REMOVED, "o", changed, left, alone=False))
    if Change.CHANGED in feed.on:
        news = _and([_matches(feed, load, "n"), _news(feed, load)])
        found.append(_insert(city, feed, load, Change.CHANGED, "n", changed, news))
    if Change.ADDED in feed.on:
        found.append(_insert(city, feed, load, Change.ADDED, "n", load.source(Change.ADDED), _matches(feed, load, "n")))
        if Change.CHANGED not in feed.on and (came := _crossed(feed, load, "o")):
            came = _and([_matches(feed, load, "n"), came])
            found.append(_insert(city, feed, load, Change.ADDED, "n", changed, came, alone=False))
    return found


def _crossed(feed: Feed, load: _Load, beyond: str) -> sql.Composable | None:
    """Return the condition that a changed record came into the receiver's sight, or went out of it: it moved to or from
    their community, or the row named `beyond` is not one the feed is about; None where that cannot be.
    """
    parts = [_moved(feed)] if feed.to == "community" else []
    if feed.where or load.item.seal:
        parts.append(sql.SQL("({}) IS NOT TRUE").format(_matches(feed, load, beyond)))
    return sql.SQL("({})").format(sql.SQL(" OR ").join(parts)) if parts else None


def _insert(
    city: City,
    feed: Feed,
    load: _Load,
    change: Change,
    row: str,
    source: sql.Composable,
    where: sql.Composable,
    *,
    alone: bool = True,
) -> sql.Composable:
    """Return the statement that tells `change` of the rows named `row` in `source` that fit `where`."""
    receiver: sql.Composable = sql.Literal(feed.receiver)
    status: sql.Composable = sql.Literal((Status.PENDING if feed.route == "webhook" else Status.LISTED).value)
    problem: sql.Composable = sql.Literal("")
    if feed.to == "community":
        names, codes = community_codes(city)
        named = sql.Identifier(row, feed.receiver)
        source = sql.SQL("{} LEFT JOIN unnest({}::text[], {}::text[]) AS place (name, code) ON place.name = {}").format(
            source, sql.Literal(list(names)), sql.Literal(list(codes)), named
        )
        # a name no community bears, or two: nobody may guess whose it is, so a person looks
        receiver = sql.SQL("coalesce(place.code, '')")
        status = sql.SQL("CASE WHEN place.code IS NULL THEN 'dead' ELSE {} END").format(status)
        problem = sql.SQL("CASE WHEN place.code IS NULL THEN 'nowhere' ELSE '' END")
        where = _and([where, sql.SQL("{} <> ''").format(named)])
    return _INSERT.format(
        feed=sql.Literal(feed.code),
        receiver=receiver,
        item=sql.Literal(load.item.code),
        row=sql.Identifier(row),
        change=_said(feed, change),
        payload=_payload(feed, row),
        status=status,
        problem=problem,
        now=sql.Literal(load.now),
        source=source,
        where=_and([where, load.alone(change)] if alone else [where]),
    )


def _said(feed: Feed, change: Change) -> sql.Composable:
    """Return the word for `change`: to a community a record that moved there is a new one."""
    word = sql.Literal(change.value)
    if change is Change.CHANGED and feed.to == "community" and Change.ADDED in feed.on:
        return sql.SQL("CASE WHEN {} THEN 'added' ELSE {} END").format(_moved(feed), word)
    return word


def _payload(feed: Feed, row: str) -> sql.Composable:
    """Return exactly the fields of the payload as JSON."""
    pairs = [
        part
        for code in feed.payload
        for part in (sql.Literal(code), sql.SQL(".").join(map(sql.Identifier, (row, code))))
    ]
    return sql.SQL("jsonb_build_object({})").format(sql.SQL(", ").join(pairs))


def _matches(feed: Feed, load: _Load, row: str) -> sql.Composable:
    """Return the condition that a row is one the feed is about; a sealed one never is."""
    return _and([open_rows(load.item, row=row)] * (load.item.seal is not None) + [
        sql.SQL("{}.{} = {}").format(sql.Identifier(row), sql.Identifier(code), sql.Literal(value))
        for code, value in feed.where.items()
    ])  # fmt: skip


def _news(feed: Feed, load: _Load) -> sql.Composable:
    """Return the condition that a change is news to the receiver: what it is told changed, or the record came into
    sight.
    """
    parts = []
    told = [*feed.payload, *([feed.receiver] if feed.to == "community" else [])]
    if told:
        parts += [sql.SQL("n.{0} IS DISTINCT FROM o.{0}").format(sql.Identifier(code)) for code in told]
    if feed.where or load.item.seal:
        parts.append(sql.SQL("({}) IS NOT TRUE").format(_matches(feed, load, "o")))
    return sql.SQL("({})").format(sql.SQL(" OR ").join(parts)) if parts else sql.SQL("true")


def _moved(feed: Feed) -> sql.Composable:
    return sql.SQL("n.{0} IS DISTINCT FROM o.{0}").format(sql.Identifier(feed.receiver))


def _and(conditions: Sequence[sql.Composable]) -> sql.Composable:
    return sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("true")


def _tell_owners_of_cases(load: _Load) -> int:
    """Tell who granted a case that its ground changed: once a case, subject and item while they have not looked.

    A sealed record comes and goes without a word.
    """
    return run(
        _WATCHED.format(
            added=sql.Identifier(load.added),
            removed=sql.Identifier(load.removed),
            item=sql.Literal(load.item.code),
            open=open_rows(load.item),
            now=sql.Literal(load.now),
            today=sql.Literal(load.now.date()),
        )
    )
