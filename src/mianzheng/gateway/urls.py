"""Addresses of the gateway's pages."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "gateway"

urlpatterns: list[URLPattern] = []
