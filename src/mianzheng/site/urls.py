"""Every URL of the site. Each domain brings its own `urls`; the site only puts them in a row and adds what belongs to none."""

from __future__ import annotations

import importlib.util

from allauth.account import views as account
from allauth.mfa.base import views as second_step
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from mianzheng.site import api, identity, pages
from mianzheng.web.access import public, signed_in

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", pages.healthz, name="healthz"),
    path("metrics", pages.metrics, name="metrics"),
    path("display/", pages.set_display, name="set_display"),
    path("sign-in/", public(account.login), name="account_login"),
    path("sign-in/code/", public(second_step.authenticate), name="mfa_authenticate"),
    path("sign-in/again/", pages.sign_in_again, name="sign_in_again"),
    path("sign-in/again/password/", signed_in(account.reauthenticate), name="account_reauthenticate"),
    path("sign-in/again/code/", signed_in(second_step.reauthenticate), name="mfa_reauthenticate"),
    path("sign-out/", signed_in(account.logout), name="account_logout"),
    path("api/v1/", api.urls()),
    *identity.urlpatterns,
]

for _domain in settings.DOMAINS:
    if _domain != "site" and importlib.util.find_spec(f"mianzheng.{_domain}.urls"):
        urlpatterns.append(path("", include(f"mianzheng.{_domain}.urls")))

handler400 = pages.not_understood
handler403 = pages.not_allowed
handler404 = pages.not_found
handler500 = pages.broken
