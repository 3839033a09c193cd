"""Two people count in two newer lists of one office in the same moment: one of them counts, the other is replaced."""

from __future__ import annotations

import pytest
from django.db import transaction

from mianzheng.reform.actions import importing
from mianzheng.reform.models import Report
from mianzheng.reform.rules.states import ReportStage, Side
from tests.actions.test_two_at_once import at_once
from tests.lists import listing
from tests.reformed import REFORMER
from tests.second_city.life import NOW
from tests.second_city.reading import CITY

pytestmark = pytest.mark.django_db(transaction=True)
ROW = [1, "收入证明", "住房局", "村（社区）", "申请公租房", 10]


def sent(extra: str) -> Report:
    content = listing(ROW, [2, extra, "住房局", "村（社区）", "申请公租房", 5])
    return importing.take_in(
        city=CITY, office="homes", side=Side.DEMAND, name=f"{extra}.xlsx", content=content, actor=REFORMER, now=NOW
    )


def accept(report: Report) -> Report:
    return importing.accept(city=CITY, report=report, actor=REFORMER, now=NOW, replaces=True)


def test_of_two_newer_lists_counted_in_at_once_only_one_counts(lasting_town):
    one, two = sent("住房证明"), sent("婚姻状况证明")
    with transaction.atomic():
        accept(one)
        thread, _came = at_once(lambda: accept(two))
        thread.join(0.5)
    thread.join(30)
    stages = dict(Report.objects.values_list("id", "stage"))
    assert stages == {one.id: ReportStage.REPLACED, two.id: ReportStage.TAKEN}
