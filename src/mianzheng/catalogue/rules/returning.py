"""A cancelled certificate does not come back by the way: who puts a package in force has to say that it is given back."""

from __future__ import annotations

from mianzheng.catalogue.rules.city import City


def returning(before: City, after: City) -> tuple[str, ...]:
    """Return the certificates cancelled in `before` that `after` would have people bring again, or has on no list."""
    if before.code != after.code:
        return ()
    cancelled = (code for code, known in before.certificates.items() if not known.asked_for)
    return tuple(code for code in cancelled if code not in after.certificates or after.certificates[code].asked_for)
