"""A moment and who acted in it are stored together or not at all."""

from __future__ import annotations

from django.db import models


def both_or_neither(first: str, second: str) -> models.CheckConstraint:
    """Return the constraint of a pair of nullable fields such as ``decided_at`` and ``decided_by``; put it into
    `Meta.constraints`.
    """
    neither = models.Q(**{f"{first}__isnull": True, f"{second}__isnull": True})
    both = models.Q(**{f"{first}__isnull": False, f"{second}__isnull": False})
    return models.CheckConstraint(
        condition=neither | both, name=f"%(app_label)s_%(class)s_{first.removesuffix('_at')}_pair"
    )
