"""One table says every move of a candidate (拟处理的证明事项), from the lists to the public one: who makes it, what must be so."""

from __future__ import annotations

from enum import StrEnum

from mianzheng.common.errors import Refusal
from mianzheng.common.moves import Move, state_diagram, target_of
from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.rules.states import Stage

NAMES = {
    Stage.FOUND: N_("待处理"),
    Stage.DECIDED: N_("已拟定"),
    Stage.ASKED: N_("征求意见"),
    Stage.AGREED: N_("意见一致"),
    Stage.LISTED: N_("已列入批次"),
    Stage.PUBLISHED: N_("已取消"),
    Stage.RETAINED: N_("保留"),
    Stage.DROPPED: N_("不列入"),
}
"""How far a candidate has come, in words."""


class By(StrEnum):
    """Who makes a move."""

    REFORM = "reform"
    PROGRAM = "program"


MOVES: tuple[Move[Stage, By], ...] = (
    Move("decide", Stage.FOUND, Stage.DECIDED, By.REFORM, "as proposed, or otherwise with the reason"),
    Move("decide", Stage.DECIDED, Stage.DECIDED, By.REFORM, "otherwise than before, as long as nobody was asked"),
    Move("drop", Stage.FOUND, Stage.DROPPED, By.REFORM, "no certificate, or a repeat; with the reason"),
    Move("drop", Stage.DECIDED, Stage.DROPPED, By.REFORM, "no certificate, or a repeat; with the reason"),
    Move("take_up", Stage.DROPPED, Stage.FOUND, By.REFORM, "with the reason"),
    Move("vanish", Stage.FOUND, Stage.DROPPED, By.PROGRAM, "no list that counts names it any more"),
    Move("come_back", Stage.DROPPED, Stage.FOUND, By.PROGRAM, "it had vanished, and a list names it again"),
    Move("ask", Stage.DECIDED, Stage.ASKED, By.REFORM, "known who demands it; all sides are asked at once"),
    Move("agree", Stage.ASKED, Stage.AGREED, By.PROGRAM, "everybody asked said yes; silence is no yes"),
    Move("settle", Stage.ASKED, Stage.AGREED, By.REFORM, "with the reason, once everybody spoke or was silent twice"),
    Move("anew", Stage.ASKED, Stage.DECIDED, By.REFORM, "another disposal, with the reason; everybody is asked again"),
    Move("take_back", Stage.ASKED, Stage.DECIDED, By.REFORM, "with the reason; what was said is kept"),
    Move("take_back", Stage.AGREED, Stage.DECIDED, By.REFORM, "with the reason; what was said is kept"),
    Move("put_in", Stage.AGREED, Stage.LISTED, By.REFORM, "the batch is not published"),
    Move("take_out", Stage.LISTED, Stage.AGREED, By.REFORM, "the batch is not published"),
    Move("publish", Stage.LISTED, Stage.PUBLISHED, By.REFORM, "every check of the whole batch passes"),
    Move("withdraw", Stage.PUBLISHED, Stage.FOUND, By.REFORM, "with the reason; judged and asked about once more"),
    Move("retain", Stage.DECIDED, Stage.RETAINED, By.REFORM, "outside the city, or a law demands it; for a year"),
    Move("keep", Stage.RETAINED, Stage.RETAINED, By.REFORM, "it may still be kept; with the reason, for another year"),
    Move("keep", Stage.FOUND, Stage.RETAINED, By.REFORM, "the list keeps it, and an office listed it anew meanwhile"),
    Move("keep", Stage.DECIDED, Stage.RETAINED, By.REFORM, "the list keeps it, and an office listed it anew meanwhile"),
    Move("reopen", Stage.RETAINED, Stage.FOUND, By.REFORM, "no longer needed, with the reason; judged once more"),
    Move("reopen", Stage.FOUND, Stage.FOUND, By.REFORM, "the list keeps it no longer, with the reason"),
    Move("reopen", Stage.DECIDED, Stage.FOUND, By.REFORM, "the list keeps it no longer, with the reason"),
    Move("end", Stage.RETAINED, Stage.DROPPED, By.PROGRAM, "allowed as a new demand, and its time is over"),
)


def sources_of(name: str) -> frozenset[Stage]:
    """Return the stages from which a move may be made."""
    return frozenset(move.source for move in MOVES if move.name == name)


def check_move(name: str, source: Stage, by: By) -> Stage:
    """Return where the move leads, or raise `Refusal` where the table has no such move."""
    target = target_of(MOVES, name, source, by)
    if target is None:
        raise Refusal(
            Reason(N_("这项证明现在是“%(stage)s”，不能这样做。"), {"stage": Reason(NAMES[source])}),
            Reason(N_("它可能刚有了进展。请刷新页面，看现在可以做什么。")),
        )
    return target


def drawing() -> str:
    """Return the table as a Mermaid state diagram, for the docs."""
    return state_diagram(MOVES, start=Stage.FOUND, states=Stage, ended={Stage.PUBLISHED, Stage.DROPPED})
