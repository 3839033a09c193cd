"""What the rules know and propose of certificates today: the catalogue, the laws, and how its items stand."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mianzheng.catalogue.queries.editions import made_once
from mianzheng.catalogue.rules.city import City
from mianzheng.centre.queries.records import readiness_of
from mianzheng.centre.rules.readiness import State
from mianzheng.common.periods import ZONE
from mianzheng.gateway.queries.grants import facts_granted
from mianzheng.reform.models import Candidate
from mianzheng.reform.rules.classes import Proposal, demands, propose
from mianzheng.reform.rules.judging import Standing
from mianzheng.reform.rules.offices import Kind
from mianzheng.reform.rules.situations import Demand, Judged, grounds, situation_of
from mianzheng.reform.rules.states import Stage


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal, the fact it takes the certificate to attest, and everything that was found out on the way."""

    proposal: Proposal
    judged: Judged


def proposals(city: City, found: Sequence[Candidate], *, now: datetime.datetime) -> dict[uuid.UUID, Proposed]:
    """Propose what becomes of each (a query for how the items stand, one for who may ask what)."""
    granted = facts_granted(today=now.astimezone(ZONE).date())
    states = {code: each.state for code, each in readiness_of(city, city.items, now=now).items()}
    return {
        each.id: Proposed(propose(judged.situation), judged) for each, judged in _judged(city, found, states, granted)
    }


def standings(city: City, found: Sequence[Candidate]) -> dict[uuid.UUID, Standing]:
    """Return what a decision about each has to be held against (no query)."""
    return {
        each.id: Standing(
            stage=Stage(each.stage),
            proposed=each.proposal.get("disposal", ""),
            outside=each.demander_kind == Kind.OUTSIDE,
            by_law=demands(judged.situation),
            elsewhere=judged.situation.elsewhere is not None,
            silent=judged.situation.silent,
        )
        for each, judged in _judged(city, found, {})
    }


def judged(city: City, found: Candidate) -> Judged:
    """Return what is known of one beside how its item stands (no query)."""
    [(_one, known)] = _judged(city, [found], {})
    return known


def _judged(
    city: City,
    found: Iterable[Candidate],
    states: Mapping[str, State],
    granted: Mapping[str, Collection[str]] | None = None,
) -> Iterable[tuple[Candidate, Judged]]:
    ready = _grounds(city)
    for each in found:
        demand = Demand(
            name=each.name,
            purpose=each.purpose,
            demander=_said(city, each.demander, each.demander_said),
            demander_kind=each.demander_kind,
            issuer=_said(city, each.issuer, each.issuer_said),
            issuer_level=each.issuer_level,
            basis=each.basis,
        )
        yield each, situation_of(demand, ready, states, granted)


def _said(city: City, code: str, said: str) -> str:
    office = city.office(code)
    return office.zh if office else said


_grounds = made_once(grounds)
"""What judging needs of a city."""
