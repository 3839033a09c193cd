"""At the edge of every page: what cannot be seen is left out of what was sent, and a wrong method gets a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from mianzheng.web.problems import CONTENT_TYPE
from mianzheng.web.returning import page_above, page_before

UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Control characters except tab and line ends. PostgreSQL refuses NUL; nobody can see, and so correct, any of them."""


class VisibleText:
    """Leave out control characters that came along with text, as from a copied document, in addresses and forms."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *args: Any) -> None:
        """Clean what the view will read; here, because Django has by now refused forms it cannot read. A view that
        `streams` reads the body itself.
        """
        for name in ("GET",) if getattr(view, "streams", False) else ("GET", "POST"):
            sent = getattr(request, name)
            if any(UNSEEN.search(part) for key, values in sent.lists() for part in (key, *values)):
                setattr(request, name, _visible(sent))


def _visible(sent: QueryDict) -> QueryDict:
    clean = QueryDict(mutable=True, encoding=sent.encoding)
    for key, values in sent.lists():
        clean.setlist(UNSEEN.sub("", key), [UNSEEN.sub("", value) for value in values])
    clean._mutable = False
    return clean


class WrongMethodPage:
    """Give Django's empty answer 405 a page: what it is, and the way to the page its button stands on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if (
            response.status_code != HTTPStatus.METHOD_NOT_ALLOWED
            or response.headers.get("Content-Type") == CONTENT_TYPE
        ):
            return response
        back = page_above(request.path) if request.method in {"GET", "HEAD"} else page_before(request)
        page = render(request, "405.html", {"back": back}, status=response.status_code)
        page.headers["Allow"] = response.headers.get("Allow", "")
        return page
