"""SQLite makes a new, empty database of an address that is mistyped; a source is never made by us."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa


def is_missing(engine: sa.Engine) -> bool:
    """Return whether `engine` names a SQLite file that is not there; ``file:`` addresses say themselves what may be made."""
    path = engine.url.database or ""
    if engine.dialect.name != "sqlite" or path in ("", ":memory:") or path.startswith("file:"):
        return False
    return not Path(path).is_file()
