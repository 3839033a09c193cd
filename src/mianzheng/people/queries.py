"""Find subjects by their numbers, and accounts by their subject. Nothing here opens a seal."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.identifiers import check_ric
from mianzheng.common.reasons import N_, Reason
from mianzheng.people import models
from mianzheng.people.ports import KEYS
from mianzheng.people.rules.keyring import Keyring
from mianzheng.people.rules.roles import STAFF
from mianzheng.people.rules.subjects import DocumentKind, Number, check_number, normalise, written_like
from mianzheng.web import planned, sql


@dataclass(frozen=True, slots=True)
class AccountCard:
    """An account as other domains see it."""

    id: uuid.UUID
    username: str
    display_name: str
    roles: frozenset[str]
    department: str
    place: str
    subject: uuid.UUID | None


class KeysLost(Refusal):
    """The database holds sealed documents and the key file for them is not there."""

    def __init__(self) -> None:
        super().__init__(
            Reason(N_("身份库的密钥文件不在原处，姓名和证件号码无法读取。")),
            Reason(N_("请运维人员把密钥文件 keys.json 的备份放回数据目录。")),
        )


def keyring() -> Keyring | None:
    """Return the keys of the vault, None while it is empty; raise `KeysLost` where documents wait for keys that are
    gone.
    """
    keys = KEYS().read()
    if keys is None and models.Document.objects.exists():
        keys = KEYS().read()  # whoever entered the first documents meanwhile wrote them before
        if keys is None:
            raise KeysLost
    return keys


def subjects_of(numbers: Iterable[Number]) -> dict[Number, uuid.UUID]:
    """Return the subject of each known (kind, number) as written, all in one query; unknown numbers are left out."""
    asked = list(dict.fromkeys(numbers))
    keys = keyring() if asked else None
    if keys is None:
        return {}
    found = _looked_up(asked, keys)
    now_in_force = keyring() if len(found) < len(asked) else keys
    # the keys were changed while we looked: a number may have moved from under our hands
    return found if now_in_force is None or now_in_force == keys else _looked_up(asked, now_in_force)


_LOOK_UP = """
SELECT n, found.subject FROM unnest(%s::text[], %s::integer[], %s::integer[]) AS span (kind, first, last)
CROSS JOIN generate_series(span.first, span.last) AS n
CROSS JOIN LATERAL (
    SELECT subject FROM people_document d WHERE d.kind = span.kind AND d.index = substr(%s::bytea, n * 32 + 1, 32) LIMIT 1
) AS found
"""
"""One step into the index for each, however many are asked: never a walk through the whole table."""


def _looked_up(asked: Sequence[Number], keys: Keyring) -> dict[Number, uuid.UUID]:
    of_kind: dict[str, list[Number]] = {}
    for number in asked:
        of_kind.setdefault(number[0], []).append(number)
    wanted: list[Number] = []
    indexes: list[bytes] = []
    spans: list[tuple[str, int, int]] = []
    for kind, numbers in of_kind.items():
        plain = [normalise(kind, number) for _, number in numbers]
        first = len(wanted)
        # while keys are being changed a number may lie under either
        for version in keys.versions:
            wanted += numbers
            indexes += keys.index_many(kind, plain, version)
        spans.append((kind, first, len(wanted) - 1))
    rows = planned.fetch(_LOOK_UP, [*map(list, zip(*spans, strict=True)), b"".join(indexes)])
    return {wanted[n]: subject for n, subject in rows}


COUNTED = 200_000
"""Up to so many subjects are counted one by one; of more, the database's own statistics tell within a per cent or so."""


def population() -> dict[str, int]:
    """Return how many subjects of each kind the vault knows, about, where they are very many (at most two queries)."""
    ((many, kinds, shares),) = sql.fetch(
        "SELECT c.reltuples, s.most_common_vals::text::text[], s.most_common_freqs FROM pg_class c LEFT JOIN pg_stats s"
        " ON s.schemaname = c.relnamespace::regnamespace::text AND s.tablename = c.relname AND s.attname = 'kind'"
        " WHERE c.oid = 'people_subject'::regclass"
    )
    if many > COUNTED and kinds:
        return {kind: round(many * share) for kind, share in zip(kinds, shares, strict=True)}
    return dict(sql.fetch("SELECT kind, count(*) FROM people_subject GROUP BY kind"))


