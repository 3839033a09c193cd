"""``mianzheng city``: checking a city package and putting it in force."""

from __future__ import annotations

import json
from pathlib import Path

import click

from mianzheng.catalogue.adapters.folder import files_of, texts_of, write
from mianzheng.catalogue.rules.package import counts, read
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason


@click.group("city", help="City packages: the data of one city.")
def city() -> None:
    """City packages."""


@city.command("check", help="Check the package in FOLDER and count what it holds.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(folder: Path, *, as_json: bool) -> None:
    """Print counts and problems; exit code 1 when there are problems."""
    found, problems = read(texts_of(folder))
    figures = counts(found) if found else {}
    if as_json:
        rows = [{"file": p.file, "line": p.line, "message": p.message} for p in problems]
        click.echo(json.dumps({**figures, "problems": rows}, ensure_ascii=False, indent=2))
    else:
        for name, value in figures.items():
            click.echo(f"{name:26}{value}")
        for problem in problems:
            click.echo(f"{problem.file}:{problem.line}: {problem.message}", err=True)
        click.echo(f"{len(problems)} problems")
    if problems:
        raise SystemExit(1)


@city.command("load", help="Put the package in FOLDER in force, whole or not at all.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--give-back", multiple=True, metavar="CODE", help="A cancelled certificate that may be asked for again.")
@click.option("--replace", is_flag=True, help="Do so although the catalogue has been changed on the pages since.")
def load(folder: Path, *, give_back: tuple[str, ...], replace: bool) -> None:
    """Load the package as a new edition."""
    from mianzheng.catalogue.actions.load_city import load_city
    from mianzheng.catalogue.queries.editions import files as files_in_force
    from mianzheng.catalogue.queries.editions import made_on_pages
    from mianzheng.web import clock

    files = files_of(folder)
    if made_on_pages() and not replace and files != files_in_force()[1]:
        raise Refusal(
            Reason(N_("目录在网页上改过，文件夹里没有这些改动，载入会把它们盖掉。")),
            Reason(N_("请先导出现行的城市包，把改动合并进文件夹；确要载入的，加上 --replace。")),
        )
    edition = load_city(files=files, actor="operator", now=clock.now(), gives_back=give_back, from_folder=True)
    click.echo(str(edition))


@city.command(
    "export", help="Write the package in force into FOLDER, byte for byte as it was loaded or edited on pages."
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(folder: Path) -> None:
    """Write the edition in force; loading it again is no new edition."""
    from mianzheng.catalogue.queries.editions import current, files

    current()  # says what to do where nothing is loaded yet
    key, found = files()
    write(found, folder)
    click.echo(f"{len(found)} files of edition {key}")


COMMANDS = [city]
