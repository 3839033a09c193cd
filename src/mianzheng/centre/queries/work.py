"""What an office had to do about a subject (校核、变更通知) at some moment: it explains a look without a case."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence

from mianzheng.web import sql

_WORK = """
    SELECT look.n FROM unnest(%(offices)s::text[], %(subjects)s::uuid[], %(times)s::timestamptz[])
        WITH ORDINALITY AS look (office, subject, at, n)
    WHERE EXISTS (
        SELECT FROM centre_doubt d WHERE d.subject = look.subject AND look.office IN ('', d.office)
            AND d.raised_at <= look.at AND (d.answered_at IS NULL OR look.at < d.answered_at + %(after)s)
    ) OR EXISTS (
        SELECT FROM centre_delivery v WHERE v.subject = look.subject AND look.office IN ('', v.receiver)
            AND v.made_at <= look.at AND (v.settled_at IS NULL OR look.at < v.settled_at + %(after)s)
    )
"""


def had_work(looks: Sequence[tuple[str, uuid.UUID, datetime.datetime]], *, after: datetime.timedelta) -> frozenset[int]:
    """Return which of `looks` (office, subject, when), by their place, were at somebody about whom the office had a doubt
    to answer or a change to deal with, or had had one until `after` ago (one statement).

    Office "" is the data centre, which sees everybody's.
    """
    if not looks:
        return frozenset()
    offices, subjects, times = zip(*looks, strict=True)
    params = {"offices": list(offices), "subjects": list(subjects), "times": list(times), "after": after}
    return frozenset(n - 1 for (n,) in sql.fetch(_WORK, params))
