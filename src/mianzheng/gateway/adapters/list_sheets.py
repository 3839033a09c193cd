"""The results of a list as an office program opens them: one line a person and fact, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mianzheng.catalogue.rules.city import City
from mianzheng.common.reasons import N_, Reason, unpacked
from mianzheng.gateway.rules.consents import grouped
from mianzheng.gateway.rules.questions import NOW, WHAT, Not
from mianzheng.web.templatetags.ui import VERDICTS, WAYS
from mianzheng.web.words import say

HEADINGS = (
    N_("行号"),
    N_("证件号码"),
    N_("事实"),
    N_("结论"),
    N_("说明"),
    N_("来源"),
    N_("登记截至"),
    N_("同意编号"),
    N_("凭证编号"),
    N_("日志条目"),
)
WIDTHS = (8, 22, 28, 12, 48, 28, 14, 20, 24, 40)


def as_row(city: City, result: Mapping[str, Any]) -> tuple[int | str, ...]:
    """Return one result in the active language. A row that was not looked up says so, and why."""
    fact = city.facts.get(result.get("fact", ""))
    name = say(fact.question) if fact else ""
    start = (int(result["row"]), str(result["number"]), name)
    if "verdict" not in result:
        return (*start, _("没有查"), _why(result), "", "", "", "", "")
    item = city.items.get(result["source"])
    return (
        *start,
        _(VERDICTS[result["verdict"]][1]),
        _left(city, result),
        say(item.name) if item else "",
        result["as_of"],
        grouped(result["consent"]),
        grouped(result["sealed"]),
        result["entry"],
    )


def _why(result: Mapping[str, Any]) -> str:
    if "why" in result:
        return say(unpacked(result["why"]))
    why = Not(result["denied"])
    return f"{say(Reason(WHAT[why]))} {say(Reason(NOW[why]))}"


def _left(city: City, result: Mapping[str, Any]) -> str:
    """Say which way remains where it stayed unknown."""
    if result["verdict"] != "unknown" or not result["way"]:
        return ""
    way = _(WAYS[result["way"]][1]) if result["way"] in WAYS else result["way"]
    office = city.office(result["office"])
    return _("还可以：%(way)s %(office)s") % {"way": way, "office": say(office) if office else ""}
