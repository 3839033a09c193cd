"""Records leave by one door: who reads them writes a look into the log first. Any other reader makes this fail."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import mianzheng

SOURCE = Path(mianzheng.__file__).parent

READERS = {
    # what is behind the door: who asks, keeps, shows a department its own records to correct, or a person theirs
    ("mianzheng.centre.queries.records", "records"): {"centre/actions/sources.py"},
    ("mianzheng.centre.queries.records", "held"): {
        "centre/actions/sources.py",
        "evidence/actions/look.py",
        "evidence/actions/back_then.py",
        "evidence/actions/many.py",
        "evidence/actions/kin.py",
    },
    ("mianzheng.centre.actions.sources", "read"): {"evidence/actions/gathering.py", "evidence/actions/many.py"},
    ("mianzheng.evidence.actions.many", "gather_many"): {"gateway/actions/answering.py"},
    ("mianzheng.evidence.actions.kin", "kin"): {"oversight/actions/scoring.py"},
    ("mianzheng.evidence.actions.gathering", "reader"): {
        "evidence/actions/look.py",
        "evidence/actions/prefill.py",
        "evidence/actions/back_then.py",
    },
    ("mianzheng.evidence.actions.gathering", "gather"): {"evidence/actions/verify.py", "cases/actions/applying.py"},
    ("mianzheng.evidence.queries.asking", "ask"): {
        "evidence/actions/gathering.py",
        "evidence/actions/look.py",
        "evidence/actions/back_then.py",
    },
}
"""By what is imported: the only files that may."""

LOGGING = (
    "evidence/actions/verify.py",
    "evidence/actions/look.py",
    "evidence/actions/prefill.py",
    "gateway/actions/answering.py",
    "evidence/actions/kin.py",
)
ASKING_SOURCES = {"centre/actions/asking.py"}


def imports() -> list[tuple[str, str, str]]:
    """Return (file, module, name) of every import in the house."""
    found = []
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found += [(file.relative_to(SOURCE).as_posix(), node.module, alias.name) for alias in node.names]
            elif isinstance(node, ast.Import):
                found += [(file.relative_to(SOURCE).as_posix(), alias.name, "") for alias in node.names]
    return found


IMPORTS = imports()


@pytest.mark.parametrize("door", READERS, ids=lambda door: ".".join(door).removeprefix("mianzheng."))
def test_only_those_who_log_read(door: tuple[str, str]) -> None:
    module, _ = door
    parent, _, last = module.rpartition(".")
    readers = {file for file, imported, what in IMPORTS if (imported, what) in (door, (parent, last), (module, ""))}
    assert readers == READERS[door], f"who reads records writes a look first: {sorted(readers ^ READERS[door])}"


@pytest.mark.parametrize("file", LOGGING)
def test_whoever_hands_an_answer_on_writes_the_looks(file: str) -> None:
    text = (SOURCE / file).read_text(encoding="utf-8")
    assert "log_looks(" in text or "audit.write" in text


def test_sources_are_asked_in_one_place() -> None:
    """A connector is had from CONNECTORS or with a question; others may have one checked, not ask it."""
    asking = set()
    for file in sorted(SOURCE.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if ("CONNECTORS" in text or "connector." in text) and ".ask(" in text:
            asking.add(file.relative_to(SOURCE).as_posix())
    assert asking == ASKING_SOURCES
