"""Whether an article (条) demands a paper: its text, as far as we have it, has to name that paper or one that states the same."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mianzheng.catalogue.rules.statutes import Statute
from mianzheng.reform.rules.grouping import Named, alike
from mianzheng.reform.rules.meanings import meaning, plain

WORDED = 0.8
"""The share of a name's letters, two by two, from which on a clause has the name in it, however it is put."""
_LONG = 4
"""Pairs of letters of a name that is long enough to be found by its letters alone."""
_PAPER = re.compile(r"(?:的)?(?:证明|材料|文件|书|信|函|情况|状况)+$|\([^()]*\)")
_SPEAKS = re.compile("证明|材料|文件|凭证|证件|说明")
"""A text without any of these demands no paper, whatever else it speaks of."""
CONDITIONS = re.compile(r"(.{4,}?)(?:符合)?(?:规定)?条件的(?:证明|有关)材料$")
"""Material that shows the conditions of a licence are met (符合规定条件的证明材料): it is named by the licence."""


def bare(name: str) -> str:
    """Return a paper's name without the words that only say that it is a paper."""
    return _PAPER.sub("", plain(name))


def letters(text: str) -> set[str]:
    """Return the letters of `text` two by two."""
    return {text[n : n + 2] for n in range(len(text) - 1)}


def worded(name: str, text: str) -> bool:
    """Tell whether `text` has a paper's name in it, however it is put; a short name is found by more than its letters."""
    wanted = letters(bare(name))
    return len(wanted) >= _LONG and len(wanted & letters(plain(text))) / len(wanted) >= WORDED


def demanded_by(named: Iterable[Statute], text: str, name: str, purpose: str) -> bool:
    """Tell whether an article demands the paper `name`: `named` are the papers our texts find in it, `text` is what it says."""
    if any(_is_it(each, name, purpose) for each in named):
        return True
    return bool(_SPEAKS.search(text)) and (_contains(plain(text), bare(name)) or worded(name, text))


def _is_it(statute: Statute, name: str, purpose: str) -> bool:
    if subject := CONDITIONS.match(statute.name):
        return subject[1] in plain(f"{name} {purpose}")
    said, theirs = (meaning(each) for each in (name, statute.name))
    one_way = said.denied == theirs.denied and said.holder is theirs.holder
    short, other = bare(name), bare(statute.name)
    # a paper named for more than the article says is one of the kind it names (死亡证明, 非正常死亡证明)
    of_the_kind = one_way and (_contains(short, other) or _contains(other, short))
    return of_the_kind or alike(Named(name, purpose), Named(statute.name)).same or worded(name, statute.clause)


def _contains(text: str, words: str) -> bool:
    return len(words) > 1 and words in text
