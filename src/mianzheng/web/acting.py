"""From a request to an actor, and from a refusal to a sentence the person sees."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, QueryDict

from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.web.words import say


def actor_of(request: HttpRequest, role: str) -> Actor:
    """Return who acts in `request`, in the role the page is for."""
    user: Any = request.user
    office = (
        user.place if role == "agent" else user.department if role in ("officer", "centre", "head", "asker") else ""
    )
    return Actor(str(user.id), role, office, user.subject)


def ids_in(form: QueryDict, name: str) -> list[uuid.UUID]:
    """Return the identifiers a form sent as `name`, each once; what is none is left out."""
    found = {}
    for said in form.getlist(name):
        with suppress(ValueError):
            found[uuid.UUID(said)] = None
    return list(found)


@contextmanager
def told(request: HttpRequest) -> Iterator[None]:
    """Turn a refusal into a message with what happened and what to do now; what is not there becomes 404."""
    try:
        yield
    except NotFound as missing:
        raise Http404 from missing
    except Refusal as refusal:
        messages.error(request, " ".join(filter(None, (say(refusal.what), say(refusal.now)))))
