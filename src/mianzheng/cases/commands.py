"""``mianzheng case``: the main job from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from mianzheng.common.errors import Refusal


@click.group("case", help="Cases: matters applied for.")
def case() -> None:
    """Cases."""


@case.command("apply")
@click.option("--matter", required=True, metavar="CODE", help="What is applied for.")
@click.option("--applicant", required=True, metavar="ID", help="ID number of the person who applies.")
@click.option("--commit", is_flag=True, help="Sign the commitments that are open, as this person wishes.")
@click.option(
    "--answers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON object of answers by question code; relatives by ID number.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def apply(matter: str, applicant: str, *, commit: bool, answers: Path | None, as_json: bool) -> None:
    """Apply for a matter in one go: fill the form, agree, look up, hand in.

    For trying out: questions that --answers leaves open are filled from the records, or with the least that is valid.
    A fact that fails, or that waits for a choice, keeps the case with the person: it is not handed in over their head.
    """
    from mianzheng.cases.actions.apply_at_once import apply_at_once
    from mianzheng.cases.ports import TRIALS
    from mianzheng.cases.queries.dossiers import told
    from mianzheng.common.actors import OPERATOR, Actor
    from mianzheng.people.queries import subject_of
    from mianzheng.web import clock
    from mianzheng.web.words import say

    now = clock.now()
    actor = Actor(OPERATOR.id, OPERATOR.role, subject=subject_of(applicant, today=now.date()))
    given = _read(answers) if answers else TRIALS().answers(matter=matter, number=applicant)
    dossier, refused = apply_at_once(matter=matter, given=given, commit=commit, actor=actor, now=now)
    found = told(dossier)
    found["facts"] = [{**fact, "reason": say(fact["reason"])} for fact in found["facts"]]
    if refused is not None:
        found["not_handed_in"] = _sentence(refused)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _print(say(dossier.matter.name), found)


def _read(file: Path) -> dict[str, Any]:
    """Return the answers in `file`; wrong use where it is no JSON object."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise click.BadParameter(f"{file} is not JSON in UTF-8: {error}", param_hint="--answers") from error
    if not isinstance(found, dict):
        raise click.BadParameter(f"{file} holds no JSON object of answers by question", param_hint="--answers")
    return found


def _sentence(refusal: Refusal) -> str:
    from mianzheng.web.words import say

    return " ".join(filter(None, (say(refusal.what), say(refusal.now))))


def _print(name: str, found: dict[str, Any]) -> None:
    click.echo(f"{name} ({found['matter']}), case {found['number']}")
    click.echo(f"status {found['status']}, papers asked {found['papers_asked']}")
    for fact in found["facts"]:
        about = "" if fact["about"] == "applicant" else f" ({fact['about']})"
        click.echo(f"  {fact['verdict']:8}{fact['way']:12}{fact['fact']}{about}: {fact['reason']}")
    if "not_handed_in" in found:
        click.echo(f"not handed in: {found['not_handed_in']}")


COMMANDS = [case]
