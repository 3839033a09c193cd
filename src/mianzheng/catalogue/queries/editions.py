"""The city package in force."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar
from uuid import UUID

from django.utils import timezone

from mianzheng.catalogue.models import Edition
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.package import read
from mianzheng.common.errors import NotFound
from mianzheng.common.reasons import N_, Reason
from mianzheng.web import planned


def current() -> UUID:
    """Return the edition in force (one query)."""
    found = planned.fetch("SELECT id FROM catalogue_edition ORDER BY loaded_at DESC LIMIT 1", ())
    if not found:
        raise NotFound(
            Reason(N_("还没有载入任何城市包。")),
            Reason(N_("请运行 mianzheng city load cities/yiwu (或您的城市的目录)。")),
        )
    key: UUID = found[0][0]
    return key


def first_loaded() -> datetime.date:
    """Return the day the first package of the city was loaded (one query)."""
    found = Edition.objects.order_by("loaded_at").values_list("loaded_at", flat=True).first()
    return timezone.localtime(found).date() if found else datetime.date.min


def in_force_since() -> datetime.date:
    """Return the day the package in force was loaded (one query)."""
    found = Edition.objects.order_by("-loaded_at").values_list("loaded_at", flat=True).first()
    return timezone.localtime(found).date() if found else datetime.date.min


def as_loaded() -> dict[str, str]:
    """Return the package as it was loaded from a folder last (one query); empty where none was."""
    return Edition.objects.filter(from_folder=True).order_by("-loaded_at").values_list("files", flat=True).first() or {}


def made_on_pages() -> bool:
    """Return whether the edition in force was made on the pages: a folder then knows less than the city does (one query)."""
    return Edition.objects.order_by("-loaded_at").values_list("from_folder", flat=True).first() is False


@lru_cache(maxsize=4)
def edition(key: UUID) -> City:
    """Return the city as edition `key` says it. Editions never change, so each is read once a process."""
    city, problems = read(Edition.objects.values_list("files", flat=True).get(id=key), stories=False)
    if city is None:
        raise NotFound(
            Reason(N_("载入的城市包已不能被这个版本的程序读取：%(message)s"), {"message": problems[0].message}),
            Reason(N_("请用现在的程序重新载入城市包。")),
        )
    return city


def cancelled_since(key: UUID, *, at: datetime.datetime | None = None) -> frozenset[str]:
    """Return the certificates asked for in edition `key` that nobody may ask for now, or could at the moment `at` (one query)."""
    newest = current() if at is None else _in_force(at) or key
    return frozenset() if newest == key else _cancelled_between(key, newest)


def _in_force(at: datetime.datetime) -> UUID | None:
    return Edition.objects.filter(loaded_at__lte=at).order_by("-loaded_at").values_list("id", flat=True).first()


@lru_cache(maxsize=64)
def _cancelled_between(key: UUID, newest: UUID) -> frozenset[str]:
    now = edition(newest).certificates
    then = edition(key).certificates.items()
    return frozenset(code for code, known in then if known.asked_for and not (code in now and now[code].asked_for))


def files() -> tuple[UUID, dict[str, str]]:
    """Return the edition in force with its files (one query)."""
    key, found = Edition.objects.order_by("-loaded_at").values_list("id", "files")[0]
    return key, found


def city() -> City:
    """Return the city package in force."""
    return edition(current())


Made = TypeVar("Made")


def made_once(make: Callable[[City], Made]) -> Callable[[City], Made]:
    """Return `make` so that it works once for each edition, which never change; what it made of the two newest asked for is
    kept in the process.
    """
    kept: list[tuple[City, Made]] = []

    def found(city: City) -> Made:
        for known, made in kept:
            if known is city:
                return made
        kept[:] = [(city, make(city)), *kept[:1]]
        return kept[0][1]

    return found
