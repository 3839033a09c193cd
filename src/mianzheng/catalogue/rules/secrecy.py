"""What law keeps closed: records that count as none, and look-ups of which a person is told only afterwards."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mianzheng.catalogue.rules.source import Reader, Record

if TYPE_CHECKING:
    from mianzheng.catalogue.rules.city import Item


@dataclass(frozen=True, slots=True)
class Seal:
    """A sealed category (封存): records of an item that count as none for everybody but the `offices` the article names.

    `when` is the yes/no field that marks them; empty, the whole item is sealed.
    """

    basis: str
    when: str = ""
    offices: tuple[str, ...] = ()
    source: str = ""

    def opens_to(self, office: str) -> bool:
        """Return whether `office` may see what is sealed, for its own task under the article."""
        return bool(office) and office in self.offices


@dataclass(frozen=True, slots=True)
class Secrecy:
    """That `office` may look somebody up without telling them at once (依法保密的查询), for at most `months` at a time.

    `basis` is the article under which it asks, `untold` the one that lets it tell later.
    """

    office: str
    basis: str
    untold: str
    months: int
    source: str = ""


def with_seals(
    reader: Reader, items: Mapping[str, Item], bases: Collection[str], departments: Collection[str]
) -> dict[str, Item]:
    """Read ``seals.csv``, one row an item at most, and return `items` with their seals; a package may have none.

    Its records are held here: how long a source takes over a sealed record nobody here could say.
    """
    found = dict(items)
    if "seals.csv" not in reader.files:
        return found
    for row in reader.rows("seals.csv", ("item", "when", "basis", "offices")):
        code = reader.known(row, "item", items, "item")
        offices = tuple(row["offices"].split())
        for office in offices:
            if office not in departments:
                reader.absent(row, "department", f"'offices' has '{office}': there is no such department")
        seal = Seal(reader.known(row, "basis", bases, "basis"), row["when"], offices, row.get("source", ""))
        if code not in items:
            continue
        if found[code].seal:
            reader.problem(row, f"'item' is '{code}' a second time")
        _check_seal(reader, row, items[code], seal)
        found[code] = dataclasses.replace(items[code], seal=seal)
    return found


def _check_seal(reader: Reader, row: Record, item: Item, seal: Seal) -> None:
    if item.at_source:
        reader.problem(
            row, f"item '{item.code}' stays at its source: only its owner can leave out there what is sealed"
        )
    if seal.when:
        field = next((field for field in item.fields if field.code == seal.when), None)
        if field is None:
            reader.absent(row, "field", f"'when' is '{seal.when}': item '{item.code}' has no such field")
        elif field.type != "boolean" or not field.required or field.key:
            reader.problem(
                row, f"'when' is '{seal.when}', which is not a required yes/no field: nobody may guess what is sealed"
            )


def read_secrecy(reader: Reader, departments: Collection[str], bases: Collection[str]) -> tuple[Secrecy, ...]:
    """Read ``secrecy.csv``; in a package without one nobody looks anybody up in secret."""
    found: dict[tuple[str, str], Secrecy] = {}
    if "secrecy.csv" not in reader.files:
        return ()
    for row in reader.rows("secrecy.csv", ("office", "basis", "untold", "months")):
        each = Secrecy(
            reader.known(row, "office", departments, "department"),
            reader.known(row, "basis", bases, "basis"),
            reader.known(row, "untold", bases, "basis"),
            reader.whole(row, "months", minimum=1),
            row.get("source", ""),
        )
        if (each.office, each.basis) in found:
            reader.problem(row, f"'{each.office}' under '{each.basis}' stands here a second time")
        found[each.office, each.basis] = each
    return tuple(found.values())
