"""The privacy card: what every stored field of every model declares (目的、必要、保存期限；个人信息保护法 5-6, 19)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Whether a field says something about a person, why it is kept, and for how long (`keep`, in words)."""

    personal: bool
    why: str
    keep: str
