"""Addresses of the reform office: its own desk, what departments are asked, and the public list."""

from __future__ import annotations

from django.urls import path

from mianzheng.reform.pages import office

app_name = "reform"

urlpatterns = [
    path("reform/", office.desk, name="desk"),
]
