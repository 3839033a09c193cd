"""A demo city of 2,000 people for tests that need one: import `town` and `here` and take `here`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.catalogue.adapters.folder import files_of
from mianzheng.catalogue.queries.editions import city
from mianzheng.demo.actions.build import Built, build
from mianzheng.web import clock

PACKAGE = Path(__file__).parents[1] / "cities/yiwu"


def built(people: int = 2000, organisations: int = 340, seed: int = 1, records: int | None = None) -> Built:
    """Build the demo city of the package in force."""
    now = clock.now()
    return build(
        city=city(),
        people=people,
        organisations=organisations,
        seed=seed,
        as_of=now.date(),
        now=now,
        records=records,
    )


@pytest.fixture(scope="module")
def town(django_db_setup: Any, django_db_blocker: Any) -> Iterator[Built]:
    """A demo city, built once a module; what a test does to it is rolled back."""
    with django_db_blocker.unblock():
        load_city(files=files_of(PACKAGE), actor="operator", now=clock.now())
        yield built()
        call_command("flush", verbosity=0, interactive=False)
        with connection.cursor() as cursor:
            cursor.execute("SELECT schemaname, tablename FROM pg_tables WHERE schemaname ~ '^(centre|outside)'")
            for schema, name in cursor.fetchall():
                cursor.execute(f'DROP TABLE {schema}."{name}"')


@pytest.fixture
def here(town: Built, db: Any) -> Built:
    """The demo city, in a transaction of the test's own."""
    return town
