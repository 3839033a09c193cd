"""The list of what is kept, and new demands, on pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mianzheng.catalogue.queries.editions import city
from mianzheng.reform.models import Act, Candidate, Wish
from mianzheng.reform.rules.states import Stage
from tests.pages.street import Street, seen, street
from tests.reformed import candidate
from tests.second_city.life import DAY, NOW

__all__ = ["street"]

REVIEW = "/reform/retained/abroad-paper/review/"
WISH = {
    "name": "工作证明",
    "purpose": "申请出境",
    "issuer": "employer",
    "necessity": "条例要求",
    "basis": "《石桥出境条例》第二条",
    "alternatives": "没有登记",
}


def test_the_list_says_why_and_how_to_do_without(street: Street):
    page = seen(street.as_("reform").get(reverse("reform:retained")))
    for said in ("境外用工作证明", "石桥出境条例", "是否已工作半年？", "核验凭证", "2027年3月2日"):
        assert said in page, said


def test_a_due_one_stands_on_top_and_in_the_navigation(street: Street):
    street.now = NOW + 365 * DAY
    page = seen(street.as_("reform").get(reverse("reform:desk")))
    assert "1 该复核的" in page
    assert "有 1 种到了复核的日子" in seen(street.as_("reform").get(reverse("reform:retained")))
    street.as_("reform").post(REVIEW, {"keep": "1", "why": "条例没有改"})
    page = seen(street.as_("reform").get(reverse("reform:retained")))
    assert "到了复核的日子" not in page and "条例没有改" in page
    assert "该复核的" not in page


def test_a_review_without_a_reason_stays_open(street: Street):
    page = street.as_("reform").post(REVIEW, {"keep": "0", "why": " "})
    assert page.status_code == 422
    assert "请写明理由" in seen(page) and '<details class="fold" open>' in page.content.decode()
    street.later()  # a new edition is newer than the one it changes
    street.as_("reform").post(REVIEW, {"keep": "0", "why": "对方认核验凭证了"})
    assert "还没有处理" in seen(street.as_(None).get(reverse("catalogue:certificate", args=["abroad-paper"])))
    assert street.as_("reform").post(REVIEW, {"keep": "1", "why": "x"}).status_code == 404
    public = seen(street.as_(None).get(reverse("reform:changes", args=["abroad-paper"])))
    assert "不再保留" in public and "对方认核验凭证了" in public, "the form promised that everybody reads the reason"


def test_a_reason_that_everybody_reads_names_nobody(street: Street):
    page = street.as_("reform").post(REVIEW, {"keep": "1", "why": "李某要用，电话 13800138000"})
    assert page.status_code == 422
    assert "证件号码或者电话" in seen(page)
    assert not Act.objects.exists()


def test_a_review_without_a_choice_keeps_nothing(street: Street):
    page = street.as_("reform").post(REVIEW, {"why": "条例还在"})
    assert page.status_code == 422 and "还没有选保留" in seen(page)
    assert not Act.objects.exists()


def test_what_was_decided_is_put_on_the_list(street: Street):
    said: dict[str, Any] = {
        "basis": "《石桥出境条例》第二条",
        "demander": "civil",
        "name": "工作证明",
        "purpose": "申请出境",
    }
    found = candidate(stage=Stage.DECIDED, disposal="retained", code="exit-work", deviation="出境管理要", **said)
    reform = street.as_("reform")
    assert "出境管理要" in seen(reform.get(reverse("reform:retained")))
    empty = reform.post(reverse("reform:retain"), {}, follow=True)
    assert "还没有选证明" in seen(empty)
    street.later()
    reform.post(reverse("reform:retain"), {"candidate": [str(found.id)], "why": "条例要"})
    assert city().certificates["exit-work"].asked_for
    assert "条例要" in seen(reform.get(reverse("reform:retained")))
    bad = candidate(stage=Stage.DECIDED, disposal="retained", basis="通知")
    refused = reform.post(reverse("reform:retain"), {"candidate": [str(bad.id)]}, follow=True)
    assert "不能保留" in seen(refused)


def test_a_department_is_told_before_it_asks(street: Street):
    desk, address = street.as_("civil"), reverse("reform:my_wishes")
    page = desk.post(address, WISH)
    told = seen(page)
    assert "有法律、法规或者国务院决定要它" in told and "还是要，送减证办" in told
    assert not Wish.objects.exists()
    nothing = seen(desk.post(address, {**WISH, "name": "邻居意见书", "purpose": "养狗", "basis": "通知"}))
    assert "依法不能要" in nothing
    missing = desk.post(address, {**WISH, "alternatives": ""})
    assert missing.status_code == 422 and 'value="工作证明"' in missing.content.decode()
    desk.post(address, {**WISH, "then": "send"})
    assert "最迟 3月17日" in seen(desk.get(address))
    assert "工作证明" not in seen(street.as_("chief").get(address))  # another office


def test_a_cancelled_one_under_another_name_is_refused_with_what_to_do(street: Street):
    desk, address = street.as_("homes"), reverse("reform:my_wishes")
    back = {**WISH, "name": "务工情况说明", "purpose": "住房", "basis": "通知"}
    page = desk.post(address, back)
    assert "很像已经取消的“务工证明”" in seen(page)
    assert reverse("catalogue:certificate", args=["work-paper"]) in page.content.decode()
    told = seen(desk.post(address, {**back, "then": "send"}, follow=True))
    assert "不同意" in told and "务工证明" in told


def sent(street: Street, **said: str) -> Wish:
    street.as_("civil").post(reverse("reform:my_wishes"), {**WISH, **said, "then": "send"})
    return Wish.objects.latest("id")


def test_the_answer_is_no_unless_somebody_says_otherwise(street: Street):
    wish = sent(street, name="邻居意见书", purpose="养狗", basis="通知")
    reform, address = street.as_("reform"), reverse("reform:wish", args=[wish.id])
    assert wish.name in seen(reform.get(reverse("reform:wishes")))
    page = reform.get(address).content.decode()
    assert 'name="allow" value="0" checked' in page and "没有法律、法规或者国务院决定要这份证明" in page
    assert 'value="1" disabled' in page
    empty = reform.post(address, {"allow": "0", "answer": ""})
    assert empty.status_code == 422
    reform.post(address, {"allow": "0", "answer": "没有依据"})
    assert "没有依据" in seen(street.as_("civil").get(reverse("reform:my_wishes")))
    assert wish.name in seen(reform.get(reverse("reform:wishes"), {"show": "answered"}))
    assert wish.name not in seen(reform.get(reverse("reform:wishes")))


def test_an_allowed_one_is_on_the_list_until_its_day(street: Street):
    wish = sent(street)
    reform, address = street.as_("reform"), reverse("reform:wish", args=[wish.id])
    wrong = reform.post(address, {"allow": "1", "answer": "条例要", "until": "2029-01-01"})
    assert wrong.status_code == 422 and "到哪一天为止" in seen(wrong)
    street.later()
    reform.post(address, {"allow": "1", "answer": "条例要", "until": "2026-06-01"})
    made = Candidate.objects.get()
    assert "到 2026年6月1日(周一) 为止" in seen(reform.get(reverse("reform:retained")))
    assert "工作证明" in seen(street.as_(None).get(reverse("catalogue:certificate", args=[made.code])))


@pytest.mark.parametrize(
    ("who", "page"), [("reform", "reform:retained"), ("reform", "reform:wishes"), ("civil", "reform:my_wishes")]
)
def test_many_cost_as_many_queries_as_one(street: Street, who: str, page: str):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(page)).status_code == 200
        return len(asked)

    client = street.as_(who)
    sent(street)
    candidate(stage=Stage.DECIDED, disposal="retained")
    queries()
    once = queries()
    for number in range(4):
        sent(street, name=f"工作证明{number}")
        candidate(stage=Stage.DECIDED, disposal="retained")
    assert queries() == once


def test_empty_pages_say_what_would_be_there(street: Street):
    reform = street.as_("reform")
    assert "没有等答复的申请" in seen(reform.get(reverse("reform:wishes")))
    assert "还没有答复过申请" in seen(reform.get(reverse("reform:wishes"), {"show": "answered"}))
