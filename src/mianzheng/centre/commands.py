"""``mianzheng centre``: loading records, approvals, and how the registers stand."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


@click.group("centre", help="The data centre: records of the items.")
def centre() -> None:
    """The data centre."""


@centre.command("load")
@click.argument("item")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(["snapshot", "increment"]), default="snapshot", show_default=True)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day the records are true of; today if left out.")
@click.option("--confirm", is_flag=True, help="So many fewer records than there are is right.")
@click.option(
    "--faults", type=click.Path(dir_okay=False, path_type=Path), help="Write refused rows here (.xlsx or .csv)."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def load(
    item: str,
    file: Path,
    kind: str,
    as_of: datetime.datetime | None,
    faults: Path | None,
    *,
    confirm: bool,
    as_json: bool,
) -> None:
    """Load FILE into ITEM: what fits is taken over at once, what does not is counted. FILE is read where it lies.

    For the owner of the item; its approval must be on file. Exit code 1 where the batch was refused whole.
    """
    from mianzheng.catalogue.queries.editions import city
    from mianzheng.centre.actions.doors import load_file
    from mianzheng.centre.rules.handing_in import end_of
    from mianzheng.centre.rules.intakes import Kind, Stage
    from mianzheng.common.actors import OPERATOR
    from mianzheng.web import clock

    now = clock.now()
    batch = load_file(
        city=city(),
        item=item,
        kind=Kind(kind),
        path=file.resolve(),
        as_of=end_of(as_of.date(), now=now) if as_of else now,
        confirmed=confirm,
        actor=OPERATOR,
        now=now,
        progress=_progress(),
    )
    if faults and batch.errors:
        _write_faults(faults, batch.id)
    _tell(outcome(batch), as_json=as_json)
    if batch.stage != Stage.LOADED:
        raise SystemExit(1)


@centre.command("pull")
@click.argument("item")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def pull(item: str, *, as_json: bool) -> None:
    """Read the copy of ITEM anew over its connection, now. Exit code 1 where it was refused whole.

    The connection's address is in connections.toml; the item's approval must be on file. While the worker loads something,
    its turn is waited for.
    """
    from functools import partial

    from mianzheng.catalogue.queries.editions import city as city_in_force
    from mianzheng.centre.actions import doors
    from mianzheng.centre.actions.waiting import see_through
    from mianzheng.centre.adapters.pulling import source_of
    from mianzheng.centre.models import Intake
    from mianzheng.centre.rules.intakes import Stage
    from mianzheng.common.actors import OPERATOR
    from mianzheng.web import clock

    city, now = city_in_force(), clock.now()
    queued = doors.pull(city=city, item=item, actor=OPERATOR, now=now)
    source = partial(source_of, city, Intake.objects.get(id=queued))
    batch = see_through(city=city, intake=queued, now=now, source=source)
    _tell(outcome(batch), as_json=as_json)
    if batch.stage != Stage.LOADED:
        raise SystemExit(1)


@centre.command("status", help="How every item's register stands.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(*, as_json: bool) -> None:
    """Print a line an item, and the totals."""
    from django.utils import timezone

    from mianzheng.catalogue.queries.editions import city
    from mianzheng.centre.queries.standing import standing
    from mianzheng.web import clock

    found = standing(city(), now=clock.now())
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))
        return
    click.echo(f"{'item':34}{'held':8}{'state':8}{'records':>14}{'subjects':>14}  as of")
    for row in found["items"]:
        day = timezone.localtime(row["as_of"]).date() if row["as_of"] else ""
        click.echo(f"{row['item']:34}{row['held']:8}{row['state']:8}{row['records']:>14,}{row['subjects']:>14,}  {day}")
    totals = found["totals"]
    click.echo(", ".join(f"{name} {value:,}" for name, value in totals.items()))


@centre.command("approve")
@click.argument("item")
@click.argument("document")
@click.option("--from", "from_day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First day in force.")
@click.option("--until", "until_day", type=click.DateTime(["%Y-%m-%d"]), help="Last day in force; open if left out.")
@click.option("--scope", default="", help="What may be copied, in the document's words.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def approve(
    item: str,
    document: str,
    from_day: datetime.datetime,
    until_day: datetime.datetime | None,
    scope: str,
    *,
    as_json: bool,
) -> None:
    """File that the owner of ITEM approves of a copy here, by the document with the number DOCUMENT."""
    from mianzheng.catalogue.queries.editions import city
    from mianzheng.centre.actions.approvals import file_approval
    from mianzheng.common.actors import OPERATOR
    from mianzheng.web import clock

    filed = file_approval(
        city=city(),
        item=item,
        document=document,
        scope=scope,
        from_day=from_day.date(),
        until_day=until_day.date() if until_day else None,
        actor=OPERATOR,
        now=clock.now(),
    )
    click.echo(json.dumps({"approval": str(filed), "item": item}) if as_json else str(filed))


def outcome(batch: Any) -> dict[str, Any]:
    """Return how a batch went, as the command prints it."""
    from mianzheng.common.reasons import unpacked
    from mianzheng.web.words import say

    numbers = {name: getattr(batch, name) for name in ("rows", "bad_rows", "added", "changed", "removed")}
    faults = [
        {"column": group["column"], "reason": say(unpacked(group["reason"])), "rows": group["rows"]}
        for group in batch.faults
    ]
    return {
        "intake": str(batch.id),
        "item": batch.item,
        "kind": str(batch.kind),
        "stage": str(batch.stage),
        "as_of": batch.as_of.isoformat(),
        **numbers,
        "faults": faults,
        "reason": say(unpacked(batch.reason)),
        "now": say(unpacked(batch.reason.get("now") or {})),
    }


def _tell(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    click.echo(f"{found['item']}: {found['stage']} ({found['kind']}, batch {found['intake']})")
    names = ("rows", "bad_rows", "added", "changed", "removed")
    click.echo("  " + ", ".join(f"{name.replace('_', ' ')} {found[name]:,}" for name in names))
    for group in found["faults"]:
        click.echo(f"  {group['rows']:>9,}  {group['column']}: {group['reason']}", err=True)
    if found["reason"]:
        click.echo(" ".join(filter(None, (found["reason"], found["now"]))), err=True)


def _progress() -> Callable[[int], None]:
    return lambda rows: click.echo(f"{rows:,} rows read", err=True)


def _write_faults(path: Path, intake: Any) -> None:
    """Write the refused rows where the operator wants them; the look is logged like any other."""
    from mianzheng.centre.actions.intake import open_faults
    from mianzheng.centre.adapters.fault_sheets import as_csv, as_xlsx
    from mianzheng.centre.ports import FAULTS
    from mianzheng.common.actors import OPERATOR
    from mianzheng.web import clock

    rows = FAULTS().read(open_faults(intake=intake, actor=OPERATOR, now=clock.now()))
    try:
        path.touch(mode=0o600)
        if path.suffix.lower() == ".xlsx":
            path.write_bytes(as_xlsx(rows).getvalue())
        else:
            path.write_bytes(b"".join(as_csv(rows)))
    except OSError as error:
        raise click.BadParameter(f"{path} cannot be written: {error.strerror}", param_hint="--faults") from error


@centre.command("erase")
@click.argument("number", metavar="ID")
@click.option(
    "--item", "items", multiple=True, metavar="CODE", help="Only this item; may be given again. All if left out."
)
@click.option("--reason", required=True, help="Why, as the person reads it in their own log. Not what is erased.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def erase_subject(number: str, items: tuple[str, ...], reason: str, *, as_json: bool) -> None:
    """Erase what is held about the subject with the number ID: today's records, their history, what was delivered.

    For good, and for every as-of question. Decided cases keep their own evidence. A register whose source does not erase
    brings the record back with its next load.
    """
    from mianzheng.catalogue.queries.editions import city as city_in_force
    from mianzheng.centre.actions.erasing import erase
    from mianzheng.common.actors import OPERATOR
    from mianzheng.people.queries import subject_of
    from mianzheng.web import clock

    now, city = clock.now(), city_in_force()
    subject = subject_of(number, today=now.date())
    done = erase(city=city, subject=subject, items=items or None, reason=reason, actor=OPERATOR, now=now)
    told = {"items": len(done.items), "records": done.current, "history": done.past, "deliveries": done.deliveries}
    if as_json:
        click.echo(json.dumps(told))
        return
    click.echo(
        f"Erased {done.current} records, {done.past} of the past and the content of {done.deliveries} deliveries."
    )


@centre.command("connections")
@click.option("--check", is_flag=True, help="Try each one: address, certificate, key, secret, clock.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
def connections(*, check: bool, as_json: bool) -> None:
    """How the connections to sources do today. With --check, exit code 1 where one is not in order."""
    from mianzheng.catalogue.queries.editions import city as city_in_force
    from mianzheng.centre.adapters.connections_file import strangers
    from mianzheng.centre.ports import CONNECTORS
    from mianzheng.centre.queries.connections import items_over, standings
    from mianzheng.web import clock
    from mianzheng.web.words import say

    city = city_in_force()
    rows = []
    for each in standings(city, now=clock.now()):
        row: dict[str, Any] = {
            "connection": each.connection.code,
            "kind": each.connection.kind,
            "state": str(each.state),
        }
        row |= {
            name: getattr(each, name) for name in "items asked answered failed held_back mean_ms quota_left".split()
        }
        if check:
            problems = CONNECTORS().to(each.connection).check_config(items_over(city, each.connection.code))
            row["problems"] = [say(problem) for problem in problems]
        rows.append(row)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            counted = "{asked:>8} asked {answered:>8} answered {failed:>6} failed".format(**row)
            click.echo(f"{row['connection']:20}{_how_it_stands(row):14}{counted}")
            for problem in row.get("problems", ()):
                click.echo(f"    {problem}")
    unused = [say(problem) for problem in strangers(city.connections)]
    for problem in unused:
        click.echo(problem, err=True)
    if any(row.get("problems") for row in rows) or (check and unused):
        raise SystemExit(1)


def _how_it_stands(row: dict[str, Any]) -> str:
    """Return in words how a connection stands; that it is in order can say only who has tried it."""
    if row.get("problems"):
        return "not in order"
    return {"open": "paused", "half_open": "on trial"}.get(row["state"], "in order" if "problems" in row else "working")


COMMANDS = [centre]
