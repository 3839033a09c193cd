"""A long list a page at a time; the filters stay in the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

A_PAGE = 50


def paged(request: HttpRequest, rows: Sequence[Any] | QuerySet[Any], *, a_page: int = A_PAGE) -> dict[str, Any]:
    """Return what ``parts/pages.html`` needs: the `page` the address asks for, and the filters of the address (`query`)."""
    filters = [(name, value) for name, value in request.GET.items() if name != "page" and value]
    return {"page": Paginator(rows, a_page).get_page(request.GET.get("page")), "query": urlencode(filters)}
