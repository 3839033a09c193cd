"""Find subjects by their numbers, and accounts by their subject. Nothing here opens a seal."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.people import models
from mianzheng.people.ports import KEYS
from mianzheng.people.rules.keyring import Keyring
from mianzheng.people.rules.subjects import Number, normalise
from mianzheng.web import sql


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


def _looked_up(asked: Sequence[Number], keys: Keyring) -> dict[Number, uuid.UUID]:
    by_index: dict[tuple[str, bytes], list[Number]] = {}
    for kind, number in asked:
        for index in keys.indexes(kind, normalise(kind, number)):
            by_index.setdefault((kind, index), []).append((kind, number))
    rows = sql.fetch(
        "SELECT d.kind, d.index, d.subject FROM unnest(%s::text[], %s::bytea[]) AS asked (kind, index)"
        " JOIN people_document d ON d.kind = asked.kind AND d.index = asked.index",
        [[kind for kind, _ in by_index], [index for _, index in by_index]],
    )
    return {number: subject for kind, index, subject in rows for number in by_index[kind, bytes(index)]}


def account(account_id: uuid.UUID) -> AccountCard | None:
    """Return an account by its id, open or closed."""
    return _card(models.Account.objects.filter(id=account_id).first())


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
