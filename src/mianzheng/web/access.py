"""Who may open a page. Every view declares one rule; a test walks all addresses and fails on a view without one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from mianzheng.common.reasons import N_, Reason

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

ANYONE = "anyone"
SIGNED_IN = "signed_in"
DEMO = "demo"
"""Stands in a rule beside the others: the page exists in a demo city only."""
KEY = "key"
"""Stands in a rule for machines: whoever sends a valid key; signing in does not count."""

_FOR_WHOM = {
    "resident": N_("这个页面供居民本人使用，您现在登录的账号不是居民账号。"),
    "officer": N_("这个页面供部门经办人使用，您现在登录的账号不是经办人账号。"),
    "centre": N_("这个页面供数据管理中心使用，您现在登录的账号不是数据中心账号。"),
    "asker": N_("这个页面供银行、保险、医院、学校、公证等机构的经办人使用，您现在登录的账号不是机构账号。"),
    "agent": N_("这个页面供村社代办员使用，您现在登录的账号不是代办员账号。"),
    "head": N_("这个页面供部门负责人使用，您现在登录的账号不是部门负责人账号。"),
    "reform": N_("这个页面供减证办使用，您现在登录的账号不是减证办账号。"),
    "supervisor": N_("这个页面供监督机构使用，您现在登录的账号不是监督账号。"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One of `roles` is enough to open the page."""

    roles: frozenset[str]

    def admits(self, held: frozenset[str]) -> bool:
        return bool(self.roles & held)


class Forbidden(PermissionDenied):
    """Signed in, but not allowed: `what` happened, `why`, and what to do `now`."""

    def __init__(self, what: Reason, why: Reason, now: Reason) -> None:
        super().__init__(what.msgid)
        self.what = what
        self.why = why
        self.now = now


def roles_of(user: Any) -> frozenset[str]:
    """Return the roles `user` holds; the two that everybody and everybody signed in have are among them."""
    if not getattr(user, "is_authenticated", False):
        return frozenset({ANYONE})
    return frozenset({ANYONE, SIGNED_IN, *getattr(user, "roles", ())})


def freshly_signed_in(request: HttpRequest, *, minutes: int) -> bool:
    """Return whether this session showed who sits at it, by password or second step, within the last `minutes`: on a
    telephone that several share an open session proves nothing. Real minutes, whatever the demo's clock says.
    """
    records = get_authentication_records(request, request.user)
    newest = max((record["at"] for record in records), default=0.0)
    return 0 <= time.time() - newest < minutes * 60


def public(view: View) -> View:
    """Open to everybody."""
    return _ruled(view, Rule(frozenset({ANYONE})))


def signed_in(view: View) -> View:
    """Open to everybody who has signed in."""
    return _ruled(view, Rule(frozenset({SIGNED_IN})))


def allow(*roles: str) -> Callable[[View], View]:
    """Open to accounts that hold one of `roles` (``resident``, ``officer``, ``agent``, ``centre``, ``head``,
    ``supervisor``, ``asker``, ``reform``).
    """
    return lambda view: _ruled(view, Rule(frozenset(roles)))


def demo_only(view: View) -> View:
    """Open to everybody in a demo city, absent (404) in a real one."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    guarded.access_rule = Rule(frozenset({DEMO}))  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def by_key(view: View) -> View:
    """Open to machines that send a key; the interface itself looks at it. What it takes in is read as it comes."""
    view.access_rule = Rule(frozenset({KEY}))  # type: ignore[attr-defined]
    view.streams = True  # type: ignore[attr-defined]
    return view


def _ruled(view: View, rule: Rule) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        held = roles_of(request.user)
        if rule.admits(held):
            return view(request, *args, **kwargs)
        if SIGNED_IN not in held:
            return _sign_in_first(request)
        raise not_for(rule)

    guarded.access_rule = rule  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def _sign_in_first(request: HttpRequest) -> HttpResponseBase:
    """Send to the sign-in page and from there back to the page the person was on, never to one that only posts."""
    here = request.get_full_path()
    if request.method != "GET" or "HX-Request" in request.headers:
        came_from = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
        here = came_from._replace(scheme="", netloc="").geturl() if came_from.netloc == request.get_host() else "/"
    if request.method not in ("GET", "HEAD"):
        messages.warning(request, _("登录已过期，刚才那一步没有做成。请重新登录，再做一次。"), fail_silently=True)
    answer = redirect_to_login(here)
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": answer.url})
    return answer


def not_for(rule: Rule) -> Forbidden:
    """Return the refusal shown to somebody signed in whom `rule` does not admit."""
    whys = [_FOR_WHOM[role] for role in sorted(rule.roles) if role in _FOR_WHOM]
    return Forbidden(
        Reason(N_("您不能打开这个页面")),
        Reason(whys[0] if len(whys) == 1 else N_("您现在登录的账号没有打开它的权限。")),
        Reason(N_("请换用有权限的账号登录，或者回到首页。")),
    )
