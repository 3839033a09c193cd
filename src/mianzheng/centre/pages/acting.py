"""Who acts at the data centre's desk: its staff, or an officer for the own department."""

from __future__ import annotations

from django.http import HttpRequest

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.common.actors import Actor
from mianzheng.people.rules.roles import CENTRE, OFFICER
from mianzheng.web.access import roles_of
from mianzheng.web.acting import actor_of


def desk_actor(request: HttpRequest) -> Actor:
    """Return who acts, as the centre where the account may."""
    return actor_of(request, CENTRE if CENTRE in roles_of(request.user) else OFFICER)


def seen_by(actor: Actor) -> str:
    """Return the department whose things the actor sees; "" is everybody's."""
    return "" if actor.role == CENTRE else actor.office


def items_seen(city: City, actor: Actor) -> list[Item]:
    """Return the items the actor sees, in the order of the catalogue."""
    return [item for item in city.items.values() if actor.role == CENTRE or item.owner == actor.office]
