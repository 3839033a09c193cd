"""Reasons people give for what they do to a certificate: there has to be one, it is short, and it names nobody."""

from __future__ import annotations

from mianzheng.common.errors import Refusal
from mianzheng.common.identifiers import has_number
from mianzheng.common.reasons import N_, Reason

LONGEST = 1_000
"""Signs of a reason."""
KEPT = Reason(N_("写一句就行，以后谁看都明白。"))
TOLD = Reason(N_("各单位都看得到这句话。"))
PUBLISHED = Reason(N_("理由会公开在证明的变动记录里。"))
"""Who reads it."""


def check_why(why: str, *, seen: Reason, field: str = "why") -> str:
    """Return a reason with single blanks; `seen` says to whoever left it out who will read it."""
    said = " ".join(why.split())
    if not said:
        raise Refusal(Reason(N_("请写明理由。")), seen, field=field)
    return check_words(said, field=field)


def check_words(words: str, *, field: str) -> str:
    """Return what somebody wrote, which must be neither too long nor hold anybody's number: it is kept for good."""
    if len(words) > LONGEST:
        raise Refusal(Reason(N_("不超过 %(signs)s 字。"), {"signs": LONGEST}), Reason(N_("请写要点。")), field=field)
    if has_number(words):
        raise Refusal(
            Reason(N_("这里面像是有某个人的证件号码或者电话。")), Reason(N_("请删去，只写是什么事。")), field=field
        )
    return words.strip()
