"""``mianzheng oversight``: what is looked into by night, by hand."""

from __future__ import annotations

import datetime
import json

import click


@click.group("oversight", help="Oversight (监督): look-ups that are asked about.")
def oversight() -> None:
    """Oversight."""


@oversight.command("curiosity")
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), help="The day to go through (YYYY-MM-DD); yesterday if left out."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def curiosity(*, day: datetime.datetime | None, as_json: bool) -> None:
    """Go through the log of one day and make leads (线索). A second time makes none a second time."""
    from mianzheng.catalogue.queries.editions import city
    from mianzheng.common.actors import OPERATOR
    from mianzheng.oversight.actions.scoring import score
    from mianzheng.web import clock

    now = clock.now()
    wanted = day.date() if day else now.date() - datetime.timedelta(days=1)
    done = score(city=city(), day=wanted, actor=OPERATOR, now=now)
    if as_json:
        said = {"day": done.day.isoformat(), "looks": done.looks, "accounts": done.accounts}
        click.echo(json.dumps({**said, "made": done.made, "leads": done.leads}, indent=2))
        return
    click.echo(
        f"{done.day}: {done.looks:,} look-ups by {done.accounts:,} accounts, {done.made:,} new leads, {done.leads:,} in all."
    )


COMMANDS = [oversight]
