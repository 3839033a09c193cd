"""Finding a matter, a certificate or an item by what people type: Chinese, pinyin, initials or English."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from pypinyin import Style, lazy_pinyin
from rapidfuzz import fuzz

from mianzheng.catalogue.rules.city import Certificate, City, Item, Matter

Named = TypeVar("Named", Matter, Certificate, Item)
_CLOSE = 72.0


@dataclass(frozen=True, slots=True)
class _Entry:
    """The ways one thing can be typed, lower case and without blanks."""

    name: str
    words: str
    pinyin: str
    initials: str
    english: str


def _plain(text: str) -> str:
    return "".join(text.lower().split())


@lru_cache(maxsize=8192)
def _entry(name: str, words: str, english: str) -> _Entry:
    # English is kept out of the initials, where its letters would match by accident.
    chinese = f"{name} {words}"
    return _Entry(
        _plain(name),
        _plain(chinese),
        _plain("".join(lazy_pinyin(chinese, errors="ignore"))),
        "".join(lazy_pinyin(chinese, style=Style.FIRST_LETTER, errors="ignore")),
        english.lower(),
    )


def _score(entry: _Entry, asked: str, query: str) -> float:
    """Return how well `entry` answers: 100 is its very name, 0 is not at all."""
    if not asked:
        return 0
    if asked in entry.name:
        return 100 - min(20, len(entry.name) - len(asked)) / 4
    if asked in entry.words:
        return 90
    if asked.isascii():
        if asked in entry.pinyin:
            return 85
        if len(asked) >= 2 and asked in entry.initials:
            return 80
        found = [word in entry.english for word in query.lower().split()]
        if all(found):
            return 88
        close = fuzz.partial_token_set_ratio(query.lower(), entry.english) if len(asked) > 3 else 0
        return 60 if any(found) and len(asked) > 3 else (close - 30 if close > 90 else 0)
    # What every certificate is called says nothing about which one is meant.
    core = asked.replace("证明", "") or asked
    close = fuzz.partial_ratio(core, entry.words)
    return close - 20 if close >= _CLOSE or set(core) <= set(entry.words) else 0


def _best(things: Iterable[tuple[Named, _Entry]], query: str) -> list[Named]:
    asked = _plain(query)
    scored = [(score, thing) for thing, entry in things if (score := _score(entry, asked, query)) > 0]
    return [thing for _, thing in sorted(scored, key=lambda pair: (-pair[0], pair[1].code))]


def matters(city: City, query: str) -> list[Matter]:
    """Return the matters that answer `query`, the best first."""
    entries = [
        (m, _entry(m.name.zh, f"{m.keywords} {m.theme.zh}", f"{m.name.en} {m.theme.en} {m.keywords}"))
        for m in city.matters.values()
    ]
    return _best(entries, query)


def certificates(city: City, query: str) -> list[Certificate]:
    """Return the certificates that answer `query`, the best first."""
    entries = [(c, _entry(c.name.zh, c.purpose.zh, f"{c.name.en} {c.purpose.en}")) for c in city.certificates.values()]
    return _best(entries, query)


def items(city: City, query: str) -> list[Item]:
    """Return the items that answer `query` by their name, system, owner or fields, the best first."""
    entries = []
    for item in city.items.values():
        fields = " ".join(field.name.zh for field in item.fields)
        fields_en = " ".join(field.name.en for field in item.fields)
        owner = city.departments[item.owner].name
        words = f"{item.system} {owner.zh} {fields}"
        entries.append((item, _entry(item.name.zh, words, f"{item.code} {item.name.en} {owner.en} {fields_en}")))
    return _best(entries, query)
