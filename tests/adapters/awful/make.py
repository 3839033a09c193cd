"""Make the awful files: `python -m tests.adapters.awful.make`. What is expected of each stands beside it, written by hand.

The same program makes the same bytes again, but for Parquet, whose bytes change with the library's version.
"""

from __future__ import annotations

from pathlib import Path

from tests.adapters.awful.others import others
from tests.adapters.awful.text_files import text_files
from tests.adapters.awful.workbooks import workbooks

FOLDER = Path(__file__).parent
LARGEST = 200 * 1024


def main() -> None:
    """Write every file into this folder."""
    files = {**text_files(), **workbooks(), **others()}
    for name, content in files.items():
        assert len(content) < LARGEST, name
        (FOLDER / name).write_bytes(content)
    for left in FOLDER.glob("[0-9][0-9]-*"):
        if left.name not in files and not left.name.endswith(".expected.yaml"):
            left.unlink()
    print(f"{len(files)} files")


if __name__ == "__main__":
    main()
