"""What every measurement writes down: figures, the machine, the commit (the contract stands in bench/README.md)."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results"


def machine() -> dict[str, float]:
    """Return what the machine has."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {"cores": os.cpu_count() or 1, "memory_gb": round(memory, 1)}


def commit() -> str:
    """Return the commit that was measured, marked where files differ from it; empty outside a repository."""
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return said.stdout.strip()


def write(
    name: str,
    figures: Mapping[str, Any],
    *,
    command: str,
    against: Mapping[str, Mapping[str, Any]] | None = None,
) -> None:
    """Write ``bench/results/NAME.json`` and print the figures as a table."""
    result = {
        "name": name,
        "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": machine(),
        "figures": dict(figures),
        "against": dict(against or {}),
        "command": command,
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    for who, numbers in {"": figures, **result["against"]}.items():
        for key, value in numbers.items():
            print(
                f"{name:10}{who:12}{key:36}{value:>16,}"
                if isinstance(value, int | float)
                else f"{name:10}{key}: {value}"
            )
