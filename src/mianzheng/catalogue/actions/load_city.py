"""Putting a city package in force."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from mianzheng.catalogue.models import Edition
from mianzheng.catalogue.rules.package import read
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.web.jobs import defer

LOADED = "centre.edition_loaded"
"""The job that makes the record tables fit; `centre` owns it."""


def load_city(*, files: Mapping[str, str], actor: str, now: datetime.datetime) -> UUID:
    """Keep `files` as a new edition and put it in force; an edition that is already in force is left as it is.

    Returns the edition. Raises `Refusal` when the package has problems: it is refused whole.
    """
    city, problems = read(files)
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
    digest = hashlib.sha256(json.dumps(dict(files), sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    with transaction.atomic():
        newest = Edition.objects.order_by("-loaded_at").first()
        if newest and newest.digest == digest:
            return newest.id
        Edition.objects.filter(digest=digest).update(loaded_at=now, loaded_by=actor)
        edition, _ = Edition.objects.get_or_create(
            digest=digest, defaults={"city": city.code, "files": dict(files), "loaded_at": now, "loaded_by": actor}
        )
        if newest:
            defer(LOADED, once="all")
        return edition.id
