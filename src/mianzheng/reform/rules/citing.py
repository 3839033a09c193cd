"""A basis (设定依据) as offices write it in a cell: which texts it names, and which article of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Cited:
    """A text named in a cell. `title` is empty where only a document number (文号) stands there.

    `article` is written with Chinese numerals (第十六条), `part` is what follows it (第二款第三项). `order` is what stands behind
    the title about who issued it, such as 国务院令第588号.
    """

    title: str
    article: str = ""
    part: str = ""
    number: str = ""
    order: str = ""


_TITLED = r"《(?P<title>(?:[^《》]|《[^《》]*》)+)》"
_NUMBER = r"(?P<number>[一-龥]{1,9}[〔\[(（【]\s*\d{4}\s*[〕\])）】]\s*第?\s*\d+\s*号)"
_ORDER = r"(?P<order>[一-龥]{2,14}?(?:第\s*\d+\s*号令|令\s*[（(]?\s*(?:\d{4}\s*年?)?\s*第?\s*\d+\s*号))"
_BARE = r"(?P<bare>(?:中华人民共和国)?[一-龥“”]{0,24}?[一-龥](?:(?<!办)法(?![一-龥]*?(?:条例|细则|办法|规定))|条例|规定|办法|细则))(?=\s*(?:第|[（(]|\d|[，,;；、。\s]|$))"
_COUNT = r"(?:[零〇一二三四五六七八九十百千]+|\d+)"
_ARTICLE = rf"第?\s*(?P<article>{_COUNT})\s*条(?P<after>之[一二三四五六七八九十]+)?(?P<part>(?:\s*(?:第|[（(])\s*[（(]?{_COUNT}[）)]?\s*(?:款|项|目)?)*)"
_TOKEN = re.compile("|".join((_TITLED, _NUMBER, _ORDER, _ARTICLE, _BARE)))
_VERSION = re.compile(r"[（(][^（）()]*(?:\d{4}|修订|修正|主席令|国务院令)[^（）()]*[）)]$")
_LINKS = re.compile(r"^(?:根据|依据|依照|按照|参照|以及|和|及|与|或|、|，)+")
_UNDER = ("实施细则", "实施条例", "实施办法")
"""Said behind a law, these mean the rules made under it."""


def cited(cell: str) -> tuple[Cited, ...]:
    """Return what a cell names, in its order; an article once more without a title belongs to the title before it."""
    found: list[Cited] = []
    for token in _TOKEN.finditer(cell):
        if token["article"]:
            _at_article(found, token)
        elif token["title"] or token["bare"]:
            title = _title(token["title"] or token["bare"], found)
            before = found.pop().order if found and found[-1] == Cited("", order=found[-1].order) else ""
            found.append(Cited(title, order=before))
        elif found and not found[-1].article and not found[-1].number and _joined(cell, token):
            change = {"number": _tidy(token["number"])} if token["number"] else {"order": _tidy(token["order"])}
            found[-1] = replace(found[-1], **change)
        elif token["number"]:
            found.append(Cited("", number=_tidy(token["number"])))
        elif token["order"]:
            found.append(Cited("", order=_tidy(token["order"])))
    return tuple(found)


def bare(title: str) -> str:
    """Return a title as laws are looked up: without 中华人民共和国, its version in brackets, and quotation marks."""
    text = re.sub(r"\s+", "", title).replace("〈", "《").replace("〉", "》").replace("(", "（").replace(")", "）")
    while _VERSION.search(text):
        text = _VERSION.sub("", text)
    return text.replace("中华人民共和国", "") if text.count("《") or text.startswith("中华") else text


def chinese(count: str) -> str:
    """Return a number up to 9999 in Chinese numerals, whichever way it was written."""
    if not count.isdigit():
        return count.replace("〇", "零")
    digits, units = "零一二三四五六七八九", ("", "十", "百", "千")
    value = str(int(count))
    said = "".join(
        digits[int(digit)] + (units[place] if digit != "0" else "")
        for place, digit in zip(range(len(value) - 1, -1, -1), value, strict=True)
    )
    said = re.sub("零+", "零", said).rstrip("零") or "零"
    return said.removeprefix("一") if said.startswith("一十") else said


def _title(written: str, before: list[Cited]) -> str:
    title = bare(_LINKS.sub("", written))
    law = next((one.title for one in reversed(before) if one.title), "")
    return f"{law}{title}" if title in _UNDER and law else title


def _at_article(found: list[Cited], token: re.Match[str]) -> None:
    if not found:
        return
    article = f"第{chinese(token['article'])}条{token['after'] or ''}"
    part = re.sub(r"\s+", "", token["part"])
    if found[-1].article:
        found.append(replace(found[-1], article=article, part=part))
    else:
        found[-1] = replace(found[-1], article=article, part=part)


def _joined(cell: str, token: re.Match[str]) -> bool:
    """Tell whether a number or an order stands in brackets right behind the title, as part of it."""
    return bool(re.search(r"》\s*[（(][^（）()]*$", cell[: token.start()]))


def _tidy(text: str) -> str:
    """Return a document number in the one way to write it: 民发〔2020〕20号."""
    return re.sub(r"[\[(（【](\d{4})[\])）】]", r"〔\1〕", re.sub(r"\s+", "", text)).strip("（(")
