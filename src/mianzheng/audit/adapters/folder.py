"""A folder that watches the log: it only grows, and what it has once it does not give up."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mianzheng.audit.rules.checkpoints import read
from mianzheng.audit.rules.tiles import CHECKPOINT


class Rewritten(ValueError):
    """The folder's `file` has other hashes than the log has now."""

    def __init__(self, file: Path) -> None:
        super().__init__(str(file))
        self.file = file


def keep(folder: Path, published: Iterable[tuple[str, bytes]]) -> tuple[int, int]:
    """Write what is new of the `published` log into `folder`; return how many files were written and how many were there.

    Raises Rewritten where the log does not go on from what the folder has; nothing there is overwritten then.
    """
    written = kept = 0
    for name, content in published:
        file = folder / name
        for earlier in _earlier(file, name):
            if not content.startswith(earlier.read_bytes()):
                raise Rewritten(earlier)
        if name == CHECKPOINT and file.exists() and read(file.read_text())[0].size > read(content.decode())[0].size:
            raise Rewritten(file)
        if file.exists() and file.read_bytes() == content:
            kept += 1
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f"{file.name}.new")
        fresh.write_bytes(content)
        fresh.replace(file)
        written += 1
    return written, kept


def _earlier(file: Path, name: str) -> Iterable[Path]:
    """Return what the folder has of the same tile: whole, or as it was when it had fewer hashes."""
    if name == CHECKPOINT:
        return []
    tile = file.parent.with_suffix("") if file.parent.suffix == ".p" else file
    shorter = [each for each in tile.with_name(f"{tile.name}.p").glob("*") if each.name.isdigit()]
    return [each for each in [tile, *shorter] if each.is_file()]
