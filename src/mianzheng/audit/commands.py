"""``mianzheng log``: proving that the log is what was written, to ourselves and to others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click


@click.group("log", help="The log (审计日志): sealed, and proven.")
def log() -> None:
    """The log."""


@log.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(*, as_json: bool) -> None:
    """Recompute everything: seals, signatures, tree, every entry. Exit code 1 where anything is not what was sealed.

    Names what was altered, removed or inserted: the entry, or at least the seal between whose neighbours it lies.
    """
    from mianzheng.audit.queries.verifying import verify as prove

    proven = prove(lambda done, total: click.echo(f"{done:,} of {total:,} entries", err=True))
    problems = [
        {
            "kind": str(each.kind),
            "seal": each.seal,
            "index": each.index,
            "entry": str(each.entry) if each.entry else None,
        }
        for each in proven.problems
    ]
    said: dict[str, Any] = {"entries": proven.entries, "seals": proven.seals, "destroyed": proven.destroyed}
    if as_json:
        click.echo(json.dumps({**said, "problems": problems}, indent=2))
    else:
        click.echo(", ".join(f"{name} {value:,}" for name, value in said.items()))
        for each in problems:
            where = [f"{name} {each[name]}" for name in ("entry", "index", "seal") if each[name] is not None]
            click.echo(f"{each['kind']}: {', '.join(where)}")
        click.echo("Not what was sealed." if problems else "Everything is as it was sealed.")
    if problems:
        raise SystemExit(1)


@log.command("seal")
def seal_now() -> None:
    """Seal what is new at once; the worker does it every few seconds."""
    from mianzheng.audit.actions.sealing import seal
    from mianzheng.audit.queries.naming import log_name
    from mianzheng.web import clock

    done = seal(origin=log_name(), now=clock.now())
    click.echo(f"{done.entries:,} entries sealed, {done.size:,} in all." if done else "Nothing new.")


@log.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write the tree and the newest seal into FOLDER, as C2SP tlog-tiles, for whoever is to watch the log.

    There are only hashes in it. The same folder again gets what is new. Whoever has it can prove a receipt, and that a
    later export goes on from it.
    """
    from mianzheng.audit.adapters.folder import Rewritten, keep
    from mianzheng.audit.queries.publishing import published

    try:
        written, kept = keep(folder, published())
    except Rewritten as bad:
        raise click.ClickException(
            f"{bad.file} has other hashes than the log has now: one of the two was changed. Nothing there was overwritten; "
            "run mianzheng log verify, and export into an empty folder to compare."
        ) from bad
    except ValueError as bad:
        raise click.ClickException(f"{bad}: run mianzheng log verify, which says what is missing.") from bad
    if written + kept:
        click.echo(f"{written:,} files written, {kept:,} were there already.")
    else:
        click.echo("Nothing is sealed yet: mianzheng log seal does it at once.")


@log.command("public-key")
def public_key() -> None:
    """Print the key that checks the seals, as a C2SP verifier key, then those used before; anybody may have them."""
    import base64

    from mianzheng.audit.ports import SIGNER
    from mianzheng.audit.queries.naming import log_name
    from mianzheng.audit.rules.checkpoints import key_id

    signer, name = SIGNER(), log_name()
    for key in signer.public_keys():
        encoded = base64.b64encode(bytes([signer.algorithm]) + key).decode()
        click.echo(f"{name}+{key_id(name, signer.algorithm, key).hex()}+{encoded}")


@log.command("new-key")
def new_key() -> None:
    """Sign with a new key from now on. What was signed before still verifies: the old public key is kept."""
    from mianzheng.audit.adapters.ed25519 import KeyFile
    from mianzheng.audit.ports import SIGNER

    signer = SIGNER()
    if not isinstance(signer, KeyFile):
        click.echo("The log is not signed with seal-key.json here; change the key where the signer keeps it.", err=True)
        raise SystemExit(1)
    signer.replace()
    click.echo(
        "A new key signs from now on. Publish what mianzheng log public-key prints, and copy seal-key.json apart."
    )


COMMANDS = [log]
