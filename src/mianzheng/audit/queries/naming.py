"""The name under which the log is sealed: whose it is."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


def log_name() -> str:
    """Return the log's name, as the operator gave it or after the folder of the city's package."""
    return settings.MIANZHENG_LOG or f"mianzheng/{Path(settings.CITY).name}"
