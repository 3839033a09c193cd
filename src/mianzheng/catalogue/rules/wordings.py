"""Notices (告知), commitments (承诺), consents (同意书), liability clauses (责任条款) and undertakings (不再索要承诺书): Markdown with a
version, in both languages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mianzheng.catalogue.rules.source import Reader, Record
from mianzheng.common.texts import Text

KINDS = ("notice", "commitment", "consent", "liability", "undertaking")
_FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TextVersion:
    """One such text, versioned; `body` is Markdown. What somebody agreed to is kept by code and version."""

    code: str
    version: int
    kind: str
    title: Text
    body: Text


def read_texts(reader: Reader) -> dict[str, TextVersion]:
    """Read ``texts/CODE.md`` with its ``texts/CODE.en.md``; both carry the same version."""
    found: dict[str, TextVersion] = {}
    files = [name.removesuffix(".md") for name in reader.files if name.startswith("texts/") and name.endswith(".md")]
    for code in sorted({name.removeprefix("texts/").removesuffix(".en") for name in files}):
        name, en_name = f"texts/{code}.md", f"texts/{code}.en.md"
        for one, other in ((name, en_name), (en_name, name)):
            if one not in reader.files and one not in reader.lost:
                reader.lose(other, 1, f"'{one}' is missing: both languages must be there")
        (zh_head, zh), (en_head, en) = _split(reader, name), _split(reader, en_name)
        if {name, en_name} & reader.lost:
            continue
        version = reader.whole(zh_head, "version", minimum=1)
        if reader.whole(en_head, "version", minimum=1) != version:
            reader.problem(en_head, f"'version' differs from that of '{name}'")
        found[code] = TextVersion(
            code,
            version,
            reader.one_of(zh_head, "kind", KINDS),
            Text(reader.word(zh_head, "title"), reader.word(en_head, "title")),
            Text(zh, en),
        )
    return found


def _split(reader: Reader, name: str) -> tuple[Record, str]:
    """Return the front matter and the body of one text, nothing where it cannot be read."""
    if name not in reader.files:
        return Record(), ""
    found = _FRONT.match(reader.files[name].removeprefix("\ufeff").replace("\r\n", "\n"))
    head = reader.parsed(name, "\n" + found[1]) if found else None  # the line of '---' counts, so that lines fit
    if not found or (not isinstance(head, Record) and name not in reader.lost):
        reader.lose(name, 1, "it must begin with front matter between two lines of '---'")
    if not found or not isinstance(head, Record):
        return Record(), ""
    reader.only(head, "version kind title")
    return head, found[2].strip()
