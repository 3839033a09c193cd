"""A guide in words of the active language: the page and the paper print the same, so that they cannot differ."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mianzheng.catalogue.pages.rows import party
from mianzheng.catalogue.rules import guides
from mianzheng.catalogue.rules.city import Basis, Certificate, City, ClaimedBasis, Question
from mianzheng.catalogue.rules.guides import Condition, Guide, Struck
from mianzheng.catalogue.rules.kinds import INSTEAD, LEVEL_NAMES, Disposal
from mianzheng.catalogue.templatetags.law import article
from mianzheng.common.reasons import N_, Reason
from mianzheng.web.templatetags.ui import WAYS
from mianzheng.web.words import full_day, say

LEVELS = {"city": Reason(N_("市级单位")), "town": LEVEL_NAMES["town"], "community": LEVEL_NAMES["community"]}
HOW = {
    "online": N_("网上：登录后填表，先看要查什么、向谁查，您同意了才查；随时能看进度。"),
    "window": N_("窗口：到任何一个政务服务窗口，说要办这件事，只填一次。"),
    "agent": N_("代办：不方便出门的，请村、社区的代办员替您办。"),
}
FIXED = {
    "guide": N_("办事指南"),
    "bring": N_("要带的证明"),
    "struck": N_("已经取消、不用交的证明"),
    "conditions": N_("要弄清的事，由谁弄清"),
    "form": N_("要填什么"),
    "how": N_("怎么申请"),
    "remedies": N_("不服怎么办"),
    "bases": N_("依据"),
    "otherwise": N_("查不到的："),
    "unworked": N_("这件事还没有逐条整理；清单里已有的都在下面，到窗口可以问全。"),
    "beyond": N_("办这件事，这里没有写的证明谁也不该向您要。有人要，请拨 12345，或者到证明清单里查那份证明。"),
    "counts": N_("以网上的为准：扫二维码，看这一份是不是还一样。"),
}
"""What every guide says: headings, and the sentences around them."""


def fixed() -> dict[str, str]:
    return {name: _(words) for name, words in FIXED.items()}


def told(city: City, guide: Guide) -> dict[str, Any]:
    """Return everything a guide says; `mark` tells one wording of it from another."""
    matter, work = guide.matter, guide.matter.work
    said: dict[str, Any] = {
        "code": matter.code,
        "title": say(matter.name),
        "summary": say(work.summary) if work else "",
        "worked": work is not None,
        "glance": _glance(guide),
        "asked": len(guide.bring),
        "asked_words": _asked(len(guide.bring)),
        "bring": [_brought(city, guide, certificate) for certificate in guide.bring],
        "struck": [_cancelled(each) for each in guide.struck],
        "conditions": [_needed(city, condition) for condition in guide.conditions],
        "form": [(say(question.name), _filling(question)) for question in (work.form if work else ())],
        "how": [_(HOW[channel]) for channel in guide.channels],
        "remedies": say(work.remedies) if work else "",
        "bases": [{"title": _cited(basis), "text": say(basis.text), "source": basis.source} for basis in guide.bases],
    }
    whole = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return said | {"mark": hashlib.sha256(whole.encode()).hexdigest()[:8]}


def _glance(guide: Guide) -> list[tuple[str, str]]:
    """Return who decides, on which level, how long it takes and what one gets."""
    matter, days = guide.matter, guide.matter.decide_days
    until = ngettext("%(n)s 个工作日内决定", "%(n)s 个工作日内决定", days) % {"n": days}
    at_once = _("；都符合的，当场办好") if matter.work and matter.work.grant == "program" else ""
    owner = f"{say(guide.owner)} · {guide.phone}" if guide.phone else say(guide.owner)
    lines = [(_("由谁决定"), owner), (_("哪一级办"), say(LEVELS[matter.level])), (_("要多久"), until + at_once)]
    if matter.work:
        lines.append((_("办好后得到"), say(matter.work.result)))
    return lines


def _asked(count: int) -> str:
    if not count:
        return _("不用带任何证明。要弄清的事，由办事的部门自己去核验。")
    return ngettext("只要带下面 %(n)s 份证明：", "只要带下面 %(n)s 份证明：", count) % {"n": count}


def _brought(city: City, guide: Guide, certificate: Certificate) -> dict[str, str]:
    last = any(c.need.retained == certificate.code and len(c.ways) > 1 for c in guide.conditions)
    now = say(INSTEAD[certificate.disposal]) if certificate.disposal is Disposal.ASKED else ""
    return {
        "code": certificate.code,
        "name": say(certificate.name),
        "issuer": _("找谁开：%(office)s") % {"office": say(party(city, certificate.issuer))},
        "basis": _cited(certificate.basis) if certificate.basis else "",
        "when": _("先查登记、问部门；都不能确定的，才请您交。") if last else now,
    }


def _cancelled(each: Struck) -> dict[str, str]:
    when = {"number": each.batch.number, "day": full_day(each.batch.published)}
    return {
        "code": each.certificate.code,
        "name": say(each.certificate.name),
        "when": _("第 %(number)s 批，%(day)s取消") % when,
        "instead": say(INSTEAD[each.certificate.disposal]),
    }


def _needed(city: City, condition: Condition) -> dict[str, Any]:
    need, fact = condition.need, condition.fact
    params = [f"{say(fact.params[name].name)} {_value(value)}" for name, value in need.params.items()]
    first, *rest = condition.ways
    return {
        "question": say(fact.question),
        "about": _("关于%(about)s") % {"about": say(condition.about)} if condition.about else _("关于申请人本人"),
        "params": " · ".join(params),
        "when": say(condition.only_when),
        "why": say(need.why),
        "way": first.name,
        "way_name": _(WAYS[first.name][1]),
        "first": _done(city, condition, first),
        "then": [_done(city, condition, way) for way in rest],
        "basis": _cited(condition.basis) if condition.basis else "",
    }


def _done(city: City, condition: Condition, way: guides.Way) -> str:
    """Say what happens by a way, and who does it."""
    office, need = say(way.office), condition.need
    if way.name in ("document", "data"):
        item = city.items[condition.fact.item].name
        return _("查%(office)s的“%(item)s”。") % {"office": office, "item": say(item)}
    if way.name == "department":
        days = {"office": office, "days": need.deadline}
        return _("由%(office)s在 %(days)s 个工作日内核查答复。") % days
    if way.name == "commitment":
        return _("可以自愿书面承诺，也可以不承诺。")
    if way.name == "certificate":
        return _("请交“%(paper)s”。") % {"paper": say(city.certificates[need.retained].name)}
    return _("由%(office)s的人员核实，不用跑。") % {"office": office}


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value)


def _filling(question: Question) -> str:
    """Return what helps to fill in a question before one sees it."""
    notes = [] if question.required else [_("可不填")]
    if question.prefill or question.type == "relative":
        notes.append(_("登记里有的，已为您填好"))
    if question.choices:
        notes.append(" / ".join(say(choice) for choice in question.choices.values()))
    if question.help:
        notes.append(say(question.help))
    return " · ".join(notes)


def _cited(basis: Basis | ClaimedBasis) -> str:
    return f"{say(basis.law)} {article(basis.article)}"
