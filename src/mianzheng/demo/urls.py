"""Addresses of the demo's bar."""

from __future__ import annotations

from django.urls import path

from mianzheng.demo import pages

app_name = "demo"

urlpatterns = [
    path("demo/sign-in/", pages.sign_in, name="sign_in"),
    path("demo/outage/", pages.outage, name="outage"),
    path("demo/advance/", pages.advance, name="advance"),
]
