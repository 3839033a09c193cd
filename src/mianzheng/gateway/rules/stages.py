"""One table says every move of a grant (查询授权). The picture in the docs is drawn from it and compared by a test."""

from __future__ import annotations

from enum import StrEnum

from mianzheng.common.errors import Refusal
from mianzheng.common.moves import Move, state_diagram, target_of
from mianzheng.common.reasons import N_, Reason
from mianzheng.gateway.rules.grants import STAGES, Stage


class By(StrEnum):
    """Who makes a move."""

    ASKER = "asker"
    SOURCE = "source"
    CENTRE = "centre"
    PROGRAM = "program"


MOVES = (
    Move("agree", Stage.ASKED, Stage.ASKED, By.SOURCE, "its turn; in writing, with the document's number"),
    Move("grant", Stage.ASKED, Stage.IN_FORCE, By.CENTRE, "the last step; the city's rules still allow the request"),
    Move("refuse", Stage.ASKED, Stage.REFUSED, By.SOURCE, "its turn, with a reason; or what it renews is revoked"),
    Move("refuse", Stage.ASKED, Stage.REFUSED, By.CENTRE, "its turn, with a reason; or what it renews is revoked or to end"),
    Move("withdraw", Stage.ASKED, Stage.WITHDRAWN, By.ASKER, "at any time; or what it renews is ended"),
    Move("lapse", Stage.ASKED, Stage.LAPSED, By.PROGRAM, "nobody answered for `lapse_days`; says whose turn it was"),
    Move("change", Stage.IN_FORCE, Stage.IN_FORCE, By.CENTRE, "more at once; less, or none, announced `notice_days` ahead"),
    Move("revoke", Stage.IN_FORCE, Stage.REVOKED, By.PROGRAM, "the day announced for an allowance of none has come"),
    Move("revoke", Stage.IN_FORCE, Stage.REVOKED, By.CENTRE, "misuse, with what happened; or what it renews is to end"),
    Move("revoke", Stage.IN_FORCE, Stage.REVOKED, By.SOURCE, "misuse, with what happened; it had to agree before"),
    Move("end", Stage.IN_FORCE, Stage.ENDED, By.ASKER, "at any time; or what it renews is ended"),
)  # fmt: skip
OVER = frozenset(Stage) - {move.source for move in MOVES}


def check_move(name: str, source: Stage, by: By) -> Stage:
    """Return where the move leads, or raise `Refusal` where the table has no such move."""
    target = target_of(MOVES, name, source, by)
    if target is None:
        raise Refusal(
            Reason(N_("授权现在是“%(stage)s”，不能这样做。"), {"stage": Reason(STAGES[source])}),
            Reason(N_("它可能刚有了变化。请刷新页面，看现在可以做什么。")),
        )
    return target


def can_move(name: str, source: Stage, by: By) -> bool:
    """Return whether the table has such a move."""
    return target_of(MOVES, name, source, by) is not None


def drawing() -> str:
    """Return the table as a Mermaid state diagram, for the docs."""
    return state_diagram(MOVES, start=f"{Stage.ASKED}: request ({By.ASKER})", states=Stage, ended=OVER)
