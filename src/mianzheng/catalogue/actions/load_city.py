"""Putting a city package in force."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import transaction

from mianzheng.catalogue.models import Edition
from mianzheng.catalogue.queries.editions import current
from mianzheng.catalogue.queries.editions import edition as city_of
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.package import digest_of, read
from mianzheng.catalogue.rules.returning import returning
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.web import sql
from mianzheng.web.jobs import defer

LOADED = "centre.edition_loaded"
"""The job that makes the record tables fit; `centre` owns it."""
LOADING = 0x7A_51
"""City-wide lock: one edition is put in force at a time, so that nobody writes over what was not there yet when they read."""


def load_city(
    *,
    files: Mapping[str, str],
    actor: str,
    now: datetime.datetime,
    gives_back: Collection[str] = (),
    from_folder: bool = False,
) -> UUID:
    """Keep `files` as a new edition and put it in force; an edition that is already in force is left as it is.

    Returns the edition. Raises `Refusal` when the package has problems, or would have a cancelled certificate asked for again
    that `gives_back` does not name: it is refused whole.
    """
    digest = digest_of(files)
    if digest == Edition.objects.order_by("-loaded_at").values_list("digest", flat=True).first():
        return current()
    city, problems = read(files, stories=from_folder)
    if city is None:
        raise Refusal(
            Reason(
                N_("城市包有 %(count)s 处问题，整包不予载入。第一处：%(file)s 第 %(line)s 行：%(message)s"),
                {
                    "count": len(problems),
                    "file": problems[0].file,
                    "line": problems[0].line,
                    "message": problems[0].message,
                },
            ),
            Reason(N_("运行 mianzheng city check 可看到全部问题；原来生效的版本不变。")),
        )
    with transaction.atomic():
        sql.hold(LOADING)
        newest = Edition.objects.order_by("-loaded_at").first()
        if newest and newest.digest == digest:
            return newest.id
        if newest:
            _check_returning(newest.id, city, gives_back)
            now = max(now, newest.loaded_at + datetime.timedelta.resolution)  # the newest is the one in force
        loaded = {"loaded_at": now, "loaded_by": actor, "from_folder": from_folder}
        Edition.objects.filter(digest=digest).update(**loaded)
        edition, _ = Edition.objects.get_or_create(
            digest=digest, defaults={"city": city.code, "files": dict(files), **loaded}
        )
        if newest:
            defer(LOADED, once="all")
        return edition.id


def _check_returning(newest: UUID, city: City, gives_back: Collection[str]) -> None:
    try:
        before = city_of(newest)
    except NotFound:  # written for an older program: nothing to compare with
        return
    again = [code for code in returning(before, city) if code not in gives_back]
    if again:
        raise Refusal(
            Reason(
                N_("“%(name)s”等 %(count)s 项证明已经取消，这个版本却又要索要，或者漏掉了它们：不予生效。"),
                {"name": before.certificates[again[0]].name, "count": len(again)},
            ),
            Reason(N_("确要恢复的，请由减证办撤回取消，写明理由；原来生效的版本不变。")),
        )
