"""Where a person goes on from a page that says something went wrong: always a page of this site that can be opened."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.http import escape_leading_slashes, url_has_allowed_host_and_scheme


def page_before(request: HttpRequest) -> str:
    """Return the page to try again: the same one after reading, after posting the one the form stood on."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        inside = urlsplit(came_from)._replace(scheme="", netloc="", fragment="").geturl()
        return escape_leading_slashes(inside) if inside.startswith("/") else "/"
    return page_above(request.path)


def page_above(path: str) -> str:
    """Return the nearest address above `path` at which something is: a case's page for its buttons' addresses."""
    parts = path.strip("/").split("/")[:-1]
    while parts:
        above = f"/{'/'.join(parts)}/"
        try:
            resolve(above)
        except Resolver404:
            parts.pop()
        else:
            return above
    return "/"
