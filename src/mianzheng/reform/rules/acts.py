"""Acts in words: what was done to a certificate or a batch, and what of it everybody reads."""

from __future__ import annotations

from enum import StrEnum

from mianzheng.common.reasons import N_, Reason


class Did(StrEnum):
    """What an act did. Those of a certificate on its way, of a published one, of a kept one, and of the whole catalogue."""

    VANISHED = "vanished"
    FOUND_AGAIN = "found_again"
    DECIDED = "decided"
    DROPPED = "dropped"
    TAKEN_UP = "taken_up"
    ASKED = "asked"
    AGREED = "agreed"
    SETTLED = "settled"
    RECONSIDERED = "reconsidered"
    TAKEN_BACK = "taken_back"
    PUBLISHED = "published"
    AMENDED = "amended"
    WITHDRAWN = "withdrawn"
    LOOKED_INTO = "looked_into"
    DONE = "done"
    RETAINED = "retained"
    REVIEWED = "reviewed"
    REOPENED = "reopened"
    ENDED = "ended"
    CATALOGUE_CHANGED = "catalogue_changed"


NAMES = {
    Did.VANISHED: Reason(N_("没有清单再列它了")),
    Did.FOUND_AGAIN: Reason(N_("清单里又有它了")),
    Did.DECIDED: Reason(N_("拟定处理方式")),
    Did.DROPPED: Reason(N_("不列入")),
    Did.TAKEN_UP: Reason(N_("重新列入")),
    Did.ASKED: Reason(N_("开始征求意见")),
    Did.AGREED: Reason(N_("意见一致")),
    Did.SETTLED: Reason(N_("裁定")),
    Did.RECONSIDERED: Reason(N_("改为另一种处理方式")),
    Did.TAKEN_BACK: Reason(N_("退回重新拟定")),
    Did.PUBLISHED: Reason(N_("公布取消")),
    Did.AMENDED: Reason(N_("更改办法")),
    Did.WITHDRAWN: Reason(N_("撤回取消")),
    Did.LOOKED_INTO: Reason(N_("查过情况")),
    Did.DONE: Reason(N_("宣布完成")),
    Did.RETAINED: Reason(N_("列为保留")),
    Did.REVIEWED: Reason(N_("年度复核")),
    Did.REOPENED: Reason(N_("不再保留")),
    Did.ENDED: Reason(N_("到期结束")),
    Did.CATALOGUE_CHANGED: Reason(N_("目录改动生效")),
}
CANCELLING = (Did.PUBLISHED, Did.AMENDED, Did.WITHDRAWN, Did.DONE)
"""What is told of batches: what the feed has."""
PUBLIC = (*CANCELLING, Did.RETAINED, Did.REVIEWED, Did.REOPENED, Did.ENDED)
"""What was done to the public list; the rest belongs to a certificate's way there, or is the office's own business."""
