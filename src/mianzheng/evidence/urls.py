"""Addresses of evidence: what was looked up about me, what is looked up in secret, and how often."""

from __future__ import annotations

from django.urls import path

from mianzheng.evidence.pages import figures, my_data, receipts, secrecy

app_name = "evidence"

urlpatterns = [
    path("my/data/", my_data.my_data, name="my_data"),
    path("my/data/<uuid:entry>/", receipts.receipt, name="receipt"),
    path("department/secrecy/", secrecy.orders, name="secrecy"),
    path("department/secrecy/open/", secrecy.open_order, name="secrecy_open"),
    path("department/secrecy/<uuid:order>/", secrecy.order_page, name="secrecy_order"),
    path("department/secrecy/<uuid:order>/approve/", secrecy.approve, name="secrecy_approve"),
    path("department/secrecy/<uuid:order>/extend/", secrecy.extend, name="secrecy_extend"),
    path("department/secrecy/<uuid:order>/end/", secrecy.end, name="secrecy_end"),
    path("department/secrecy/<uuid:order>/ask/", secrecy.ask, name="secrecy_ask"),
    path("figures/secret-look-ups/", figures.secret_looks, name="secret_looks"),
]
