"""Sources outside the city as the demo plays them in this very process; `mianzheng demo platform` does it over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from mianzheng.catalogue.rules.city import Item
from mianzheng.catalogue.rules.exchange import Connection
from mianzheng.centre.ports import Connector
from mianzheng.common.reasons import Reason
from mianzheng.demo.queries.outside import answers


class Outside:
    """Answers for every connection, except where the operator has given addresses: then those are really asked."""

    def to(self, connection: Connection) -> Connector:
        """Return the connector of `connection`."""
        if (Path(settings.MIANZHENG_HOME) / "connections.toml").exists():
            from mianzheng.web.plugs import Plug

            real: Plug[Any] = Plug("centre.connectors.real", default="mianzheng.centre.adapters.connecting.Connecting")
            found: Connector = real().to(connection)
            return found
        return _Played()


class _Played:
    """One source; it is asked in the thread and transaction of whoever asks."""

    in_process = True
    together = 500

    def ask(self, item: Item, numbers: Sequence[str], *, deadline: float) -> dict[str, list[dict[str, Any]]]:
        """Return what the outside register has."""
        return answers(item, numbers)

    def check_config(self, items: Sequence[Item] = ()) -> list[Reason]:
        """Nothing can be wrong."""
        return []
