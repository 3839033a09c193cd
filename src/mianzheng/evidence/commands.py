"""``mianzheng verify``: one fact that a matter needs, from the command line."""

from __future__ import annotations

import datetime
import json
from typing import Any

import click

from mianzheng.evidence.rules.inquiry import Answer


@click.command("verify", help="Look up FACT for the matter CODE about the person with the ID number ID.")
@click.argument("fact")
@click.argument("number", metavar="ID")
@click.option("--matter", required=True, metavar="CODE", help="The matter that needs the fact; others are refused.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Ask as the records were known at the end of this day (YYYY-MM-DD), whatever was corrected since.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(fact: str, number: str, matter: str, *, as_of: datetime.datetime | None, as_json: bool) -> None:
    """Print what the records say; the look-up is in the log of the person before it is printed."""
    from mianzheng.catalogue.queries.editions import city as city_in_force
    from mianzheng.common.actors import OPERATOR
    from mianzheng.evidence.actions.look import look
    from mianzheng.people.queries import subject_of
    from mianzheng.web import clock

    now, city = clock.now(), city_in_force()
    at = _end_of(as_of, now)
    applicant = subject_of(number, today=now.date())
    answers = look(city=city, matter=matter, fact=fact, applicant=applicant, actor=OPERATOR, now=now, at=at)
    rows = [_row(answer, licence=city.items[city.facts[answer.need.fact].item].licence) for answer in answers]
    if as_json:
        click.echo(json.dumps({"matter": matter, **_asked_as_of(at), "facts": rows}, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row['verdict']:8}{row['fact']} ({row['about']}): {row['reason']}")


def _end_of(day: datetime.datetime | None, now: datetime.datetime) -> datetime.datetime | None:
    """Return the last moment of `day` in the city's zone; None where it is not over: that is today's question."""
    if day is None or day.date() == now.date():
        return None
    if day.date() > now.date():
        raise click.BadParameter(
            "that day has not come yet; what will be known then nobody knows", param_hint="--as-of"
        )
    return datetime.datetime.combine(day.date(), datetime.time.max, now.tzinfo)


def _asked_as_of(at: datetime.datetime | None) -> dict[str, str]:
    return {"asked_as_of": at.date().isoformat()} if at else {}


def _row(answer: Answer, *, licence: bool) -> dict[str, Any]:
    from mianzheng.web.words import say

    return {
        "fact": answer.need.fact,
        "need": answer.need.code,
        "about": answer.need.about,
        "way": "document" if licence else "data",
        "verdict": str(answer.verdict),
        "source": answer.source,
        "as_of": answer.as_of.isoformat() if answer.as_of else None,
        "reason": say(answer.reason),
    }


COMMANDS = [verify]
