"""The one way to write an entry (`rules.entries.canonical`), as the database writes it from the columns."""

from __future__ import annotations

_PARTS = (
    "((extract(epoch FROM at) * 1000000)::bigint)::text",
    "actor",
    "action",
    "purpose",
    "subject::text",
    "actor_role",
    "actor_office",
    "coalesce(applicant::text, '')",
    "coalesce(\"case\"::text, '')",
    "matter",
    "fact",
    "item",
    "verdict",
    "detail::text",
    "keep::text",
)

CANONICAL = " || ".join(f"octet_length({part}) || ':' || {part} || ','" for part in _PARTS)
"""An SQL expression of type text over the columns of ``audit_entry``."""
