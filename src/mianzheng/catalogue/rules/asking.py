"""Who may ask the gateway, and for what: what a package says about askers (``asking.yaml``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from mianzheng.catalogue.rules.source import Reader, Record
from mianzheng.common.texts import Text

FILE = "asking.yaml"
DAYS = (
    "source_days review_days lapse_days term_days renew_days notice_days key_days overlap_days consent_days answer_days"
    " window_days sealed_days list_days"
)


@dataclass(frozen=True, slots=True)
class Service:
    """What bodies of some `kinds` do that is no government matter (业务), such as a home loan, and the facts it may need."""

    code: str
    name: Text
    kinds: tuple[str, ...]
    facts: tuple[str, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """The city's rules for askers (policy). Days are working days for offices, calendar days for terms.

    Bodies of `private` kinds are no authority: they ask with the person's consent and the source's written approval.
    `never` are the items (a person's score, grade or credit event) no private asker is ever told of, under the law named
    `never_basis`. `guardians` are the relations of those who may consent for a child. `largest` is the daily allowance past
    which a grant needs no form but a talk; at the share `warn` of it the asker is told. With `window_days` 0 a clerk cannot
    note a consent that nobody signed.
    """

    private: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    never_basis: Text = Text("")
    services: Mapping[str, Service] = field(default_factory=dict)
    guardians: tuple[str, ...] = ()
    source_days: int = 5
    review_days: int = 5
    lapse_days: int = 20
    term_days: int = 365
    renew_days: int = 30
    notice_days: int = 10
    key_days: int = 365
    overlap_days: int = 14
    consent_days: int = 90
    answer_days: int = 3
    window_days: int = 1
    sealed_days: int = 30
    list_days: int = 7
    largest: int = 1_000_000
    warn: float = 0.8


def read_asking(
    reader: Reader,
    *,
    items: Collection[str],
    facts: Collection[str],
    matters: Collection[str],
    kinds: Collection[str],
    relations: Collection[str],
) -> Asking:
    """Read ``asking.yaml``; a package without one has nobody who asks from outside."""
    if FILE not in reader.files and FILE not in reader.lost:
        return Asking()
    tree = reader.mapping(FILE)
    reader.only(tree, "private never services guardians policy")
    never = tree.get("never") or Record()
    if not isinstance(never, Record):
        reader.problem(tree, "'never' is no mapping with 'items' and 'basis'", "never")
        never = Record()
    reader.only(never, "items basis basis_en")
    policy = tree.get("policy") or Record()
    if not isinstance(policy, Record):
        reader.problem(tree, "'policy' is no mapping of numbers", "policy")
        policy = Record()
    reader.only(policy, f"{DAYS} largest warn")
    default = Asking()
    days = {
        name: reader.whole(policy, name, default=getattr(default, name), minimum=name != "window_days")
        for name in DAYS.split()
    }
    return Asking(
        private=_named(reader, tree, "private", kinds, "kind of body"),
        never=_named(reader, never, "items", items, "item"),
        never_basis=reader.text(never, "basis", required=bool(never)),
        services=_services(reader, tree, facts, matters, kinds),
        guardians=_named(reader, tree, "guardians", relations, "relation"),
        largest=reader.whole(policy, "largest", default=default.largest, minimum=1),
        warn=reader.number(policy, "warn", default=default.warn, above=0),
        **days,
    )


def _services(
    reader: Reader, tree: Record, facts: Collection[str], matters: Collection[str], kinds: Collection[str]
) -> dict[str, Service]:
    found: dict[str, Service] = {}
    for entry in reader.entries(tree, "services"):
        reader.only(entry, "code name name_en kinds facts source")
        code = reader.unique(entry, found)
        if code in matters:
            reader.problem(entry, f"'{code}' is a matter already: a service needs a code of its own", "code")
        found[code] = Service(
            code,
            reader.text(entry, "name"),
            _named(reader, entry, "kinds", kinds, "kind of body"),
            _named(reader, entry, "facts", facts, "fact"),
            reader.word(entry, "source", required=False),
        )
        if not found[code].facts:
            reader.problem(entry, "'facts' is empty: a service that needs no fact has nothing to ask", "facts")
    return found


def _named(reader: Reader, record: Record, key: str, known: Collection[str], what: str) -> tuple[str, ...]:
    """Return the list under `key`, each of it one of `known`."""
    named = record.get(key) or []
    if not isinstance(named, list):
        reader.problem(record, f"'{key}' is '{named}', a list is expected", key)
        return ()
    for name in named:
        if name not in known:
            message = f"'{key}' names '{name}': there is no such {what}"
            if what in ("fact", "item", "relation"):
                reader.absent(record, what, message, key)
            else:
                reader.problem(record, message, key)
    return tuple(map(str, named))
