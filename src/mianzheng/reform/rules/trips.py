"""Trips saved: how often a year nobody has to fetch a certificate any more."""

from __future__ import annotations

from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.catalogue.rules.reforming import Reforming


def trips_saved(volume: int, issuer_level: str, disposal: Disposal, told: Reforming) -> int:
    """Return the trips a year that are saved where `disposal` takes the place of a certificate fetched `volume` times a year.

    An assumption, and the page has to say so: every paper costs as many trips beyond the matter's own as `trips` of
    ``reform.yaml`` says for the level of its issuer (city, town, community, outside), which is the city's policy and nobody's
    count. A level that is not there costs none. A paper that is kept or not dealt with yet saves nothing; an existing document, data,
    a check between departments and a commitment all save the whole trip.
    """
    if volume < 0:
        raise ValueError(volume)
    return 0 if disposal in (Disposal.RETAINED, Disposal.ASKED) else volume * told.trips.get(issuer_level, 0)
