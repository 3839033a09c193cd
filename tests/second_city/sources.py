"""The second city with some of its registers at their source, and how tests connect them to a server."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from mianzheng.catalogue.rules.city import City
from tests.second_city.reading import FILES, city_of

CONNECTIONS = """
- code: outside
  name: 省平台
  name_en: The platform
  kind: {kind}
  owner: civil
  timeout: {timeout}
  at_once: {at_once}
  quota: {quota}
  breaker: {{failures: {failures}, seconds: {pause}}}
  services:
    debts: {{service: QK, fields: {{amount: je}}}}
    marriage:
      service: HY
      fields: {{spouse: po, status: zt, registered_on: djrq}}
      codes: {{status: {{"20": married, "40": divorced}}}}
"""


def files_with_sources(
    *items: str,
    kind: str = "provincial",
    timeout: float = 1.0,
    at_once: int = 8,
    quota: int = 0,
    failures: int = 3,
    pause: float = 0.5,
) -> dict[str, str]:
    """Return the city's files with `items` kept at their source, behind one connection called ``outside``."""
    rows = list(csv.DictReader(io.StringIO(FILES["items.csv"])))
    written = io.StringIO()
    names = [name for name in rows[0] if name != "source"] + ["held", "connection", "source"]
    table = csv.DictWriter(written, names, lineterminator="\n")
    table.writeheader()
    for row in rows:
        at_source = row["code"] in items
        table.writerow(row | {"held": "source" if at_source else "copy", "connection": "outside" if at_source else ""})
    connections = CONNECTIONS.format(
        kind=kind, timeout=timeout, at_once=at_once, quota=quota, failures=failures, pause=pause
    )
    return {**FILES, "items.csv": written.getvalue(), "connections.yaml": connections}


def city_with_sources(*items: str, **limits: float | str) -> City:
    """Return that city."""
    return city_of(files_with_sources(*items, **limits))  # type: ignore[arg-type]


def connect(home: Path, tables: Mapping[str, Mapping[str, str]], *, mode: int = 0o600) -> Path:
    """Write ``connections.toml`` as an operator does."""
    lines = []
    for code, table in tables.items():
        lines += [f"[{code}]", *(f'{name} = "{value}"' for name, value in table.items()), ""]
    path = home / "connections.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    path.chmod(mode)
    return path
