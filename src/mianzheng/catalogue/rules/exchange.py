"""How records come and go: connections to where registers stay, one source for a datum, and who learns of a change."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mianzheng.catalogue.rules.source import Reader, Record
from mianzheng.common.texts import Text

if TYPE_CHECKING:
    from mianzheng.catalogue.rules.city import Item

CONNECTION_KINDS = ("provincial", "plain", "database")
CHANGES = ("added", "changed", "removed")
ROUTES = ("worklist", "webhook")


@dataclass(frozen=True, slots=True)
class Service:
    """How one item is asked for over a connection: its name there, its fields and codes in the other side's words.

    A field or code that is not listed has the same word on both sides.
    """

    service: str
    fields: Mapping[str, str] = dataclasses.field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Connection:
    """A way to a register that stays where it is (源头数据). Addresses and secrets are the operator's, never here.

    `timeout` is in seconds for a question in all; `at_once` how many questions may be under way; `quota` how many a day
    the other side allows (0: no limit); after `failures` in a row nothing is asked for `pause` seconds.
    """

    code: str
    name: Text
    kind: str
    owner: str
    timeout: float
    at_once: int
    quota: int
    failures: int
    pause: float
    services: Mapping[str, Service] = dataclasses.field(default_factory=dict)
    source: str = ""

    def service(self, item: str) -> Service:
        """Return how `item` is asked for; where the package does not say, a database's table has the item's own code."""
        return self.services.get(item) or Service(item if self.kind == "database" else item.upper())


@dataclass(frozen=True, slots=True)
class Datum:
    """One datum, one source (一数一源): the `field` of `item` registers it; other items carry copies."""

    code: str
    name: Text
    item: str
    field: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """Who learns of a change of an item (回流), and no more than `payload`.

    `on` lists the changes (``changes`` in the file); `where` limits them to rows with these values. `to` is
    ``department``, ``body`` or ``community``; `receiver` its code or, for a community, the field that names it.
    `place` sends along where the subject is (the name of a house); `instead_of` is the certificate by which the
    receiver used to learn it.
    """

    code: str
    name: Text
    why: Text
    item: str
    on: tuple[str, ...]
    where: Mapping[str, Any]
    to: str
    receiver: str
    payload: tuple[str, ...]
    place: bool
    route: str
    instead_of: str = ""
    source: str = ""


def read_connections(reader: Reader, departments: Collection[str]) -> dict[str, Connection]:
    """Read ``connections.yaml``; a package without one has registers of its own only."""
    found: dict[str, Connection] = {}
    if "connections.yaml" not in reader.files:
        return found
    for record in reader.records("connections.yaml"):
        reader.only(record, "code name name_en kind owner timeout at_once quota breaker services source")
        code = reader.unique(record, found)
        breaker = record.get("breaker")
        if not isinstance(breaker, Record):
            reader.problem(record, "'breaker' needs 'failures' and 'seconds'", "breaker")
            breaker = Record(failures=5, seconds=30)
        reader.only(breaker, "failures seconds")
        found[code] = Connection(
            code=code,
            name=reader.text(record, "name"),
            kind=reader.one_of(record, "kind", CONNECTION_KINDS),
            owner=reader.known(record, "owner", departments, "department"),
            timeout=reader.number(record, "timeout", default=2.0, above=0),
            at_once=reader.whole(record, "at_once", default=32, minimum=1),
            quota=reader.whole(record, "quota", default=0),
            failures=reader.whole(breaker, "failures", default=5, minimum=1),
            pause=reader.number(breaker, "seconds", default=30.0, above=0),
            services=_services(reader, record),
            source=reader.word(record, "source", required=False),
        )
    return found


def _services(reader: Reader, record: Record) -> dict[str, Service]:
    declared = record.get("services") or Record()
    if not isinstance(declared, Record):
        reader.problem(record, "'services' is no mapping of items", "services")
        return {}
    found = {}
    for item, entry in declared.items():
        if not isinstance(entry, Record):
            reader.problem(record, f"service of '{item}' needs at least 'service'", "services")
            continue
        reader.only(entry, "service fields codes")
        found[item] = Service(
            reader.word(entry, "service"),
            {k: str(v) for k, v in (entry.get("fields") or {}).items()},
            {k: {str(a): str(b) for a, b in v.items()} for k, v in (entry.get("codes") or {}).items()},
        )
    return found


def check_services(reader: Reader, connections: Mapping[str, Connection], items: Mapping[str, Item]) -> None:
    """Note services of items or fields that are not there."""
    if "connections.yaml" not in reader.files:
        return
    for record in reader.records("connections.yaml"):
        for item, service in connections[str(record.get("code"))].services.items():
            known = {field.code for field in items[item].fields} if item in items else set()
            if item not in items:
                reader.absent(record, "item", f"'services' names '{item}': there is no such item", "services")
            for field in (*service.fields, *service.codes):
                if item in items and field not in known:
                    reader.problem(record, f"'services' of '{item}' names '{field}': no such field", "services")


def read_data(reader: Reader, items: Mapping[str, Item]) -> dict[str, Datum]:
    """Read ``data.csv`` and see that each datum has one registering field and that its copies fit it."""
    found: dict[str, Datum] = {}
    if "data.csv" in reader.files:
        for row in reader.rows("data.csv", ("code", "name", "name_en", "item", "field")):
            code = reader.unique(row, found)
            item = items.get(reader.known(row, "item", items, "item"))
            datum = Datum(code, reader.text(row, "name"), row["item"], row["field"], row.get("source", ""))
            found[code] = datum
            field = next((f for f in item.fields if f.code == datum.field), None) if item else None
            if item and (field is None or field.datum != code):
                reader.absent(row, "field", f"'{datum.item}.{datum.field}' does not say it is the datum '{code}'")
            for other in (f for each in items.values() for f in each.fields if f.datum == code and field):
                if other.type != field.type or dict(other.codes) != dict(field.codes):  # type: ignore[union-attr]
                    reader.problem(row, f"'{other.item}.{other.code}' differs from its source in type or codes")
    for each in items.values():
        for field in each.fields:
            if field.datum and field.datum not in found:
                reader.absent(
                    Record(), "datum", f"'datum' of {each.code}.{field.code} is '{field.datum}': not in data.csv"
                )
    return found


def read_feeds(
    reader: Reader,
    *,
    items: Mapping[str, Item],
    departments: Collection[str],
    bodies: Collection[str],
    certificates: Collection[str],
) -> dict[str, Feed]:
    """Read ``feeds.yaml``."""
    found: dict[str, Feed] = {}
    if "feeds.yaml" not in reader.files:
        return found
    for record in reader.records("feeds.yaml"):
        reader.only(
            record, "code name name_en why why_en item changes where to receiver payload place route instead_of source"
        )
        code = reader.unique(record, found)
        item = items.get(reader.known(record, "item", items, "item"))
        fields = {field.code for field in item.fields} if item else set()
        to = reader.one_of(record, "to", ("department", "body", "community"))
        sides = {"department": departments, "body": bodies, "community": fields}.get(to, ())
        found[code] = Feed(
            code=code,
            name=reader.text(record, "name"),
            why=reader.text(record, "why"),
            item=item.code if item else "",
            on=tuple(record.get("changes") or ()),
            where=dict(record.get("where") or {}),
            to=to,
            receiver=reader.known(record, "receiver", sides, "department or body" if to != "community" else "field"),
            payload=tuple(record.get("payload") or ()),
            place=reader.yes(record, "place"),
            route=reader.one_of(record, "route", ROUTES, default="worklist"),
            instead_of=reader.known(record, "instead_of", certificates, "certificate", required=False),
            source=reader.word(record, "source", required=False),
        )
        _check_feed(reader, record, found[code], item)
    return found


def _check_feed(reader: Reader, record: Record, feed: Feed, item: Item | None) -> None:
    """Note a feed that nothing would ever set off, or that could not arrive."""
    if not feed.on:
        reader.problem(record, f"'changes' is empty, expected some of: {', '.join(CHANGES)}", "changes")
    for change in feed.on:
        if change not in CHANGES:
            reader.problem(record, f"'changes' has '{change}', expected some of: {', '.join(CHANGES)}", "changes")
    if feed.to == "body" and feed.route != "webhook":
        reader.problem(record, "a body has no work list here: its 'route' is 'webhook'", "route")
    if item is None:
        return
    if item.at_source:
        reader.problem(record, f"item '{item.code}' stays at its source: no load would bring a change", "item")
    fields = {field.code: field for field in item.fields}
    for code in (*feed.payload, *feed.where):
        if code not in fields:
            reader.absent(record, "field", f"'{code}' is no field of item '{item.code}'", "payload")
        elif code in feed.payload and fields[code].type == "subject":
            reader.problem(
                record, f"'{code}' points at a subject: whom it is about is never part of a payload", "payload"
            )
