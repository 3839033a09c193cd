"""What a person sees of the log under *My data* (我的数据): these acts, by these names."""

from __future__ import annotations

from mianzheng.common.reasons import N_

ACTIONS = {
    "lookup": N_("查询登记"),
    "prefill": N_("为您预填表格"),
    "reveal": N_("查看姓名和证件号码"),
    "check": N_("部门核查"),
    "review": N_("人工核查"),
    "erase": N_("删除了记录"),
    "inspect": N_("校核登记内容"),
    "doubt": N_("答复校核"),
    "oversee": N_("核对这次查询该不该查"),
}
