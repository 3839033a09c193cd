"""Predicates in CEL: what they see, what a missing value does, which mistakes are refused when the package is read."""

import datetime
from decimal import Decimal

import pytest

from mianzheng.catalogue.rules.city import Field, Item, Parameter
from mianzheng.catalogue.rules.predicates import WrongPredicate, compiled
from mianzheng.common.texts import Text

TODAY = datetime.date(2026, 3, 2)
TYPES = {
    "name": "text",
    "kind": "code",
    "spouse": "subject",
    "count": "integer",
    "amount": "decimal",
    "day": "date",
    "open": "boolean",
}
ITEM = Item(
    "x", Text("登记"), "o", "person", "unconditional", "day", True, "general", False,
    fields=tuple(Field("x", code, Text(code), kind) for code, kind in TYPES.items()),
)  # fmt: skip
PARAMS = {"limit": Parameter("limit", "decimal", Text("限额")), "n": Parameter("n", "integer", Text("数"))}


def value(where, record=None, **params):
    return compiled(where, ITEM, PARAMS).of(record or {}, {"limit": 100, "n": 2} | params, TODAY)


@pytest.mark.parametrize(
    ("where", "record", "expected"),
    [
        ("r.count > p.n", {"count": 3}, True),
        ("r.count > p.n", {"count": 2}, False),
        ("r.amount <= p.limit", {"amount": Decimal("99.99")}, True),
        ("r.amount <= p.limit", {"amount": Decimal("100.01")}, False),
        ("r.kind in ['a', 'b']", {"kind": "b"}, True),
        ("r.open && r.day < today", {"open": True, "day": datetime.date(2026, 3, 1)}, True),
        ("r.day >= today", {"day": TODAY}, True),
        ("years(r.day, today) >= 18", {"day": datetime.date(2008, 3, 2)}, True),
        ("years(r.day, today) >= 18", {"day": datetime.date(2008, 3, 3)}, False),
        ("months(r.day, today) >= 6", {"day": datetime.date(2025, 9, 2)}, True),
        ("months(r.day, today) >= 6", {"day": datetime.date(2025, 9, 3)}, False),
        ("days(r.day, today) == 28", {"day": datetime.date(2026, 2, 2)}, True),
        ("true", {}, True),
    ],
)
def test_a_record_satisfies_a_predicate_or_does_not(where, record, expected):
    assert value(where, record) is expected


@pytest.mark.parametrize(
    "where", ["r.count > 0", "r.count == 0", "!(r.count > 0)", "r.open", "years(r.day, today) > 1"]
)
@pytest.mark.parametrize("record", [{}, dict.fromkeys(TYPES)])
def test_a_missing_value_is_unknown_and_never_false(where, record):
    assert value(where, record) is None


def test_a_missing_value_that_cannot_matter_does_not():
    assert value("r.open || r.count > 0", {"open": True}) is True
    assert value("r.count > 0 || r.open", {"open": True}) is True
    assert value("r.open && r.count > 0", {"open": False}) is False
    assert value("r.open && r.count > 0", {"open": True}) is None


@pytest.mark.parametrize(
    ("where", "part"),
    [
        ("r.nothing > 0", "column"),
        ('r.count == "0"', "column 9"),
        ("r.amount == 1", "column"),
        ("r.day > 3", "column"),
        ("p.nothing > 0", "column"),
        ("r.count >", "column"),
        ("r.count", "a yes or no"),
        ("years(r.count, today) > 1", "column"),
    ],
)
def test_a_wrong_name_or_type_is_refused_with_its_place(where, part):
    with pytest.raises(WrongPredicate, match=part):
        compiled(where, ITEM, PARAMS)


def test_the_29th_of_february_comes_of_age_on_the_1st_of_march():
    born = {"day": datetime.date(2008, 2, 29)}
    predicate = compiled("years(r.day, today) >= 18", ITEM, PARAMS)
    assert predicate.of(born, {}, datetime.date(2026, 2, 28)) is False
    assert predicate.of(born, {}, datetime.date(2026, 3, 1)) is True


def test_what_the_item_does_not_name_is_not_looked_at():
    assert value("r.count > 0", {"count": 1, "secret": object()}) is True
