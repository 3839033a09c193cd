"""Check types: strictly where the law is written down (`common` and every domain's `rules`), which is plain Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "mianzheng"


def main() -> int:
    rules = [*PACKAGE.glob("*/rules"), *PACKAGE.glob("*/rules.py")]
    checked = [PACKAGE / "common", *sorted(rules), PACKAGE / "site" / "postgres", PACKAGE / "site" / "processes.py"]
    return subprocess.run([sys.executable, "-m", "mypy", *map(str, checked)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
