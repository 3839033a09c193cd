"""Who acts. Every action takes an actor; the log keeps it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """An account acting in a role (``resident``, ``officer``, ``agent``, ``centre``, ``head``, ``supervisor``), for an
    office where it has one.

    `id` is the account's UUID as text; `subject` is who the account belongs to in the vault.
    """

    id: str
    role: str = ""
    office: str = ""
    subject: uuid.UUID | None = None

    def log(self) -> dict[str, str]:
        """Return the actor as the log names it."""
        return {"actor": self.id, "actor_role": self.role, "actor_office": self.office}


PROGRAM = Actor("program")
"""What the program does by itself."""

OPERATOR = Actor("operator", "operator")
"""Whoever runs a command on the server."""

ANYBODY = Actor("anybody")
"""Whoever does something on a public page without saying who they are."""
