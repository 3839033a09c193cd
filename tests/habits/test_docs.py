"""The documents tell the truth: links resolve, files and tests they name exist, commands they list can be run."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import click
import pytest

from mianzheng.site.cli import commands

ROOT = Path(__file__).resolve().parents[2]
READMES = ("README.md", "README.zh-CN.md")
DOCUMENTS = sorted(
    str(path.relative_to(ROOT))
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("cities/*/README.md"))
)

LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)(?:#[^)\s]*)?\)")
NAMED = re.compile(r"`((?:src|tests|docs|cities|tools|bench)/[\w./-]+)(?:::(\w+))?`")
ON_THE_LINE = re.compile(r"(?m)(?:`|^ {4}|^)(?:\w+=\S+ )*(mianzheng(?: [a-z][\w-]*)+)")
TARGET = re.compile(r"(?m)(?:`|^ {4}|^)(?:\w+=\S+ )*make ([a-z][\w-]*)")


def text(document: str) -> str:
    """Return a document's text."""
    return (ROOT / document).read_text("utf-8")


@cache
def tree() -> click.Group:
    """Return the whole command line."""
    return commands()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: str) -> None:
    folder = (ROOT / document).parent
    broken = [link for link in LINK.findall(text(document)) if not (folder / link).exists()]
    assert not broken


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_and_test_that_is_named_exists(document: str) -> None:
    missing = []
    for name, test in NAMED.findall(text(document)):
        path = ROOT / name
        if not path.exists():
            missing.append(name)
        elif test and f"def {test}(" not in path.read_text("utf-8"):
            missing.append(f"{name}::{test}")
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_that_is_named_can_be_run(document: str) -> None:
    unknown = [said for said in ON_THE_LINE.findall(text(document)) if not is_command(said.split()[1:])]
    assert not unknown


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_target_that_is_named_is_in_the_makefile(document: str) -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):", text("Makefile")))
    assert not set(TARGET.findall(text(document))) - targets


def is_command(words: list[str]) -> bool:
    """Say whether `words` begin with a whole command: groups down to a command; what follows is its arguments."""
    here: click.Command = tree()
    for word in words:
        if not isinstance(here, click.Group):
            return True
        if word not in here.commands:
            return False
        here = here.commands[word]
    return True


def test_the_checker_knows_a_command_from_a_dream() -> None:
    assert is_command(["city", "check", "cities"])
    assert is_command(["demo"])
    assert not is_command(["city", "fly"])
    assert not is_command(["dream"])


@pytest.mark.parametrize("document", READMES)
def test_readmes_show_pictures_that_are_small(document: str) -> None:
    pictures = re.findall(r"docs/pictures/[\w-]+\.png", text(document))
    assert len(pictures) >= 4
    assert all((ROOT / picture).stat().st_size < 120_000 for picture in pictures)


@pytest.mark.parametrize("document", READMES)
def test_readmes_tell_every_story(document: str) -> None:
    told = text(document)
    codes = re.findall(r"(?m)^- code: (\S+)", text("cities/yiwu/demo/stories.yaml"))
    assert len(codes) >= 12
    assert not [code for code in codes if f"`{code}`" not in told]


def test_every_promise_has_its_proof() -> None:
    rows = [line for line in text("docs/security.md").splitlines() if line.startswith("| ") and "promise" not in line]
    assert len(rows) >= 20
    assert not [row for row in rows if "`tests/" not in row and "not yet tested" not in row]
