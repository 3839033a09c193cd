"""Who filled a list in and how to reach them (联系人, 联系电话) is no part of it: such cells are never kept.

A cell that was taken out is None. A telephone or identity number within a sentence becomes asterisks; the rest of it stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mianzheng.common.grids import Line
from mianzheng.common.headings import plain
from mianzheng.reform.rules.columns import head_of

_PEOPLE = "联系人|经办人|填表人|填报人|制表人|审核人|复核人|报送人|负责人|责任人|分管领导|主要领导|联络员|姓名|contactperson|contactname|contact"
_REACHED = (
    "联系电话|联系方式|联系号码|办公电话|固定电话|移动电话|电话号码|手机号码|手机号|手机|电话|传真|邮箱|电子邮箱|电子邮件|微信|微信号|qq|qq号"
    "|身份证号|身份证号码|身份证件号码|telephone|phone|mobile|email"
)
_HEADED = re.compile(rf"(?:{_PEOPLE}|{_REACHED})(?:姓名|及?(?:{_REACHED}))*", re.IGNORECASE)
_LABELLED = re.compile(
    rf"(?<!\w)((?:{_PEOPLE}|{_REACHED})(?:姓名|签字|签名|及?(?:{_REACHED}))*(?:[（(][^（()）]*[)）])?\s*[:：])[ \t]*([^\s:：]+)",
    re.IGNORECASE,
)
_LABEL = re.compile(_LABELLED.pattern.rpartition("[ ")[0] + r"\s*$", re.IGNORECASE)
_NUMBERS = re.compile(
    r"(?<!\d)(?:(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}|0\d{2,3}[- ]?\d{7,8}|\d{17}[\dXx])(?!\d)"
    r"|[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)
OUT = "***"


def columns_of_contacts(lines: Sequence[Line]) -> frozenset[int]:
    """Return the columns, from 0, whose heading names people or how to reach them."""
    found = head_of([line.cells for line in lines])
    headings = found.headings if found else ()
    return frozenset(n for n, heading in enumerate(headings) if any(map(_is_contact, heading.split("/"))))


def without_contacts(lines: Sequence[Line]) -> tuple[tuple[str | None, ...], ...]:
    """Return the cells of each line, None where one held a contact."""
    found = head_of([line.cells for line in lines])
    first = found.first if found else len(lines)
    columns = columns_of_contacts(lines)
    return tuple(tuple(_cells(line, columns if n >= first else frozenset())) for n, line in enumerate(lines))


def _cells(line: Line, columns: frozenset[int]) -> Iterator[str | None]:
    label = False
    for n, cell in enumerate(line.cells):
        behind, label = label and bool(cell), _LABEL.search(cell) is not None or (label and not cell)
        if cell and ((behind and not label) or (n in columns and not _is_contact(cell))):
            yield None
        else:
            yield _LABELLED.sub(rf"\1{OUT}", _NUMBERS.sub(OUT, cell)) if cell else cell


def _is_contact(heading: str) -> bool:
    return _HEADED.fullmatch(plain(heading)) is not None
