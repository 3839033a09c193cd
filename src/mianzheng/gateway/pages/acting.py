"""Who acts on the gateway's pages: somebody of a body that asks, an officer for the own department, the data centre."""

from __future__ import annotations

from django.http import HttpRequest

from mianzheng.common.actors import Actor
from mianzheng.people.rules.roles import ASKER, CENTRE, OFFICER
from mianzheng.web.access import roles_of
from mianzheng.web.acting import actor_of


def asking_actor(request: HttpRequest) -> Actor:
    """Return who acts for an office that asks."""
    return actor_of(request, ASKER if ASKER in roles_of(request.user) else OFFICER)


def any_actor(request: HttpRequest) -> Actor:
    """Return who acts, as the centre where the account may."""
    return actor_of(request, CENTRE) if CENTRE in roles_of(request.user) else asking_actor(request)


def frame_of(actor: Actor) -> str:
    """Return the frame of the desk the actor works at."""
    return "centre/frame.html" if actor.role == CENTRE else "gateway/frame.html"
