"""How one field of a register is drawn for all its records at once. The words are documented in `demo/records.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from mianzheng.demo.rules.expressions import Drawn, Sight, WrongSpecification, only
from mianzheng.demo.rules.tables import Column, between, weighted

WAYS = (
    "from",
    "value",
    "choice",
    "integer",
    "decimal",
    "chance",
    "ago",
    "ahead",
    "after",
    "serial",
    "month",
    "each",
    "cases",
)
WORDS = (*WAYS, "map", "missing", "step", "times", "places", "days", "future", "start", "width")


def draw(chance: np.random.Generator, spec: Any, sight: Sight) -> Drawn:
    """Draw a column of as many values as there are rows at hand. Raises `WrongSpecification`."""
    if not isinstance(spec, Mapping):
        spec = {"value": spec}
    only(spec, WORDS)
    ways = [way for way in WAYS if way in spec]
    if len(ways) != 1:
        raise WrongSpecification(f"{dict(spec)} must say exactly one of: {', '.join(WAYS)}")
    found = DRAWS[ways[0]](chance, spec, sight)
    if "map" in spec:
        found = Drawn(_mapped(found.values, spec), found.missing)
    if "missing" in spec:
        found = replace(found, missing=found.missing | (chance.random(len(sight.rows)) < spec["missing"]))
    return found


def _all(values: Column) -> Drawn:
    return Drawn(values, np.zeros(len(values), dtype=bool))


def _from(chance: np.random.Generator, spec: Mapping[str, Any], sight: Sight) -> Drawn:
    return sight.path(spec["from"])


def _mapped(values: Column, spec: Mapping[str, Any]) -> Column:
    words = {str(key): word for key, word in spec["map"].items()}
    coded = pa.array(values if values.dtype.kind == "U" else values.astype(np.str_)).dictionary_encode()
    try:
        distinct = [words.get(key, words.get("else")) or words[key] for key in coded.dictionary.to_pylist()]
    except KeyError as error:
        raise WrongSpecification(f"'map' has no word for {error}") from error
    return np.array(distinct or [""])[coded.indices.to_numpy()]


def _value(chance: np.random.Generator, spec: Mapping[str, Any], sight: Sight) -> Drawn:
    count, value = len(sight.rows), spec["value"]
    if value is None:
        return Drawn(np.zeros(count, dtype=np.int64), np.ones(count, dtype=bool))
    if value == "today":
        value = sight.today
    return _all(np.full(count, value))


def _choice(chance: np.random.Generator, spec: Mapping[str, Any], sight: Sight) -> Drawn:
    choices = spec["choice"]
    words = np.array(list(choices))
    weights = list(choices.values()) if isinstance(choices, Mapping) else [1] * len(choices)
    return _all(words[weighted(chance, weights, len(sight.rows))])


def _bounds(pair: Any) -> tuple[Any, Any]:
    low, high = pair if isinstance(pair, list | tuple) else (pair, pair)
    return low, high


def _integer(chance: np.random.Generator, spec: Mapping[str, Any], sight: Sight) -> Drawn:
    low, high = _bounds(spec["integer"])
    step = spec.get("step", 1)
    return _all(between(chance, low // step, high // step, len(sight.rows)) * step)


def _decimal(chance: np.random.Generator, spec: Mapping[str, Any], sight: Sight) -> Drawn:
    low, high = _bounds(spec["decimal"])
    values = low + chance.random(len(sight.rows)) * (high - low)
    if "times" in spec:
        factor = sight.path(spec["times"])
        return Drawn(np.round(values * factor.values, spec.get("places", 2)), factor.missing)
    return _all(np.round(values, spec.get("places", 2)))


def _chance(chance: np.random.Generator, spec: Mapping[str, Any], sight: Sight) -> Drawn:
    return _all(chance.random(len(sight.rows)) < spec["chance"])


def _days(chance: np.random.Generator, pair: Any, sight: Sight) -> Column:
    return between(chance, *_bounds(pair), len(sight.rows)).astype("timedelta64[D]")


def _ago(chance: np.random.Generator, spec: Mapping[str, Any], sight: Sight) -> Drawn:
    return _all(sight.today - _days(chance, spec["ago"], sight))


def _ahead(chance: np.random.Generator, spec: Mapping[str, Any], sight: Sight) -> Drawn:
    return _all(sight.today + _days(chance, spec["ahead"], sight))


def _after(chance: np.random.Generator, spec: Mapping[str, Any], sight: Sight) -> Drawn:
    start = sight.path(spec["after"])
    values = start.values.astype("datetime64[D]") + _days(chance, spec.get("days", 0), sight)
    return Drawn(values if spec.get("future") else np.minimum(values, sight.today), start.missing)


def _serial(chance: np.random.Generator, spec: Mapping[str, Any], sight: Sight) -> Drawn:
    first = sight.start + int(spec.get("start", 1))
    numbers = np.arange(first, first + len(sight.rows))
    return _all(_written(str(spec["serial"]), numbers, int(spec.get("width", 6))))


def _written(before: str, numbers: Column, width: int) -> Column:
    """Return `before` and each number with at least `width` digits, made sign by sign: `np.char` is ten times slower."""
    width = max(width, len(str(numbers[-1]))) if len(numbers) else width
    signs = np.empty((len(numbers), len(before) + width), dtype=np.uint32)
    signs[:, : len(before)] = [ord(sign) for sign in before]
    for place in range(width):
        signs[:, -1 - place] = numbers // 10**place % 10 + ord("0")
    return signs.view(f"<U{signs.shape[1]}").ravel()


def _month(chance: np.random.Generator, spec: Mapping[str, Any], sight: Sight) -> Drawn:
    """Count months back, one a record of the same subject: ``month: 1`` begins with the last full one."""
    months = sight.today.astype("datetime64[M]") - int(spec["month"]) - sight.numbered()
    return _all(months.astype("U7"))


def _each(chance: np.random.Generator, spec: Mapping[str, Any], sight: Sight) -> Drawn:
    """Take the words one after the other, one a record of the same subject."""
    words = np.array([str(word) for word in spec["each"]])
    return _all(words[sight.numbered() % len(words)])


def _cases(chance: np.random.Generator, spec: Mapping[str, Any], sight: Sight) -> Drawn:
    """Draw every case for every row and keep the first whose condition is true; with none, there is no value."""
    count = len(sight.rows)
    result: Drawn | None = None
    for case in reversed(spec["cases"]):
        only(case, ("if", *WORDS))
        found = draw(chance, {key: value for key, value in case.items() if key != "if"}, sight)
        fits = sight.truths(case["if"]) if "if" in case else np.ones(count, dtype=bool)
        if result is None:
            result = Drawn(found.values, found.missing | ~fits, found.refers)
            continue
        if result.missing.all():
            result = Drawn(found.values.copy(), result.missing, found.refers)
        values = np.where(fits, found.values, result.values)
        result = Drawn(values, np.where(fits, found.missing, result.missing), found.refers or result.refers)
    if result is None:
        raise WrongSpecification("'cases' is empty")
    return result


DRAWS = {
    "from": _from,
    "value": _value,
    "choice": _choice,
    "integer": _integer,
    "decimal": _decimal,
    "chance": _chance,
    "ago": _ago,
    "ahead": _ahead,
    "after": _after,
    "serial": _serial,
    "month": _month,
    "each": _each,
    "cases": _cases,
}
