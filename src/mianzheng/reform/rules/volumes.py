"""How many papers a year a list says (年办件量), as offices write it: 1,200件, 约1.2万份, 三百余, 100-200."""

from __future__ import annotations

import re
import unicodedata

MOST = 2_000_000_000
"""Beyond that it is no number of papers."""

_TIMES = {"": 1, "十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_DIGITS = {sign: n for n, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_UNIT = r"(?:余|多|来|左右|上下|以上|以内)*(?:个|份|件|张|次|人次|人|本|宗|笔|项)?(?:余|多|左右|上下|以上|以内)*"
_ABOUT = r"(?:约|大约|大概|近|超过|超|平均|年均|每年|全年|一年|共|计)*"
_SAID = re.compile(
    rf"{_ABOUT}(?P<low>\d[\d,]*(?:\.\d+)?|[{''.join(_DIGITS)}十百千]+)(?P<times>[十百千万亿]?){_UNIT}"
    rf"(?:[-~—–至到]+{_ABOUT}(?:\d[\d,]*(?:\.\d+)?)(?P<upper>[十百千万亿]?){_UNIT})?(?:(?:/|每|一)?年|per year|/year)?"
)


_HALF_SAID = re.compile(f"[百千][{''.join(_DIGITS)}]$")
"""三百五 may be 350 or 305."""


def volume(cell: str) -> int | None:
    """Return the papers a year that `cell` says, the lower end of a range; None where nobody could tell for sure."""
    text = re.sub(r"[\s，。()]", lambda sign: "," if sign[0] == "，" else "", unicodedata.normalize("NFKC", cell))
    if text in ("无", "没有", "未发生", "未开具"):
        return 0
    said = _SAID.fullmatch(text)
    if said is None:
        return None
    times = _TIMES[said["times"] or (said["upper"] or "")]
    number = said["low"].replace(",", "")
    if _HALF_SAID.search(number):
        return None
    found = round(float(number) * times) if number[0].isdigit() else _in_words(number) * times
    return found if found <= MOST else None


def _in_words(number: str) -> int:
    """Return a number in Chinese below ten thousand: 三百二十."""
    total, digit = 0, 0
    for sign in number:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        else:
            total, digit = total + (digit or 1) * _TIMES[sign], 0
    return total + digit
