"""Which papers a matter still asks for, by the lists in force: only those that the law demands."""

from __future__ import annotations

from mianzheng.catalogue.rules.city import Certificate, City, Matter
from mianzheng.catalogue.rules.kinds import Disposal


def kept_for(city: City, matter: Matter) -> tuple[Certificate, ...]:
    """Return the retained certificates (保留证明) of `matter`: those its needs name, or its owner demands for its facts."""
    if matter.work:
        codes = {need.retained for need in matter.work.needs if need.retained}
    else:
        codes = {
            c.code
            for c in city.certificates.values()
            if c.disposal is Disposal.RETAINED and c.demander == matter.owner and c.fact and c.fact in matter.facts
        }
    return tuple(city.certificates[code] for code in sorted(codes))
