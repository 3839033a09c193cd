"""The reform office on the command line."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from mianzheng.common.errors import Refusal
from mianzheng.common.grids import Grid
from mianzheng.reform.rules.inventory import Inventory, read
from mianzheng.web.reading.grids import grids_of
from mianzheng.web.words import say


@click.group("reform")
def reform() -> None:
    """From an office's list of certificates to a cancelled certificate."""


@reform.command("read")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def read_files(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Read lists of certificates (XLSX, XLS, CSV) and say what was understood; nothing is kept.

    Exit code 1 where a file names no certificate or cannot be read.
    """
    told = [_file(file) for file in files]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for each in told:
            click.echo(f"{each['file']}: {each.get('refused') or _counted(each)}")
    if any("refused" in each or not each["certificates"] for each in told):
        raise SystemExit(1)


def _file(path: Path) -> dict[str, Any]:
    try:
        sheets = [(grid, read(grid.lines, {})) for grid in grids_of(path.read_bytes())]
    except Refusal as refused:
        return {"file": path.name, "refused": say(refused.what), "now": say(refused.now)}
    return {
        "file": path.name,
        "certificates": sum(len(found.listed) for _, found in sheets),
        "sheets": [_sheet(grid, found) for grid, found in sheets if grid.lines],
    }


def _sheet(grid: Grid, found: Inventory) -> dict[str, Any]:
    return {
        "sheet": grid.name,
        "columns": {heading: str(says) for heading, says in found.columns.says.items()},
        "unknown_columns": list(found.columns.unknown),
        "certificates": [
            {
                "row": each.row,
                "name": each.name,
                "demander": each.demander,
                "issuer": each.issuer,
                "purpose": each.purpose,
                "basis": each.basis,
                "way": each.way,
            }
            for each in found.listed
        ],
        "left": [{"row": each.row, "why": str(each.why)} for each in found.left],
    }


def _counted(told: dict[str, Any]) -> str:
    left = Counter(each["why"] for sheet in told["sheets"] for each in sheet["left"])
    rest = ", ".join(f"{why} {count}" for why, count in sorted(left.items()))
    return f"{told['certificates']} certificates" + (f"; other rows: {rest}" if rest else "")


COMMANDS = [reform]
