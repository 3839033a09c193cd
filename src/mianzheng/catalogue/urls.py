"""Addresses of the catalogue: what exists and is in force, open to everybody."""

from __future__ import annotations

from django.urls import path

from mianzheng.catalogue.pages import certificates, guides, holdings, matters

app_name = "catalogue"

urlpatterns = [
    path("", matters.home, name="home"),
    path("matters/", matters.by_theme, name="matters"),
    path("matters/<slug:code>/guide/", guides.guide, name="guide"),
    path("matters/<slug:code>/guide.pdf", guides.paper, name="guide_paper"),
    path("guides/", guides.listed, name="guides"),
    path("guides.pdf", guides.binder, name="binder"),
    path("certificates/", certificates.listed, name="certificates"),
    path("certificates/<slug:code>/", certificates.certificate, name="certificate"),
    path("items/", holdings.holdings, name="holdings"),
    path("items.csv", holdings.as_csv, name="items_csv"),
    path("items.json", holdings.as_json, name="items_json"),
]