class Finder:
    """Finds the subjects of very many numbers, already in their one way to write; for loads, not for look-ups.

    Once much is asked it reads the vault's index whole (48 bytes a document) instead of going there for every number.
    `before` is called each time before the database is used.
    """

    MANY = 20_000

    def __init__(self, before: Callable[[], object] = lambda: None) -> None:
        self._before = before
        self._keys: Keyring | None = None
        self._read: dict[str, tuple[NDArray[np.uint64], NDArray[np.uint8], pl.Series]] = {}

    def find(self, kind: str, numbers: pl.Series) -> pl.Series:
        """Return the subject of each of `numbers` in 32 hexadecimal digits, null where the vault does not know it."""
        if self._keys is None:
            self._before()
            self._keys = keyring()
        if self._keys is None:
            return pl.Series([None], dtype=pl.String).new_from_index(0, len(numbers))
        if len(self._keys.versions) > 1 or (len(numbers) < self.MANY and kind not in self._read):
            # while keys are being changed a number may lie under either
            self._before()
            known = subjects_of([(kind, number) for number in numbers])
            return pl.Series([known[kind, n].hex if (kind, n) in known else None for n in numbers], dtype=pl.String)
        return self._find_in_index(kind, self._keys.index_many(kind, numbers.to_list()))

    def _find_in_index(self, kind: str, wanted: list[bytes]) -> pl.Series:
        firsts, indexes, subjects = self._read.get(kind) or self._read_index(kind)
        if not len(firsts):
            return pl.Series([None], dtype=pl.String).new_from_index(0, len(wanted))
        asked = np.frombuffer(b"".join(wanted), dtype=np.uint8).reshape(-1, 32)
        places = np.searchsorted(firsts, _first_eight(asked)).clip(max=len(firsts) - 1)
        same = (indexes[places] == asked).all(axis=1)
        return subjects.gather(places).set(pl.Series(~same), None)

    def _read_index(self, kind: str) -> tuple[NDArray[np.uint64], NDArray[np.uint8], pl.Series]:
        self._before()
        raw = sql.fetch_bytes(
            "SELECT string_agg(index || uuid_send(subject), ''::bytea) FROM people_document WHERE kind = %s", [kind]
        )
        rows = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 48)
        rows = rows[np.argsort(_first_eight(rows))]
        subjects = _hexadecimal(rows[:, 32:])
        self._read[kind] = _first_eight(rows), np.ascontiguousarray(rows[:, :32]), subjects
        return self._read[kind]


def _first_eight(indexes: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return the first eight bytes of each blind index as a number; two alike among millions are as good as impossible,
    and then one of them is only not found.
    """
    return np.ascontiguousarray(indexes[:, :8]).view(">u8").astype(np.uint64).ravel()


def _hexadecimal(subjects: NDArray[np.uint8]) -> pl.Series:
    """Return identifiers of 16 bytes as text, without a Python object for each."""
    pairs = np.frombuffer("".join(f"{byte:02x}" for byte in range(256)).encode(), dtype=np.uint16)
    text = pa.py_buffer(pairs[subjects].tobytes())
    ends = pa.py_buffer(np.arange(0, 32 * len(subjects) + 1, 32, dtype=np.int32))
    found = pl.from_arrow(pa.StringArray.from_buffers(len(subjects), ends, text))
    assert isinstance(found, pl.Series)
    return found


def account(account_id: uuid.UUID) -> AccountCard | None:
    """Return an account by its id, open or closed."""
    return _card(models.Account.objects.filter(id=account_id).first())


def accounts(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, AccountCard]:
    """Return accounts by their ids, open or closed (one query)."""
    rows = models.Account.objects.in_bulk(list(ids)).values()
    return {card.id: card for row in rows if (card := _card(row))}


def staff() -> tuple[AccountCard, ...]:
    """Return the open accounts of everybody who acts for an office, oversight among them (one query)."""
    rows = models.Account.objects.filter(is_active=True, roles__overlap=list(STAFF)).order_by("id")
    return tuple(card for row in rows if (card := _card(row)))


def accounts_for_bar() -> tuple[AccountCard, ...]:
    """Return the open accounts of a demo city in the order they were opened; there are a few dozen."""
    rows = models.Account.objects.filter(is_active=True).order_by("id")[:200]
    return tuple(card for row in rows if (card := _card(row)))


def _card(row: models.Account | None) -> AccountCard | None:
    if row is None:
        return None
    return AccountCard(
        row.id, row.username, row.display_name, frozenset(row.roles), row.department, row.place, row.subject
    )


def subject_of(number: str, *, today: datetime.date) -> uuid.UUID:
    """Return the subject of `number`, of whatever kind it is.

    Raises `Refusal` where the number is wrong, `NotFound` where the vault does not know it; neither repeats the number.
    """
    kind = written_like(number)
    plain = check_ric(number, today=today) if kind is DocumentKind.RIC else check_number(kind, number)
    found = subjects_of([(kind, plain)]).get((kind, plain))
    if found is None:
        raise NotFound(
            Reason(N_("身份库里没有登记这个号码。")),
            Reason(N_("请核对号码；刚来本市的，请先办理居住登记。")),
            field="number",
        )
    return found
