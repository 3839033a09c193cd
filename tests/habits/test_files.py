"""Habits of the files: names that say something, empty fronts of apps, nothing that is true on one machine only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "mianzheng"
SAY_NOTHING = {
    "util",
    "utils",
    "helper",
    "helpers",
    "manager",
    "managers",
    "process",
    "handle",
    "handler",
    "handlers",
    "data",
    "misc",
}
NOT_OURS = {".git", ".venv", "var", "vendor", "node_modules", "__pycache__", "build", "shots"}
TEXTS = {
    ".py",
    ".md",
    ".toml",
    ".in",
    ".txt",
    ".csv",
    ".yaml",
    ".yml",
    ".html",
    ".css",
    ".js",
    ".ini",
    ".po",
    ".json",
    ".sql",
    "",
}
PLENTY = 350
"""Lines of a file of the program; about 300 is the aim."""

ONE_MACHINE = re.compile("/wor[k]/|/roo[t]/|/hom[e]/[a-z]|/op[t]/|file:/[/]|pyen[v]")
WHERE_FROM = re.compile(r"(?m)^ *--(?:index|extra-index|find-links|trusted)|https?:/[/]")


def ours() -> Iterator[Path]:
    """Yield every text file that belongs to the project."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(
            part.endswith((".egg-info", "_cache")) or part in NOT_OURS or part == ".hypothesis" for part in parts
        )
        if not hidden and path.is_file() and path.suffix in TEXTS:
            yield path


def test_no_name_says_nothing() -> None:
    wrong = [str(path) for path in PACKAGE.rglob("*") if path.stem in SAY_NOTHING and "vendor" not in path.parts]
    assert not wrong, "name it after what it holds"


def test_the_front_of_an_app_is_empty() -> None:
    assert not [str(path) for path in PACKAGE.glob("*/__init__.py") if path.read_text("utf-8").strip()]


def test_nothing_is_true_on_one_machine_only() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in ours()
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if ONE_MACHINE.search(line)
    ]
    assert not wrong


@pytest.mark.parametrize("name", ["requirements.txt", "requirements.in"])
def test_the_lock_does_not_say_where_packages_come_from(name: str) -> None:
    assert not WHERE_FROM.search((ROOT / name).read_text("utf-8"))


def test_every_package_of_the_lock_is_hashed() -> None:
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements.txt").read_text("utf-8"))
    assert len(entries) > 50
    assert not [entry.splitlines()[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry]


def test_files_stay_short() -> None:
    long = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
    assert not {name: lines for name, lines in long.items() if lines > PLENTY and "/migrations/" not in name}
