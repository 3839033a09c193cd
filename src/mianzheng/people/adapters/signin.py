"""How allauth treats accounts here: people sign in; accounts are opened by the city, so nobody signs up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class SignIn(DefaultAccountAdapter):
    """Named in ``settings.ACCOUNT_ADAPTER``."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Send each role to its desk; `next` has gone before."""
        roles: Any = getattr(request.user, "roles", ())
        if "officer" in roles:
            return "/department/"
        if "asker" in roles:
            return "/window/"
        return "/agent/" if "agent" in roles else "/my/"
