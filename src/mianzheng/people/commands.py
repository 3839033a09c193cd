"""What operators do with the identity vault: ``mianzheng people ...``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TypeVar

import click
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from mianzheng.common.errors import Refusal
from mianzheng.people import actions
from mianzheng.people.ports import KEYS
from mianzheng.people.rules.roles import STAFF
from mianzheng.web import clock
from mianzheng.web.words import say

T = TypeVar("T")


@click.group()
def people() -> None:
    """Identity vault (身份库) and accounts."""


@people.command("rotate-keys")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def rotate_keys(as_json: bool) -> None:
    """Make new keys, then seal and index every document anew.

    Pages keep working meanwhile. May be interrupted; the next run finishes it.
    """
    done = _tried(
        lambda: actions.rotate_keys(progress=lambda done, total: click.echo(f"{done:,} / {total:,}", err=True))
    )
    said = {"version": done.version, "documents": done.documents, "resumed": done.resumed}
    click.echo(json.dumps(said) if as_json else f"{done.documents:,} documents now use keys version {done.version}.")


@people.command("forget-keys")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def forget_keys(as_json: bool) -> None:
    """Drop old keys that no document uses any more. Backups sealed with them cannot be read afterwards."""
    gone = list(_tried(actions.forget_keys))
    click.echo(
        json.dumps({"forgotten": gone}) if as_json else f"Forgotten versions: {', '.join(map(str, gone)) or 'none'}."
    )


@people.command("check-keys")
def check_keys() -> None:
    """Say what is wrong with the key file, if anything."""
    problems = KEYS().check_config()
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        sys.exit(1)
    click.echo("The key file is in order.")


@people.command("open-account")
@click.argument("username")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(STAFF))
@click.option("--department", default="", help="Code of the officer's or head's department, or of the body that asks.")
@click.option("--place", default="", help="Code of the agent's community.")
@click.option("--post", default="", help="The post as residents see it, such as 公积金中心经办人.")
@click.password_option()
def open_account(username: str, roles: tuple[str, ...], department: str, place: str, post: str, password: str) -> None:
    """Open an account for a member of staff, or for somebody of a body that asks (bank, insurer, hospital, school, notary)."""
    _tried(lambda: validate_password(password))
    _tried(
        lambda: actions.open_account(
            username=username,
            roles=roles,
            now=clock.now(),
            password=password,
            department=department,
            place=place,
            display_name=post,
        )
    )
    click.echo(f"{username} can sign in.")


def _tried(act: Callable[[], T]) -> T:
    try:
        return act()
    except Refusal as refusal:
        click.echo(say(refusal.what), err=True)
        if refusal.now:
            click.echo(say(refusal.now), err=True)
    except ValueError as wrong:
        click.echo(str(wrong), err=True)
    except ValidationError as weak:
        click.echo(" ".join(weak.messages), err=True)
    sys.exit(1)


COMMANDS = (people,)
