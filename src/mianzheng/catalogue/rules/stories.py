"""The stories of a demo city, as far as they refer to the package: a name that is not there would fail much later.

The format is documented in `demo/stories.yaml`; who plays a story is found out by the demo itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mianzheng.catalogue.rules.city import Department, Fact, Item, Matter, Place, Relation, Work
from mianzheng.catalogue.rules.source import Reader, Record

STORIES = "demo/stories.yaml"
STORY = "code title title_en matter who parts records disputes sign_in form choices expected"
WAYS = ("document", "data", "department", "commitment", "review", "certificate")
VERDICTS = ("holds", "fails", "unknown")
CHOICES = ("commit", "review", "object")
APPLICANT = "applicant"


class Stories:
    """Checks stories against everything they may refer to."""

    def __init__(
        self,
        reader: Reader,
        *,
        matters: Mapping[str, Matter],
        facts: Mapping[str, Fact],
        items: Mapping[str, Item],
        relations: Mapping[str, Relation],
        communities: Mapping[str, Place],
        departments: Mapping[str, Department],
    ) -> None:
        self.reader = reader
        self.matters = matters
        self.facts = facts
        self.items = items
        self.relations = relations
        self.communities = communities
        self.departments = departments

    def check(self, tree: Any) -> None:
        """Note what is wrong in the content of ``demo/stories.yaml``."""
        reader = self.reader
        if not isinstance(tree, Record):
            if tree is not None:
                reader.lose(STORIES, 1, "a mapping is expected")
            return
        reader.only(tree, "agent centre heads supervisor reform curious shared stories")
        agent = tree.get("agent")
        if isinstance(agent, Record):
            reader.only(agent, "place name name_en")
            reader.known(agent, "place", self.communities, "community")
            reader.text(agent, "name")
        centre = tree.get("centre")
        if isinstance(centre, Record):
            reader.only(centre, "department name name_en")
            reader.known(centre, "department", self.departments, "department")
            reader.text(centre, "name")
        for head in reader.entries(tree, "heads"):
            reader.only(head, "department name name_en")
            reader.known(head, "department", self.departments, "department")
            reader.text(head, "name")
        for office in (tree.get("supervisor"), tree.get("reform")):
            if isinstance(office, Record):
                reader.only(office, "name name_en")
                reader.text(office, "name")
        curious = tree.get("curious")
        seen: dict[str, Record] = {}
        for story in reader.entries(tree, "stories"):
            seen[reader.unique(story, seen)] = story
            self._story(story)
        if isinstance(curious, Record):
            reader.only(curious, "story by")
            reader.one_of(curious, "story", seen)
            for code in curious.get("by") or ():
                if code not in self.departments:
                    reader.absent(curious, "department", f"'by' has '{code}': there is no such department", "by")

    def _story(self, story: Record) -> None:
        reader = self.reader
        reader.only(story, STORY)
        reader.text(story, "title")
        reader.word(story, "who")
        matter = self.matters.get(reader.known(story, "matter", self.matters, "matter"))
        self._records(story)
        work = matter.work if matter else None
        if matter and not work:
            message = f"'matter' is '{matter.code}', which is not worked out: nobody can apply for it"
            reader.absent(story, "question", message, "matter")
        if work:
            self._answers(story, work)
            self._expected(story, work)

    def _records(self, story: Record) -> None:
        for _, registers in self._parts(story, "records"):
            for code in registers if isinstance(registers, Record) else ():
                self._item(registers, code)
                for row in self.reader.entries(registers, code):
                    if code in self.items and self.items[code].fields:
                        self.reader.only(row, [field.code for field in self.items[code].fields])
        for _, items in self._parts(story, "disputes"):
            for code in items if isinstance(items, list) else [items]:
                self._item(story, code, "disputes")

    def _parts(self, story: Record, key: str) -> Iterator[tuple[str, Any]]:
        """Yield what stands under `key` for each part, which somebody has to play."""
        found, parts = story.get(key) or Record(), story.get("parts") or Record()
        if not isinstance(found, Record) or not isinstance(parts, Record):
            self.reader.problem(story, f"'{key}' and 'parts' are mappings by part", key)
            return
        for part in found:
            if part != APPLICANT and part not in parts:
                self.reader.problem(found, f"'{part}' is none of 'parts'", part)
        yield from found.items()

    def _item(self, record: Record, named: Any, key: str = "") -> None:
        code = str(named)
        if code not in self.items:
            self.reader.absent(record, "item", f"'{code}': there is no such item", key or code)
        elif not self.items[code].fields:
            self.reader.absent(record, "field", f"'{code}': this item has no fields in fields.csv", key or code)

    def _answers(self, story: Record, work: Work) -> None:
        """Check what is answered in the form, and what is chosen for which need."""
        reader = self.reader
        form, choices = story.get("form"), story.get("choices")
        if isinstance(form, Record):
            reader.only(form, [question.code for question in work.form])
        if isinstance(choices, Record):
            for need in choices:
                if need not in {known.code for known in work.needs}:
                    reader.absent(choices, "need", f"'{need}': the matter has no such need", need)
                reader.one_of(choices, need, CHOICES)

    def _expected(self, story: Record, work: Work) -> None:
        reader = self.reader
        expected = story.get("expected")
        if not isinstance(expected, Record):
            reader.problem(story, "'expected' is missing: status, papers_asked, facts", "expected")
            return
        reader.only(expected, "status papers_asked facts")
        reader.word(expected, "status")
        reader.whole(expected, "papers_asked")
        asked = {(need.fact, need.about) for need in work.needs}
        for entry in reader.entries(expected, "facts"):
            reader.only(entry, "fact about way verdict")
            reader.one_of(entry, "way", WAYS)
            reader.one_of(entry, "verdict", VERDICTS)
            fact = reader.known(entry, "fact", self.facts, "fact")
            about = reader.word(entry, "about", required=False) or APPLICANT
            if about != APPLICANT and about not in self.relations:
                reader.absent(entry, "relation", f"'about' is '{about}': there is no such relation", "about")
            elif fact in self.facts and (fact, about) not in asked:
                message = f"'{fact}' about '{about}': the matter does not need this fact"
                reader.absent(entry, "need", message, "fact")
