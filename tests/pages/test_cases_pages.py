"""The resident's pages: what is typed stays, a refusal says what and what now, nothing happens twice, errors are pages."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mianzheng.cases.models import Case, Step
from tests.pages.street import Street, seen, street
from tests.second_city.life import NOW, officer

__all__ = ["street"]

TYPED = {"marital": "divorced", "rooms": "2"}


def begun(client: Client, key: uuid.UUID | None = None, **typed: str) -> Any:
    """Send the first form."""
    return client.post(reverse("cases:start", args=["home"]), {"key": str(key or uuid.uuid4()), **TYPED, **typed})


def applied(client: Client, **typed: str) -> Case:
    """Send the form, agree and look everything up."""
    key = uuid.uuid4()
    begun(client, key, **typed)
    case = Case.objects.get(key=key)
    for step in ("agree", "verify"):
        client.post(reverse(f"cases:{step}", args=[case.id]))
    return Case.objects.get(id=case.id)


def told(client: Client, url: str, **posted: str) -> str:
    """Post, follow to the page, and return the message that stands on it."""
    page = client.post(url, posted, follow=True)
    assert page.status_code == 200
    return " ".join(str(message) for message in page.context["messages"])


def test_a_form_shows_what_the_city_knows_and_nothing_of_it_is_kept_yet(street: Street):
    page = street.as_("anna").get(reverse("cases:start", args=["home"]))
    assert '<option value="married" selected>' in page.content.decode()
    assert "已为您填好" in seen(page)
    assert not Case.objects.exists()


def test_wrong_input_keeps_what_was_typed_and_says_what_to_mend(street: Street):
    anna = street.as_("anna")
    page = anna.post(reverse("cases:start", args=["home"]), {"key": str(uuid.uuid4()), "rooms": "很多"}, follow=True)
    text = page.content.decode()
    assert 'value="很多"' in text
    assert text.count("has-errors") == 2
    assert "您填的内容都在，没有丢" in seen(page)
    assert "请只填数字" in seen(page)
    case = Case.objects.get()
    assert anna.get(reverse("cases:form", args=[case.id])).content.decode().count("has-errors") == 0


def test_nobody_chooses_the_relative_of_somebody_else(street: Street):
    anna = street.as_("anna")
    begun(anna, partner=str(street.town["eric"]))
    case = Case.objects.get()
    page = anna.get(reverse("cases:form", args=[case.id]) + "?mend=1")
    assert "请从登记的记录中选择一项" in seen(page)
    assert "eric" not in seen(page)


@pytest.mark.parametrize("later", [False, True])
def test_the_same_form_sent_twice_makes_one_case(street: Street, later: bool):
    anna, key = street.as_("anna"), uuid.uuid4()
    for _ in range(2):
        begun(anna, key, **({"later": "1"} if later else {}))
    assert Case.objects.count() == 1


def test_the_key_of_another_persons_case_opens_nothing(street: Street):
    key = uuid.uuid4()
    begun(street.as_("anna"), key)
    assert begun(street.as_("eric"), key).status_code == 404
    assert Case.objects.get().applicant == street.town["anna"]


def test_agreeing_verifying_and_handing_in_twice_is_once(street: Street):
    anna = street.as_("anna")
    case = applied(anna)
    for step in ("agree", "verify", "hand_in", "hand_in"):
        anna.post(reverse(f"cases:{step}", args=[case.id]))
    case.refresh_from_db()
    assert case.status == "submitted"
    assert Step.objects.filter(case=case).count() == 1


def test_a_refusal_says_what_and_what_now(street: Street):
    eric = street.as_("eric")
    begun(eric)
    case = Case.objects.get()
    hand_in = reverse("cases:hand_in", args=[case.id])
    assert "还没有核验" in told(eric, hand_in)
    assert "请先看告知" in told(eric, reverse("cases:verify", args=[case.id]))
    for step in ("agree", "verify"):
        eric.post(reverse(f"cases:{step}", args=[case.id]))
    said = told(eric, hand_in)
    assert "有一项核验结果是“不符”" in said
    assert "提出异议" in said
    assert Case.objects.get().status == "draft"
    objecting = reverse("cases:choose", args=[case.id, "no-debt", "object"])
    assert "请写明您认为哪里不对" in told(eric, objecting)
    assert Case.objects.get().status == "draft"
    assert told(eric, hand_in, knowing="1") == ""
    assert Case.objects.get().status == "submitted"
    assert "已经提交" in told(eric, reverse("cases:choose", args=[case.id, "no-debt", "review"]))


def test_a_refusal_speaks_english(street: Street):
    anna = street.as_("anna")
    anna.cookies["django_language"] = "en"
    begun(anna)
    said = told(anna, reverse("cases:hand_in", args=[Case.objects.get().id]))
    assert "checked" in said, said


def test_an_option_that_is_not_open_leads_back(street: Street):
    anna = street.as_("anna")
    case = applied(anna)
    for option in ("commit", "object", "review"):
        answer = anna.get(reverse("cases:choose", args=[case.id, "works", option]))
        assert (answer.status_code, answer["Location"]) == (302, reverse("cases:case", args=[case.id]))
    assert anna.get(reverse("cases:choose", args=[case.id, "works", "bribe"])).status_code == 404
    assert anna.get(reverse("cases:choose", args=[case.id, "nothing", "commit"])).status_code == 404


def test_a_failing_fact_offers_no_commitment(street: Street):
    eric = street.as_("eric")
    case = applied(eric)
    page = eric.get(reverse("cases:case", args=[case.id])).content.decode()
    assert "/object/" in page
    assert "/commit/" not in page
    assert "/fallback/" not in page


def test_rows_look_themselves_up_one_at_a_time(street: Street):
    anna = street.as_("anna")
    begun(anna)
    case = Case.objects.get()
    anna.post(reverse("cases:agree", args=[case.id]))
    needs = ["has-card", "no-debt", "works"]
    for need in needs:
        row = anna.post(reverse("cases:verify_one", args=[case.id, need]), headers={"HX-Request": "true"})
        assert row.status_code == 200
        assert f'id="fact-{need}"' in row.content.decode()
        assert ("HX-Trigger-After-Settle" in row) == (need == needs[-1])
    early = street.as_("ben")
    begun(early)
    unread = Case.objects.exclude(id=case.id).get()
    row = early.post(reverse("cases:verify_one", args=[unread.id, "works"]), headers={"HX-Request": "true"})
    assert (row.status_code, row["HX-Refresh"]) == (409, "true")


def test_an_open_page_learns_that_it_is_out_of_date(street: Street):
    case = street.waiting("anna").case
    anna = street.as_("anna")
    page = anna.get(reverse("cases:case", args=[case.id]))
    pulse = reverse("cases:pulse", args=[case.id])
    assert "HX-Refresh" not in anna.get(pulse, {"seen": page.context["seen"]})
    assert anna.get(pulse, {"seen": "something older"})["HX-Refresh"] == "true"


def test_what_was_withdrawn_stays_so(street: Street):
    anna = street.as_("anna")
    case = applied(anna)
    anna.post(reverse("cases:withdraw", args=[case.id]))
    assert Case.objects.get().status == "withdrawn"
    assert "不能这样做" in told(anna, reverse("cases:withdraw", args=[case.id]))
    assert "已经结束" in told(anna, reverse("cases:hand_in", args=[case.id]))


def test_there_is_no_receipt_before_there_is_something_to_receive(street: Street):
    anna = street.as_("anna")
    case = applied(anna)
    assert anna.get(reverse("cases:receipt", args=[case.id])).status_code == 404
    assert Client().get(reverse("cases:receipt_check", args=[case.key])).status_code == 404
    anna.post(reverse("cases:hand_in", args=[case.id]))
    receipt = anna.get(reverse("cases:receipt", args=[case.id]))
    assert f"/receipts/{case.key}/" in receipt.content.decode()
    public = seen(Client().get(reverse("cases:receipt_check", args=[case.key])))
    assert case.number in public
    assert "2026年3月2日(周一) 10:00" in public
    assert "2026年3月2日(周一) 10:00" in seen(receipt), "paper outlives the year"
    assert "anna" not in public
    assert street.town.numbers["anna"] not in public


def test_a_matter_without_a_form_cannot_be_begun(street: Street):
    assert street.as_("anna").get(reverse("cases:start", args=["well"])).status_code == 404
    assert street.as_("anna").get(reverse("cases:start", args=["nothing"])).status_code == 404


def test_a_granted_case_shows_who_decided(street: Street):
    from mianzheng.cases.actions import deciding

    case = street.town.handed_in("anna").case
    deciding.take_up(case=case.id, actor=officer("homes"), now=NOW)
    deciding.grant(case=case.id, actor=officer("homes"), now=NOW)
    page = seen(street.as_("anna").get(reverse("cases:case", args=[case.id])))
    assert "由石桥市住房局准予" in page
    street.town.handed_in("anna", "bus")
    bus = Case.objects.get(matter="bus")
    assert "由系统当场准予" in seen(street.as_("anna").get(reverse("cases:case", args=[bus.id])))


def test_a_refused_case_shows_findings_article_and_remedies(street: Street):
    from mianzheng.cases.actions import deciding

    case = street.town.handed_in("eric", knowing=True).case
    deciding.take_up(case=case.id, actor=officer("homes"), now=NOW)
    deciding.refuse(case=case.id, findings="欠款 500 元未还。", basis="homes-3", actor=officer("homes"), now=NOW)
    eric = street.as_("eric")
    for page in (eric.get(reverse("cases:case", args=[case.id])), eric.get(reverse("cases:receipt", args=[case.id]))):
        text = seen(page)
        for part in ("欠款 500 元未还。", "可以申请复议"):
            assert part in text, part
    assert "石桥" in seen(eric.get(reverse("cases:case", args=[case.id])))


def test_going_back_to_an_unread_application_goes_on_with_it(street: Street):
    anna = street.as_("anna")
    begun(anna, rooms="3")
    case = Case.objects.get()
    back = anna.get(reverse("cases:start", args=["home"]), follow=True)
    assert back.redirect_chain == [(reverse("cases:form", args=[case.id]) + "?again=1", 302)]
    assert 'value="3"' in back.content.decode()
    assert "接着办" in seen(back)
    another = anna.get(reverse("cases:start", args=["home"]), {"another": "1"})
    assert another.status_code == 200
    assert 'value="3"' not in another.content.decode()
    anna.post(reverse("cases:agree", args=[case.id]))
    assert anna.get(reverse("cases:start", args=["home"])).status_code == 200, "once looked up, it is left alone"


def test_receipts_tell_the_spouses_fact_from_the_persons_own(street: Street):
    from mianzheng.cases.actions import deciding

    case = street.town.handed_in("anna", marital="married").case
    receipt = seen(street.as_("anna").get(reverse("cases:receipt", args=[case.id])))
    assert "是否没有欠款？ 您本人" in receipt
    assert "是否没有欠款？ 配偶" in receipt
    deciding.take_up(case=case.id, actor=officer("homes"), now=NOW)
    deciding.grant(case=case.id, actor=officer("homes"), now=NOW)
    reliance = seen(street.as_("homes").get(reverse("cases:reliance", args=[case.id])))
    assert "是否没有欠款？ 申请人" in reliance
    assert "是否没有欠款？ 配偶" in reliance


def test_the_reliance_receipt_has_the_year_and_says_what_its_checksum_covers(street: Street):
    from mianzheng.cases.actions import deciding

    case = street.town.handed_in("anna").case
    deciding.take_up(case=case.id, actor=officer("homes"), now=NOW)
    deciding.grant(case=case.id, actor=officer("homes"), now=NOW)
    page = seen(street.as_("homes").get(reverse("cases:reliance", args=[case.id])))
    assert "2026年3月2日(周一) 10:00" in page
    assert "校验值" in page


def test_what_was_typed_is_kept_in_the_window_for_one_account_and_path(street: Street):
    anna = street.as_("anna")
    page = anna.get(reverse("cases:start", args=["home"])).content.decode()
    assert f'data-keep="{street.accounts["anna"].id}"' in page
    assert "data-forget" in page, "signing out forgets what was typed"


def test_an_expired_session_says_that_the_step_was_not_done(street: Street):
    form = reverse("cases:start", args=["home"])
    nobody = Client()
    page = nobody.post(form, {"rooms": "2"}, follow=True, headers={"Referer": f"http://testserver{form}"})
    assert page.redirect_chain[0][0].endswith(f"?next={form}")
    assert "登录已过期，刚才那一步没有做成" in seen(page)
    assert "data-kept-note" in page.content.decode()
    assert "登录已过期" not in seen(Client().get(form, follow=True))


def test_nobody_signs_what_they_did_not_read(street: Street):
    case = street.waiting("anna").case
    anna = street.as_("anna")
    signing = reverse("cases:choose", args=[case.id, "works", "commit"])
    assert "我已阅读" in seen(anna.get(signing))
    page = anna.post(signing, follow=True)
    assert page.redirect_chain == [(signing, 302)]
    assert "请先读完" in " ".join(str(message) for message in page.context["messages"])
    assert case_of(case).status == "waiting_department"
    told(anna, signing, read="1")
    assert case_of(case).status == "draft"
    row = seen(anna.get(reverse("cases:case", args=[case.id])))
    assert "签于 3月2日(周一)" in row


def case_of(case: Case) -> Case:
    return Case.objects.get(id=case.id)


def test_my_cases_tell_drafts_apart_and_let_an_unread_one_go(street: Street):
    anna = street.as_("anna")
    begun(anna)
    street.later()
    applied(anna)
    page = anna.get(reverse("cases:mine"))
    text = seen(page)
    assert "3月2日(周一) 10:00" in text
    assert "3月2日(周一) 10:05" in text
    assert "第 2 步，共 4 步：还没同意核验" in text
    assert "第 3 步，共 4 步：已同意核验，还没提交" in text
    unread = Case.objects.get(agreed_at=None)
    html = page.content.decode()
    assert html.count(reverse("cases:withdraw", args=[unread.id])) == 1
    assert html.count("/withdraw/") == 1, "what was looked up is withdrawn from its own page"
