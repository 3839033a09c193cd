"""Reading one column of text as what it should be. A value that cannot be read becomes null; nothing is guessed.

Each type is read twice: a quick pass takes what is written plainly, which is nearly everything, and only the rest is
tidied and looked at closely.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import polars as pl

from mianzheng.catalogue.rules.city import Field
from mianzheng.centre.rules import months
from mianzheng.common.periods import ZONE
from mianzheng.common.reasons import N_, Reason

TYPES: Mapping[str, Any] = {
    "text": pl.String,
    "code": pl.String,
    "integer": pl.Int64,
    "decimal": pl.Float64,
    "date": pl.Date,
    "month": pl.String,
    "boolean": pl.Boolean,
    "subject": pl.String,
}

FOR_EVER = datetime.date(9999, 12, 31)
"""What 长期 (without end) in a date column stands for, as on identity cards."""

LONGEST = 400
"""Signs a text may have."""

_INVISIBLE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u{ad}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2060}\u{feff}]"
_UNTIDY = rf"^[\s'’]|\s$|^$|{_INVISIBLE}"
_WITHOUT_END = ("长期", "长期有效", "永久", "永久有效", "无固定期限", "无期限")
_YES = ("是", "有", "√", "✓", "y", "yes", "true", "t", "1", "对")
_NO = ("否", "无", "没有", "×", "✗", "n", "no", "false", "f", "0")
WORDS = {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}
"""How yes and no are written, in small letters."""

_DATE = (
    r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[ T]+(\d{1,2}:\d{2})(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$"
)
"""Year, month, day; perhaps a time, and perhaps its zone."""
_DECIMAL = r"^[+-]?\d{1,13}(\.\d{0,2}0*)?$"
_SCIENTIFIC = r"^\d(\.\d+)?E\+?\d+$"
_DAYS_BEFORE_1970 = (datetime.date(1970, 1, 1) - datetime.date(1899, 12, 30)).days
"""Spreadsheets count days from 1899-12-30."""


class Read(NamedTuple):
    """A column that was read: its `value`, where the cell was `blank`, and where it is `wrong`."""

    value: pl.Series
    blank: pl.Series
    wrong: pl.Series


def read(raw: pl.Series, field: Field) -> Read:
    """Read `raw` as a column of `field`."""
    quick, close = _PASSES[field.type]
    value = quick(raw, field)
    blank = raw.is_null()
    rest = value.is_null() & ~blank
    if not rest.any():
        return Read(value, blank, rest)
    odd = tidy(raw.filter(rest))
    found = close(odd, field)
    places = rest.arg_true()
    return Read(
        value.scatter(places, found),
        blank.scatter(places, odd.is_null()),
        rest.scatter(places, found.is_null() & odd.is_not_null()),
    )


def why_wrong(field: Field) -> Reason:
    """Say what a cell of `field` should be."""
    codes = "、".join(text.zh for text in field.codes.values())
    return Reason(_SHOULD_BE[field.type], {"codes": codes, "signs": LONGEST} if field.type in ("code", "text") else {})


def tidy(raw: pl.Series) -> pl.Series:
    """Return the column without blanks around, signs nobody sees, and the apostrophe that makes a number text."""
    if not raw.str.contains(_UNTIDY).any():
        return raw
    clean = raw.str.replace_all(_INVISIBLE, "").str.strip_chars().str.strip_chars_start("'’").str.strip_chars()
    return clean.set(clean == "", None)


def bound(kind: str, written: str, today: datetime.date) -> Any:
    """Return the bound of a range as a value to compare with."""
    if kind == "date":
        return today if written == "today" else datetime.date.fromisoformat(written)
    return int(written) if kind == "integer" else float(written)


def _half_width(column: pl.Series) -> pl.Series:
    return column.str.normalize("NFKC").str.strip_chars()


# --- numbers of documents ---------------------------------------------------------------------------------------------


def _plain_number(raw: pl.Series, field: Field) -> pl.Series:
    plain = raw.str.contains(r"^[0-9A-DF-Z]+$").fill_null(True)
    return raw if plain.all() else raw.set(~plain, None)


def _number(odd: pl.Series, field: Field) -> pl.Series:
    """Return document numbers in their one way to write, not yet judged (see `common.identifiers.normalise`)."""
    number = odd.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[\s\p{Pd}]", "")
    return number.set(number.str.contains(_SCIENTIFIC).fill_null(False), None)


# --- text and codes ---------------------------------------------------------------------------------------------------


def _plain_text(raw: pl.Series, field: Field) -> pl.Series:
    odd = (raw.str.contains(_UNTIDY) | (raw.str.len_bytes() > LONGEST)).fill_null(False)
    return raw.set(odd, None) if odd.any() else raw


def _text(odd: pl.Series, field: Field) -> pl.Series:
    return odd.set((odd.str.len_chars() > LONGEST).fill_null(False), None)


def _plain_code(raw: pl.Series, field: Field) -> pl.Series:
    known = raw.is_in(list(field.codes)).fill_null(True)
    return raw if known.all() else raw.set(~known, None)


def _code(odd: pl.Series, field: Field) -> pl.Series:
    """Take the word a code stands for, in either language."""
    words: dict[str, str] = {}
    for code, text in field.codes.items():
        words |= {text.zh: code, text.en.lower(): code}
    words |= {code.lower(): code for code in field.codes}
    return _half_width(odd).str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.String)


# --- quantities -------------------------------------------------------------------------------------------------------


def _plain_integer(raw: pl.Series, field: Field) -> pl.Series:
    return raw.cast(pl.Int64, strict=False)


def _plain_decimal(raw: pl.Series, field: Field) -> pl.Series:
    fits = raw.str.contains(_DECIMAL).fill_null(True)
    return (raw if fits.all() else raw.set(~fits, None)).cast(pl.Float64, strict=False)


def _digits(odd: pl.Series) -> pl.Series:
    """Return numbers without thousands separators, currency signs and 元."""
    plain = _half_width(odd).str.replace_all(r"^[¥￥]|元$|\s", "")
    grouped = plain.str.contains(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$").fill_null(False)
    return plain.zip_with(~grouped, plain.str.replace_all(",", ""))


def _integer(odd: pl.Series, field: Field) -> pl.Series:
    return _plain_integer(_digits(odd).str.replace(r"\.0+$", ""), field)


def _decimal(odd: pl.Series, field: Field) -> pl.Series:
    return _plain_decimal(_digits(odd), field)


# --- dates and yes or no ----------------------------------------------------------------------------------------------


def _plain_date(raw: pl.Series, field: Field) -> pl.Series:
    value = raw.str.to_date("%Y-%m-%d", strict=False)
    # chrono takes years of any length; one of other than four digits is a slip of the pen
    wrong = ((value.dt.year() < 1000) | (value.dt.year() > 9999)).fill_null(False)
    return value.set(wrong, None) if wrong.any() else value


def _date(odd: pl.Series, field: Field) -> pl.Series:
    """Read dates with a four-digit year, year first; 20240105, the day numbers of spreadsheets, and 长期."""
    plain = _half_width(odd).str.replace_all(r"\s*([-/.年月日])\s*", "${1}")
    parts = pl.DataFrame({"parts": plain.str.extract_groups(_DATE)})
    named = parts.unnest("parts")
    joined = named.select(pl.concat_str("1", "2", "3", separator="-")).to_series()
    digits = plain.str.contains(r"^\d{8}$").fill_null(False)
    value = joined.zip_with(~digits, plain.str.replace(r"^(\d{4})(\d{2})(\d{2})$", "${1}-${2}-${3}"))
    value = _here(_plain_date(value, field), named["4"], named["5"])
    days = plain.str.contains(r"^[1-9]\d{4}(\.0+)?$").fill_null(False)
    if days.any():
        counted = plain.set(~days, None).cast(pl.Float64, strict=False).cast(pl.Int32) - _DAYS_BEFORE_1970
        value = value.zip_with(~days, counted.cast(pl.Date))
    return value.set(plain.is_in(_WITHOUT_END).fill_null(False), FOR_EVER)


def _here(day: pl.Series, time: pl.Series, zone: pl.Series) -> pl.Series:
    """Return the day it was here where a time has its zone; a time without one was written down here."""
    if not zone.is_not_null().any():
        return day
    away = zone.str.replace("Z", "+00").str.replace_all(":", "").str.pad_end(5, "0")
    written = pl.select(pl.concat_str(day.dt.to_string("%Y-%m-%d"), pl.lit(" "), time, away)).to_series()
    shown = written.str.to_datetime("%Y-%m-%d %H:%M%z", strict=False).dt.convert_time_zone(ZONE.key).dt.date()
    # the end of days stays where it is
    return day.zip_with(zone.is_null(), shown.set((shown > FOR_EVER).fill_null(False), FOR_EVER))


def _boolean(odd: pl.Series, field: Field) -> pl.Series:
    return _half_width(odd).str.to_lowercase().replace_strict(WORDS, default=None, return_dtype=pl.Boolean)


def _plain_boolean(raw: pl.Series, field: Field) -> pl.Series:
    return raw.replace_strict(WORDS, default=None, return_dtype=pl.Boolean)


_Pass = Callable[[pl.Series, Field], pl.Series]
_PASSES: Mapping[str, tuple[_Pass, _Pass]] = {
    "subject": (_plain_number, _number),
    "text": (_plain_text, _text),
    "code": (_plain_code, _code),
    "integer": (_plain_integer, _integer),
    "decimal": (_plain_decimal, _decimal),
    "date": (_plain_date, _date),
    "month": (months.plain_month, months.month),
    "boolean": (_plain_boolean, _boolean),
}
_SHOULD_BE = {
    "subject": N_("号码被表格软件改成了科学计数法，后几位已经丢失；请把这一列设为文本后重新导出"),
    "text": N_("超过%(signs)s个字"),
    "code": N_("不在代码表中（%(codes)s）"),
    "integer": N_("应当是整数"),
    "decimal": N_("应当是数字，最多两位小数"),
    "date": N_("应当是日期，例如2024-01-05"),
    "month": months.SHOULD_BE,
    "boolean": N_("应当是“是”或“否”"),
}
