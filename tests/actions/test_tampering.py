"""Two hundred random alterations of the stored log, one at a time: each is found, at its entry or at least its seal."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from mianzheng.audit.actions.sealing import seal
from mianzheng.audit.models import Entry, Seal, Tile
from mianzheng.audit.queries.verifying import Kind, Problem, verify
from tests.actions.test_audit import NOW
from tests.actions.test_sealing import ORIGIN, log, written

__all__ = ["log"]
ALTERATIONS, SEALS, EACH = 200, 4, 350
TEXTS = ("actor", "actor_role", "actor_office", "action", "purpose", "matter", "fact", "item", "verdict")
Where = Callable[[Problem], bool]


class Undone(Exception):
    """Takes an alteration back."""


def of_entry(entry: uuid.UUID, kind: Kind) -> Where:
    return lambda problem: problem.kind is kind and problem.entry == entry


def of_seal(number: int) -> Where:
    return lambda problem: problem.seal == number


def alteration(draw: random.Random, ids: list[uuid.UUID], seals: list[Seal]) -> tuple[str, str, list[Any], Where]:
    """Return what is done: its name, statement and parameters, and what the problem found must be."""
    entry, each = draw.choice(ids), draw.choice(seals)
    name = draw.choice(["text", "at", "subject", "detail", "salt", "leaf", "remove", "insert", "tile", "ids", "root", "note",
                        "signature", "peaks", "seal"])  # fmt: skip
    if name in ("text", "at", "subject", "detail", "salt", "leaf"):
        changed = {
            "text": f"{draw.choice(TEXTS)} = 'x' || {draw.choice(TEXTS)} || 'x'",
            "at": f"at = at + interval '{draw.randint(1, 10**6)} microseconds'",
            "subject": "subject = gen_random_uuid()",
            "detail": f"detail = '{{\"n\": {draw.randint(0, 9)}}}'",
            "salt": "salt = uuid_send(gen_random_uuid())",
            "leaf": "leaf = sha256(leaf)",
        }[name]
        return name, f"UPDATE audit_entry SET {changed} WHERE id = %s", [entry], of_entry(entry, Kind.ALTERED)
    if name == "remove":
        return name, "DELETE FROM audit_entry WHERE id = %s", [entry], of_entry(entry, Kind.REMOVED)
    if name == "insert":
        new = uuid.uuid4()
        columns = 'at, actor, actor_role, actor_office, action, purpose, subject, applicant, "case", matter, fact, item,' \
                  " verdict, detail, keep, salt, leaf, xid"  # fmt: skip
        statement = f"INSERT INTO audit_entry (id, {columns}) SELECT %s, {columns} FROM audit_entry WHERE id = %s"
        return name, statement, [new, entry], of_entry(new, Kind.INSERTED)
    if name in ("tile", "ids"):
        index = draw.randrange(seals[-1].size)
        column, width = ("hashes", 32) if name == "tile" else ("ids", 16)
        tile = Tile.objects.get(level=0, number=index // 256)
        raw = bytearray(getattr(tile, column))
        raw[index % 256 * width + draw.randrange(width)] ^= 1 << draw.randrange(8)
        found = next(one.number for one in seals if one.first <= index < one.size)
        statement = f"UPDATE audit_tile SET {column} = %s WHERE level = 0 AND number = %s"
        return name, statement, [bytes(raw), tile.number], lambda p: p.seal == found or p.index == index
    if name == "seal":
        following = next((one.number for one in seals if one.number > each.number), None)
        if following is None:
            return alteration(draw, ids, seals)
        return name, "DELETE FROM audit_seal WHERE number = %s", [each.number], of_seal(following)
    changed = {
        "root": "root = sha256(root)",
        "note": f"note = replace(note, E'\\n{each.size}\\n', E'\\n{each.size + 1}\\n')",
        "signature": "note = left(note, -8) || 'AAAA' || right(note, 4)",
        "peaks": "peaks = sha256(peaks)",
    }[name]
    return name, f"UPDATE audit_seal SET {changed} WHERE number = %s", [each.number], of_seal(each.number)


def test_every_alteration_is_found_and_located(log: None) -> None:
    for _ in range(SEALS):
        written(EACH)
        seal(origin=ORIGIN, now=NOW)
    draw, ids, seals = random.Random(6962), list(Entry.objects.values_list("id", flat=True)), list(Seal.objects.all())
    done: Counter[str] = Counter()
    for _ in range(ALTERATIONS):
        name, statement, params, where = alteration(draw, ids, seals)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute(statement, params)
                assert cursor.rowcount == 1, (name, statement)
                problems = verify().problems
                assert any(map(where, problems)), (name, statement, problems[:3])
                done[name] += 1
                raise Undone
        except Undone:
            pass
    assert sum(done.values()) == ALTERATIONS
    assert len(done) == 15, done
    assert verify().problems == ()
