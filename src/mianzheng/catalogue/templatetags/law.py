"""How an article of law is cited: 第四十四条第二款 as it stands in Chinese, "art. 44(2)" in English."""

from __future__ import annotations

import re

from django import template

from mianzheng.web.words import english

register = template.Library()

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_PART = re.compile(r"第[（(]?([零〇一二两三四五六七八九十百千]+)[）)]?(条|款|项|章|节)(?:之([一二三四五六七八九十]+))?")
_SIGNS = {"条": "art. {}", "款": "({})", "项": "({})", "章": "ch. {}", "节": "sec. {}"}


def number(written: str) -> int:
    """Return the value of a Chinese numeral below ten thousand: 四十四 is 44, 一百零三 is 103."""
    total = digit = 0
    for char in written:
        if char in _TENS:
            total += (digit or 1) * _TENS[char]
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit


@register.filter
def article(written: str) -> str:
    """{{ basis.article|article }}: as written in Chinese, its numbers in English."""
    if not english():
        return written

    def said(found: re.Match[str]) -> str:
        suffix = f"-{number(found[3])}" if found[3] else ""
        return " " + _SIGNS[found[2]].format(f"{number(found[1])}{suffix}")

    cited = _PART.sub(said, written).strip()
    return re.sub(r"\s+\(", "(", cited).replace("、", ",")
