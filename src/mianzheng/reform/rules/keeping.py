"""Keeping a certificate (保留): when that is allowed, and what it changes in the city package. Looked at again every year."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from mianzheng.catalogue.rules.city import Certificate, City
from mianzheng.catalogue.rules.editing import Edit, RowEdit
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.rules.batches import FINANCE, Listed
from mianzheng.reform.rules.edits import CERTIFICATES, columns_of, rows_said
from mianzheng.reform.rules.judging import Standing, now_instead, why_not_retained
from mianzheng.reform.rules.offices import Kind
from mianzheng.reform.rules.whys import PUBLISHED, check_why

WISHED = "wish-"
"""What the code of a certificate begins with that was allowed as a new demand."""


def check_keep(city: City, each: Listed, standing: Standing) -> None:
    """Refuse to keep what no law demands and no body outside asks for, and what the list cannot say of it."""
    why_not = why_not_retained(standing)
    if why_not:
        raise Refusal(why_not, now_instead(standing))
    known = city.certificates.get(each.code)
    if known is not None and not known.asked_for:
        raise Refusal(
            Reason(N_("它已经公布取消，不能再列入保留清单。")), Reason(N_("确要恢复的，先在批次里撤回取消，写明理由。"))
        )
    if not each.demander:
        raise Refusal(
            Reason(N_("目录里没有要它的这个单位，清单上写不出是谁要。")),
            Reason(N_("请先在“目录维护”里加上这个单位。")),
        )
    if not each.issued_by:
        raise Refusal(
            Reason(N_("目录里没有开它的这个单位，清单上写不出找谁开。")),
            Reason(N_("请先在“目录维护”里加上这个单位。")),
        )
    if not standing.outside and not each.basis:
        raise Refusal(
            Reason(N_("法律库里没有它依据的那一条，清单上写不出依据。")),
            Reason(N_("请先在“目录维护”里加上这一条的出处。")),
        )


def retention(files: Mapping[str, str], city: City, listed: Iterable[Listed], *, outside: frozenset[str]) -> list[Edit]:
    """Return the edits that put `listed` on the list of what is kept; the codes in `outside` are for bodies that the city cannot
    order, whoever passes them on.
    """
    return rows_said(files, CERTIFICATES, {each.code: _kept(city, each, each.code in outside) for each in listed})


def _kept(city: City, each: Listed, outside: bool) -> dict[str, str]:
    said = columns_of(city, each, None) | {"kind": "retained", "disposal": str(Disposal.RETAINED)}
    return said | ({"demander_kind": str(Kind.OUTSIDE)} if outside else {})


def reopening(files: Mapping[str, str], certificate: Certificate) -> list[Edit]:
    """Return the edit by which a kept certificate is one that is not dealt with yet."""
    kind = "finance" if certificate.demander_kind == FINANCE else "government"
    columns = {"kind": kind, "disposal": str(Disposal.ASKED), "batch": ""}
    return rows_said(files, CERTIFICATES, {certificate.code: columns})


def removal(codes: Iterable[str]) -> list[Edit]:
    """Return the edits that take certificates off the list: what is on no list may not be asked for."""
    return [RowEdit(CERTIFICATES, code, None) for code in codes]


def check_review(why: str, *, keep: bool | None, code: str, standing: Standing) -> str:
    """Return why a kept certificate stays or goes. Refuse to keep on what no longer may be kept, or what ends by itself."""
    if keep is None:
        raise Refusal(Reason(N_("还没有选保留还是不再保留。")), Reason(N_("请按两个按钮中的一个。")), field="keep")
    said = check_why(why, seen=PUBLISHED)
    if keep:
        check_not_wished(code)
    why_not = why_not_retained(standing) if keep else None
    if why_not:
        raise Refusal(why_not, Reason(N_("请选“不再保留”，重新处理。")), field="keep")
    return said


def check_not_wished(code: str) -> None:
    """Refuse to keep longer what was allowed as a new demand, by whatever way."""
    if code.startswith(WISHED):
        raise Refusal(
            Reason(N_("这是同意新设的，到期自己结束，不能延长。")),
            Reason(N_("还要的，由那个单位重新申请。")),
            field="keep",
        )


def due_from(today: datetime.date, days: int) -> datetime.date:
    """Return when what is kept today is looked at again."""
    return today + datetime.timedelta(days=days)
