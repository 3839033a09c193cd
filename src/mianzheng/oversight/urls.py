"""Addresses of oversight: the person's questions, the department's leads, the desk of oversight."""

from __future__ import annotations

from django.urls import path

from mianzheng.oversight.pages import findings, leads, questions, supervising

app_name = "oversight"

urlpatterns = [
    path("my/data/questions/", questions.listed, name="questions"),
    path("my/data/questions/<uuid:entry>/ask/", questions.ask, name="ask"),
    path("my/data/questions/<uuid:question>/contest/", questions.contest, name="contest"),
    path("department/leads/", leads.listed, name="leads"),
    path("department/leads/<uuid:lead>/", leads.lead, name="lead"),
    path("department/leads/<uuid:lead>/looks/", leads.looks, name="lead_looks"),
    path("department/leads/<uuid:lead>/reply/", leads.reply, name="lead_reply"),
    path("department/leads/<uuid:lead>/ask/", leads.ask, name="lead_ask"),
    path("department/leads/<uuid:lead>/explain/", leads.explain, name="lead_explain"),
    path("department/leads/<uuid:lead>/pass-on/", leads.pass_on, name="lead_pass_on"),
    path("oversight/", supervising.desk, name="desk"),
    path("oversight/findings/", findings.listed, name="findings"),
    path("oversight/leads/", supervising.listed, name="all_leads"),
    path("oversight/leads/<uuid:lead>/", supervising.lead, name="all_lead"),
    path("oversight/leads/<uuid:lead>/looks/", supervising.looks, name="all_lead_looks"),
    path("oversight/leads/<uuid:lead>/ask/", supervising.ask, name="all_lead_ask"),
    path("oversight/leads/<uuid:lead>/close/", supervising.close, name="all_lead_close"),
]
