"""Checking rows as departments send them against the item: text in, typed columns out, and what is wrong with the rest.

Whole columns at a time. What a person would read without a second thought is understood (full-width digits, stray
blanks, 2024年1月5日, 是/否, the word instead of the code); what could mean two things is refused with its reason.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from mianzheng.catalogue.rules.city import Field, Item
from mianzheng.centre.rules import cells
from mianzheng.centre.rules.headings import NAME, OPERATION, SUBJECT, Columns
from mianzheng.centre.rules.intakes import Fault
from mianzheng.common.reasons import N_, Reason

MOST_FAULTS = 20_000
"""Faults told of one part; the rows are counted all the same."""

MISSING = Reason(N_("不能为空"))
UPSERT, DELETE = "upsert", "delete"
OPERATIONS = {
    **dict.fromkeys(
        ("", "upsert", "insert", "update", "add", "i", "u", "新增", "变更", "修改", "更新", "增加"), UPSERT
    ),
    **dict.fromkeys(("delete", "remove", "d", "删除", "注销", "撤销"), DELETE),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """The good rows: ``row``, ``subject`` and subject fields as numbers written the one way, typed fields, and where the
    file has them ``name`` and ``operation``; `faults` of the others, of which there are `bad`.

    `refused` tells which records the bad rows are about: ``subject`` and key fields, null where nobody can say, and
    ``name``.
    """

    frame: pl.DataFrame
    faults: list[Fault]
    bad: int
    refused: pl.DataFrame


@dataclass
class _Judge:
    """Collects what is wrong, column by column."""

    rows: pl.Series
    bad: pl.Series
    gone: pl.Series
    """Rows that only name a record to be removed: besides its key nothing is asked of them."""
    faults: list[Fault] = field(default_factory=list)
    doubted: dict[str, pl.Series] = field(default_factory=dict)
    """Where a field was read and still is not what it should be."""

    def refuse(self, wrong: pl.Series, heading: str, raw: pl.Series | None, reason: Reason, *doubted: str) -> None:
        """Note `reason` for every row where `wrong` is true, and that the fields `doubted` say nothing there."""
        wrong = wrong.fill_null(False)
        if not wrong.any():
            return
        self.bad |= wrong
        for code in doubted:
            self.doubted[code] = self.doubted[code] | wrong if code in self.doubted else wrong
        room = MOST_FAULTS - len(self.faults)
        rows = self.rows.filter(wrong).head(room).to_list()
        values = raw.filter(wrong).head(room).fill_null("").to_list() if raw is not None else [""] * len(rows)
        self.faults += [Fault(row, heading, value, reason) for row, value in zip(rows, values, strict=True)]


def check(frame: pl.DataFrame, item: Item, columns: Columns, today: datetime.date) -> Checked:
    """Check `frame` (``row`` and a text column a heading). Numbers of subjects are judged later, each one once."""
    never = pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True)
    judge = _Judge(frame["row"], never, never)
    found: dict[str, pl.Series] = {"row": frame["row"]}
    if OPERATION in columns.fields:
        found[OPERATION] = _operation(judge, frame, columns.fields[OPERATION])
        judge.gone = (found[OPERATION] == DELETE).fill_null(False)
    whose = Field(item.code, SUBJECT, item.name, "subject", required=True)
    for each in (whose, *item.fields):
        heading = columns.fields.get(each.code)
        if heading is None:
            found[each.code] = pl.Series([None], dtype=cells.TYPES[each.type]).new_from_index(0, frame.height)
        else:
            found[each.code] = _field(judge, frame[heading], each, heading, today)
    for each in item.fields:
        if each.after and each.code in columns.fields and each.after in columns.fields:
            earlier = next(other for other in item.fields if other.code == each.after)
            reason = Reason(N_("不能早于“%(field)s”"), {"field": earlier.name})
            heading = columns.fields[each.code]
            judge.refuse(found[each.code] < found[each.after], heading, frame[heading], reason, each.code, each.after)
    if NAME in columns.fields:
        found[NAME] = cells.tidy(frame[columns.fields[NAME]])
    good = pl.DataFrame({code: column.alias(code) for code, column in found.items()}).filter(~judge.bad)
    return Checked(good, judge.faults, int(judge.bad.sum()), _refused(judge, found, item))


def _refused(judge: _Judge, found: Mapping[str, pl.Series], item: Item) -> pl.DataFrame:
    names = [code for code in (SUBJECT, *item.keys, NAME) if code in found]
    sure = {code: found[code].set(judge.doubted[code], None) for code in names if code in judge.doubted}
    return pl.DataFrame({code: sure.get(code, found[code]).alias(code) for code in names}).filter(judge.bad)


def _field(judge: _Judge, raw: pl.Series, each: Field, heading: str, today: datetime.date) -> pl.Series:
    value, blank, wrong = cells.read(raw, each)
    if each.required:
        named = each.key or each.code == SUBJECT
        judge.refuse(blank if named else blank & ~judge.gone, heading, raw, MISSING)
    judge.refuse(wrong, heading, raw, cells.why_wrong(each))
    for bound, beyond, words in (
        (each.low, pl.Series.__lt__, N_("不能小于%(bound)s")),
        (each.high, pl.Series.__gt__, N_("不能大于%(bound)s")),
    ):
        if bound:
            limit = cells.bound(each.type, bound, today)
            beyond_it = beyond(value, limit)
            if each.type == "date" and bound != "today":  # 长期 lies beyond every day but is no slip
                beyond_it &= value != cells.FOR_EVER
            reason = Reason(words, {"bound": limit if each.type == "date" else bound})
            judge.refuse(beyond_it, heading, raw, reason, each.code)
    return value


def _operation(judge: _Judge, frame: pl.DataFrame, heading: str) -> pl.Series:
    raw = frame[heading]
    words: Mapping[str, str] = OPERATIONS
    operation = (
        cells.tidy(raw).fill_null("").str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.String)
    )
    judge.refuse(operation.is_null(), heading, raw, Reason(N_("应当是“新增”“变更”或“删除”")))
    return operation
