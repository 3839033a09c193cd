"""The reform office on the command line."""

from __future__ import annotations

import json
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import click

from mianzheng.common.errors import Refusal
from mianzheng.common.grids import Grid
from mianzheng.reform.rules.inventory import Inventory, read
from mianzheng.web.reading.grids import grids_of
from mianzheng.web.words import say


@click.group("reform")
def reform() -> None:
    """From an office's list of certificates to a cancelled certificate."""


@reform.command("read")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def read_files(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Read lists of certificates (XLSX, XLS, CSV) and say what was understood; nothing is kept.

    Exit code 1 where a file names no certificate or cannot be read.
    """
    told = [_file(file) for file in files]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for each in told:
            click.echo(f"{each['file']}: {each.get('refused') or _counted(each)}")
    if any("refused" in each or not each["certificates"] for each in told):
        raise SystemExit(1)


@reform.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--office", default="", help="Code of the office whose lists they are; else each file says it.")
@click.option("--side", type=click.Choice(["demand", "issue", "elsewhere"]), help="Whose side; else each file says it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def import_files(files: tuple[Path, ...], office: str, side: str | None, *, as_json: bool) -> None:
    """Count lists of certificates in (XLSX, XLS, CSV), each by itself, and say what was understood of each.

    A newer list replaces the office's earlier one; another part of it stands beside. Whose a list is stands above its
    headings or in the file's name. Exit code 1 where a file was refused; nothing of it is kept.
    """
    from mianzheng.catalogue.queries.editions import city as city_in_force
    from mianzheng.common.actors import OPERATOR
    from mianzheng.reform.actions.bringing import bring_in
    from mianzheng.reform.actions.importing import MOST_BYTES
    from mianzheng.reform.queries.accounts import account
    from mianzheng.reform.rules.states import Side
    from mianzheng.web import clock

    city, told = city_in_force(), []
    brought = bring_in(
        city=city,
        files=[(file.name, partial(_beginning, file, MOST_BYTES + 1)) for file in files],
        office=office,
        side=Side(side) if side else None,
        actor=OPERATOR,
        now=clock.now(),
    )
    for number, each in enumerate(brought, 1):
        if each.refused is not None:
            told.append({"file": each.name, "refused": say(each.refused.what), "now": say(each.refused.now)})
        elif each.report is not None:
            told.append({"file": each.name, **account(city, each.report), "again": each.again})
        click.echo(f"{number}/{len(files)} {each.name}", err=True)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for line in told:
            click.echo(f"{line['file']}: {_said(line)}")
    if any("refused" in line for line in told):
        raise SystemExit(1)


def _beginning(path: Path, most: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(most)


def _said(told: dict[str, Any]) -> str:
    if "refused" in told:
        return f"{told['refused']} {told['now']}"
    unclear = [
        f"{len(told[what])} {words}"
        for what, words in (("unresolved_offices", "offices not recognised"), ("unread_volumes", "numbers not read"))
        if told[what]
    ]
    counted = "counted in before" if told["again"] else f"{told['rows']} rows"
    return "; ".join(
        [f"{told['office_name']} ({told['side']}): {told['certificates']} certificates, {counted}", *unclear]
    )


def _file(path: Path) -> dict[str, Any]:
    try:
        sheets = [(grid, read(grid.lines, {})) for grid in grids_of(path.read_bytes())]
    except Refusal as refused:
        return {"file": path.name, "refused": say(refused.what), "now": say(refused.now)}
    return {
        "file": path.name,
        "certificates": sum(len(found.listed) for _, found in sheets),
        "sheets": [_sheet(grid, found) for grid, found in sheets if grid.lines],
    }


def _sheet(grid: Grid, found: Inventory) -> dict[str, Any]:
    return {
        "sheet": grid.name,
        "columns": {heading: str(says) for heading, says in found.columns.says.items()},
        "unknown_columns": list(found.columns.unknown),
        "certificates": [
            {
                "row": each.row,
                "name": each.name,
                "demander": each.demander,
                "issuer": each.issuer,
                "purpose": each.purpose,
                "basis": each.basis,
                "way": each.way,
            }
            for each in found.listed
        ],
        "left": [{"row": each.row, "why": str(each.why)} for each in found.left],
    }


def _counted(told: dict[str, Any]) -> str:
    left = Counter(each["why"] for sheet in told["sheets"] for each in sheet["left"])
    rest = ", ".join(f"{why} {count}" for why, count in sorted(left.items()))
    return f"{told['certificates']} certificates" + (f"; other rows: {rest}" if rest else "")


@reform.command("review")
@click.option("--confirm", type=click.FloatRange(0, 1), help="First confirm the groups that are at least so sure.")
@click.option("--accept", is_flag=True, help="Decide as proposed wherever the rules allow it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def review_all(*, confirm: float | None, accept: bool, as_json: bool) -> None:
    """Say what is proposed for every certificate on its way, and why; nothing is decided unless you say so."""
    from mianzheng.catalogue.queries.editions import city
    from mianzheng.common.actors import OPERATOR
    from mianzheng.reform.actions import grouping, judging
    from mianzheng.reform.queries.reviewed import reviewed
    from mianzheng.web import clock

    here, now = city(), clock.now()
    confirmed = grouping.confirm_sure(city=here, least=confirm, actor=OPERATOR, now=now) if confirm is not None else 0
    judging.review(city=here, now=now)
    found = reviewed(here)
    taken = found.open if accept else []
    refused = judging.accept(city=here, candidates=taken, actor=OPERATOR, now=now) if taken else {}
    told = {"confirmed": confirmed, **found.told, "decided": len(taken) - len(refused)}
    told["refused"] = [{"code": found.codes[key], "why": say(why.what)} for key, why in refused.items()]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    click.echo(
        f"{told['groups']} papers ({told['groups_confirmed']} confirmed), {len(told['certificates'])} certificates"
    )
    for disposal, count in told["proposed"].items():
        click.echo(f"{disposal:20}{count}")
    for each in told["refused"]:
        click.echo(f"{each['code']}: {each['why']}", err=True)


@reform.command("compose")
@click.option("--suggest", is_flag=True, help="Make the batches that are suggested; else they are only named.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def compose_batches(*, suggest: bool, as_json: bool) -> None:
    """Sort what everybody agreed on into batches, the easy ones first."""
    from mianzheng.common.actors import OPERATOR
    from mianzheng.reform.actions.batches import compose_suggested
    from mianzheng.reform.queries.batches import agreed
    from mianzheng.reform.rules.batches import KIND_NAMES, suggested
    from mianzheng.web import clock

    found = suggested(agreed().values())
    now = clock.now()
    numbers = {
        kind: compose_suggested(kind=kind, actor=OPERATOR, now=now).number if suggest else None for kind in found
    }
    told = [
        {
            "kind": kind.value,
            "batch": numbers[kind],
            "name": KIND_NAMES[kind].zh,
            "certificates": [each.code for each in members],
        }
        for kind, members in found.items()
    ]
    if as_json:
        click.echo(json.dumps({"batches": told}, ensure_ascii=False, indent=2))
        return
    for (kind, members), number in zip(found.items(), numbers.values(), strict=True):
        made = f"batch {number}" if number else "suggested"
        click.echo(f"{made}: {KIND_NAMES[kind].en}, {len(members)} certificates")


@reform.command("publish")
@click.option("--batch", "number", type=int, required=True, help="Number of the batch.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def publish_batch(*, number: int, as_json: bool) -> None:
    """Check a batch and publish it. Exit code 1, with what is missing, where a check fails; nothing is published then."""
    from django.utils import timezone

    from mianzheng.common.actors import OPERATOR
    from mianzheng.reform.actions.batches import check
    from mianzheng.reform.actions.publishing import publish
    from mianzheng.web import clock

    told: dict[str, Any] = {"batch": number, "published": None, "edition": None, "failing": []}
    try:
        found = check(batch=number, actor=OPERATOR, now=clock.now()).checks
        told["certificates"] = len(found)
        told["failing"] = [
            {"code": code, "check": str(each.what), "why": say(each.reason)}
            for code, checks in found.items()
            for each in checks
            if each.stops
        ]
        done = publish(batch=number, actor=OPERATOR, now=clock.now())
    except Refusal as refused:
        told["refused"] = " ".join(filter(None, (say(refused.what), say(refused.now))))
    else:
        told |= {"published": f"{timezone.localtime(done.published_at):%Y-%m-%d}", "edition": str(done.edition)}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif "refused" in told:
        for each in told["failing"]:
            click.echo(f"{each['code']}: {each['check']}: {each['why']}", err=True)
        click.echo(told["refused"], err=True)
    else:
        click.echo(f"batch {number} published: {told['certificates']} certificates cancelled")
    if "refused" in told:
        raise SystemExit(1)


COMMANDS = [reform]
