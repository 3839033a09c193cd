"""Offices, papers and confidences in words, for the pages of the inventory."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from mianzheng.catalogue.rules.city import City
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.reform.rules.papers import Paper
from mianzheng.reform.rules.placing import SURE
from mianzheng.web.words import english, say

PAPER_NAMES = {
    Paper.CERTIFICATE: Reason(N_("证明")),
    Paper.LICENCE: Reason(N_("证照：本人持有")),
    Paper.FORM: Reason(N_("审核材料：本人填写")),
    Paper.COURT: Reason(N_("司法文书、公证文书")),
    Paper.CONTRACT: Reason(N_("合同、票据、凭证")),
    Paper.UNCLEAR: Reason(N_("看不出是什么")),
}
_LEVELS = {
    "town": Reason(N_("各镇街")),
    "community": Reason(N_("各村（社区）")),
    "employer": Reason(N_("用人单位")),
}
LIKELY = 0.7


def office_name(city: City, code: str, said: str) -> Text | Reason | str:
    """Return what to call an office: by its code, or as the list writes it."""
    place = city.towns.get(code) or city.communities.get(code)
    return city.office(code) or (place.name if place else None) or _LEVELS.get(code) or said or code


def joined(names: Sequence[Text | Reason | str], *, most: int = 4) -> str:
    """Return the names in a row; of more than `most`, the first and how many there are."""
    said = (", " if english() else "、").join(say(name) for name in names[:most])
    if len(names) <= most:
        return said
    return _("%(names)s等 %(count)s 个") % {"names": said, "count": len(names)}


def paper_name(paper: str) -> Reason:
    """Return what a paper is, in words."""
    return PAPER_NAMES[Paper(paper or Paper.CERTIFICATE)]


def how_sure(confidence: float) -> Reason:
    """Return a confidence in words."""
    if confidence >= SURE:
        return Reason(N_("有把握"))
    return Reason(N_("多半是")) if confidence >= LIKELY else Reason(N_("拿不准"))
