"""Examining a batch against the edition in force: the package as it would read, the dry run, every check."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone

from mianzheng.catalogue.queries import editions
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.editing import applied
from mianzheng.catalogue.rules.package import read
from mianzheng.common.reasons import packed, unpacked
from mianzheng.common.texts import Text
from mianzheng.reform.models import Batch
from mianzheng.reform.queries.batches import members
from mianzheng.reform.queries.dry_run import dry_run
from mianzheng.reform.rules.batches import Check, Listed, What, checks
from mianzheng.reform.rules.edits import GuideChange, guides_changed, papers_gone, publication


@dataclass(frozen=True, slots=True)
class Examined:
    """What an examination found: the edition it was made against, the checks by certificate, how guides change, and the
    package as it would read.
    """

    edition: UUID
    listed: Mapping[str, Listed]
    checks: Mapping[str, tuple[Check, ...]]
    guides: tuple[GuideChange, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        """Return what a batch keeps of it, in JSON types."""
        return {
            "edition": str(self.edition),
            "certificates": {
                code: [{**asdict(each), "reason": packed(each.reason)} for each in found]
                for code, found in self.checks.items()
            },
            "guides": [asdict(each) for each in self.guides],
        }


def examine(batch: Batch, *, now: datetime.datetime) -> Examined:
    """Examine `batch` (six queries, however many certificates it has)."""
    key, files = editions.files()
    city = editions.edition(key)
    listed = members(batch, city=city)
    fitting = [each for each in listed.values() if _fits(each, city)]
    name = Text(batch.name, batch.name_en)
    day = timezone.localtime(now).date()
    made = applied(files, publication(files, city, fitting, number=batch.number, name=name, day=day))
    after, _ = read(
        made, stories=False
    )  # a package with problems is refused, with all of them, when it is put in force
    coming = after or city
    results = dry_run(coming, listed.values(), now=now)
    found = {
        code: checks(each, city=city, result=results.get(code), matters=_matters(city, each))
        for code, each in listed.items()
    }
    return Examined(key, listed, found, guides_changed(city, coming), made)


def _fits(each: Listed, city: City) -> bool:
    """Return whether a row of the public list can be written of `each`; the checks say of every other why not."""
    found = checks(each, city=city, result=None, matters=())
    return not any(check.stops for check in found if check.what in (What.DECIDED, What.SIDES, What.FACT, What.LIST))


def _matters(city: City, each: Listed) -> list[Text]:
    return [matter.name for matter in city.matters.values() if papers_gone(matter, {each.code: each})]


def checks_of(batch: Batch) -> dict[str, tuple[Check, ...]]:
    """Return what the last check of `batch` found, by certificate."""
    kept = batch.checks.get("certificates", {})
    return {
        code: tuple(Check(What(c["what"]), c["ok"], unpacked(c["reason"]), c["warns"]) for c in found)
        for code, found in kept.items()
    }


def guides_of(batch: Batch) -> tuple[GuideChange, ...]:
    """Return how the guides change by `batch`, as the last check found."""
    return tuple(
        GuideChange(
            each["matter"],
            Text(**each["name"]),
            tuple(Text(**name) for name in each["dropped"]),
            tuple(Text(**name) for name in each["struck"]),
            each["asked_before"],
            each["asked_after"],
        )
        for each in batch.checks.get("guides", ())
    )
