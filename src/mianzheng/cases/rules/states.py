"""One table says every move of a case (办件). The picture in the docs is drawn from it and compared by a test."""

from __future__ import annotations

from enum import StrEnum

from mianzheng.common.errors import Refusal
from mianzheng.common.moves import Move, state_diagram, target_of
from mianzheng.common.reasons import N_, Reason


class Status(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    WAITING_DEPARTMENT = "waiting_department"
    WAITING_COMMITMENT = "waiting_commitment"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


NAMES = {
    Status.DRAFT: N_("填写中"),
    Status.WAITING_DEPARTMENT: N_("等部门核查"),
    Status.WAITING_COMMITMENT: N_("等您选择"),
    Status.SUBMITTED: N_("已提交"),
    Status.IN_REVIEW: N_("审批中"),
    Status.GRANTED: N_("已准予"),
    Status.REFUSED: N_("未准予"),
    Status.WITHDRAWN: N_("已撤回"),
}

WITH_PERSON = frozenset({Status.DRAFT, Status.WAITING_DEPARTMENT, Status.WAITING_COMMITMENT})
"""The person still has the case in hand."""
WITH_OFFICE = frozenset({Status.SUBMITTED, Status.IN_REVIEW})
"""The deciding department has the case in hand."""
ENDED = frozenset({Status.GRANTED, Status.REFUSED, Status.WITHDRAWN})


class By(StrEnum):
    """Who makes a move."""

    RESIDENT = "resident"
    OFFICER = "officer"
    PROGRAM = "program"


def _moves(name: str, sources: str, target: Status, by: By, guard: str) -> tuple[Move[Status, By], ...]:
    return tuple(Move(name, Status(source), target, by, guard) for source in sources.split())


MOVES: tuple[Move[Status, By], ...] = (
    *_moves("ask", "draft waiting_commitment", Status.WAITING_DEPARTMENT, By.PROGRAM, "a department has been asked"),
    *_moves("offer", "draft waiting_department", Status.WAITING_COMMITMENT, By.PROGRAM, "the person has to choose"),
    *_moves("return", "waiting_department waiting_commitment", Status.DRAFT, By.PROGRAM, "nothing is waited for"),
    *_moves("hand_in", "draft", Status.SUBMITTED, By.RESIDENT, "every fact is settled or left to an officer"),
    *_moves(
        "submit",
        "waiting_department waiting_commitment",
        Status.SUBMITTED,
        By.PROGRAM,
        "handed in before, and no fact fails",
    ),
    *_moves("grant", "submitted", Status.GRANTED, By.PROGRAM, "the matter allows it and every fact holds"),
    *_moves(
        "reopen", "submitted in_review", Status.DRAFT, By.RESIDENT, "a commitment is taken back before the decision"
    ),
    *_moves("take_up", "submitted", Status.IN_REVIEW, By.OFFICER, "an officer of the deciding department"),
    *_moves("send_back", "in_review", Status.DRAFT, By.OFFICER, "something new the person must see, told all at once"),
    *_moves("grant", "in_review", Status.GRANTED, By.OFFICER, "every reviewed fact has a finding"),
    *_moves("refuse", "in_review", Status.REFUSED, By.OFFICER, "a fact fails and the person has seen it"),
    *_moves(
        "withdraw",
        "draft waiting_department waiting_commitment submitted in_review",
        Status.WITHDRAWN,
        By.RESIDENT,
        "not decided yet",
    ),
)


def check_move(name: str, source: Status, by: By) -> Status:
    """Return where the move leads, or raise `Refusal` where the table has no such move."""
    target = target_of(MOVES, name, source, by)
    if target is None:
        raise Refusal(
            Reason(N_("办件现在是“%(status)s”，不能这样做。"), {"status": Reason(NAMES[source])}),
            Reason(N_("它可能刚有了进展。请刷新页面，看现在可以做什么。")),
        )
    return target


def between(source: Status, target: Status, by: By) -> str:
    """Return the name of the move from `source` to `target`."""
    return next(m.name for m in MOVES if m.source is source and m.target is target and m.by is by)


def drawing() -> str:
    """Return the table as a Mermaid state diagram, for the docs."""
    return state_diagram(MOVES, start=Status.DRAFT, states=Status, ended=ENDED)
