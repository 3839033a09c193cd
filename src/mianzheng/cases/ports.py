"""What cases need from outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from mianzheng.web.plugs import Plug


class Trials(Protocol):
    """Knows what made-up people would write into a form, where the city is a demo."""

    def answers(self, *, matter: str, number: str) -> Mapping[str, Any]:
        """Return answers by question code (relatives by ID number), or nothing for somebody unknown."""


TRIALS: Plug[Trials] = Plug("cases.trials", default="mianzheng.cases.adapters.trials.Nobody")
