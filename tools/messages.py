"""The texts of the interface: collect, compile and check them. Message ids are Chinese; English must be complete.

    python tools/messages.py            collect texts into src/mianzheng/<domain>/locale/en/LC_MESSAGES/django.po
    python tools/messages.py compile    write the .mo files (never committed)
    python tools/messages.py check      exit code 1 when English is missing, fuzzy, out of date, or breaks a %(place)s

A text belongs to the domain of its folder; what `common` says is kept with `web`, as `common` knows no Django.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "mianzheng"
KEPT_WITH = {"common": "web"}
KEYWORDS = {
    **dict.fromkeys(("_", "N_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
HEAD = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Language: en\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""
HAN = re.compile(r"[\u4e00-\u9fff]")
MUTED = {"comment", "blocktranslate"}
PLACE = re.compile(r"%\((\w+)\)[sd]")


def domains() -> list[str]:
    """Return the folders that keep a catalogue."""
    return sorted(p.name for p in SOURCE.iterdir() if (p / "__init__.py").exists() and p.name not in KEPT_WITH)


def catalogue_path(domain: str) -> Path:
    return SOURCE / domain / "locale" / "en" / "LC_MESSAGES" / "django.po"


def files_of(domain: str) -> Iterator[Path]:
    """Yield the Python files and templates whose texts `domain` keeps, in a stable order."""
    folders = [domain, *(name for name, keeper in KEPT_WITH.items() if keeper == domain)]
    for folder in folders:
        found = [*(SOURCE / folder).rglob("*.py"), *(SOURCE / folder).rglob("templates/**/*.html")]
        found += (SOURCE / folder).rglob("templates/**/*.txt")
        yield from sorted(p for p in found if "migrations" not in p.parts)


def python_of(path: Path) -> bytes:
    """Return `path` as Python that holds its texts; Django's own converter turns a template into such Python.

    The converter keeps the indentation of the HTML, which Python would refuse: it is taken off, line by line.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text.encode()
    return "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines()).encode()


def collected(domain: str) -> Catalog:
    """Return the texts `domain` uses now, without translations."""
    catalog = Catalog(locale="en", domain="django", project="Mianzheng", charset="utf-8", fuzzy=False)
    for path in files_of(domain):
        found = extract("python", BytesIO(python_of(path)), KEYWORDS, ("Translators:",), strip_comment_tags=True)
        for _line, ids, comments, context in found:
            words = ids if isinstance(ids, tuple) else (ids,)
            if not words[0] or not HAN.search(words[0]):
                continue
            place = path.relative_to(SOURCE).as_posix()
            catalog.add(ids, None, [(place, None)], auto_comments=comments, context=context)
    return catalog


def kept(domain: str) -> Catalog | None:
    """Return the catalogue on disk, or None."""
    path = catalogue_path(domain)
    if not path.exists():
        return None
    with path.open("rb") as file:
        return read_po(file, locale="en", domain="django")


def update() -> int:
    """Bring the catalogues up to date; translations of texts that are still used are kept, others go."""
    open_texts = 0
    for domain in domains():
        fresh, old = collected(domain), kept(domain)
        for message in fresh:
            was = old.get(message.id, message.context) if old and message.id else None
            if was is not None and message.id:
                message.string = was.string
                message.flags = set(was.flags)
        path = catalogue_path(domain)
        if not len(fresh):
            path.unlink(missing_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_as_po(fresh))
        missing = sum(1 for m in fresh if m.id and not _complete(m))
        open_texts += missing
        print(f"{domain:12}{len(fresh):5} texts, {missing} without English")
    return 0 if not open_texts else 1


def _as_po(catalog: Catalog) -> bytes:
    """Return the file without dates and line numbers, so that it changes only when a text does."""
    out = BytesIO()
    write_po(out, catalog, width=110, include_lineno=False, sort_by_file=True, omit_header=True)
    return HEAD.encode() + out.getvalue().lstrip()


