"""Addresses of the data centre: its desk, and what everybody may know of an item."""

from __future__ import annotations

from django.urls import URLPattern, path

from mianzheng.centre.pages import (
    approvals,
    batch,
    changes,
    connections,
    doubts,
    erasures,
    hooks,
    intakes,
    items,
    keys,
    letters,
    quality,
    sharing,
)

app_name = "centre"

urlpatterns: list[URLPattern] = [
    path("items/<slug:code>/", items.item, name="item"),
    path("centre/", quality.desk, name="desk"),
    path("centre/items/<slug:code>/", quality.item, name="quality"),
    path("centre/items/<slug:code>/pull/", quality.pull, name="pull"),
    path("centre/doubts/", doubts.listed, name="doubts"),
    path("centre/doubts/<uuid:doubt>/", doubts.doubt, name="doubt"),
    path("centre/doubts/<uuid:doubt>/answer/", doubts.answer, name="doubt_answer"),
    path("centre/sharing/", sharing.listed, name="sharing"),
    path("centre/sharing/ask/<slug:code>/", sharing.ask, name="sharing_ask"),
    path("centre/sharing/<uuid:asked>/", sharing.request_page, name="sharing_one"),
    path("centre/sharing/<uuid:asked>/decide/", sharing.decide, name="sharing_decide"),
    # intakes, approvals, keys
    path("centre/intakes/", intakes.intakes, name="intakes"),
    path("centre/intakes/new/", intakes.new, name="intake_new"),
    path("centre/intakes/<uuid:intake>/", batch.intake, name="intake"),
    path("centre/intakes/<uuid:intake>/pulse/", batch.pulse, name="intake_pulse"),
    path("centre/intakes/<uuid:intake>/load/", batch.load, name="intake_load"),
    path("centre/intakes/<uuid:intake>/again/", batch.again, name="intake_again"),
    path("centre/intakes/<uuid:intake>/confirm/", batch.confirm, name="intake_confirm"),
    path("centre/intakes/<uuid:intake>/cancel/", batch.cancel, name="intake_cancel"),
    path("centre/intakes/<uuid:intake>/faults.<slug:form>", batch.faults, name="intake_faults"),
    path("centre/approvals/", approvals.approvals, name="approvals"),
    path("centre/approvals/<uuid:approval>/end/", approvals.end, name="approval_end"),
    path("centre/approvals/<uuid:approval>/scan/", approvals.scan, name="approval_scan"),
    path("centre/keys/", keys.keys, name="keys"),
    path("centre/keys/<uuid:key>/end/", keys.end, name="key_end"),
    # changes
    path("centre/changes/", changes.listed, name="changes"),
    path("centre/changes/<int:delivery>/", changes.change, name="change"),
    path("centre/changes/<int:delivery>/done/", changes.done, name="change_done"),
    path("centre/changes/dead/", letters.letters, name="letters"),
    path("centre/changes/dead/again/", letters.all_again, name="letters_again"),
    path("centre/changes/dead/<int:letter>/again/", letters.again, name="letter_again"),
    path("centre/changes/dead/<int:letter>/by-hand/", letters.by_hand, name="letter_by_hand"),
    path("centre/hooks/", hooks.hooks, name="hooks"),
    path("centre/hooks/<slug:receiver>/", hooks.save, name="hook_save"),
    path("centre/hooks/<slug:receiver>/close/", hooks.close, name="hook_close"),
    path("centre/erasure/", erasures.erasure, name="erasure"),
    # connections
    path("centre/connections/", connections.listed, name="connections"),
    path("centre/connections/<slug:code>/check/", connections.check, name="connection_check"),
]
