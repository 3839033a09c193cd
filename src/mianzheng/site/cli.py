"""The console script ``mianzheng``: the site's own commands, those of every domain, and what is said when one fails.

Exit codes: 0 done, 1 refused with reasons, 2 wrong use. The command line speaks English unless MIANZHENG_LANGUAGE says
otherwise; reasons come from the same catalogues as those of the pages.
"""

from __future__ import annotations

import copy
import functools
import importlib
import importlib.util
import json
import os
import sys
from collections.abc import Callable
from typing import Any

import click
import django
from django.conf import settings
from django.db import Error as DatabaseError
from django.utils import translation

from mianzheng.common.errors import Refusal
from mianzheng.site.postgres import place
from mianzheng.site.postgres.place import Trouble

WITHOUT_DATABASE = {("city", "check"), ("reform", "read")}
"""Commands of domains that read files only. For every other one the database is started and its tables are made."""


def main() -> None:
    """Run the command in `sys.argv` and leave with its exit code."""
    sys.exit(answer(sys.argv[1:]))


def answer(words: list[str]) -> int:
    """Run the command `words` and return its exit code; whatever fails is said in words on stderr, never as a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mianzheng.site.settings")
    if words[:1] == ["demo"]:
        os.environ.setdefault("MIANZHENG_DEMO", "1")  # refused below where people are real
    as_json = "--json" in words
    try:
        group = top if words[:1] == ["stop"] else commands()  # stopping works even where the program itself is broken
        done = group.main(args=words, prog_name="mianzheng", standalone_mode=False)
        return done if isinstance(done, int) else 0
    except click.exceptions.Exit as left:
        return left.exit_code
    except click.ClickException as wrong:
        wrong.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted; nothing is left half-done. Run it again to go on.", err=True)
        return 1
    except Refusal as refusal:
        return _refuse(*_in_words(refusal), as_json=as_json, field=refusal.field)
    except Trouble as trouble:
        return _refuse(str(trouble), "", as_json=as_json)
    except DatabaseError as error:
        why = (str(error).strip().splitlines() or ["it did not say why"])[0]
        now = "Nothing was half-done; see that the database runs (`mianzheng serve` starts it), then run it again."
        return _refuse(f"The database did not do it: {why}.", now, as_json=as_json)
    except PermissionError as error:
        now = "Run as the user it belongs to, or set MIANZHENG_HOME to a folder of your own."
        return _refuse(f"{error.filename} may not be read or written by you.", now, as_json=as_json)


def commands() -> click.Group:
    """Return the whole command with every domain's part."""
    django.setup()
    translation.activate(os.environ.get("MIANZHENG_LANGUAGE", "en"))
    for domain in settings.DOMAINS:
        name = f"mianzheng.{domain}.commands"
        if domain != "site" and importlib.util.find_spec(name):
            for command in importlib.import_module(name).COMMANDS:
                top.add_command(_prepared(command, (command.name or "",)))
    return top


@click.group(help="Mianzheng: government and business handled without paper certificates.")
@click.version_option(package_name="mianzheng")
def top() -> None:
    """The whole command."""


ADDRESS = [
    click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on."),
    click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on."),
]
PREPARED = click.option(
    "--prepared", is_flag=True, hidden=True, help="Database, tables and city are known to be there."
)


def _addressed(command: Callable[..., Any]) -> Callable[..., Any]:
    return functools.reduce(lambda inner, option: option(inner), ADDRESS, command)


@top.command("serve", help="Serve the pages here, in the foreground; whatever they need is started or made first.")
@_addressed
@PREPARED
def serve(host: str, port: int, *, prepared: bool) -> None:
    """Serve the pages."""
    from mianzheng.site import processes, serving

    processes.refuse_second(place.home(), processes.PAGES)
    processes.clear_orphans(place.home(), processes.PAGES)
    processes.refuse_taken_port(host, port)
    if not prepared:
        serving.prepare(top)
        click.echo(f"Serving at {serving.address(host, port)}")
    serving.serve(host, port)


@top.command("gateway", help="Answer the questions of machines here, in the foreground: /api/v1/verifications.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes.")
def gateway(host: str, port: int, workers: int) -> None:
    """Serve the gateway."""
    from mianzheng.site import processes, readiness, serving

    processes.refuse_second(place.home(), processes.GATEWAY)
    processes.clear_orphans(place.home(), processes.GATEWAY)
    processes.refuse_taken_port(host, port)
    readiness.database(serving.say)
    readiness.tables(serving.say)
    click.echo(f"The gateway answers at {serving.address(host, port)}/api/v1/verifications")
    serving.serve_gateway(host, port, workers)


@top.command("worker", help="Work through what was deferred, in the foreground.")
@PREPARED
def worker(*, prepared: bool) -> None:
    """Work through the queue."""
    from mianzheng.site import readiness, serving, working

    if not prepared:
        readiness.database(serving.say)
        readiness.tables(serving.say)
    working.work(serving.say)


@top.command("run", help="Start database, pages and worker in the background; what runs already is joined.")
@_addressed
def run(host: str, port: int) -> None:
    """Start everything."""
    from mianzheng.site import serving

    serving.run(top, host, port)


@top.command("stop", help="Stop the pages, the worker and the embedded database of this MIANZHENG_HOME.")
def stop() -> None:
    """Stop everything of this home."""
    from mianzheng.site import processes

    stopped = processes.stop_all(place.home(), lambda line: click.echo(line, err=True))
    click.echo(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")


@top.command("migrate", help="Make the tables this version needs.")
def migrate() -> None:
    """Make the tables."""
    from mianzheng.site import readiness, serving

    readiness.database(serving.say)
    readiness.tables(serving.say)
    click.echo("The tables are there.")


def _prepared(command: click.Command, path: tuple[str, ...]) -> click.Command:
    """Return `command` so that the database answers before it, or any command below it, does its work. The domain's own command
    stays as it is, for whoever has a database already.
    """
    made = copy.copy(command)
    if isinstance(made, click.Group):
        made.commands = {name: _prepared(inner, (*path, name)) for name, inner in made.commands.items()}
        return made
    work = made.callback
    if path in WITHOUT_DATABASE or work is None:
        return made

    @functools.wraps(work)
    def prepared(*args: Any, **kwargs: Any) -> Any:
        from mianzheng.site import readiness, serving

        readiness.database(serving.say)
        readiness.tables(serving.say)
        if path[0] == "demo":
            readiness.refuse_where_people_are_real()
        if path == ("demo", "build"):
            readiness.city(top, serving.say)
            settings.DEMO_MARK.touch()
        return work(*args, **kwargs)

    made.callback = prepared
    return made


def _in_words(refusal: Refusal) -> tuple[str, str]:
    from mianzheng.web.words import say

    return say(refusal.what), say(refusal.now)


def _refuse(what: str, now: str, *, as_json: bool, field: str = "") -> int:
    """Say it, as problem details (RFC 9457) where JSON was asked for, and return the exit code of a refusal."""
    if as_json:
        problem = {"type": "about:blank", "title": what, "detail": now, "field": field}
        click.echo(json.dumps({key: value for key, value in problem.items() if value}, ensure_ascii=False))
    click.echo(" ".join(filter(None, (what, now))), err=True)
    return 1


if __name__ == "__main__":
    main()
