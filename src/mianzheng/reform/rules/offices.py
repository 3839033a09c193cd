"""What an office that a list names is: its kind, where it stands, and whether the city can order it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mianzheng.common.reasons import Reason
from mianzheng.common.texts import Text


class Kind(StrEnum):
    """What an office is."""

    ORGAN = "organ"  # 党政机关
    VERTICAL = "vertical"  # 垂直管理单位
    PUBLIC_BODY = "public_body"  # 公共服务机构
    FINANCE = "finance"  # 金融机构
    NOTARY = "notary"  # 公证机构
    EMPLOYER = "employer"  # 用人单位
    OUTSIDE = "outside"  # 市外单位
    UNRESOLVED = "unresolved"


class Level(StrEnum):
    """Where an office stands."""

    CITY = "city"
    TOWN = "town"
    COMMUNITY = "community"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Office:
    """An office as `written`; `code` is that of a department, body or place, or one of the words town, community and employer.

    An empty code with a kind stands for any office of that kind (各银行). `central` bodies belong to no city (央企).
    """

    written: str
    code: str
    name: Text | None
    kind: Kind
    level: Level
    confidence: float
    reason: Reason
    central: bool = False

    @property
    def ordered(self) -> bool:
        """Whether the city can tell it what not to demand."""
        return self.kind in (Kind.ORGAN, Kind.PUBLIC_BODY) and not self.central
