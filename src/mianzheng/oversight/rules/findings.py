"""What oversight finds besides look-ups."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What is wrong."""

    DEMANDED = "demanded"  # a cancelled certificate is still asked for
