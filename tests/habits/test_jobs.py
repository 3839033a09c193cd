"""Every job somebody defers is owned by the `jobs.py` of some domain, and every owner's name begins with its domain."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import mianzheng
from mianzheng.web.jobs import app

SOURCE = Path(mianzheng.__file__).parent


def calls(function: str) -> Iterator[tuple[Path, int, str | None]]:
    """Yield (file, line, name) of every call of `function`: a plain text, or a constant of the same file; else None."""
    for file in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        constants = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            called = getattr(node, "func", None)
            if isinstance(node, ast.Call) and function in (getattr(called, "attr", None), getattr(called, "id", None)):
                named = [word.value for word in node.keywords if word.arg == "name"]
                said = next(iter([*node.args, *named]), None)
                said = constants.get(said.id) if isinstance(said, ast.Name) else said
                yield file.relative_to(SOURCE), node.lineno, getattr(said, "value", None)


def owners() -> dict[str, str]:
    """Return the domain that owns each name."""
    for file in SOURCE.glob("*/jobs.py"):
        if file.parent.name != "web":
            importlib.import_module(f"mianzheng.{file.parent.name}.jobs")
    tasks = {name: task.func.__module__.split(".") for name, task in app.tasks.items()}
    return {name: module[1] for name, module in tasks.items() if module[0] == "mianzheng"}


def test_every_deferred_name_has_an_owner():
    names = owners()
    for file, line, name in calls("defer"):
        if file.parts[0] == "web":
            continue
        assert name is not None, f"{file}:{line}: defer a plain text or a constant, so that its owner can be found"
        assert name in names, f"{file}:{line}: nobody owns {name!r}; its domain's jobs.py needs @task({name!r})"


def test_a_name_begins_with_its_domain():
    for name, domain in owners().items():
        assert name.startswith(f"{domain}."), f"{name!r} is owned by {domain}"
