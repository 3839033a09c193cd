"""Which column of an office's list of certificates says what. Offices name them as they like; a person may correct it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mianzheng.common.headings import Found, find, matched, plain


class Says(StrEnum):
    """What a column of an inventory (证明事项清单) says."""

    NUMBER = "number"  # 序号
    NAME = "name"  # 证明名称
    NAME_EN = "name_en"  # 英文名称
    DEMANDER = "demander"  # 索要单位
    ISSUER = "issuer"  # 开具单位
    BASIS = "basis"  # 设定依据
    PURPOSE = "purpose"  # 用途
    PURPOSE_EN = "purpose_en"  # 用途的英文
    WAY = "way"  # 取消后的办理方式
    VOLUME = "volume"  # 年办件量
    REMARK = "remark"  # 备注


HEADINGS: dict[Says, str] = {
    Says.NUMBER: "序号 编号 no",
    Says.NAME: (
        "证明名称 证明材料名称 证明事项 证明事项名称 证明材料 证明文件 证明文件名称 证明种类 证明类别名称 取消的证明 取消证明名称 取消证明事项名称"
        " 取消的证明事项 需提供的证明 需要提供的证明 索要的证明 索要证明名称 开具的证明 开具证明名称 出具证明名称 保留证明名称 材料名称 证明 name"
        " certificate nameofcertificate certificatename nameofthecertificate"
    ),
    Says.DEMANDER: (
        "索要单位 需要单位 索要部门 需要部门 索要机关 要求单位 要求部门 要求提供单位 要求出具单位 要求开具单位 用证单位 用证部门 使用单位 使用部门"
        " 需求单位 需求部门 需要证明的单位 需要证明的一方 接收单位 受理单位 办理单位 实施单位 实施部门 责任单位 责任部门 主管部门 demander"
        " demandedby requestedby requiredby demandingoffice requestingoffice"
    ),
    Says.ISSUER: (
        "开具单位 出具单位 开具部门 出具部门 开具机关 出具机关 开具主体 出具主体 证明开具单位 证明出具单位 开证单位 开证部门 提供单位 提供证明的一方"
        " 原开具单位 原出具单位 issuer"
        " issuedby issuingoffice issuingauthority madeoutby"
    ),
    Says.BASIS: "设定依据 法律依据 政策依据 文件依据 依据 设立依据 法定依据 法律法规依据 依据文件 设定依据名称 basis legalbasis",
    Says.PURPOSE: (
        "用途 证明用途 办理事项 办理事项名称 涉及事项 事项名称 政务服务事项 用于办理的事项 使用事项 办事事项 适用事项 服务事项 办理业务"
        " 办理什么事 业务名称 使用场景 purpose usedfor purposeofuse"
    ),
    Says.NAME_EN: "证明英文名 英文译名 nameen certificatenameinenglish nameinenglish englishname",
    Says.PURPOSE_EN: "purposeen purposeinenglish englishpurpose",
    Says.WAY: (
        "取消后的办理方式 取消后办理方式 替代方式 取消后替代方式 替代措施 处理方式 处理意见 拟处理意见 清理意见 清理方式 办理方式 取消方式 取消后的处理方式"
        " 改进措施 way wayinstead"
    ),
    Says.VOLUME: (
        "年办件量 办件量 年开具量 年开具数 年开具数量 开具数量 年均数量 数量 年均办件量 份数 年份数 件数 volume papersayear numberperyear"
        " papersperyear numberayear"
    ),
    Says.REMARK: "备注 说明 备注说明 其他说明 remark remarks",
}
"""What columns are headed, as lists of offices and public lists do."""

_ENGLISH = re.compile("英文|english", re.IGNORECASE)
_OF_PURPOSE = re.compile("用途|事项|业务|purpose", re.IGNORECASE)
_WORDS = {plain(word): says.value for says, words in HEADINGS.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Columns:
    """What each heading was taken for; `unknown` headings belong to nothing and are shown, never dropped."""

    says: Mapping[str, Says]
    unknown: tuple[str, ...] = ()


def understand(headings: Sequence[str], corrections: Mapping[str, str]) -> Columns:
    """Find what each of `headings` says; `corrections` (heading -> what it says, "" for nothing) are of a person and go first."""
    columns = matched((_WORDS,), headings, {**_in_english(headings), **corrections})
    says = {heading: Says(meaning) for meaning, heading in columns.items()}
    return Columns(says, tuple(h for h in headings if h not in says and corrections.get(h) != ""))


def _in_english(headings: Sequence[str]) -> dict[str, str]:
    """Return the columns that say it in English: 证明名称（英文） is not the name itself."""
    said: dict[str, str] = {}
    for heading in filter(_ENGLISH.search, headings):
        said.setdefault(Says.PURPOSE_EN if _OF_PURPOSE.search(heading) else Says.NAME_EN, heading)
    return {heading: str(says) for says, heading in said.items()}


def head_of(rows: Sequence[Sequence[str]]) -> Found | None:
    """Find where the headings stand; `fits` is 0 where no column names certificates (then a person has to say)."""

    def fits(headings: Sequence[str]) -> int:
        found = matched((_WORDS,), headings, {})
        return len(found) if Says.NAME.value in found and len(found) > 1 else 0

    return find([() if any(map(_FILLED_IN.match, row)) else row for row in rows], fits)


_FILLED_IN = re.compile(r"[^:：]{2,8}[:：]\s*\S")
"""A line such as 填报单位：民政局 heads no columns."""
