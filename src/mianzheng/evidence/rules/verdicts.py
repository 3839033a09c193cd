"""The three verdicts and the ways of settling a fact, in the order of burden."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """A verdict (核验结论): 符合，不符 or 暂不能确定, never a guess."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"


class Way(StrEnum):
    """A way (办理方式) a fact is settled, least burden first."""

    DOCUMENT = "document"
    DATA = "data"
    DEPARTMENT = "department"
    COMMITMENT = "commitment"
    REVIEW = "review"
    CERTIFICATE = "certificate"


def all_of(verdicts: Iterable[Verdict], *, empty: Verdict) -> Verdict:
    """Combine verdicts about several subjects: one that fails decides, then one that is unknown; `empty` for nobody."""
    found = set(verdicts)
    if not found:
        return empty
    for verdict in (Verdict.FAILS, Verdict.UNKNOWN):
        if verdict in found:
            return verdict
    return Verdict.HOLDS
