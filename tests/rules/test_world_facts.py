"""Every fact of the worked matters holds, fails and is open for somebody in a demo city of 2,000 people."""

from __future__ import annotations

import datetime
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mianzheng.catalogue.adapters.folder import files_of
from mianzheng.catalogue.rules.city import City, Need
from mianzheng.catalogue.rules.package import read
from mianzheng.common.texts import Text
from mianzheng.demo.rules import ground
from mianzheng.demo.rules.filling import SUBJECTS, disputed, fill
from mianzheng.demo.rules.tables import World
from mianzheng.demo.rules.world import world
from mianzheng.evidence.rules.forms import judge
from mianzheng.evidence.rules.verdicts import Verdict
from tests.drawn import records

SEED = 1
AS_OF = datetime.date(2026, 11, 23)
PACKAGE = Path(__file__).parents[2] / "cities/yiwu"


@cache
def package() -> City:
    found, problems = read(files_of(PACKAGE))
    assert found, problems
    return found


@cache
def made() -> World:
    city = package()
    return world(
        seed=SEED,
        people=2000,
        organisations=340,
        as_of=AS_OF,
        setting=ground.setting(city),
        ground=ground.ground(city),
    )


@cache
def register(code: str) -> tuple[dict[Any, list[dict[str, Any]]], frozenset[Any]]:
    """Return the records of an item by subject, and whose are disputed. A subject here is a table's name with a row."""
    item = package().items[code]
    known = {table: [(table, row) for row in range(len(made()[table]))] for table in SUBJECTS}
    fillings = fill(made(), item, ground.specifications(package())[code], seed=SEED)
    found: dict[Any, list[dict[str, Any]]] = {}
    for subject, *values in records(item, fillings, known):
        found.setdefault(subject, []).append(dict(zip((f.code for f in item.fields), values, strict=True)))
    return found, frozenset(disputed(fillings, known))


def worked() -> list[tuple[str, Need]]:
    return [(code, need) for code, m in package().matters.items() if m.work for need in m.work.needs]


def verdicts(need: Need) -> Counter[Verdict]:
    fact = package().facts[need.fact]
    item = package().items[fact.item]
    table = next(table for table, kind in SUBJECTS.items() if kind == item.about)
    found, contested = register(fact.item)
    counted: Counter[Verdict] = Counter()
    for row in range(len(made()[table])):
        verdict, _ = judge(fact, item, found.get((table, row), ()), params=need.params, today=AS_OF)
        counted[Verdict.UNKNOWN if (table, row) in contested else verdict] += 1
    return counted


def possible(need: Need) -> set[Verdict]:
    """Return the verdicts the records can give at all: a register that is not complete never proves an absence."""
    fact = package().facts[need.fact]
    if package().items[fact.item].complete:
        return set(Verdict)
    return set(Verdict) - {
        "exists": {Verdict.FAILS},
        "at_least": {Verdict.FAILS},
        "none": {Verdict.HOLDS},
    }.get(fact.form.value, set())


@pytest.mark.parametrize(("matter", "need"), worked(), ids=lambda value: getattr(value, "code", value))
def test_each_fact_holds_fails_and_is_open_for_somebody(matter: str, need: Need) -> None:
    counted = verdicts(need)
    missing = possible(need) - {verdict for verdict, count in counted.items() if count}
    assert not missing, f"{matter}: {need.code} is never {', '.join(sorted(missing))} ({dict(counted)})"


OTHERS: dict[str, dict[str, int]] = {
    "lawyer-in-good-standing": {},
    "no-bribery-record": {},
    "declared-missing": {},
    "not-placed-after-service": {},
    "maternity-benefit-not-claimed": {"months": 24},
    "aid-not-fitted-lately": {"months": 36},
    "transport-permit-held": {},
    "farmland-subsidy-not-drawn": {},
    "worker-in-hardship": {},
    "volunteer-registered": {},
    "service-on-file": {},
    "foreign-trade-filed": {},
}
"""Facts that only certificates and listed matters need, with parameters such a matter would give."""


@pytest.mark.parametrize("fact", OTHERS)
def test_each_other_fact_holds_fails_and_is_open_for_somebody(fact: str) -> None:
    counted = verdicts(Need(fact, fact, "applicant", OTHERS[fact], Text(fact), "", 5))
    assert set(counted) == set(Verdict), f"{fact}: {dict(counted)}"


def test_every_typed_register_is_filled() -> None:
    typed = [code for code, item in package().items.items() if item.fields]
    specified = ground.specifications(package())
    assert [code for code in typed if code not in specified] == []
    assert [code for code in specified if code not in typed] == []
    assert [code for code in typed if not register(code)[0]] == []


def test_records_hold_only_what_the_fields_allow() -> None:
    for code, item in package().items.items():
        if not item.fields:
            continue
        known = {table: [(table, row) for row in range(len(made()[table]))] for table in SUBJECTS}
        kinds = {"integer": int, "boolean": bool, "date": datetime.date, "text": str, "code": str, "subject": tuple}
        for _, *values in records(item, fill(made(), item, ground.specifications(package())[code], seed=SEED), known):
            for field, value in zip(item.fields, values, strict=True):
                if value is None:
                    continue
                assert isinstance(value, kinds.get(field.type, object)), (code, field.code, value)
                if field.type == "code":
                    assert value in field.codes, (code, field.code, value)


def test_the_dead_are_in_no_register_of_the_living() -> None:
    dead = {("people", row) for row, alive in enumerate(made()["people"].columns["alive"].tolist()) if not alive}
    of_the_dead = {"population", "death_cancellation", "cremation", "death_medical", "pension_benefit", "birth_record"}
    of_the_dead |= {"judgments_declaring_people_missing_or", "burials_public_cemeteries"}
    for code, item in package().items.items():
        if item.fields and code not in of_the_dead:
            assert not dead & set(register(code)[0]), code


def test_adding_a_register_changes_no_other() -> None:
    item = package().items["id_card"]
    known = {table: list(range(len(made()[table]))) for table in SUBJECTS}
    spec = ground.specifications(package())["id_card"]
    first = list(records(item, fill(made(), item, spec, seed=SEED), known))
    fill(made(), package().items["vehicle"], ground.specifications(package())["vehicle"], seed=SEED)
    assert list(records(item, fill(made(), item, spec, seed=SEED), known)) == first
    assert list(records(item, fill(made(), item, spec, seed=2), known)) != first
