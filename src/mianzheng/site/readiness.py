"""Everything that must be there before a page can answer: database, tables, a city and, in a demo, its people."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import click
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from mianzheng.audit.actions.months import make_months
from mianzheng.catalogue.queries import editions
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.site.postgres import launcher, place
from mianzheng.site.postgres.place import Say, Trouble
from mianzheng.web import clock, words


def database(say: Say) -> None:
    """Have a database that answers: the embedded server, started if need be, or the one DATABASE_URL names."""
    if not settings.DATABASE_URL:
        launcher.start(place.Place(Path(settings.MIANZHENG_HOME)), say)
        return
    try:
        connection.ensure_connection()
    except OperationalError as error:
        told = connection.settings_dict
        lines = [line for line in str(error).splitlines() if "failed: " in line] or [str(error).strip()]
        why = lines[-1].rsplit("failed: ", 1)[-1].strip()
        raise Trouble(
            f"The database {told['NAME']} at {told['HOST']}:{told['PORT'] or 5432} can't be used: {why}. "
            "Start that server or correct DATABASE_URL (postgresql://user:password@host:port/name)."
        ) from None


def tables(say: Say) -> None:
    """Have the tables this version needs. Does nothing, quickly, when they are there."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Making the tables ...")
        call_command("migrate", interactive=False, verbosity=0)
    make_months(now=clock.now())


def city(group: click.Group, say: Say) -> None:
    """Have a city in force: the package the site was set up for, loaded again where it has changed, until the city keeps its
    catalogue on the pages. A folder that would take back what is cancelled is not put in force, and what is goes on.
    """
    folder = Path(settings.CITY)
    try:
        loaded = editions.city().code
    except NotFound:
        loaded = ""
    if not folder.is_dir():
        if loaded:
            return
        raise Trouble(
            f"There is no city: the folder {folder} is missing. Load one with `mianzheng city load FOLDER`, "
            "or name its folder in MIANZHENG_CITY."
        )
    if loaded and not same_city(folder, loaded):
        return
    if editions.made_on_pages():
        say(f"The catalogue is kept on the pages; the folder {folder.name} is left alone.")
        return
    if not loaded:
        say(f"Loading the city package {folder.name} ...")
    try:
        call(group, "city", "load", str(folder))
    except Refusal as refused:
        if not loaded:
            raise
        say(f"The city package {folder.name} was not loaded; the edition in force goes on. {words.say(refused.what)}")


def same_city(folder: Path, code: str) -> bool:
    """Say whether the package in `folder` is about the city `code`; another city, loaded by hand, is left alone."""
    lines = (folder / "city.yaml").read_text("utf-8").splitlines()
    return any(line.split("#")[0].replace('"', "").replace("'", "").split() == ["code:", code] for line in lines)


def refuse_where_people_are_real() -> None:
    """Raise Trouble when people live in this city who are not of a demo; then nothing of a demo may touch it."""
    from mianzheng.demo.models import Build
    from mianzheng.people.models import Subject

    if not settings.DEMO_MARK.exists() and Subject.objects.exists() and not Build.objects.exists():
        raise Trouble(
            f"People live in the city of {settings.MIANZHENG_HOME} who are not of a demo. "
            "A demo city is built where there are none: set MIANZHENG_HOME to another folder."
        )


def demo(group: click.Group, say: Say) -> None:
    """Have people in a demo city."""
    from mianzheng.demo.models import Build

    if Build.objects.exists():
        call(group, "demo", "advance", "--days", "0")  # what the registers missed while nothing ran
        return
    say(
        f"Building a demo city of {settings.DEMO_PEOPLE:,} people and {settings.DEMO_ORGANISATIONS:,} organisations ..."
    )
    people, organisations = str(settings.DEMO_PEOPLE), str(settings.DEMO_ORGANISATIONS)
    call(group, "demo", "build", "--people", people, "--organisations", organisations)


def call(group: click.Group, *words: str) -> str:
    """Run another command of ours by its name and return what it printed."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        group.main(args=list(words), prog_name="mianzheng", standalone_mode=False)
    return printed.getvalue()
