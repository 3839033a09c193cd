"""Addresses of the reform office: its own desk, what departments are asked, and the public list."""

from __future__ import annotations

from django.urls import path

from mianzheng.reform.pages import candidates, office, preview, reports

app_name = "reform"

urlpatterns = [
    path("reform/", office.desk, name="desk"),
    path("reform/reports/", reports.listed, name="reports"),
    path("reform/reports/send/", reports.send, name="reports_send"),
    path("reform/reports/sent/", reports.sent, name="reports_sent"),
    path("reform/reports/<uuid:report>/", preview.report, name="report"),
    path("reform/reports/<uuid:report>/source/", preview.source, name="report_source"),
    path("reform/reports/<uuid:report>/assign/", preview.assign, name="report_assign"),
    path("reform/reports/<uuid:report>/correct/", preview.correct, name="report_correct"),
    path("reform/reports/<uuid:report>/accept/", preview.accept, name="report_accept"),
    path("reform/reports/<uuid:report>/leave/", preview.leave, name="report_leave"),
    path("reform/certificates/", candidates.listed, name="candidates"),
    path("reform/certificates/propose/", candidates.propose, name="propose"),
    path("reform/certificates/accept/", candidates.accept, name="accept"),
    path("reform/certificates/<uuid:candidate>/", candidates.candidate, name="candidate"),
]
