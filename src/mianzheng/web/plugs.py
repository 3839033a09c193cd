"""Which adapter answers at a port. Actions never choose: the operator does, in ``settings.ADAPTERS``."""

from __future__ import annotations

from typing import Generic, TypeVar

from django.conf import settings
from django.utils.module_loading import import_string

P = TypeVar("P")


class Plug(Generic[P]):
    """A port's socket: call it to get the adapter named for it in ``settings.ADAPTERS``, or else its `default` (a
    dotted path).
    """

    def __init__(self, name: str, *, default: str) -> None:
        self.name = name
        self.default = default

    def __call__(self) -> P:
        path = getattr(settings, "ADAPTERS", {}).get(self.name, self.default)
        adapter: P = import_string(path)()
        return adapter
