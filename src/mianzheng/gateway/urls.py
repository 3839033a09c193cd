"""Addresses of the gateway's pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from mianzheng.gateway.pages import (
    asking,
    checking,
    consents,
    grant,
    grants,
    keys,
    lists,
    my_consents,
    window,
    withdrawals,
)

app_name = "gateway"

urlpatterns: list[URLPattern] = [
    # the window of a body that asks
    path("window/", window.ask, name="window"),
    path("window/consents/", consents.listed, name="consents"),
    path("window/consents/<uuid:consent>/", consents.one, name="consent"),
    path("window/consents/<uuid:consent>/sheet/", consents.sheet, name="consent_sheet"),
    path("window/consents/<uuid:consent>/record/", consents.record, name="consent_record"),
    path("window/consents/<uuid:consent>/drop/", consents.drop, name="consent_drop"),
    path("window/consents/<uuid:consent>/take-back/", consents.take_back, name="consent_take_back"),
    path("window/answers/", window.sealed, name="sealed"),
    path("window/answers/<uuid:asked>/", window.answers, name="answers"),
    path("window/sealed/<uuid:sealed>.<str:form>", window.download, name="sealed_file"),
    path("window/sealed/<uuid:sealed>/withdraw/", window.withdraw, name="sealed_withdraw"),
    path("window/lists/", lists.listed, name="lists"),
    path("window/lists/template.<str:form>", lists.template, name="list_template"),
    path("window/lists/<uuid:asked>/", lists.one, name="list"),
    path("window/lists/<uuid:asked>/results.<str:form>", lists.results, name="list_results"),
    # the person's own
    path("my/consents/", my_consents.listed, name="my_consents"),
    path("my/consents/count/", my_consents.count, name="my_consents_count"),
    path("my/consents/<uuid:consent>/", my_consents.one, name="my_consent"),
    path("my/consents/<uuid:consent>/give/", my_consents.give, name="my_consent_give"),
    path("my/consents/<uuid:consent>/decline/", my_consents.decline, name="my_consent_decline"),
    path("my/consents/<uuid:consent>/revoke/", my_consents.revoke, name="my_consent_revoke"),
    path("consent/", my_consents.enter, name="consent_enter"),
    path("consent/<str:number>/", my_consents.code, name="consent_code"),
    # everybody's
    path("check/", checking.check, name="check"),
    path(".well-known/jwks.json", checking.jwks, name="jwks"),
    path(".well-known/mianzheng-seal.pem", checking.certificate, name="seal_certificate"),
    # the data centre's
    path("centre/sealed/", withdrawals.withdrawals, name="withdrawals"),
    # the right to ask
    path("window/grants/", grants.mine, name="grants"),
    path("window/grants/new/", asking.new, name="grant_new"),
    path("window/grants/<uuid:grant>/", grant.page, name="grant"),
    path("window/grants/<uuid:grant>/steps/<uuid:step>/", grant.decide, name="grant_decide"),
    path("window/grants/<uuid:grant>/withdraw/", grant.withdraw, name="grant_withdraw"),
    path("window/grants/<uuid:grant>/renew/", grant.renew, name="grant_renew"),
    path("window/grants/<uuid:grant>/end/", grant.end, name="grant_end"),
    path("window/grants/<uuid:grant>/change/", grant.change, name="grant_change"),
    path("window/grants/<uuid:grant>/more/", grant.ask_for_more, name="grant_more"),
    path("window/grants/<uuid:grant>/more/answer/", grant.answer_raise, name="grant_more_answer"),
    path("window/grants/<uuid:grant>/revoke/", grant.revoke, name="grant_revoke"),
    path("department/grants/", grants.to_department, name="to_department"),
    path("centre/grants/", grants.everybody, name="everybody"),
    # keys and clients
    path("window/keys/", keys.keys, name="keys"),
    path("window/keys/<uuid:key>/rotate/", keys.rotate, name="key_rotate"),
    path("window/keys/<uuid:key>/end/", keys.end_key, name="key_end"),
    path("window/keys/clients/<uuid:client>/end/", keys.end_client, name="client_end"),
]
