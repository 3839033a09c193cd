"""Putting a city package in force: from a folder, or by what was changed on the pages."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.catalogue.commands import city as command
from mianzheng.catalogue.models import Edition
from mianzheng.catalogue.queries import editions
from mianzheng.common.errors import Refusal
from mianzheng.site import readiness
from tests.second_city.life import NOW
from tests.second_city.reading import FILES, FOLDER, changed

pytestmark = pytest.mark.django_db


def other() -> dict[str, str]:
    """Return the package with a telephone number more."""
    return dict(changed("departments.csv", "organ,,", "organ,12345,"))


def test_of_two_editions_of_one_moment_the_later_is_in_force() -> None:
    load_city(files=FILES, actor="operator", now=NOW)
    second = load_city(files=other(), actor="operator", now=NOW)
    assert editions.current() == second
    third = load_city(files=FILES, actor="operator", now=NOW)
    assert editions.current() == third
    assert len(set(Edition.objects.values_list("loaded_at", flat=True))) == Edition.objects.count() == 2


def test_a_folder_does_not_undo_what_was_changed_on_the_pages() -> None:
    load = CliRunner().invoke(command, ["load", str(FOLDER)])
    assert load.exit_code == 0 and not editions.made_on_pages()
    load_city(files=other(), actor="somebody", now=NOW)
    kept = editions.current()
    assert editions.made_on_pages()
    again = CliRunner().invoke(command, ["load", str(FOLDER)])
    assert isinstance(again.exception, Refusal)
    assert editions.current() == kept
    assert CliRunner().invoke(command, ["load", str(FOLDER), "--replace"]).exit_code == 0
    assert not editions.made_on_pages()


def test_a_start_leaves_a_catalogue_that_is_kept_on_the_pages_alone(settings: object) -> None:
    settings.CITY = str(FOLDER)  # type: ignore[attr-defined]
    kept = load_city(files=other(), actor="somebody", now=NOW)
    called: list[str] = []
    readiness.city(None, called.append)  # type: ignore[arg-type]
    assert editions.current() == kept
    assert "kept on the pages" in called[0]
