"""Records leave by one door: who reads them writes a look into the log first. Any other reader makes this fail.

What a person sees of the log has one door too: what law has them told later is left out there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import mianzheng
from tests.habits.one_door import Door, House, importers, touching, unmanaged

SOURCE = Path(mianzheng.__file__).parent
HOUSE: House = {
    file.relative_to(SOURCE).as_posix(): file.read_text(encoding="utf-8") for file in sorted(SOURCE.rglob("*.py"))
}

READERS: dict[Door, set[str]] = {
    # what is behind the door: who asks, keeps, shows a department its own records to correct, or a person theirs
    ("mianzheng.centre.queries.records", "records"): {"centre/actions/sources.py"},
    ("mianzheng.centre.queries.records", "held"): {
        "centre/actions/sources.py",
        "evidence/actions/look.py",
        "evidence/actions/back_then.py",
        "evidence/actions/many.py",
        "evidence/actions/kin.py",
    },
    ("mianzheng.centre.actions.sources", "read"): {"evidence/actions/gathering.py", "evidence/actions/many.py"},
    ("mianzheng.evidence.actions.many", "gather_many"): {"gateway/actions/answering.py"},
    ("mianzheng.evidence.actions.kin", "kin"): {"oversight/actions/scoring.py"},
    ("mianzheng.centre.queries.conflicts", "prevailing"): {"centre/queries/records.py"},
    ("mianzheng.centre.queries.conflicts", "registered"): {"centre/queries/doubts.py"},
    ("mianzheng.centre.queries.doubts", "records_of"): {"centre/actions/doubts.py"},
    ("mianzheng.centre.queries.doubts", "opened"): {"centre/actions/doubts.py"},
    ("mianzheng.evidence.actions.gathering", "reader"): {
        "evidence/actions/look.py",
        "evidence/actions/prefill.py",
        "evidence/actions/back_then.py",
    },
    ("mianzheng.evidence.actions.gathering", "reader_for"): {"evidence/actions/related.py"},
    ("mianzheng.evidence.actions.gathering", "gather"): {"evidence/actions/verify.py", "cases/actions/applying.py"},
    ("mianzheng.evidence.queries.asking", "ask"): {
        "evidence/actions/gathering.py",
        "evidence/actions/look.py",
        "evidence/actions/back_then.py",
    },
    # what a person is told of the log; `about` is for whoever oversees it
    ("mianzheng.audit.queries.entries", "lines_told"): {"audit/queries/proofs.py", "audit/queries/staff.py"},
    ("mianzheng.audit.queries.entries", "told_to"): {
        "audit/queries/__init__.py",
        "evidence/pages/my_data.py",
        "gateway/pages/my_consents.py",
    },
    ("mianzheng.audit.queries.entries", "about"): {"audit/queries/__init__.py"},
}
"""By what is imported: the only files that may."""

TABLES = {
    # read records, for whoever is above
    "centre/queries/records.py",
    "centre/queries/conflicts.py",
    "centre/queries/doubts.py",
    "centre/queries/seals.py",
    # make, fill, compare, correct and empty the tables; no value of theirs leaves the database
    "centre/actions/conflicts.py",
    "centre/actions/correcting.py",
    "centre/actions/differences.py",
    "centre/actions/erasing.py",
    "centre/actions/keeping.py",
    "centre/actions/records.py",
    "centre/actions/strangers.py",
    "centre/actions/tables.py",
    "centre/actions/taking_over.py",
}
"""The only files that name record tables."""

LOGGING = (
    "evidence/actions/verify.py",
    "evidence/actions/look.py",
    "evidence/actions/prefill.py",
    "evidence/actions/related.py",
    "gateway/actions/answering.py",
    "evidence/actions/kin.py",
)
ASKING_SOURCES = {"centre/actions/asking.py"}


@pytest.mark.parametrize("door", READERS, ids=lambda door: ".".join(door).removeprefix("mianzheng."))
def test_only_those_who_log_read(door: Door) -> None:
    readers = importers(HOUSE, door)
    assert readers == READERS[door], f"who reads records writes a look first: {sorted(readers ^ READERS[door])}"


def test_only_the_centre_names_the_tables() -> None:
    assert touching(HOUSE) == TABLES, sorted(touching(HOUSE) ^ TABLES)


def test_no_model_stands_for_a_table_that_is_not_ours() -> None:
    assert not unmanaged(HOUSE)


@pytest.mark.parametrize("file", LOGGING)
def test_whoever_hands_an_answer_on_writes_the_looks(file: str) -> None:
    assert "log_looks(" in HOUSE[file] or "audit.write" in HOUSE[file]


def test_sources_are_asked_in_one_place() -> None:
    """A connector is had from CONNECTORS or with a question; others may have one checked, not ask it."""
    asking = {
        file for file, text in HOUSE.items() if ("CONNECTORS" in text or "connector." in text) and ".ask(" in text
    }
    assert asking == ASKING_SOURCES


# the test of the test: every way round the door that anybody has thought of

RECORDS = ("mianzheng.centre.queries.records", "records")
IMPORTED = {
    "plainly": "from mianzheng.centre.queries.records import records",
    "under another name": "from mianzheng.centre.queries.records import records as get",
    "with everything else": "from mianzheng.centre.queries.records import *",
    "by its module": "from mianzheng.centre.queries import records\nrecords.records(1, 2, 3)",
    "by its module under another name": "from mianzheng.centre.queries import records as r\nr.records(1, 2, 3)",
    "by its whole path": "import mianzheng.centre.queries.records\nmianzheng.centre.queries.records.records(1)",
    "by its path under another name": "import mianzheng.centre.queries.records as r\nr.records(1)",
    "relatively": "from ...centre.queries.records import records",
    "inside a function": "def f():\n    from mianzheng.centre.queries.records import records\n    return records",
    "from a file that has it": "from mianzheng.centre.actions.sources import records",
    "from such a file's module": "from mianzheng.centre.actions import sources\nsources.records(1)",
    "by a string": "import importlib\nimportlib.import_module('mianzheng.centre.queries.records')",
    "by a dotted string": "from django.utils.module_loading import import_string\nimport_string('mianzheng.centre.queries.records.records')",
}


@pytest.mark.parametrize("how", IMPORTED)
def test_a_planted_import_is_found(how: str) -> None:
    planted = "cases/pages/planted.py"
    assert planted in importers({**HOUSE, planted: IMPORTED[how]}, RECORDS)


def test_a_planted_chain_of_files_that_hand_it_on_is_found() -> None:
    chain = {
        "centre/queries/one.py": "from mianzheng.centre.queries.records import records as other",
        "evidence/queries/two.py": "from mianzheng.centre.queries.one import other as third",
        "cases/pages/three.py": "from mianzheng.evidence.queries import two\ntwo.third(1)",
    }
    assert set(chain) <= importers({**HOUSE, **chain}, RECORDS)


def test_what_only_looks_alike_is_not_found() -> None:
    alike = {
        "cases/pages/alike.py": "from mianzheng.centre.queries.records import readiness_of\nrecords = 3\nx.records",
        "cases/pages/alike_too.py": "from mianzheng.centre.actions import registers as records\nrecords.refresh(1)",
    }
    assert not set(alike) & importers({**HOUSE, **alike}, RECORDS)


STATED = {
    "in a statement": "fetch('SELECT amount FROM centre.debts WHERE subject = %s', [1])",
    "in a statement with quotes": 'fetch(\'SELECT amount FROM "centre"."debts"\')',
    "in a statement over several lines": 'run("""\n  select *\n  from\n    centre . debts\n""")',
    "in the past": "fetch('SELECT amount FROM centre_history.debts')",
    "in a statement put together": "fetch(f'SELECT amount FROM centre.{item}')",
    "in a statement put together by the history's name": "schema = 'centre_history'",
    "as an identifier": "sql.SQL('SELECT {}').format(sql.Identifier('centre', 'debts'))",
    "as an identifier by itself": "from psycopg.sql import Identifier\nIdentifier('centre_history', item.code)",
    "by the house's own word": "from mianzheng.centre.actions.tables import CURRENT",
    "by the house's own word in a module": "from mianzheng.centre.actions import tables\ncopy(f'{tables.CURRENT}.x')",
    "by copying": "cursor.copy('COPY centre.debts TO STDOUT')",
    "by the search path": "cursor.execute('SET search_path = centre, public')",
    "by changing": "run('UPDATE centre.debts SET amount = 0')",
}


@pytest.mark.parametrize("how", STATED)
def test_a_planted_statement_is_found(how: str) -> None:
    planted = "evidence/queries/planted.py"
    assert planted in touching({**HOUSE, planted: STATED[how]})


@pytest.mark.parametrize(
    "text",
    [
        'class Debts(models.Model):\n    class Meta:\n        managed = False\n        db_table = "debts"',
        "class Debts(models.Model):\n    class Meta:\n        db_table = 'centre\".\"debts'",
        "Debts = type('Debts', (models.Model,), {'Meta': options(managed=False)})",
        "class Debts(models.Model):\n    class Meta:\n        managed: ClassVar[bool] = False",
    ],
)
def test_a_planted_model_is_found(text: str) -> None:
    planted = "evidence/models/planted.py"
    assert planted in unmanaged({**HOUSE, planted: text})


@pytest.mark.parametrize(
    ("file", "text", "find"),
    [
        ("cases/pages/a.py", "defer('centre.deliver', once='x')", touching),
        ("cases/pages/a.py", "render(request, 'centre/item.html')", touching),
        ("cases/pages/a.py", "allow('centre')", touching),
        ("cases/pages/a.py", '"""Set by `centre.jobs`."""', touching),
        ("cases/pages/a.py", "fetch('SELECT item FROM centre_register')", touching),
        ("evidence/models/a.py", "class A(models.Model):\n    class Meta:\n        db_table = 'evidence_a'", unmanaged),
    ],
)
def test_what_is_no_record_table_is_not_found(file: str, text: str, find: Callable[[House], set[str]]) -> None:
    assert file not in find({**HOUSE, file: text})
