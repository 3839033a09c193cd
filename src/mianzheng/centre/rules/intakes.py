"""What a batch of records goes through, and when it is refused whole."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mianzheng.catalogue.rules.city import Item
from mianzheng.catalogue.rules.policy import Policy
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason


class Kind(StrEnum):
    """A full snapshot (全量) is applied as a difference; an increment (增量) names what is new, changed or gone."""

    SNAPSHOT = "snapshot"
    INCREMENT = "increment"


class Way(StrEnum):
    """By which door a batch came."""

    PAGE = "page"
    API = "api"
    PULL = "pull"
    COMMAND = "command"


class Stage(StrEnum):
    """Where a batch stands."""

    WAITING = "waiting"  # handed in, a person looks at the preview
    QUEUED = "queued"  # confirmed, its turn will come
    READING = "reading"
    LOADED = "loaded"
    REFUSED = "refused"
    BROKEN = "broken"  # the loader or the database was killed; nothing was changed
    CANCELLED = "cancelled"


MOVES: dict[Stage, tuple[Stage, ...]] = {
    Stage.WAITING: (Stage.QUEUED, Stage.CANCELLED),
    Stage.QUEUED: (Stage.READING, Stage.CANCELLED),
    Stage.READING: (Stage.LOADED, Stage.REFUSED, Stage.BROKEN),
    Stage.BROKEN: (Stage.QUEUED, Stage.CANCELLED),
    Stage.LOADED: (),
    Stage.REFUSED: (),
    Stage.CANCELLED: (),
}
"""Every move of a batch; nothing else happens (drawn into docs/reference/states.md)."""


def drawing() -> str:
    """Return the table as a Mermaid state diagram, for the docs."""
    begin = [f"    [*] --> {stage}" for stage in (Stage.WAITING, Stage.QUEUED)]
    moves = [f"    {source} --> {target}" for source, targets in MOVES.items() for target in targets]
    ends = [f"    {source} --> [*]" for source, targets in MOVES.items() if not targets]
    return "\n".join(["stateDiagram-v2", *begin, *moves, *ends]) + "\n"


@dataclass(frozen=True, slots=True)
class Fault:
    """One refused cell: `row` as the sender counts them (the first row of data is after the headings), the `column`'s
    heading, the `value` as it was sent, and why. Lives in the encrypted error file only.
    """

    row: int
    column: str
    value: str
    reason: Reason


def too_many_bad(item: Item, policy: Policy, *, rows: int, bad: int) -> Reason | None:
    """Return why a batch with `bad` of `rows` refused is refused whole, None where it may be loaded."""
    limit = policy.bad_rows if item.tolerance is None else item.tolerance
    if rows == 0 or bad <= rows * limit:
        return None
    return Reason(
        N_("%(rows)s 行中有 %(bad)s 行不合格，超过“%(item)s”允许的 %(limit)s%%，整批没有入库。"),
        {"rows": rows, "bad": bad, "item": item.name, "limit": f"{limit * 100:g}"},
    )


def too_few(item: Item, policy: Policy, *, held: int, handed_in: int) -> Reason | None:
    """Return why a snapshot that would remove so many records needs somebody's confirmation first."""
    if held == 0 or handed_in >= held * (1 - policy.shrink):
        return None
    return Reason(
        N_("“%(item)s”现有 %(held)s 条，这份全量只有 %(handed_in)s 条，少得太多，没有入库。"),
        {"item": item.name, "held": held, "handed_in": handed_in},
    )


def kept_anyway(*, records: int, unclear: int) -> Refusal | None:
    """Return what is to be said where a snapshot would have removed `records` more, had no row of it been refused.

    `unclear` is how many refused rows may be about anybody: then nothing goes. None where nothing stayed for that.
    """
    if not records:
        return None
    only_named = N_("退回的行里写着现有的 %(records)s 条记录，它们原样保留，没有移出。")
    nothing_goes = N_(
        "退回的行里有 %(rows)s 行看不出是谁的，所以什么也没有移出：这份全量里没有的 %(records)s 条记录原样保留。"
    )
    params = {"records": records} | ({"rows": unclear} if unclear else {})
    what = Reason(nothing_goes if unclear else only_named, params)
    return Refusal(what, Reason(N_("请更正退回的行，再交一次全量。")))


def too_slow() -> Refusal:
    """Return why a pull is given up that takes longer than the city allows (`Policy.pull_minutes`)."""
    what = Reason(N_("对方的数据太久没有读完，超过了一次拉取最长的时间，没有入库。"))
    now = Reason(N_("请运维人员与对方核对为什么这么慢；确实要这么久的，请在城市包的 policy 里调大 pull_minutes。"))
    return Refusal(what, now, field="source")
