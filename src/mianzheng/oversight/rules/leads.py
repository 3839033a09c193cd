"""One table says every move of a lead (线索). A lead is a question: nothing but these moves comes of it."""

from __future__ import annotations

from enum import StrEnum

from mianzheng.common.errors import Refusal
from mianzheng.common.moves import Move, state_diagram, target_of
from mianzheng.common.reasons import N_, Reason

LONGEST = 1_000
"""Signs of a reply, an answer or what a person adds."""


class Source(StrEnum):
    """What a lead comes from: the rules, or a person who does not recognise a look."""

    RULES = "rules"
    PERSON = "person"


class Status(StrEnum):
    """Where a lead stands."""

    OPEN = "open"
    ASKED = "asked"
    REPLIED = "replied"
    EXPLAINED = "explained"
    PASSED = "passed"
    CLOSED = "closed"


NAMES = {
    Status.OPEN: N_("等部门负责人"),
    Status.ASKED: N_("等经办人说明"),
    Status.REPLIED: N_("经办人已说明"),
    Status.EXPLAINED: N_("部门已说明"),
    Status.PASSED: N_("在监督机构"),
    Status.CLOSED: N_("监督机构已办结"),
}
WITH_DEPARTMENT = frozenset({Status.OPEN, Status.ASKED, Status.REPLIED})
ENDED = frozenset({Status.EXPLAINED, Status.CLOSED})


class Outcome(StrEnum):
    """How oversight closes a lead. Referring it is where this program ends: whoever decides there hears the officer anew."""

    EXPLAINED = "explained"
    REFERRED = "referred"


OUTCOMES = {Outcome.EXPLAINED: N_("说得清，没有问题"), Outcome.REFERRED: N_("移交有权处理的机关，由它另行查清")}


class By(StrEnum):
    """Who makes a move."""

    HEAD = "head"
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    PROGRAM = "program"
    PERSON = "person"


def _moves(name: str, sources: str, target: Status | None, by: By, guard: str) -> tuple[Move[Status, By], ...]:
    return tuple(Move(name, Status(each), target or Status(each), by, guard) for each in sources.split())


MOVES: tuple[Move[Status, By], ...] = (
    *_moves("ask", "open", Status.ASKED, By.HEAD, "it is about an officer, not the head"),
    *_moves("reply", "open asked", Status.REPLIED, By.OFFICER, "the officer's own, once"),
    *_moves("reply", "passed", None, By.OFFICER, "the officer's own, once"),
    *_moves("explain", "replied", Status.EXPLAINED, By.HEAD, "with the reason"),
    *_moves("explain", "open asked", Status.EXPLAINED, By.HEAD, "a person asked, who is answered"),
    *_moves("pass_on", "open asked replied", Status.PASSED, By.HEAD, "with the reason"),
    *_moves("pass_on", "open asked replied", Status.PASSED, By.PROGRAM, "its day is over, or nobody there may decide"),
    *_moves("contest", "explained", Status.PASSED, By.PERSON, "the person who asked, once"),
    *_moves("ask", "passed", None, By.SUPERVISOR, "the officer has not been asked yet"),
    *_moves(
        "close", "passed", Status.CLOSED, By.SUPERVISOR, "with the reason; referred only once the officer was heard"
    ),
)


def check_move(name: str, source: Status, by: By) -> Status:
    """Return where the move leads, or raise `Refusal` where the table has no such move."""
    target = target_of(MOVES, name, source, by)
    if target is None:
        raise Refusal(
            Reason(N_("这条线索现在是“%(status)s”，不能这样做。"), {"status": Reason(NAMES[source])}),
            Reason(N_("它可能刚有了进展。请刷新页面，看现在可以做什么。")),
        )
    return target


def check_not_own(account: object, actor: str) -> None:
    """Refuse whoever would decide on a lead about themself (回避)."""
    if account is not None and str(account) == actor:
        raise Refusal(Reason(N_("这条线索问的是您自己，您不能决定。")), Reason(N_("请写说明，由别人来定。")))


def check_words(text: str, what: str, *, field: str) -> str:
    """Return `text`, which must say something and not too much; `what` is the message where it says nothing."""
    plain = text.strip()
    if not plain:
        raise Refusal(Reason(what), Reason(N_("写一两句就行，不写别人的姓名和证件号码。")), field=field)
    return check_length(plain, field=field)


def check_length(text: str, *, field: str) -> str:
    """Return `text`, which must not be too long."""
    if len(text) > LONGEST:
        raise Refusal(Reason(N_("不超过 %(signs)s 字。"), {"signs": LONGEST}), Reason(N_("请写要点。")), field=field)
    return text.strip()


def check_explain(source: Source, status: Status) -> None:
    """Refuse to close what the rules found before the officer was heard: neither for nor against anybody in a hurry."""
    if source is Source.RULES and status is not Status.REPLIED:
        raise Refusal(Reason(N_("经办人还没有说明。")), Reason(N_("请先请经办人说明，期限过了会自动转监督机构。")))


def why_not_refer(*, about_officer: bool, replied: bool, asked: bool, overdue: bool) -> Reason | None:
    """Return why a lead cannot be referred yet; None where it can: the officer was heard, or let the days pass."""
    if not about_officer or replied or (asked and overdue):
        return None
    if asked:
        return Reason(N_("经办人说明的期限还没有过。"))
    return Reason(N_("经办人还没有被请来说明。"))


def drawing() -> str:
    """Return the table as a Mermaid state diagram, for the docs."""
    return state_diagram(MOVES, start=Status.OPEN, states=Status, ended=ENDED)
