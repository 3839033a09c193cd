"""Matters and, for those worked out, their forms, needs, former papers and texts."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from mianzheng.catalogue.rules.city import (
    Basis,
    Certificate,
    Fact,
    Item,
    Matter,
    Need,
    Paper,
    Parameter,
    Question,
    Relation,
    Work,
)
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.catalogue.rules.source import Reader, Record
from mianzheng.catalogue.rules.wordings import TextVersion
from mianzheng.common.texts import Text

QUESTION_TYPES = ("text", "longtext", "integer", "decimal", "date", "choice", "boolean", "relative")
WORK = "summary summary_en grant form facts papers result remedies remedies_en notice"
QUESTION = "code name name_en type required choices relation min max help help_en prefill"
NEED = "code fact about params why why_en basis deadline department commitment when retained"
CHANNELS = {"online", "window", "agent"}
_ANSWERS = {"boolean": ("yes", "no")}
_PYTHON: dict[str, type | tuple[type, ...]] = {
    "integer": int,
    "decimal": (int, float),
    "boolean": bool,
    "date": datetime.date,
    "month": str,
    "text": str,
    "code": str,
    "subject": str,
}


def read_matters(
    reader: Reader,
    *,
    owners: Mapping[str, Any],
    facts: Mapping[str, Fact],
    items: Mapping[str, Item],
    relations: Mapping[str, Relation],
    bases: Mapping[str, Basis],
    texts: Mapping[str, TextVersion],
    certificates: Mapping[str, Certificate],
    check_days: int,
) -> dict[str, Matter]:
    """Read ``matters.csv`` and ``matters/CODE.yaml``."""
    found: dict[str, Matter] = {}
    works = _Works(reader, facts, items, relations, bases, texts, certificates, check_days)
    columns = "code name name_en owner theme theme_en level channels decide_days facts bases keywords".split()
    old: dict[str, str] = {}
    for row in reader.rows("matters.csv", columns, ("old_codes",)):
        code = reader.unique(row, found)
        for each in row.get("old_codes", "").split():
            if old.setdefault(each, code) != code:
                reader.problem(row, f"'old_codes' names '{each}', as '{old[each]}' does")
        for fact in row["facts"].split():
            if fact not in facts:
                reader.absent(row, "fact", f"'facts' names '{fact}': there is no such fact")
        for basis in row["bases"].split():
            if basis not in bases:
                reader.absent(row, "basis", f"'bases' names '{basis}': there is no such basis")
        channels = tuple(part.strip() for part in row["channels"].split(";") if part.strip())
        if not channels or set(channels) - CHANNELS:
            reader.problem(row, f"'channels' is '{row['channels']}', expected some of: online;window;agent")
        file = f"matters/{code}.yaml"
        found[code] = Matter(
            code=code,
            name=reader.text(row, "name"),
            owner=reader.known(row, "owner", owners, "department or body"),
            theme=reader.text(row, "theme"),
            level=reader.one_of(row, "level", ("city", "town", "community")),
            channels=channels,
            decide_days=reader.whole(row, "decide_days", minimum=1),
            facts=tuple(row["facts"].split()),
            bases=tuple(row["bases"].split()),
            keywords=row["keywords"],
            work=works.read(file) if file in reader.files else None,
            source=row.get("source", ""),
            old_codes=tuple(row.get("old_codes", "").split()),
        )
    for each in old.keys() & found.keys():
        place = Record()
        place.file, place.line = "matters.csv", 1
        reader.problem(place, f"'old_codes' of '{old[each]}' names '{each}', which is a matter of its own")
    for name in sorted(reader.files):
        if name.startswith("matters/") and name.removeprefix("matters/").removesuffix(".yaml") not in found:
            place = Record()
            place.file, place.line = name, 1
            reader.absent(place, "matter", "no row of matters.csv has this code")
    return found


class _Works:
    """Reads the worked part of matters against everything they may refer to."""

    def __init__(
        self,
        reader: Reader,
        facts: Mapping[str, Fact],
        items: Mapping[str, Item],
        relations: Mapping[str, Relation],
        bases: Mapping[str, Basis],
        texts: Mapping[str, TextVersion],
        certificates: Mapping[str, Certificate],
        check_days: int,
    ) -> None:
        self.reader = reader
        self.facts = facts
        self.items = items
        self.relations = relations
        self.bases = bases
        self.texts = texts
        self.certificates = certificates
        self.check_days = check_days

    def read(self, file: str) -> Work | None:
        reader = self.reader
        tree = reader.mapping(file)
        if not tree:
            return None
        reader.only(tree, WORK)
        form: dict[str, Question] = {}
        for entry in reader.entries(tree, "form"):
            form[reader.unique(entry, form)] = self._question(entry)
        needs: dict[str, Need] = {}
        for entry in reader.entries(tree, "facts"):
            need = self._need(entry, form)
            if need.code and need.code in needs:
                reader.problem(entry, f"need '{need.code}' a second time: give it a 'code' of its own")
            needs[need.code] = need
        if not needs:
            reader.problem(tree, "'facts' is empty: a matter needs at least one fact")
        result = tree.get("result")
        if isinstance(result, Record):
            reader.only(result, "name name_en text text_en")
        else:
            result = tree
        return Work(
            summary=reader.text(tree, "summary"),
            grant=reader.one_of(tree, "grant", ("program", "person")),
            form=tuple(form.values()),
            needs=tuple(needs.values()),
            papers=tuple(self._paper(entry) for entry in reader.entries(tree, "papers")),
            result=reader.text(result, "name"),
            result_text=reader.text(result, "text"),
            remedies=reader.text(tree, "remedies"),
            notice=self._wording(tree, "notice", "notice"),
        )

    def _wording(self, record: Record, key: str, kind: str, *, required: bool = True) -> str:
        code = self.reader.known(record, key, self.texts, "text", required=required)
        if code in self.texts and self.texts[code].kind != kind:
            self.reader.problem(record, f"'{key}' is '{code}', which is no {kind}", key)
        return code

    def _question(self, entry: Record) -> Question:
        reader = self.reader
        reader.only(entry, QUESTION)
        kind = reader.one_of(entry, "type", QUESTION_TYPES)
        choices: dict[str, Text] = {}
        for choice in reader.entries(entry, "choices"):
            reader.only(choice, "code name name_en")
            choices[reader.unique(choice, choices)] = reader.text(choice, "name")
        if kind == "choice" and len(choices) < 2:
            reader.problem(entry, "'choices' needs two or more for a question of type choice", "choices")
        if kind == "relative":
            reader.known(entry, "relation", self.relations, "relation")
        return Question(
            code=reader.word(entry, "code"),
            name=reader.text(entry, "name"),
            type=kind,
            required=reader.yes(entry, "required"),
            choices=choices,
            relation=reader.word(entry, "relation", required=False),
            minimum=self._limit(entry, "min"),
            maximum=self._limit(entry, "max"),
            help=reader.text(entry, "help", required=False),
            prefill=self._prefill(entry),
        )

    def _prefill(self, entry: Record) -> tuple[str, str] | None:
        """Read the field of the applicant's own records that fills a question beforehand."""
        reader, prefill = self.reader, entry.get("prefill")
        if not isinstance(prefill, Record):
            if prefill is not None:
                reader.problem(entry, "'prefill' names no 'item' and 'field'", "prefill")
            return None
        reader.only(prefill, "item field")
        named, field = reader.known(prefill, "item", self.items, "item"), reader.word(prefill, "field")
        if named in self.items and not any(known.code == field for known in self.items[named].fields):
            message = f"'field' is '{field}': item '{named}' has no such field"
            reader.absent(prefill, "field", message, "field")
        return named, field

    def _limit(self, entry: Record, key: str) -> float | None:
        value = entry.get(key)
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        self.reader.problem(entry, f"'{key}' is '{value}', a number is expected", key)
        return None

    def _need(self, entry: Record, form: Mapping[str, Question]) -> Need:
        reader = self.reader
        reader.only(entry, NEED)
        named = reader.known(entry, "fact", self.facts, "fact")
        fact = self.facts.get(named)
        about = reader.word(entry, "about", required=False) or "applicant"
        if about != "applicant" and about not in self.relations:
            reader.absent(entry, "relation", f"'about' is '{about}': there is no such relation", "about")
        if about in self.relations and fact and not fact.empty:
            message = f"fact '{fact.code}' is asked about a relation, so it must say 'empty: holds' or 'fails'"
            reader.problem(entry, message, "about")
        params = entry.get("params") or Record()
        if not isinstance(params, Record):
            reader.problem(entry, "'params' is no mapping of values", "params")
            params = Record()
        if fact:
            self._check_params(entry, params, fact.params)
        retained = reader.known(entry, "retained", self.certificates, "certificate", required=False)
        if retained in self.certificates and not self.certificates[retained].asked_for:
            reader.problem(entry, f"'retained' is '{retained}', which is cancelled: nobody may ask for it", "retained")
        return Need(
            code=reader.word(entry, "code", required=False) or named,
            fact=fact.code if fact else "",
            about=about,
            params=dict(params),
            why=reader.text(entry, "why"),
            basis=reader.known(entry, "basis", self.bases, "basis"),
            deadline=reader.whole(entry, "deadline", default=self.check_days, minimum=1),
            department=reader.yes(entry, "department", default="yes"),
            commitment=self._wording(entry, "commitment", "commitment", required=False),
            when=self._when(entry, form),
            retained=retained,
        )

    def _when(self, entry: Record, form: Mapping[str, Question]) -> tuple[str, str] | None:
        """Read the answer that raises a need; one nobody can give would make the need vanish."""
        when = entry.get("when")
        if when is None:
            return None
        if not isinstance(when, Record):
            self.reader.problem(entry, "'when' names no 'field' with the answer it 'is'", "when")
            return None
        self.reader.only(when, "field is")
        question, answer = form.get(self.reader.word(when, "field")), self.reader.word(when, "is")
        if question is None:
            self.reader.problem(when, f"'when' names '{when.get('field')}': the form has no such question", "field")
        elif answer and answer not in _ANSWERS.get(question.type, question.choices or (answer,)):
            self.reader.problem(when, f"'is' is '{answer}': '{question.code}' has no such answer", "is")
        return str(when.get("field")), answer

    def _check_params(self, entry: Record, given: Mapping[str, Any], declared: Mapping[str, Parameter]) -> None:
        for code in declared.keys() - given.keys():
            self.reader.problem(entry, f"'params' lacks '{code}'", "params")
        for code in given.keys() - declared.keys():
            self.reader.problem(entry, f"'params' has '{code}', which the fact does not know", "params")
        for code in declared.keys() & given.keys():
            expected = _PYTHON.get(declared[code].type)
            value = given[code]
            if expected and (not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool)):
                message = f"parameter '{code}' is '{value}', a value of type {declared[code].type} is expected"
                self.reader.problem(entry, message, "params")

    def _paper(self, entry: Record) -> Paper:
        reader = self.reader
        reader.only(entry, "certificate offices trips")
        code = reader.known(entry, "certificate", self.certificates, "certificate")
        if code in self.certificates and self.certificates[code].disposal is Disposal.RETAINED:
            message = f"'{code}' is retained: name it as 'retained' of the need it settles, not among the papers"
            reader.problem(entry, message, "certificate")
        return Paper(code, reader.whole(entry, "offices", minimum=1), reader.whole(entry, "trips", minimum=1))
