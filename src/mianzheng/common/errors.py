"""Expected failures. A refusal says what happened, why, and what to do now; nothing was changed."""

from __future__ import annotations

from mianzheng.common.reasons import Reason


class Refusal(Exception):
    """The request was understood and not done. `what` and `now` are shown to people; neither holds personal data.

    `field` names the input it is about, where there is one.
    """

    def __init__(self, what: Reason, now: Reason | None = None, *, field: str = "") -> None:
        super().__init__(what.msgid)
        self.what = what
        self.now = now
        self.field = field


class NotFound(Refusal):
    """What was asked for does not exist, or not for this person."""
