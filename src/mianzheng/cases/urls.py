"""Addresses of cases: the resident's, the department's and the agent's desk."""

from __future__ import annotations

from django.urls import path

from mianzheng.cases.pages import agent, applying, back_then, decisions, department, filling, matters, mine

app_name = "cases"

urlpatterns = [
    path("matters/<slug:code>/", matters.matter, name="matter"),
    path("matters/<slug:code>/apply/", filling.start, name="start"),
    path("my/", mine.cases, name="mine"),
    path("my/cases/<uuid:case>/", applying.case, name="case"),
    path("my/cases/<uuid:case>/form/", filling.form, name="form"),
    path("my/cases/<uuid:case>/pulse/", applying.pulse, name="pulse"),
    path("my/cases/<uuid:case>/agree/", applying.agree, name="agree"),
    path("my/cases/<uuid:case>/verify/", applying.verify, name="verify"),
    path("my/cases/<uuid:case>/verify/<slug:need>/", applying.verify_one, name="verify_one"),
    path("my/cases/<uuid:case>/facts/<slug:need>/<slug:option>/", applying.choose, name="choose"),
    path("my/cases/<uuid:case>/hand-in/", applying.hand_in, name="hand_in"),
    path("my/cases/<uuid:case>/withdraw/", applying.withdraw, name="withdraw"),
    path("my/cases/<uuid:case>/receipt/", mine.receipt, name="receipt"),
    path("receipts/<uuid:key>/", mine.receipt_check, name="receipt_check"),
    path("department/", department.desk, name="desk"),
    path("department/done/", department.done, name="done"),
    path("department/checks/<uuid:check>/", department.check, name="check"),
    path("department/checks/<uuid:check>/answer/", department.answer, name="answer"),
    path("department/cases/<uuid:case>/", decisions.case, name="decide"),
    path("department/cases/<uuid:case>/take-up/", decisions.take_up, name="take_up"),
    path("department/cases/<uuid:case>/facts/<slug:need>/", decisions.find, name="find"),
    path("department/cases/<uuid:case>/send-back/", decisions.send_back, name="send_back"),
    path("department/cases/<uuid:case>/grant/", decisions.grant, name="grant"),
    path("department/cases/<uuid:case>/refuse/", decisions.refuse, name="refuse"),
    path("department/cases/<uuid:case>/reliance/", decisions.reliance, name="reliance"),
    path("department/cases/<uuid:case>/then/", back_then.then, name="then"),
    path("agent/", agent.desk, name="agent"),
]
