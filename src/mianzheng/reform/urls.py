"""Addresses of the reform office: its own desk, what departments are asked, and the public list."""

from __future__ import annotations

from django.urls import path

from mianzheng.reform.pages import (
    candidates,
    circles,
    consultation,
    demanded,
    groups,
    mismatches,
    office,
    opinions,
    preview,
    reports,
    slips,
)
from mianzheng.reform.pages.drafting.urls import DRAFTING

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
    path("reform/consultation/", consultation.listed, name="consultation"),
    path("reform/consultation/ask/", consultation.ask, name="consultation_ask"),
    path("reform/consultation/<uuid:candidate>/", consultation.one, name="consultation_one"),
    path("reform/consultation/<uuid:candidate>/settle/", consultation.settle, name="consultation_settle"),
    path("reform/consultation/<uuid:candidate>/take-back/", consultation.take_back, name="consultation_take_back"),
    path("reform/consultation/letter/<uuid:opinion>/", consultation.letter, name="consultation_letter"),
    path("reform/consultation/undertaking/<slug:office>/", consultation.undertaking, name="consultation_undertaking"),
    path("department/consultation/", opinions.listed, name="opinions"),
    path("department/consultation/agree/", opinions.agree, name="opinions_agree"),
    path("department/consultation/undertaking/", opinions.undertaking, name="undertaking"),
    path("department/consultation/undertaking/sign/", opinions.sign, name="undertaking_sign"),
    path("department/consultation/undertaking/<slug:wording>/", opinions.signed, name="undertaking_signed"),
    path("department/consultation/<uuid:opinion>/", opinions.one, name="opinion"),
    path("department/consultation/<uuid:opinion>/say/", opinions.say, name="opinion_say"),
    path("reform/slips/", demanded.demanded, name="slips"),
    path("certificates/<slug:code>/slip/", slips.new, name="slip_new"),
    path("slips/", slips.enter, name="slip_enter"),
    path("slips/<str:token>/", slips.slip, name="slip"),
    path("slips/<str:token>/answer/", slips.answer, name="slip_answer"),
    *DRAFTING,
    path("reform/groups/", groups.listed, name="groups"),
    path("reform/groups/confirm/", groups.confirm_many, name="groups_confirm"),
    path("reform/groups/<uuid:group>/", groups.group, name="group"),
    path("reform/groups/<uuid:group>/confirm/", groups.confirm, name="group_confirm"),
    path("reform/groups/<uuid:group>/split/", groups.split, name="group_split"),
    path("reform/groups/<uuid:group>/join/", groups.join, name="group_join"),
    path("reform/groups/<uuid:group>/rename/", groups.rename, name="group_rename"),
    path("reform/groups/<uuid:group>/what/", groups.say_what, name="group_say_what"),
    path("reform/groups/<uuid:group>/take-up/", groups.take_up, name="group_take_up"),
    path("reform/circles/", circles.circles, name="circles"),
    path("reform/mismatches/", mismatches.mismatches, name="mismatches"),
    path("reform/mismatches.csv", mismatches.as_table, name="mismatches_csv"),
]
