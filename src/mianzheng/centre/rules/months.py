"""Reading a column of months (年月): however it is written, a month becomes ``2025-10``, so that it is the same key."""

from __future__ import annotations

import polars as pl

from mianzheng.catalogue.rules.city import Field
from mianzheng.common.reasons import N_

SHOULD_BE = N_("应当是年月，例如2025-10")

_PLAIN = r"^(19|20)\d{2}-(0[1-9]|1[0-2])$"
_WRITTEN = (
    r"^((?:19|20)\d{2})(?:"
    r"[-/.](\d{1,2})|年(\d{1,2})月(?:份)?|(\d{2})"
    r"|[-/.](\d{1,2})[-/.]0?1(?:[ T]+00:00(?::00)?)?|年(\d{1,2})月0?1日|(\d{2})01"
    r")$"
)
"""A year of this century or the last with its month; or the first day of the month, which spreadsheets make of it."""


def plain_month(raw: pl.Series, field: Field) -> pl.Series:
    """Take what is written as it is kept."""
    fits = raw.str.contains(_PLAIN).fill_null(True)
    return raw if fits.all() else raw.set(~fits, None)


def month(odd: pl.Series, field: Field) -> pl.Series:
    """Read months as people write them, year first. A day other than the first is no month: nothing is guessed."""
    plain = odd.str.normalize("NFKC").str.replace_all(r"\s*([-/.年月日])\s*", "${1}").str.strip_chars()
    groups = pl.DataFrame({"parts": plain.str.extract_groups(_WRITTEN)}).unnest("parts")
    digits = pl.coalesce(*(pl.col(str(place)) for place in range(2, 8))).str.pad_start(2, "0")
    return plain_month(groups.select(pl.concat_str("1", digits, separator="-")).to_series(), field)
