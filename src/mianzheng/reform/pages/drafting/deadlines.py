"""Deadlines (期限) and other numbers the law leaves to the city, all under `policy` in city.yaml."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from mianzheng.catalogue.rules.editing import TextEdit
from mianzheng.catalogue.rules.policy import Policy
from mianzheng.catalogue.rules.trees import plain, rewritten
from mianzheng.common.reasons import N_, Reason
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.pages.drafting.editing import Editor, edited, open_draft
from mianzheng.reform.pages.drafting.inputs import Input, Kind, Values
from mianzheng.reform.pages.drafting.named import facts
from mianzheng.reform.rules.drafting import Place
from mianzheng.reform.rules.lines import node_lines
from mianzheng.web.access import allow

FILE = "city.yaml"
WORKING, CALENDAR = N_("工作日"), N_("自然日")
NAMES = {
    "check_days": (N_("部门答复别的部门的核查"), WORKING),
    "objection_days": (N_("决定一项异议"), WORKING),
    "after_check_days": (N_("承诺以后的核查"), WORKING),
    "correction_days": (N_("来源部门答复记录有疑问（校核）"), WORKING),
    "sharing_days": (N_("答复共享申请"), WORKING),
    "consult_days": (N_("答复取消证明的征求意见"), WORKING),
    "trial_days": (N_("一批证明取消后试行多久"), CALENDAR),
    "review_days": (N_("保留的证明隔多久复核"), CALENDAR),
    "wish_days": (N_("答复新设证明的申请"), WORKING),
    "slips_a_day": (N_("不登录的人一天最多出几张告知单"), ""),
    "watch_days": (N_("准予以后依据变了，多久以内告诉部门"), CALENDAR),
    "error_days": (N_("错误清单保留多久"), CALENDAR),
    "stale_cycles": (N_("几个更新周期没有更新就不再用来下结论"), ""),
    "delivery_tries": (N_("送不出去的变动试几次"), ""),
    "pull_minutes": (N_("拉取一份数据最多等几分钟"), ""),
    "fresh_minutes": (N_("登录后几分钟以内显示敏感记录"), ""),
    "paper_trips": (N_("没有人数过的，一份证明算跑几趟"), ""),
    "bad_rows": (N_("一批数据里坏行超过多少就整批退回（0 到 1）"), ""),
    "shrink": (N_("全量数据少了多少就要有人确认（0 到 1）"), ""),
    "commitment_bar": (N_("不符合哪个事实的人不适用告知承诺"), ""),
}  # fmt: skip
_SHARES = ("bad_rows", "shrink")


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def deadlines(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Edit the numbers of the city."""
    seen = open_draft(draft)
    text = seen.files[FILE]
    tree: dict[str, Any] = plain(text) or {}
    policy: dict[str, Any] = tree.get("policy") or {}
    usual = {field.name: field.default for field in dataclasses.fields(Policy)}
    editor = Editor(
        title=Reason(N_("全市的期限")),
        file=FILE,
        places=[Place(FILE)],
        inputs=[_input(name, seen.files) for name in NAMES],
        values={name: str(policy.get(name, _plain(usual.get(name)))) for name in NAMES},
        wanted=lambda values: [TextEdit(FILE, rewritten(text, tree | {"policy": policy | _numbers(values, policy, usual)}))],
        lines=lambda files: node_lines(files[FILE], ["policy"]),
        at=("reform:draft", [draft]),
        back=seen.draft.title,
        intro=N_("法律没有写死、由本市定的数。写错了会拦下来；改了以后新发生的都按新的算。"),
    )  # fmt: skip
    return edited(request, seen, editor)


def _input(name: str, files: Any) -> Input:
    label, unit = NAMES[name]
    if name == "commitment_bar":
        return Input(name, label, Kind.CHOICE, options=facts(files)).may
    if name in _SHARES:
        return Input(name, label, Kind.DECIMAL)
    return Input(name, label, Kind.WHOLE, hint=unit, least=1)


def _plain(default: Any) -> Any:
    return "" if default is dataclasses.MISSING else default


def _numbers(values: Values, policy: dict[str, Any], usual: dict[str, Any]) -> dict[str, Any]:
    """Return what the form says; what is as usual and was not written is not written now either."""
    said: dict[str, Any] = {}
    for name, value in values.items():
        made = value if name == "commitment_bar" else float(value) if name in _SHARES else int(value)
        if name in policy or made not in ("", usual.get(name)):
            said[name] = made
    return said
