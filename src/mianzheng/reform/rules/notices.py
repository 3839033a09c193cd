"""Who is told of a batch: every desk of the city, and how many of its certificates each one asked for or made out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from mianzheng.catalogue.rules.city import City
from mianzheng.reform.rules.batches import Listed


def concerned(city: City, listed: Iterable[Listed]) -> dict[str, int]:
    """Return, for every department, body, street, town, community and village, how many of `listed` it asked for or made out."""
    counts = Counter(side for each in listed for side in {each.demanded_by, each.issued_by})
    offices = {code: counts[code] for code in (*city.departments, *city.bodies)}
    places = dict.fromkeys(city.towns, counts["town"]) | dict.fromkeys(city.communities, counts["community"])
    return offices | places