def _complete(message: Message) -> bool:
    words = message.string if isinstance(message.string, tuple | list) else (message.string,)
    wanted = 2 if message.pluralizable else 1
    return len(words) >= wanted and all(words)


def compile_all() -> int:
    """Write one .mo beside each .po."""
    for domain in domains():
        catalog = kept(domain)
        target = catalogue_path(domain).with_suffix(".mo")
        if catalog is None:
            target.unlink(missing_ok=True)
            continue
        with target.open("wb") as file:
            write_mo(file, catalog)
    return 0


def problems() -> Iterator[str]:
    """Yield what is wrong with the catalogues, one sentence each."""
    for domain in domains():
        used, catalog = collected(domain), kept(domain) or Catalog(locale="en")
        name = catalogue_path(domain).relative_to(ROOT).as_posix()
        now, was = ({(m.id, m.context) for m in c if m.id} for c in (used, catalog))
        for ids, _context in sorted(now - was, key=str):
            yield f"{name}: '{_first(ids)}' is new; run tools/messages.py and write its English"
        for ids, _context in sorted(was - now, key=str):
            yield f"{name}: '{_first(ids)}' is no longer used; run tools/messages.py"
        yield from (f"{name}: {wrong}" for m in catalog if (m.id, m.context) in now for wrong in _wrong(m))
        yield from _unmarked(domain)
    yield from _clashes()


def _wrong(message: Message) -> Iterator[str]:
    first = _first(message.id)
    if not _complete(message):
        yield f"'{first}' has no English"
        return
    if message.fuzzy:
        yield f"'{first}' is marked fuzzy"
    words = message.string if isinstance(message.string, tuple | list) else (message.string,)
    wanted = set(PLACE.findall("".join(message.id) if isinstance(message.id, tuple | list) else message.id))
    for said in words:
        unknown = set(PLACE.findall(said)) - wanted
        lost = wanted - set(PLACE.findall(said)) if said is words[-1] else set()
        if unknown or lost:
            yield f"'{first}': places differ ({', '.join(sorted(unknown | lost))})"


def _unmarked(domain: str) -> Iterator[str]:
    """Yield Chinese words of a template that no tag marks. A line with lang="zh…" says them on purpose."""
    for path in files_of(domain):
        if path.suffix == ".py":
            continue
        source = path.read_text(encoding="utf-8")
        lines, muted = source.splitlines(), False
        for token in Lexer(source).tokenize():
            if token.token_type == TokenType.BLOCK:
                word = token.contents.split()[0]
                muted = word in MUTED or (muted and word not in {f"end{name}" for name in MUTED})
            elif token.token_type == TokenType.TEXT and not muted and HAN.search(token.contents):
                offset = token.contents[: HAN.search(token.contents).start()].count("\n")  # type: ignore[union-attr]
                number = (token.lineno or 1) + offset
                if 'lang="zh' not in lines[number - 1]:
                    yield f"{path.relative_to(ROOT).as_posix()}:{number}: Chinese words without {{% translate %}}"


def _first(ids: object) -> str:
    return str(ids[0] if isinstance(ids, tuple | list) else ids)


def _clashes() -> Iterator[str]:
    """Yield texts that two domains translate differently: Django merges all catalogues, so one wins by chance."""
    said: dict[object, tuple[str, object]] = {}
    for domain in domains():
        for message in kept(domain) or ():
            if not message.id:
                continue
            first, words = said.setdefault((message.id, message.context), (domain, message.string))
            if words != message.string:
                yield f"'{_first(message.id)}' is '{words}' in {first} and '{message.string}' in {domain}"


def check() -> int:
    """Print every problem; 1 when there is one."""
    found = list(problems())
    for line in found:
        print(line, file=sys.stderr)
    print(f"{len(found)} problems in the texts of the interface" if found else "English is complete and up to date")
    return 1 if found else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", default="update", choices=("update", "compile", "check"))
    what = parser.parse_args().what
    return {"update": update, "compile": compile_all, "check": check}[what]()


if __name__ == "__main__":
    raise SystemExit(main())
