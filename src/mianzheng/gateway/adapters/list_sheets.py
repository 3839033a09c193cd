"""The results of a list as an office program opens them: one line a person and fact, in words, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mianzheng.catalogue.rules.city import City
from mianzheng.common.reasons import N_, Reason, unpacked
from mianzheng.gateway.models import SealedAnswer
from mianzheng.gateway.rules.consents import grouped
from mianzheng.gateway.rules.questions import NOW, WHAT, Not
from mianzheng.web.templatetags.ui import VERDICTS, WAYS
from mianzheng.web.words import full_moment, in_both, say

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
WIDTHS = (10, 24, 44, 24, 80, 48, 24, 24, 26, 40)


def headings() -> list[str]:
    """Return what stands above the columns."""
    return [_joined(*in_both(lambda heading=heading: say(heading))) for heading in HEADINGS]


def as_row(city: City, result: Mapping[str, Any], withdrawn: Mapping[str, SealedAnswer]) -> tuple[int | str, ...]:
    """Return one result. A row that was not looked up says so, and why; so does one whose sealed answer was `withdrawn`."""
    chinese, english = in_both(lambda: _cells(city, result, withdrawn))
    return (int(result["row"]), *(_joined(*both) for both in zip(chinese, english, strict=True)))


def _joined(chinese: str, english: str) -> str:
    return chinese if chinese == english else f"{chinese} / {english}"


def _cells(city: City, result: Mapping[str, Any], withdrawn: Mapping[str, SealedAnswer]) -> tuple[str, ...]:
    """Return all but the row's place in the active language."""
    fact = city.facts.get(result.get("fact", ""))
    start = (str(result["number"]), say(fact.question) if fact else "")
    if "verdict" not in result:
        return (*start, _("没有查"), _why(result), "", "", "", "", "")
    item, gone = city.items.get(result["source"]), withdrawn.get(result["sealed"])
    return (
        *start,
        _("凭证已作废") if gone else _(VERDICTS[result["verdict"]][1]),
        _withdrawn(gone) if gone else _left(city, result),
        say(item.name) if item else "",
        result["as_of"],
        grouped(result["consent"]),
        grouped(result["sealed"]),
        result["entry"],
    )


def _withdrawn(row: SealedAnswer) -> str:
    return _("%(at)s 作废：%(why)s") % {"at": full_moment(row.withdrawn_at), "why": row.why}


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
