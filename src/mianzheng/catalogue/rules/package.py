"""Reading a city package: files in, a `City` or a complete list of problems out. A wrong package is refused whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType

from mianzheng.catalogue.rules.asking import read_asking
from mianzheng.catalogue.rules.certificates import read_certificates
from mianzheng.catalogue.rules.city import Basis, Batch, Body, City, Department, Item, Place
from mianzheng.catalogue.rules.consulting import read_consulting
from mianzheng.catalogue.rules.curiosity import read_curiosity
from mianzheng.catalogue.rules.exchange import check_services, read_connections, read_data, read_feeds
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.catalogue.rules.matters import read_matters
from mianzheng.catalogue.rules.policy import Policy
from mianzheng.catalogue.rules.records import ABOUT, read_facts, read_items, read_relations
from mianzheng.catalogue.rules.reforming import read_reforming
from mianzheng.catalogue.rules.secrecy import read_secrecy, with_seals
from mianzheng.catalogue.rules.source import Problem, Reader, Record
from mianzheng.catalogue.rules.statutes import read_laws
from mianzheng.catalogue.rules.stories import STORIES, Stories
from mianzheng.catalogue.rules.wordings import read_texts

PUBLIC_BODY_KINDS = ("education", "health", "water", "power", "gas", "telecom", "transport", "rail")
FINANCE_KINDS = ("bank", "insurer")
BODY_KINDS = (*PUBLIC_BODY_KINDS, *FINANCE_KINDS, "notary", "outside")
FORCES = (
    "law",
    "administrative_regulation",
    "local_regulation",
    "state_council_decision",
    "departmental_rule",
    "policy",
)
HEAD = "code name name_en province province_en prefecture prefecture_en baseline_year zone policy base_items consult"
POLICY = (
    "check_days objection_days stale_cycles commitment_bar after_check_days bad_rows shrink error_days"
    " correction_days sharing_days delivery_tries watch_days pull_minutes fresh_minutes consult_days trial_days paper_trips"
    " slips_a_day review_days wish_days"
)
SUFFIXES = (".csv", ".yaml", ".md")


def read(files: Mapping[str, str | None], *, stories: bool = True) -> tuple[City | None, tuple[Problem, ...]]:
    """Read a city package from `files` (path within the package -> text, None where it is not UTF-8).

    Returns the city and no problems, or None and every problem found with its file and line. Without `stories` it does not
    matter whether those of a demo still fit: the catalogue is edited on pages, and they are told in a file.
    """
    reader = Reader(files)
    head = reader.mapping("city.yaml")
    departments = _departments(reader)
    towns = _places(reader, "towns.csv", ("street", "town"))
    areas = _places(reader, "areas.csv", ("area",), parents=towns)
    communities = _places(reader, "communities.csv", ("community", "village"), parents=towns, areas=areas)
    bodies = _bodies(reader)
    bases = _bases(reader)
    laws = read_laws(reader)
    reforming = read_reforming(reader, departments)
    connections = read_connections(reader, departments)
    items = with_seals(reader, read_items(reader, departments, connections), bases, departments)
    check_services(reader, connections, items)
    data = read_data(reader, items)
    relations = read_relations(reader, items)
    curiosity = read_curiosity(reader, relations)
    facts = read_facts(reader, items, departments)
    texts = read_texts(reader)
    batches = _batches(reader)
    certificates = read_certificates(reader, {**departments, **bodies}, facts, batches)
    feeds = read_feeds(reader, items=items, departments=departments, bodies=bodies, certificates=certificates)
    secrecy = read_secrecy(reader, departments, bases)
    policy = _policy(reader, head, facts)
    base_items = _base_items(reader, head, items)
    consult = read_consulting(reader, head, departments)
    owners = {**departments, **{code: body for code, body in bodies.items() if body.kind != "outside"}}
    matters = read_matters(
        reader,
        owners=owners,
        facts=facts,
        items=items,
        relations=relations,
        bases=bases,
        texts=texts,
        certificates=certificates,
        check_days=policy.check_days,
    )
    asking = read_asking(reader, items=items, facts=facts, matters=matters, kinds=BODY_KINDS, relations=relations)
    holidays = {
        reader.day(row, "day"): reader.yes(row, "working")
        for row in reader.rows("calendar.csv", ("day", "working"), ("name",))
    }
    named = [name for name in sorted(reader.files) if name.startswith("demo/") and name.endswith(".yaml")]
    demo = {name: reader.tree(name) for name in named}
    told = Stories(
        reader,
        matters=matters | {old: each for each in matters.values() for old in each.old_codes},
        facts=facts,
        items=items,
        relations=relations,
        communities=communities,
        departments=departments,
    )
    told.check(demo.get(STORIES) if stories else None)
    if reader.problems:
        return None, reader.told()
    return City(
        code=reader.word(head, "code"),
        name=reader.text(head, "name"),
        province=reader.text(head, "province", required=False),
        prefecture=reader.text(head, "prefecture", required=False),
        baseline_year=reader.whole(head, "baseline_year"),
        zone=reader.word(head, "zone"),
        policy=policy,
        departments=MappingProxyType(departments),
        towns=MappingProxyType(towns),
        areas=MappingProxyType(areas),
        communities=MappingProxyType(communities),
        bodies=MappingProxyType(bodies),
        bases=MappingProxyType(bases),
        laws=laws,
        consult=consult,
        reforming=reforming,
        items=MappingProxyType(items),
        relations=MappingProxyType(relations),
        facts=MappingProxyType(facts),
        matters=MappingProxyType(matters),
        certificates=MappingProxyType(certificates),
        batches=MappingProxyType(batches),
        texts=MappingProxyType(texts),
        holidays=MappingProxyType(holidays),
        connections=MappingProxyType(connections),
        data=MappingProxyType(data),
        feeds=MappingProxyType(feeds),
        base_items=MappingProxyType(base_items),
        asking=asking,
        curiosity=curiosity,
        secrecy=secrecy,
        demo=MappingProxyType(demo),
    ), ()


def digest_of(files: Mapping[str, str]) -> str:
    """Return by what an edition of `files` is known: equal for equal packages (SHA-256)."""
    return hashlib.sha256(json.dumps(dict(files), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _policy(reader: Reader, head: Record, facts: Mapping[str, object]) -> Policy:
    if not head:  # said once already
        return Policy(1, 1, 1, "", 1)
    reader.only(head, HEAD)
    reader.word(head, "code")
    reader.text(head, "name")
    for place in ("province", "prefecture"):
        reader.text(head, place, required=False)
    reader.whole(head, "baseline_year")
    reader.word(head, "zone")
    policy = head.get("policy")
    if not isinstance(policy, Record):
        reader.problem(head, "'policy' is missing")
        policy = Record()
    reader.only(policy, POLICY)
    return Policy(
        check_days=reader.whole(policy, "check_days", default=1, minimum=1),
        objection_days=reader.whole(policy, "objection_days", default=5, minimum=1),
        stale_cycles=reader.whole(policy, "stale_cycles", default=2, minimum=1),
        commitment_bar=reader.known(policy, "commitment_bar", facts, "fact", required=False),
        after_check_days=reader.whole(policy, "after_check_days", default=60, minimum=1),
        bad_rows=reader.number(policy, "bad_rows", default=0.05, above=0),
        shrink=reader.number(policy, "shrink", default=0.3, above=0),
        error_days=reader.whole(policy, "error_days", default=14, minimum=1),
        correction_days=reader.whole(policy, "correction_days", default=5, minimum=1),
        sharing_days=reader.whole(policy, "sharing_days", default=10, minimum=1),
        delivery_tries=reader.whole(policy, "delivery_tries", default=8, minimum=1),
        watch_days=reader.whole(policy, "watch_days", default=365, minimum=1),
        pull_minutes=reader.whole(policy, "pull_minutes", default=120, minimum=1),
        fresh_minutes=reader.whole(policy, "fresh_minutes", default=10, minimum=1),
        consult_days=reader.whole(policy, "consult_days", default=5, minimum=1),
        trial_days=reader.whole(policy, "trial_days", default=15, minimum=1),
        paper_trips=reader.whole(policy, "paper_trips", default=2, minimum=1),
        slips_a_day=reader.whole(policy, "slips_a_day", default=500, minimum=1),
        review_days=reader.whole(policy, "review_days", default=365, minimum=1),
        wish_days=reader.whole(policy, "wish_days", default=10, minimum=1),
    )


def _base_items(reader: Reader, head: Record, items: Mapping[str, Item]) -> dict[str, str]:
    """Return the base register (基础库) of each kind of subject; a package may name none."""
    named = head.get("base_items") or Record()
    if not isinstance(named, Record):
        reader.problem(head, "'base_items' is no mapping of kinds of subjects to items", "base_items")
        return {}
    reader.only(named, ABOUT)
    found = {kind: reader.known(named, kind, items, "item") for kind in named}
    for kind, code in found.items():
        item = items.get(code)
        if item is not None and item.about != kind:
            reader.problem(named, f"'{kind}' is '{code}', which is about {item.about}", kind)
        elif item is not None and (item.at_source or not item.fields):
            reader.problem(named, f"'{kind}' is '{code}', of which the centre holds no copy: nobody can count it", kind)
    return {kind: code for kind, code in found.items() if code in items}


def _departments(reader: Reader) -> dict[str, Department]:
    found: dict[str, Department] = {}
    for row in reader.rows("departments.csv", ("code", "name", "name_en", "kind"), ("phone",)):
        code = reader.unique(row, found)
        found[code] = Department(
            code,
            reader.text(row, "name"),
            reader.one_of(row, "kind", ("organ", "vertical")),
            row.get("phone", ""),
            row.get("source", ""),
        )
    return found


def _places(
    reader: Reader,
    name: str,
    kinds: tuple[str, ...],
    *,
    parents: Mapping[str, Place] | None = None,
    areas: Mapping[str, Place] | None = None,
) -> dict[str, Place]:
    found: dict[str, Place] = {}
    columns = [
        "code",
        "name",
        "name_en",
        *(["kind"] if len(kinds) > 1 else []),
        *(["town"] if parents is not None else []),
    ]
    for row in reader.rows(name, columns, ("area",) if areas is not None else ()):
        code = reader.unique(row, found)
        found[code] = Place(
            code,
            reader.text(row, "name"),
            reader.one_of(row, "kind", kinds) if len(kinds) > 1 else kinds[0],
            reader.known(row, "town", parents, "town") if parents is not None else "",
            reader.known(row, "area", areas, "work area", required=False) if areas is not None else "",
            row.get("source", ""),
        )
    return found


def _bodies(reader: Reader) -> dict[str, Body]:
    found: dict[str, Body] = {}
    for row in reader.rows("bodies.csv", ("code", "name", "name_en", "kind")):
        code = reader.unique(row, found)
        kind = reader.one_of(row, "kind", BODY_KINDS)
        found[code] = Body(code, reader.text(row, "name"), kind, row.get("source", ""))
    return found


def _bases(reader: Reader) -> dict[str, Basis]:
    found: dict[str, Basis] = {}
    for row in reader.rows(
        "bases.csv", ("code", "law", "law_en", "article", "force", "in_force_from", "text", "text_en")
    ):
        code = reader.unique(row, found)
        found[code] = Basis(
            code,
            reader.text(row, "law"),
            reader.word(row, "article", required=False),
            reader.one_of(row, "force", FORCES),
            reader.day(row, "in_force_from"),
            reader.text(row, "text"),
            row.get("source", ""),
        )
    return found


def _batches(reader: Reader) -> dict[int, Batch]:
    found: dict[int, Batch] = {}
    for row in reader.rows("batches.csv", ("number", "published", "name", "name_en")):
        number = reader.whole(row, "number", minimum=1)
        if number in found:
            reader.problem(row, f"batch {number} a second time")
        name = reader.text(row, "name", english=False)
        found[number] = Batch(number, reader.day(row, "published"), name, row.get("source", ""))
    return found


def counts(city: City) -> dict[str, int | list[int]]:
    """Return the figures of ``mianzheng city check --json``."""
    cancelled = [c for c in city.certificates.values() if not c.asked_for]
    return {
        "departments": len(city.departments),
        "towns": len(city.towns),
        "areas": len(city.areas),
        "communities": len(city.communities),
        "public_bodies": sum(b.kind in PUBLIC_BODY_KINDS for b in city.bodies.values()),
        "banks": sum(b.kind in FINANCE_KINDS for b in city.bodies.values()),
        "items": len(city.items),
        "items_typed": sum(bool(item.fields) for item in city.items.values()),
        "items_at_source": sum(item.at_source for item in city.items.values()),
        "items_sealed": sum(item.seal is not None for item in city.items.values()),
        "data": len(city.data),
        "connections": len(city.connections),
        "feeds": len(city.feeds),
        "certificates": len(cancelled),
        "certificates_government": sum(c.kind == "government" for c in cancelled),
        "certificates_finance": sum(c.kind == "finance" for c in cancelled),
        "by_commitment": sum(c.disposal is Disposal.COMMITMENT for c in cancelled),
        "retained": sum(c.disposal is Disposal.RETAINED for c in city.certificates.values()),
        "asked": sum(c.disposal is Disposal.ASKED for c in city.certificates.values()),
        "yearly_volume": sum(c.yearly_volume for c in city.certificates.values()),
        "facts": len(city.facts),
        "matters": len(city.matters),
        "statutes": len(city.laws.statutes),
        "laws_repealed": len(city.laws.repealed),
        "batches": [sum(c.batch == number for c in cancelled) for number in sorted(city.batches)],
    }
