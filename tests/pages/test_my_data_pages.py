"""我的数据: every look-up about a person is there for the person, the spouse's part too, and nobody else's."""

from __future__ import annotations

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mianzheng.audit.models import Entry
from mianzheng.evidence.models import Check
from mianzheng.evidence.rules.looks import ACTIONS
from tests.pages.street import Street, seen, street
from tests.pages.test_cases_pages import begun

__all__ = ["street"]


def mine(street: Street, name: str, **headers: str) -> str:
    return seen(street.as_(name).get(reverse("evidence:my_data"), headers=headers))


def test_it_begins_with_nothing(street: Street):
    assert "还没有人查过您的数据" in mine(street, "carl")
    assert not Entry.objects.exists(), "looking at one's log is no look-up"


def test_it_fills_while_the_case_runs(street: Street):
    anna = street.as_("anna")
    begun(anna, marital="married")
    counts = [mine(street, "anna").count("由系统查询")]
    case = anna.get("/my/").context["rows"][0]["case"]
    anna.post(reverse("cases:agree", args=[case.id]))
    for need in ("has-card", "no-debt", "works"):
        anna.post(reverse("cases:verify_one", args=[case.id, need]))
        counts.append(mine(street, "anna").count("由系统查询"))
    assert counts == sorted(set(counts)), "one more after each row"


def test_a_line_says_what_was_asked_of_whom_and_what_came_out(street: Street):
    street.town.verified("anna")
    page = mine(street, "anna")
    for part in ("是否没有欠款？", "查了石桥市住房局的“房款欠缴”", "申请住房", "符合"):
        assert part in page, part


def test_the_spouse_sees_the_spouses_part_and_no_more(street: Street):
    street.town.verified("anna", marital="married")
    ben, anna = mine(street, "ben"), mine(street, "anna")
    assert "这是您的亲属办事时查到您的" in ben
    assert "是否没有欠款？" in ben
    assert "卡是否有效？" not in ben
    assert "这是您的亲属办事时查到您的" not in anna
    assert "查谁是配偶" in anna
    assert "还没有人查过您的数据" in mine(street, "eric")


def test_the_open_page_asks_for_the_list_only(street: Street):
    street.town.verified("anna")
    part = street.as_("anna").get(reverse("evidence:my_data"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "是否没有欠款？" in part


def test_it_speaks_english(street: Street):
    street.town.verified("anna", marital="married")
    ben = street.as_("ben")
    ben.cookies["django_language"] = "en"
    page = seen(ben.get(reverse("evidence:my_data")))
    assert "a relative of yours" in page
    assert "Free of debts?" in page


def test_each_purpose_is_a_sentence_in_the_readers_language(street: Street):
    anna = street.as_("anna")
    begun(anna, marital="married")
    case = street.town.handed_in("anna").case
    street.as_("homes").get(reverse("cases:decide", args=[case.id]))
    street.waiting("anna")
    street.as_("civil").get(reverse("cases:check", args=[Check.objects.get().id]))
    page = mine(street, "anna")
    for part in ("为您预填“申请住房”的表", "石桥市住房局的经办人审批“申请住房”", "答复“申请住房”的核查"):
        assert part in page, part
    anna.cookies["django_language"] = "en"
    html = anna.get(reverse("evidence:my_data"))
    text = seen(html)
    assert "to prefill your form for" in text
    assert "deciding" in text
    assert "answering a check" in text
    unfolded = re.sub(r"<details.*?</details>", " ", html.content.decode(), flags=re.S)
    assert "审批“" not in unfolded
    assert "审批“申请住房”" in text, "the purpose as it stands in the log is in the fold"


def test_an_officer_who_asks_a_name_is_in_it(street: Street):
    case = street.town.handed_in("anna", marital="married").case
    before = mine(street, "anna").count("查看姓名和证件号码")
    street.as_("homes").get(reverse("cases:decide", args=[case.id]))
    assert mine(street, "anna").count("查看姓名和证件号码") == before + 1


def test_equal_looks_are_one_row_that_unfolds_into_each(street: Street):
    """Five looks under one time and one receipt would hide four of them; nobody could ask about one of those."""
    case = street.town.handed_in("anna", marital="married").case
    for _time in range(3):
        street.later()
        street.as_("homes").get(reverse("cases:decide", args=[case.id]))
    looks = list(Entry.objects.filter(action="reveal", subject=street.town["anna"], actor_office="homes"))
    assert len(looks) == 3
    anna = street.as_("anna")
    with CaptureQueriesContext(connection) as several:
        html = anna.get(reverse("evidence:my_data")).content.decode()
    (fold,) = (part for part in re.findall(r"<details.*?</details>", html, flags=re.S) if "逐次看：3 次" in part)
    for look in looks:
        assert reverse("evidence:receipt", args=[look.id]) in fold
        assert reverse("oversight:ask", args=[look.id]) in fold
        assert html.count(reverse("oversight:ask", args=[look.id])) == 1, "offered once, where its own time stands"
        assert f"{timezone.localtime(look.at):%H:%M}" in fold
        assert anna.get(reverse("oversight:ask", args=[look.id])).status_code == 200
    street.as_("homes").get(reverse("cases:decide", args=[case.id]))
    with CaptureQueriesContext(connection) as more:
        anna.get(reverse("evidence:my_data"))
    assert len(more) == len(several)


def test_every_look_there_is_has_a_receipt_and_a_question_on_the_page(street: Street):
    street.town.verified("anna", marital="married")
    for name in ("anna", "ben"):
        html = street.as_(name).get(reverse("evidence:my_data")).content.decode()
        for look in Entry.objects.filter(subject=street.town[name], action__in=ACTIONS):
            assert reverse("oversight:ask", args=[look.id]) in html, look.action
