"""Lists of questions (批量名单): one table of people, the same facts asked about each of them."""

from __future__ import annotations

from enum import StrEnum

from mianzheng.catalogue.rules.city import Field, Item
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text

MOST = 10_000
"""Rows of a list."""
LARGEST = 20 << 20
"""Bytes of a file."""
AT_ONCE = 500
"""Rows asked together; what was asked stays asked, whatever happens to the rest."""
TRIES = 3
"""How often one lot is begun before the list is given up."""
CONSENT = "consent"


class Stage(StrEnum):
    """Where a list stands."""

    QUEUED = "queued"
    WORKING = "working"
    DONE = "done"
    REFUSED = "refused"


STAGES = {
    Stage.QUEUED: N_("排队"),
    Stage.WORKING: N_("正在核验"),
    Stage.DONE: N_("核验完了"),
    Stage.REFUSED: N_("没有核验"),
}
AT_WORK = (Stage.QUEUED, Stage.WORKING)

TABLE = Item(
    code="list",
    name=Text("批量名单", "List"),
    owner="",
    about="person",
    sharing="closed",
    cycle="day",
    complete=False,
    sensitivity="sensitive",
    licence=False,
    fields=(
        Field(
            "list",
            CONSENT,
            Text("同意编号", "Consent number"),
            "text",
            headers=("同意书编号", "同意", "consent number"),
        ),
    ),
)
"""A list as the centre's readers take it: a column of numbers, and one of consents that may be left out."""


def check_size(rows: int) -> None:
    """Refuse a list nobody is on, or too many."""
    if rows == 0:
        raise Refusal(Reason(N_("名单里一行也没有。")), Reason(N_("请在表头下面每行写一个人。")), field="file")
    if rows > MOST:
        raise Refusal(
            Reason(N_("名单有 %(rows)s 行，一次最多 %(most)s 行。"), {"rows": rows, "most": MOST}),
            Reason(N_("请分成几份，或者用接口。")),
            field="file",
        )
