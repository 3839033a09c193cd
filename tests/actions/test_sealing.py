"""The tree over the log: sealed as it grows, proven whole, and whatever is done to it behind the program's back is found."""

import base64
import datetime
import random
import uuid

import pytest
from click.testing import CliRunner
from django.db import connection, connections, transaction

from mianzheng.audit import actions, commands
from mianzheng.audit.actions.months import destroy, make_months
from mianzheng.audit.actions.sealing import seal
from mianzheng.audit.models import Entry, Seal, Tile
from mianzheng.audit.ports import SIGNER
from mianzheng.audit.queries.proofs import proof_of
from mianzheng.audit.queries.verifying import Kind, verify
from mianzheng.audit.rules.checkpoints import key_id, read
from mianzheng.audit.rules.merkle import leaf_hash, root_from
from mianzheng.web import sql
from tests.actions.test_audit import NOW, entry

ORIGIN = "mianzheng/test"


@pytest.fixture
def log(transactional_db, settings, tmp_path):
    settings.MIANZHENG_HOME = tmp_path


def written(count, **said):
    actions.write([entry(fact=f"f{n}", **said) for n in range(count)])


def sealed():
    return seal(origin=ORIGIN, now=NOW)


def behind(statement, params=()):
    """Do what nobody may: past the triggers."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, params)
        changed = cursor.rowcount
        cursor.execute("SET LOCAL session_replication_role = origin")
        return changed


def test_nothing_new_is_not_sealed_and_everything_is_sealed_once(log):
    assert sealed() is None
    written(3)
    assert (sealed().entries, sealed()) == (3, None)
    written(600)
    found = sealed()
    assert (found.entries, found.size) == (600, 603)
    proven = verify()
    assert (proven.entries, proven.seals, proven.problems) == (603, 2, ())


def test_a_seal_is_signed_and_says_whose_log_it_is(log):
    written(1)
    sealed()
    checkpoint, ((name, _, signature),) = read(Seal.objects.get().note)
    assert (checkpoint.origin, checkpoint.size, name) == (ORIGIN, 1, ORIGIN)
    assert SIGNER().verify(checkpoint.text().encode(), signature)
    assert not SIGNER().verify(checkpoint.text().encode() + b" ", signature)


def test_with_a_new_key_the_seals_of_before_still_verify(log):
    written(2)
    sealed()
    done = CliRunner().invoke(commands.log, ["new-key"])
    assert done.exit_code == 0, done.output
    written(2)
    sealed()
    assert (verify().entries, verify().problems) == (4, ())
    printed = CliRunner().invoke(commands.log, ["public-key"]).output.splitlines()
    signed_by = [read(each.note)[1][0][1].hex() for each in Seal.objects.order_by("-number")]
    raw = [base64.b64decode(key.split("+", 2)[2])[1:] for key in printed]
    assert [key_id(ORIGIN, SIGNER().algorithm, key).hex() for key in raw] == signed_by


@pytest.mark.parametrize("sizes", [(1,), (255, 1, 1), (256, 256), (300, 700, 5), (70_000,)])
def test_every_entry_can_be_proven(log, sizes):
    for size in sizes:
        written(size)
        sealed()
    assert verify().problems == ()
    draw = random.Random(1)
    rows = list(Entry.objects.order_by("id").values_list("id", "leaf"))
    for key, leaf in draw.sample(rows, min(len(rows), 20)):
        proof = proof_of(key)
        checkpoint, _ = read(proof.note)
        assert root_from(proof.index, checkpoint.size, leaf_hash(bytes(leaf)), proof.path) == checkpoint.root
    assert proof_of(uuid.uuid4()) is None


def test_a_commit_out_of_order_is_neither_missed_nor_waited_for(log):
    slow = connections.create_connection("default")
    try:
        slow.set_autocommit(False)
        with slow.cursor() as cursor:
            cursor.execute(
                "INSERT INTO audit_entry SELECT gen_random_uuid(), now(), 'a', '', '', 'lookup', 'p', gen_random_uuid(),"
                " NULL, NULL, '', '', '', '', '{}', 3, '', sha256('')"
            )
        written(2)
        assert sealed().entries == 2, "nobody waits for a transaction that is still under way"
        written(1)
        slow.commit()
        assert sealed().entries == 2, "what was committed late is in the next seal"
        assert sealed() is None
    finally:
        slow.close()


def test_entries_of_any_year_and_keeping_time_find_a_place(log):
    for year in (2019, 2026, 2041):
        written(2, at=NOW.replace(year=year), keep=10 if year == 2041 else 3)
    assert sealed().entries == 6
    assert verify().problems == ()


@pytest.mark.parametrize(
    "detail", [{}, {"b": 1, "aa": [1, None, True], "a": {"y": '“中” "q" \\ \n\t\x01\x7f', "x": 0}}]
)
def test_the_database_writes_an_entry_as_the_program_does(log, detail):
    actions.write([entry(detail=detail, applicant=uuid.uuid4(), matter="“事项”,", at=NOW.replace(microsecond=1))])
    sealed()
    assert verify().problems == ()


def found():
    return {(problem.kind, problem.entry or problem.seal) for problem in verify().problems}


@pytest.fixture
def three(log):
    """Three seals of 300 entries; return the ids in order."""
    for _ in range(3):
        written(300)
        sealed()
    return list(Entry.objects.order_by("id").values_list("id", flat=True))


@pytest.mark.parametrize(
    "change",
    ["verdict = 'holds'", "at = at + interval '1 microsecond'", "purpose = 'x'", "subject = gen_random_uuid()",
     "detail = '{\"a\": 1}'", "salt = '\\x00'", "leaf = sha256('x')", "actor_office = 'x'"],
)  # fmt: skip
def test_an_altered_entry_is_named(three, change):
    behind(f"UPDATE audit_entry SET {change} WHERE id = %s", [three[417]])
    assert found() == {(Kind.ALTERED, three[417])}


def test_an_entry_altered_with_its_leaf_is_named(three):
    from mianzheng.audit.queries.canonical import CANONICAL

    behind("UPDATE audit_entry SET verdict = 'holds' WHERE id = %s", [three[5]])
    behind(f"UPDATE audit_entry SET leaf = sha256(salt || convert_to({CANONICAL}, 'UTF8')) WHERE id = %s", [three[5]])
    assert found() == {(Kind.ALTERED, three[5])}


def test_a_removed_entry_is_named(three):
    behind("DELETE FROM audit_entry WHERE id = ANY(%s)", [[three[0], three[899]]])
    assert found() == {(Kind.REMOVED, three[0]), (Kind.REMOVED, three[899])}


def test_an_inserted_entry_is_named_where_it_hides_as_an_old_one(three):
    written(1)
    (new,) = Entry.objects.exclude(id__in=three).values_list("id", flat=True)
    behind("UPDATE audit_entry SET xid = '4' WHERE id = %s", [new])
    assert found() == {(Kind.INSERTED, new)}


def test_an_entry_that_stands_there_twice_is_named(three):
    behind(
        "INSERT INTO audit_entry SELECT id, at + interval '1 day', actor, actor_role, actor_office, action, purpose, subject,"
        ' applicant, "case", matter, fact, item, verdict, detail, keep, salt, leaf, xid FROM audit_entry WHERE id = %s',
        [three[7]],
    )
    assert found() == {(Kind.ALTERED, three[7])}


def test_a_changed_tree_or_seal_is_found_at_its_seal(three):
    first, second, third = Seal.objects.order_by("number").values_list("number", flat=True)
    hashes = bytes(Tile.objects.get(level=0, number=1).hashes)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SAVEPOINT whole")
        for statement, params, where in (
            ("UPDATE audit_tile SET hashes = %s WHERE level = 0 AND number = 1", [hashes[:-1] + b"?"], second),
            ("UPDATE audit_seal SET root = sha256('x') WHERE number = %s", [third], third),
            ("UPDATE audit_seal SET note = replace(note, %s, 'other') WHERE number = %s", [ORIGIN, first], first),
            ("UPDATE audit_seal SET peaks = substr(peaks, 33) WHERE number = %s", [second], second),
            ("DELETE FROM audit_seal WHERE number = %s", [second], third),
        ):
            assert behind(statement, params) == 1
            assert where in {problem.seal for problem in verify().problems}, statement
            cursor.execute("ROLLBACK TO SAVEPOINT whole")
        assert verify().problems == ()


def test_after_a_restore_elsewhere_nothing_is_sealed_twice_or_forgotten(three):
    written(4)
    sql.run("UPDATE audit_seal SET cluster = 'another', snapshot = '900000000:900000000:'")
    assert sealed().entries == 4
    assert verify().problems == ()


# --- months -----------------------------------------------------------------------------------------------------------


def partitions():
    return {name for (name,) in sql.fetch("SELECT relname FROM pg_class WHERE relname ~ '^audit_entry_[0-9]+_[0-9]'")}


def test_months_are_made_ahead_and_whatever_the_clock_says_an_entry_finds_a_place(log):
    make_months(now=NOW)
    make_months(now=NOW)
    assert {"audit_entry_3_2026_11", "audit_entry_10_2027_01"} <= partitions()
    written(1, at=NOW + datetime.timedelta(days=4000))
    make_months(now=NOW + datetime.timedelta(days=3990))
    assert Entry.objects.count() == 1


def test_past_its_time_a_month_is_destroyed_and_the_tree_still_proves_the_rest(log):
    make_months(now=NOW)
    written(300)
    written(2, keep=10)
    sealed()
    later = NOW.replace(year=2029, month=12, day=2)
    written(5, at=later)
    assert destroy(now=later - datetime.timedelta(days=2)) == 0
    assert destroy(now=later) == 300
    assert Entry.objects.filter(action="destroy").count() == 1
    assert Entry.objects.exclude(action="destroy").count() == 7
    sealed()
    proven = verify()
    assert (proven.entries, proven.destroyed, proven.problems) == (8, 300, ())
    behind("DELETE FROM audit_entry WHERE keep = 10 AND action = 'lookup'")
    assert {kind for kind, _ in found()} == {Kind.REMOVED}


def test_what_no_seal_has_is_not_destroyed(log):
    make_months(now=NOW)
    written(3)
    assert destroy(now=NOW.replace(year=2040)) == 0
    assert Entry.objects.count() == 3
