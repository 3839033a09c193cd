"""The import contracts hold, name every domain, and catch what they are there to catch."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "mianzheng"

PLANTED = {
    "a rule imports Django": (
        "catalogue/rules/planted_django.py",
        "import django.db",
        "Rules and the common floor are plain Python",
    ),
    "a rule reaches Django through a query": (
        "catalogue/rules/planted_query.py",
        "from mianzheng.catalogue.queries import editions",
        "Rooms of a domain stand in one order",
    ),
    "an action reads another domain's tables": (
        "evidence/actions/planted_table.py",
        "from mianzheng.people.models import Account",
        "A domain is entered only by its doors",
    ),
    "a lower domain imports a higher one": (
        "centre/queries/planted_higher.py",
        "from mianzheng.cases.rules import states",
        "Domains stand in one order, and none is left out",
    ),
    "an action chooses its own adapter": (
        "catalogue/actions/planted_adapter.py",
        "from mianzheng.catalogue.adapters import folder",
        "Rooms of a domain stand in one order",
    ),
    "a query does something": (
        "catalogue/queries/planted_action.py",
        "from mianzheng.catalogue.actions import load_city",
        "Asking never does",
    ),
    "a page reads the settings' file": (
        "cases/pages/planted_settings.py",
        "from mianzheng.site import settings",
        "Only the site reads its settings",
    ),
    "a room nobody named": ("catalogue/planted_room.py", "", "Rooms of a domain stand in one order"),
    "a domain nobody named": ("planted_domain/__init__.py", "", "Domains stand in one order, and none is left out"),
}
CIRCLE = {
    "common/planted_one.py": "from mianzheng.common import planted_two",
    "common/planted_two.py": "from mianzheng.common import planted_one",
}


def broken(output: str) -> set[str]:
    """Return the names of the contracts `lint-imports` found broken."""
    return {line.removesuffix(" BROKEN").strip() for line in output.splitlines() if line.endswith(" BROKEN")}


def lint(root: Path) -> str:
    """Return what `lint-imports` says about the house in `root`, not about the installed one."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what is said about a copy of this house with every wrong import planted at once."""
    root = tmp_path_factory.mktemp("house")
    shutil.copytree(
        PACKAGE, root / "src" / "mianzheng", ignore=shutil.ignore_patterns("static", "templates", "locale", "*.pyc")
    )
    (root / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "doors.py", root / "tools")
    shutil.copy(ROOT / ".importlinter", root)
    for name, line in [*((file, line) for file, line, _ in PLANTED.values()), *CIRCLE.items()]:
        file = root / "src" / "mianzheng" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{line}\n")
    return lint(root)


@pytest.mark.parametrize("what", PLANTED)
def test_a_wrong_import_is_caught(what: str, said: str) -> None:
    file, _, contract = PLANTED[what]
    assert contract in broken(said), said
    module = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert module in said or module.split(".")[-1] in said, said


def test_a_circle_is_caught(said: str) -> None:
    assert "No cycles anywhere" in broken(said), said


def test_this_house_stands() -> None:
    said = lint(ROOT)
    assert not broken(said), said
    assert " 0 broken." in said


def test_every_domain_has_its_rooms_checked() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter")
    listed = {line.removeprefix("mianzheng.") for line in config["importlinter:contract:rooms"]["containers"].split()}
    there = {file.parent.name for file in PACKAGE.glob("*/apps.py")} - {"site", "web"}
    assert listed == there
