"""Which column of a file is which field. Departments name and place their headings as they like; this finds them.

Understood are a field's code, its name in both languages and its other headings (`Field.headers`), whatever the case,
width, blanks, stars and brackets around units; of headings of several lines both together, then the lower alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mianzheng.catalogue.rules.city import Field, Item
from mianzheng.common.headings import Found, matched, plain
from mianzheng.common.headings import find as find_headings

SUBJECT, NAME, OPERATION = "subject", "name", "operation"
_SUBJECTS = {
    "person": (
        "身份证号 身份证号码 身份证 公民身份号码 公民身份证号码 公民身份证号 居民身份证号 居民身份证号码 证件号码 证件号"
        " 有效身份证件号码 idnumber idno idcard number"
    ),
    "organisation": "统一社会信用代码 社会信用代码 统一信用代码 信用代码 机构代码 creditcode uscc number",
    "house": "不动产单元号 不动产单元代码 不动产单元编号 不动产单元 房屋编码 unit unitcode number",
    "place": "区划代码 行政区划代码 地点代码 村社代码 代码 placecode code number",
}
_NAMES = "姓名 名称 单位名称 企业名称 机构名称 当事人 当事人姓名 坐落 房屋坐落 name fullname"
_OPERATIONS = "操作 操作类型 变更类型 更新类型 数据操作 operation op"
_NUMBERS = (
    "身份证号",
    "身份证号码",
    "身份证",
    "公民身份号码",
    "证件号码",
    "统一社会信用代码",
    "信用代码",
    "不动产单元号",
    "号码",
    "number",
)


@dataclass(frozen=True, slots=True)
class Columns:
    """`fields` gives for each field, and for subject, name and operation, the heading of its column; `missing` names
    needed ones without a column, in words; `unknown` headings belong to nothing.
    """

    fields: Mapping[str, str]
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def subject_heading(item: Item) -> str:
    """Return how the column of the subject is usually headed."""
    return _SUBJECTS[item.about].split()[0]


def match(item: Item, headings: Sequence[str], corrections: Mapping[str, str]) -> Columns:
    """Find the field of each heading; `corrections` (heading -> field, "" for none) were made by a person and go first."""
    fields = _matched(_words(item), headings, corrections)
    needed = [(SUBJECT, subject_heading(item)), *((f.code, f.name.zh) for f in item.fields if f.required)]
    missing = tuple(name for code, name in needed if code not in fields)
    used = set(fields.values())
    return Columns(fields, missing, tuple(h for h in headings if h not in used and corrections.get(h) != ""))


def _matched(
    levels: Sequence[Mapping[str, str]], headings: Sequence[str], corrections: Mapping[str, str]
) -> dict[str, str]:
    corrected = dict(corrections)
    if SUBJECT not in corrections.values():  # our own word for it, which may be the English name of a field too
        corrected.setdefault(SUBJECT, SUBJECT)
    return matched(levels, headings, corrected)


def find(rows: Sequence[Sequence[str | None]], item: Item) -> Found | None:
    """Find the headings of a file of `item` among its first rows (see `common.headings.find`)."""
    levels = _words(item)
    return find_headings(rows, lambda said: _fits(levels, said))


def _fits(levels: Sequence[Mapping[str, str]], headings: Sequence[str]) -> int:
    """Return how many columns are understood, 0 where it may be by chance."""
    fields = _matched(levels, headings, {})
    return len(fields) if SUBJECT in fields or len(fields) > 2 else 0


def _words(item: Item) -> list[dict[str, str]]:
    """Return what headings mean, the surest first: fields by name, then numbers of subject fields, then the subject."""
    own: dict[str, str] = {}
    numbers: dict[str, str] = {}
    for field in item.fields:
        for name in _names(field):
            own.setdefault(plain(name), field.code)
            if field.type == "subject":
                numbers |= {plain(name + number): field.code for number in _NUMBERS}
    common = {
        **dict.fromkeys(_NAMES.split(), NAME),
        **dict.fromkeys(_OPERATIONS.split(), OPERATION),
        **dict.fromkeys(_SUBJECTS[item.about].split(), SUBJECT),
        SUBJECT: SUBJECT,
    }
    return [own | numbers, common]


def _names(field: Field) -> tuple[str, ...]:
    return (field.code, field.name.zh, field.name.en, *field.headers)
