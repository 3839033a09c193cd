"""Which fact each of a city's certificates attests, as its package says, and which one the rules suggest.

Only the words an office would have written are shown to the rules: names, purpose, both sides. The half by the hash of its name is what the
rules were fitted looking at; of the other half only the figures are looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from mianzheng.catalogue.rules.city import Certificate
from mianzheng.reform.rules.meanings import plain
from mianzheng.reform.rules.situations import Demand, grounds, situation_of
from tests.rules.public_lists import city


@dataclass(frozen=True, slots=True)
class Figures:
    """`precision`: right among those suggested; `coverage`: suggested among all that attest a fact; `stray`: suggested among
    those the package knows no fact for.
    """

    precision: float
    coverage: float
    stray: float


def tuned(one: Certificate) -> bool:
    """Tell whether the rules were fitted looking at it."""
    return hashlib.sha256(plain(one.name.zh).encode()).digest()[0] % 2 == 0


@cache
def suggested() -> dict[str, str]:
    """Return for each certificate the code of the fact suggested, empty where none is."""
    known = grounds(city())
    return {
        code: situation_of(
            Demand(
                name=one.name.zh,
                purpose=one.purpose.zh,
                demander=_called(one.demander),
                demander_kind=one.demander_kind,
                issuer=_called(one.issuer),
                issuer_level=one.issuer_level,
            ),
            known,
            {},
        ).fact
        for code, one in city().certificates.items()
    }


def _called(code: str) -> str:
    name = city().office(code)
    return name.zh if name else ""


def figures(chosen: Collection[Certificate]) -> Figures:
    """Measure how often the fact suggested is the one the package names."""
    attest = [one for one in chosen if one.fact]
    others = [one for one in chosen if not one.fact]
    told = [one for one in attest if suggested()[one.code]]
    right = sum(suggested()[one.code] == one.fact for one in told)
    stray = sum(bool(suggested()[one.code]) for one in others)
    return Figures(right / max(len(told), 1), len(told) / len(attest), stray / len(others))
