"""``mianzheng demo``: a synthetic city of any size, its stories, outages, and a clock to move."""

from __future__ import annotations

import dataclasses
import datetime
import json
import time as stopwatch
from pathlib import Path

import click
from django.conf import settings


@click.group("demo", help="A synthetic city: build it, hear its stories, pull registers' plugs, let days pass.")
def demo() -> None:
    """Everything here is refused outside a demo city, where people are real."""
    if not settings.DEMO:
        raise click.UsageError("this is no demo city: set MIANZHENG_DEMO=1")


@demo.command("build", help="Fill the city with synthetic people, organisations and records.")
@click.option("--people", type=click.IntRange(200), default=lambda: settings.DEMO_PEOPLE, show_default="20000")
@click.option(
    "--organisations", type=click.IntRange(30), default=lambda: settings.DEMO_ORGANISATIONS, show_default="3400"
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same city.")
@click.option("--records", type=click.IntRange(1), help="Fill registers until there are about so many records in all.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day it is built for; today by default.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def build(
    people: int, organisations: int, seed: int, records: int | None, as_of: datetime.datetime | None, *, as_json: bool
) -> None:
    """Build the city; progress goes to standard error."""
    from mianzheng.catalogue.queries.editions import city
    from mianzheng.demo.actions.build import build as build_city
    from mianzheng.web import clock

    started = stopwatch.monotonic()
    built = build_city(
        city=city(),
        people=people,
        organisations=organisations,
        seed=seed,
        as_of=as_of.date() if as_of else clock.today(),
        now=clock.now(),
        records=records,
        progress=lambda line: click.echo(line, err=True),
    )
    for code in built.without:
        click.echo(f"{code}: no specification in demo/records.yaml, left empty", err=True)
    figures = {
        "people": people,
        "organisations": organisations,
        "subjects": built.subjects,
        "records": built.records,
        "items": built.items,
        "accounts": built.accounts,
        "seconds": round(stopwatch.monotonic() - started, 1),
    }
    lines = "  ".join(f"{name} {value}" for name, value in figures.items())
    click.echo(json.dumps(figures) if as_json else lines)


@demo.command("stories", help="List the stories: who applies for what, and how it goes.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def stories(*, as_json: bool) -> None:
    """Print story, matter, applicant, sign-in and what is expected."""
    from mianzheng.demo.queries.builds import told

    found = told()
    if not as_json:
        for one in found:
            name = one.sign_in.get("resident", "")
            click.echo(f"{one.story.code:24}{one.story.matter:28}{one.applicant}  {name:28}{one.story.title.zh}")
        return
    rows = [
        {
            "story": one.story.code,
            "title": one.story.title.zh,
            "title_en": one.story.title.en,
            "matter": one.story.matter,
            "applicant": one.applicant,
            "sign_in": one.sign_in.get("resident", ""),
            "accounts": one.sign_in,
            "form": one.form,
            "choices": dict(one.story.choices),
            "expected": dict(one.story.expected),
        }
        for one in found
    ]
    click.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=str))


@demo.command("outage", help="Pull the plug of the register behind ITEM (on), or put it back (off).")
@click.argument("item")
@click.argument("state", type=click.Choice(["on", "off"]))
def outage(item: str, state: str) -> None:
    """Make a register silent or let it answer again."""
    from mianzheng.catalogue.queries.editions import city
    from mianzheng.demo.actions import time

    time.outage(city=city(), item=item, silent=state == "on")
    click.echo(f"{item}: {'silent' if state == 'on' else 'answers'}")


@demo.command("advance", help="Let days pass; the registers are fed as every day.")
@click.option("--days", type=click.IntRange(0, 3650), default=1, show_default=True)
def advance(days: int) -> None:
    """Move the demo's clock forward and feed the registers."""
    from mianzheng.catalogue.queries.editions import city
    from mianzheng.demo.actions import time
    from mianzheng.web import clock

    clock.shift(days)
    time.days_passed(city=city(), now=clock.now())
    click.echo(clock.today().isoformat())


@demo.command("lists", help="Write thirty lists of certificates into FOLDER, as offices send them.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def lists(folder: Path) -> None:
    """Write the files, to try the reform office with; those that are there already are written anew."""
    from mianzheng.catalogue.queries.editions import as_loaded
    from mianzheng.catalogue.rules.package import read
    from mianzheng.demo.actions.reforming import books_of
    from mianzheng.demo.adapters.workbooks import content_of

    package = as_loaded()
    city, _problems = read(package)
    folder.mkdir(parents=True, exist_ok=True)
    for book in books_of(city, package) if city else ():
        (folder / book.name).write_bytes(content_of(book))
        click.echo(f"{book.side:10} {book.office:24} {book.name}")


@demo.command(
    "reform", help="Play the package's reform once more, from an empty list of certificates to what it is now."
)
@click.option("--first", default="empty", show_default=True, help="The step to begin with.")
@click.option("--last", default="publish", show_default=True, help="The step to end with.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def reform(first: str, last: str, *, as_json: bool) -> None:
    """Empty, import, confirm, decide, consult, publish; progress goes to standard error."""
    from mianzheng.catalogue.queries.editions import as_loaded, city
    from mianzheng.catalogue.rules.package import counts
    from mianzheng.demo.actions.reforming import Step, play
    from mianzheng.demo.adapters.workbooks import content_of
    from mianzheng.web import clock

    steps = list(Step)
    if not {first, last} <= set(steps):
        raise click.UsageError(f"the steps are: {', '.join(steps)}")
    chosen = steps[steps.index(Step(first)) : steps.index(Step(last)) + 1]
    played = play(
        package=as_loaded(),
        written=content_of,
        steps=chosen,
        now=clock.now(),
        tell=lambda line: click.echo(line, err=True),
    )
    told = dataclasses.asdict(played) | {"figures": counts(city())}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for name, value in counts(city()).items():
        click.echo(f"{name:26}{value}")


@demo.command("platform", help="Serve the registers outside the city over HTTP, as the provincial platform does.")
@click.option("--port", type=click.IntRange(0, 65535), default=8900, show_default=True, help="0 takes a free one.")
def platform(port: int) -> None:
    """Print the lines for connections.toml, then serve until it is interrupted."""
    from mianzheng.catalogue.queries.editions import city
    from mianzheng.demo.adapters.platform import Platform

    server = Platform(city(), port)
    click.echo(server.lines(), nl=False)
    click.echo(
        f"Put these lines into {settings.MIANZHENG_HOME}/connections.toml and chmod 600 it; take it away to ask in"
        " process again. Interrupt to stop.",
        err=True,
    )
    server.serve_forever()


COMMANDS = [demo]
