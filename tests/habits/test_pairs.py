"""A moment and who acted in it are both set or both empty, in the database. Pairs are found by their names."""

import re

import pytest
from django.apps import apps
from django.db import connection


def pairs():
    for model in apps.get_models():
        if model.__module__.startswith("mianzheng."):
            columns = {field.column for field in model._meta.local_concrete_fields}
            for at in sorted(columns):
                by = at.removesuffix("_at") + "_by"
                if at.endswith("_at") and by in columns:
                    yield pytest.param(model._meta.db_table, at, by, id=f"{model._meta.label}.{at}")


NULLABLE = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attname IN (%s, %s) AND NOT attnotnull"
CHECKS = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'"


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "at", "by"), pairs())
def test_both_or_neither(table, at, by):
    with connection.cursor() as cursor:
        cursor.execute(NULLABLE, [table, at, by])
        if not cursor.fetchall():
            return  # both always set
        cursor.execute(CHECKS, [table])
        checks = [check for (check,) in cursor.fetchall()]
    assert any(_ties(check, at, by) for check in checks), (
        f"{table}: add `both_or_neither({at!r}, {by!r})` from web.pairs to the constraints; found {checks}"
    )


def _ties(check: str, at: str, by: str) -> bool:
    """Say whether PostgreSQL's own wording of a check demands that `at` and `by` are NULL together."""
    words = re.sub(r'[()"]', "", check).removeprefix("CHECK ").strip()
    halves = [{part.strip() for part in half.split(" AND ")} for half in words.split(" OR ")]
    return {at + " IS NULL", by + " IS NULL"} in halves and {at + " IS NOT NULL", by + " IS NOT NULL"} in halves


def test_the_checker_knows_a_good_check_from_a_bad_one():
    good = "CHECK ((((a_at IS NULL) AND (a_by IS NULL)) OR ((a_at IS NOT NULL) AND (a_by IS NOT NULL))))"
    assert _ties(good, "a_at", "a_by")
    assert not _ties("CHECK (((a_at IS NULL) OR (a_by IS NOT NULL)))", "a_at", "a_by")
