"""Addresses of evidence: what was looked up about me."""

from __future__ import annotations

from django.urls import path

from mianzheng.evidence.pages import my_data, receipts

app_name = "evidence"

urlpatterns = [
    path("my/data/", my_data.my_data, name="my_data"),
    path("my/data/<uuid:entry>/", receipts.receipt, name="receipt"),
]
