"""The whole command line is made of the domains' commands and leaves them as they are."""

from __future__ import annotations

from mianzheng.reform.commands import reform
from mianzheng.site.cli import commands


def test_the_whole_command_has_the_database_made_and_a_domains_own_does_not() -> None:
    before = {name: command.callback for name, command in reform.commands.items()}
    whole = commands().commands["reform"]
    assert {name: command.callback for name, command in reform.commands.items()} == before
    changed = {name for name, command in whole.commands.items() if command.callback is not before[name]}  # type: ignore[attr-defined]
    assert changed == set(before) - {"read"}
