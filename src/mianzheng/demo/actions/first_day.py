"""What departments hand in on the day the demo city is built, through the intake like any batch: so that whoever needs to
know of a change finds one on the first day.
"""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from mianzheng.centre.actions.doors import load_file
from mianzheng.centre.rules.headings import SUBJECT
from mianzheng.centre.rules.intakes import Kind
from mianzheng.common.actors import OPERATOR
from mianzheng.demo.actions.filling import Making
from mianzheng.demo.rules import ground
from mianzheng.demo.rules.filling import filled, frame
from mianzheng.demo.rules.stories import Cast

MOST = 15


def hand_in_changes(*, making: Making, casts: Mapping[str, Cast], now: datetime.datetime) -> int:
    """Load the increments of ``demo/changes.yaml``, leaving the people of stories alone; return how many records came."""
    played = {making.numbers[p.table][p.row] for cast in casts.values() for p in cast.values()}
    came = 0
    for code, spec in ground.changes(making.city).items():
        item = making.city.items[code]
        drawn = [frame(item, piece, making.numbers) for piece in filled(making.made, item, spec, seed=making.seed)]
        rows = pl.concat(drawn).filter(~pl.col(SUBJECT).is_in(list(played))).head(MOST)
        if not rows.height:
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{item.name.zh}.csv"
            path.write_text(rows.write_csv(include_bom=True), "utf-8")
            batch = load_file(
                city=making.city,
                item=code,
                kind=Kind.INCREMENT,
                path=path,
                as_of=now,
                confirmed=False,
                actor=OPERATOR,
                now=now,
                progress=lambda rows: None,
            )
        came += batch.added - batch.removed
    return came
