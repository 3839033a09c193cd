"""Fewer matters (减事项): two or more made into one, and one made into two. No need is lost on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mianzheng.catalogue.rules.editing import Edit, RowEdit, TextEdit, rows_of
from mianzheng.catalogue.rules.trees import rewritten
from mianzheng.common.texts import Text
from mianzheng.reform.rules.works import (
    APPLICANT,
    MATTERS,
    SOURCE,
    Tree,
    entries,
    named,
    unlike,
    with_entries,
    word,
    work_file,
    work_of,
    written,
)

CHANNELS = ("online", "window", "agent")

Row = Mapping[str, str]


def merged(files: Mapping[str, str], main: str, others: Sequence[str], *, name: Text, decide_days: int) -> list[Edit]:
    """Return the edits that make `others` part of the matter `main`: its code stays, theirs lead to it, needs and questions are
    joined, what is needed twice is needed once, and people find it by the old names.
    """
    rows = rows_of(files.get(MATTERS, ""))
    every = [rows[main], *(rows[code] for code in others)]
    columns = {
        "name": name.zh,
        "name_en": name.en,
        "decide_days": str(decide_days),
        "facts": _union(every, "facts"),
        "bases": _union(every, "bases"),
        "channels": ";".join(each for each in CHANNELS if any(each in row["channels"].split(";") for row in every)),
        "keywords": _keywords(every, name),
        "old_codes": _old_codes(every),
    }
    found: list[Edit] = [RowEdit(MATTERS, main, columns)]
    trees = [(code, work_of(files, code)) for code in (main, *others) if work_of(files, code)]
    if trees:
        file = work_file(main)
        found.append(TextEdit(file, rewritten(files.get(file, ""), joined(trees))))
    found += [TextEdit(work_file(code), None) for code in others if work_file(code) in files]
    return [*found, *(RowEdit(MATTERS, code, None) for code in others)]


def _union(rows: Sequence[Row], column: str) -> str:
    return " ".join(dict.fromkeys(word for row in rows for word in row.get(column, "").split()))


def _old_codes(rows: Sequence[Row]) -> str:
    own = rows[0].get("old_codes", "").split()
    come = [code for row in rows[1:] for code in (row["code"], *row.get("old_codes", "").split())]
    return " ".join(dict.fromkeys([*own, *come]))


def _keywords(rows: Sequence[Row], name: Text) -> str:
    said = _union(rows, "keywords")
    names = [each for row in rows for each in (row["name"], row["name_en"]) if each not in (name.zh, name.en)]
    return " ".join([said, *(each for each in dict.fromkeys(names) if each not in said)]).strip()


def joined(trees: Sequence[tuple[str, Tree]]) -> Tree:
    """Return one worked part made of several, each with the code of its matter; words are those of the first."""
    made = dict(trees[0][1])
    form, papers = entries(made, "form"), entries(made, "papers")
    needs: list[Tree] = []
    for code, tree in trees:
        called = _join_form(form, entries(tree, "form"), code) if tree is not trees[0][1] else {}
        for need in entries(tree, "facts"):
            _join_need(needs, _renamed(need, called))
        known = {word(paper.get("certificate")) for paper in papers}
        papers += [paper for paper in entries(tree, "papers") if word(paper.get("certificate")) not in known]
    for part, said in (("form", form), ("facts", needs), ("papers", papers)):
        made = with_entries(made, part, said)
    return made


def _join_form(form: list[Tree], more: Sequence[Tree], matter: str) -> dict[str, str]:
    """Add the questions not asked yet to `form`; return how those are called now that had a code something else has."""
    called = {}
    for question in more:
        code = word(question.get("code"))
        same = next((each for each in form if word(each.get("code")) == code), None)
        if same is None:
            form.append(question)
        elif _asks(same) != _asks(question):
            called[code] = f"{matter}-{code}"
            form.append({**question, "code": called[code]})
    return called


def _asks(question: Tree) -> tuple[str, str, tuple[str, ...]]:
    choices = tuple(sorted(word(each.get("code")) for each in entries(question, "choices")))
    return word(question.get("type")), word(question.get("relation")), choices


def _renamed(need: Tree, called: Mapping[str, str]) -> Tree:
    when = need.get("when")
    field = word(when.get("field")) if isinstance(when, dict) else ""
    return {**need, "when": {**when, "field": called[field]}} if when and field in called else need


def _join_need(needs: list[Tree], need: Tree) -> None:
    """Add `need` where it is not needed already: what is always needed covers what is needed sometimes."""
    for place, known in enumerate(needs):
        if key_of(known) != key_of(need):
            continue
        if "when" not in known or known["when"] == need.get("when"):
            return
        if "when" not in need:
            needs[place] = {name: value for name, value in known.items() if name != "when"}
            return
    taken = named(need) in map(named, needs)
    needs.append(unlike({name: value for name, value in need.items() if name != "code"}, needs) if taken else need)


def key_of(need: Tree) -> tuple[str, str, str]:
    """Return what makes two needs the same: the fact, whom it is about, and the parameters."""
    params = need.get("params") if isinstance(need.get("params"), dict) else {}
    return word(need.get("fact")), word(need.get("about")) or APPLICANT, repr(sorted((params or {}).items()))


@dataclass(frozen=True, slots=True)
class Share:
    """What goes to the new matter: needs, questions and papers by their places; of a matter not worked out, its facts."""

    needs: frozenset[int] = frozenset()
    questions: frozenset[int] = frozenset()
    papers: frozenset[int] = frozenset()
    facts: frozenset[str] = frozenset()


def split(files: Mapping[str, str], code: str, *, new: str, name: Text, share: Share) -> list[Edit]:
    """Return the edits that make a new matter of a `share` of the matter `code`; a question both hang on is asked in both."""
    row, tree = rows_of(files.get(MATTERS, ""))[code], work_of(files, code)
    columns = {**row, "code": new, "name": name.zh, "name_en": name.en, "old_codes": "", "source": SOURCE}
    if not tree:
        stay, go = (
            " ".join(fact for fact in row["facts"].split() if (fact in share.facts) is moves) for moves in (False, True)
        )
        return [RowEdit(MATTERS, code, {"facts": stay}), RowEdit(MATTERS, new, {**columns, "facts": go})]
    stays, goes = (_half(tree, share, moves=moves) for moves in (False, True))
    facts = " ".join(dict.fromkeys(word(need.get("fact")) for need in entries(goes, "facts")))
    return [
        *written(files, code, stays),
        RowEdit(MATTERS, new, {**columns, "facts": facts}),
        TextEdit(work_file(new), rewritten("", goes)),
    ]


def _half(tree: Tree, share: Share, *, moves: bool) -> Tree:
    needs = [need for at, need in enumerate(entries(tree, "facts")) if (at in share.needs) is moves]
    fields = {word(need["when"].get("field")) for need in needs if isinstance(need.get("when"), dict)}
    form = [
        question
        for at, question in enumerate(entries(tree, "form"))
        if (at in share.questions) is moves or word(question.get("code")) in fields
    ]
    papers = [paper for at, paper in enumerate(entries(tree, "papers")) if (at in share.papers) is moves]
    for part, said in (("form", form), ("facts", needs), ("papers", papers)):
        tree = with_entries(tree, part, said)
    return tree
