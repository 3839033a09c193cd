"""The window, one's consents on a phone, lists, and the public page that checks: as people meet them in a browser."""

from __future__ import annotations

import datetime
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jwt
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from mianzheng.audit.adapters.ed25519 import KeyFile
from mianzheng.audit.models import Entry
from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.gateway.actions import consents, lists
from mianzheng.gateway.actions.checking import MOST_TRIES
from mianzheng.gateway.models import AskedList, Consent, Grant, SealedAnswer
from mianzheng.gateway.rules.consents import grouped
from mianzheng.people.actions import open_account
from mianzheng.people.models import Account
from mianzheng.web.words import full_moment
from tests.pages.street import Street, seen, street
from tests.second_city.lending import CLERK, LENDING, LENDING_FILES, Bank, open_bank
from tests.second_city.life import DAY, NOW

__all__ = ["street"]


@pytest.fixture
def bank(street: Street) -> Bank:
    bank = open_bank(street.town)
    for name, office in (("clerk", "lender"), ("colleague", "lender"), ("rival", "rival")):
        made = open_account(username=name, roles=["asker"], department=office, display_name=name, now=NOW)
        street.accounts[name] = Account.objects.get(id=made)
    return bank


def asked(client: Client, bank: Bank, who: str = "anna", then: str = "check", **more: Any) -> Any:
    form = {
        "matter": "loan",
        "number": bank.town.numbers.get(who, who),
        "facts": ["married"],
        "days": "30",
        "then": then,
    }
    return client.post(reverse("gateway:window"), {**form, **more})


def requested(client: Client, bank: Bank, who: str = "anna", **more: Any) -> Consent:
    answer = asked(client, bank, who, "ask", **more)
    assert answer.status_code == 302, seen(answer)
    return Consent.objects.order_by("-asked_at", "-id")[0]


def given(street: Street, bank: Bank, who: str = "anna") -> Consent:
    row = requested(street.as_("clerk"), bank, who)
    street.as_(who).post(reverse("gateway:my_consent_give", args=[row.id]))
    row.refresh_from_db()
    return row


def sealed(street: Street, bank: Bank) -> SealedAnswer:
    given(street, bank)
    assert asked(street.as_("clerk"), bank).status_code == 302
    return SealedAnswer.objects.order_by("-id")[0]


# --- asking --------------------------------------------------------------------------------------------------------


def test_the_whole_way_at_one_desk(street: Street, bank: Bank) -> None:
    """No consent: asked for right there. Consented: verified without typing the number again, and sealed."""
    clerk = street.as_("clerk")
    first = asked(clerk, bank)
    assert first.status_code == 200
    assert "还没有本人的同意" in seen(first)
    assert not Entry.objects.filter(action="lookup").exists()
    row = requested(clerk, bank)
    address = reverse("gateway:consent", args=[row.id])
    page = clerk.get(address)
    assert grouped(row.number) in seen(page)
    assert clerk.get(address, headers={"HX-Request": "true"}).status_code == 204
    street.as_("anna").post(reverse("gateway:my_consent_give", args=[row.id]))
    assert clerk.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    page = clerk.get(address)
    assert "核验的是刚才填的号码" in seen(page)
    done = clerk.post(
        reverse("gateway:window"),
        {"matter": "loan", "facts": ["married"], "consent": str(row.id), "then": "check"},
    )
    result = clerk.get(done["Location"])
    assert "符合" in seen(result)
    assert clerk.cookies["window_number"].value == "", "the number is forgotten once it was used"
    assert bank.number("anna") not in result.content.decode()


def test_the_number_is_in_no_cookie_no_address_and_no_table(street: Street, bank: Bank) -> None:
    clerk = street.as_("clerk")
    answer = asked(clerk, bank, then="ask")
    number = bank.number("anna")
    assert number not in answer["Location"]
    assert number not in clerk.cookies["window_number"].value
    assert clerk.cookies["window_number"]["httponly"]
    assert number not in str(list(Consent.objects.values()))
    row = Consent.objects.get()
    colleague = street.as_("colleague")
    colleague.cookies["window_number"] = clerk.cookies["window_number"].value
    assert "号码我们没有存" not in seen(clerk.get(reverse("gateway:consent", args=[row.id])))
    street.as_("anna").post(reverse("gateway:my_consent_give", args=[row.id]))
    assert "号码我们没有存" in seen(colleague.get(reverse("gateway:consent", args=[row.id]))), "another account"
    street.now += datetime.timedelta(minutes=31)
    assert "号码我们没有存" in seen(clerk.get(reverse("gateway:consent", args=[row.id]))), "half an hour later"


def test_known_and_unknown_numbers_look_the_same_until_somebody_consents(street: Street, bank: Bank) -> None:
    clerk = street.as_("clerk")
    known = seen(asked(clerk, bank, "carl")).replace(bank.number("carl"), "N")
    assert known == seen(asked(clerk, bank, bank.stranger)).replace(bank.stranger, "N")
    pages = []
    for who in ("carl", bank.stranger):
        row = requested(clerk, bank, who)
        page = seen(clerk.get(reverse("gateway:consent", args=[row.id])))
        pages.append(re.sub(r"[0-9A-Z]{4}(-[0-9A-Z]{4})+|\d{3}\*+\d\w", "N", page))
    assert pages[0] == pages[1]
    row = Consent.objects.order_by("-asked_at", "-id")[0]
    form = {"channel": "paper", "paper": "档7", "seen": "yes"}
    clerk.post(reverse("gateway:consent_record", args=[row.id]), form)
    after = asked(clerk, bank, bank.stranger)
    assert after.status_code == 422
    assert "没有这个号码" in seen(after)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"number": "330782198005170019"}, "校验"),
        ({"facts": []}, "没有选要核验的事实"),
        ({"then": "ask", "days": "400"}, "同意最长 90 天"),
        ({"then": "ask", "days": "x"}, "同意最长 90 天"),
    ],
)
def test_what_is_wrong_is_said_where_it_was_typed(street: Street, bank: Bank, more: dict, said: str) -> None:
    answer = asked(street.as_("clerk"), bank, **more)
    assert answer.status_code == 422
    assert said in seen(answer)
    assert not Consent.objects.exists()


def test_for_a_child_the_page_asks_for_the_guardian(street: Street, bank: Bank) -> None:
    clerk = street.as_("clerk")
    assert "监护人的证件号码" in seen(asked(clerk, bank, "fay"))
    assert "监护人" in seen(asked(clerk, bank, "fay", then="ask"))
    row = requested(clerk, bank, "fay", guardian=bank.number("anna"))
    assert "不满 14 周岁的孩子" in seen(street.as_("anna").get(reverse("gateway:my_consent", args=[row.id])))
    street.as_("anna").post(reverse("gateway:my_consent_give", args=[row.id]))
    row.refresh_from_db()
    assert row.given_at is not None


def test_the_allowance_can_be_seen_before_it_bites(street: Street, bank: Bank) -> None:
    page = seen(street.as_("clerk").get(reverse("gateway:window"), {"matter": "loan"}))
    assert "今天还剩 5 次" in page
    assert "额度 100" in page


def test_an_office_without_grants_is_told_what_to_do(street: Street, bank: Bank) -> None:
    assert "还没有可以用的查询授权" in seen(street.as_("civil").get(reverse("gateway:window")))


def test_the_window_costs_the_same_with_many_consents(
    street: Street, bank: Bank, django_assert_max_num_queries: Any
) -> None:
    clerk = street.as_("clerk")
    for days in range(1, 30):
        requested(clerk, bank, days=str(days), facts=["married"] if days % 2 else ["no-debt"], who="anna")
        consents.drop(
            city=LENDING,
            consent=Consent.objects.order_by("-asked_at", "-id")[0].id,
            actor=_actor(street),
            now=NOW,
        )
    clerk.get(reverse("gateway:consents"))
    with django_assert_max_num_queries(14):
        clerk.get(reverse("gateway:consents"))


def _actor(street: Street) -> Any:
    from mianzheng.common.actors import Actor

    return Actor(str(street.accounts["clerk"].id), "asker", "lender")


# --- the person ----------------------------------------------------------------------------------------------------


def test_the_person_reads_exactly_what_and_agrees_declines_or_takes_it_back(street: Street, bank: Bank) -> None:
    row = requested(street.as_("clerk"), bank, facts=["married", "no-debt"])
    anna = street.as_("anna")
    assert "1 等您答复" in seen(anna.get(reverse("gateway:my_consents_count")))
    page = seen(anna.get(reverse("gateway:my_consent", args=[row.id])))
    for part in (
        "石桥银行想查您的事",
        "贷款",
        "现在是否已婚？",
        "是否没有欠款？",
        "额度 100",
        "不同意会怎样",
        "第 3 版",
    ):
        assert part in page, part
    anna.post(reverse("gateway:my_consent_give", args=[row.id]))
    asked(street.as_("clerk"), bank)
    assert "用过 1 次" in seen(anna.get(reverse("gateway:my_consents")))
    page = seen(anna.get(reverse("gateway:my_consent", args=[row.id])))
    assert "查过 1 次" in page
    anna.post(reverse("gateway:my_consent_revoke", args=[row.id]))
    assert "还没有本人的同意" in seen(asked(street.as_("clerk"), bank))
    other = requested(street.as_("clerk"), bank)
    anna.post(reverse("gateway:my_consent_decline", args=[other.id]))
    assert "没有同意" in seen(street.as_("clerk").get(reverse("gateway:consent", args=[other.id])))


def test_what_the_asker_wrote_is_read_before_agreeing_and_stays_as_it_was(street: Street, bank: Bank) -> None:
    """The sentence of the grant is the what for: on the phone, on paper, and on the clerk's screen."""
    granted = Grant.objects.filter(asker="lender", fact="married")
    granted.update(purpose="审批住房贷款时核对婚姻状况。")
    clerk, anna = street.as_("clerk"), street.as_("anna")
    row = requested(clerk, bank)
    theirs = [reverse(f"gateway:{name}", args=[row.id]) for name in ("consent", "consent_sheet")]
    hers = [reverse("gateway:my_consents"), reverse("gateway:my_consent", args=[row.id])]
    for client, address in [*((clerk, each) for each in theirs), *((anna, each) for each in hers)]:
        assert "贷款 “审批住房贷款时核对婚姻状况。”" in seen(client.get(address)), address
    assert seen(clerk.get(theirs[0])).count("审批住房贷款时核对婚姻状况。") == 2, (
        "also in what the person is shown there"
    )
    anna.post(reverse("gateway:my_consent_give", args=[row.id]))
    granted.update(purpose="推销保险。")
    for client, address in [*((clerk, each) for each in theirs), *((anna, each) for each in hers)]:
        page = seen(client.get(address))
        assert ("审批住房贷款时核对婚姻状况。" in page, "推销保险" in page) == (True, False), address


def test_facts_with_a_sentence_each_are_told_apart(street: Street, bank: Bank) -> None:
    Grant.objects.filter(asker="lender", fact="married").update(purpose="确定共同借款人。")
    row = requested(street.as_("clerk"), bank, facts=["married", "no-debt"])
    page = seen(street.as_("anna").get(reverse("gateway:my_consent", args=[row.id])))
    for fact, sentence in (("married", "确定共同借款人。"), ("no-debt", "审批")):
        assert f"{LENDING.facts[fact].name.zh} “{sentence}”" in page


def test_a_consent_of_before_says_what_it_said(street: Street, bank: Bank) -> None:
    row = given(street, bank)
    Consent.objects.filter(id=row.id).update(terms={"married": {"params": {}, "values": []}})
    page = street.as_("anna").get(reverse("gateway:my_consent", args=[row.id]))
    assert (page.status_code, "said-for" in page.content.decode()) == (200, False)
    assert asked(street.as_("clerk"), bank).status_code == 302


def test_my_data_leads_to_my_consents(street: Street, bank: Bank) -> None:
    page = street.as_("anna").get(reverse("evidence:my_data")).content.decode()
    assert reverse("gateway:my_consents") in page
    assert reverse("gateway:my_consents_count") in page


def test_the_code_leads_to_the_request_for_whom_it_is_and_nobody_else(street: Street, bank: Bank) -> None:
    row = requested(street.as_("clerk"), bank)
    address = reverse("gateway:consent_code", args=[grouped(row.number).lower()])
    assert street.as_("anna").get(address)["Location"] == reverse("gateway:my_consent", args=[row.id])
    theirs, nowhere = street.as_("ben").get(address), street.as_("ben").get("/consent/0000/")
    assert theirs.status_code == nowhere.status_code == 404
    assert seen(theirs) == seen(nowhere)
    assert street.as_(None).get(address)["Location"].startswith("/sign-in/")
    entered = street.as_("anna").get(reverse("gateway:consent_enter"), {"number": grouped(row.number)})
    assert entered["Location"] == reverse("gateway:consent_code", args=[row.number])


@pytest.mark.parametrize("typed", ["%00abc", "%00", "…", "abc%F0%9F%98%80", "%EF%BF%BF" * 100])
def test_a_number_with_signs_no_number_has_is_nobodys(street: Street, bank: Bank, typed: str) -> None:
    anna = street.as_("anna")
    assert anna.get(f"/consent/{typed}/").status_code == 404
    entered = anna.get(f"{reverse('gateway:consent_enter')}?number={typed}", follow=True)
    assert entered.status_code in (200, 404)
    checked = street.as_(None).post(reverse("gateway:check"), {"n": unquote(typed), "tail": "\x00abc"})
    assert checked.status_code == 200


def test_where_a_guardian_is_asked_the_clerks_word_is_not_offered(street: Street, bank: Bank) -> None:
    clerk = street.as_("clerk")
    made = consents.ask(
        city=LENDING,
        number=bank.number("fay"),
        matter="loan",
        facts=["married"],
        days=30,
        guardian=bank.number("anna"),
        actor=CLERK,
        now=NOW,
    )
    page = seen(clerk.get(reverse("gateway:consent", args=[made])))
    assert "签在纸上" in page
    assert "当面同意" not in page


def test_a_consent_only_a_clerk_vouches_for_says_so(street: Street, bank: Bank) -> None:
    clerk = street.as_("clerk")
    row = requested(clerk, bank)
    clerk.post(reverse("gateway:consent_record", args=[row.id]), {"channel": "window"})
    row.refresh_from_db()
    assert row.given_at is None, "not without the tick"
    clerk.post(reverse("gateway:consent_record", args=[row.id]), {"channel": "window", "seen": "yes"})
    assert "窗口经办人记下的" in seen(street.as_("anna").get(reverse("gateway:my_consent", args=[row.id])))


def test_the_sheet_has_everything_a_signature_needs(street: Street, bank: Bank) -> None:
    clerk = street.as_("clerk")
    row = requested(clerk, bank)
    page = seen(clerk.get(reverse("gateway:consent_sheet", args=[row.id])))
    for part in (grouped(row.number), "石桥银行", "现在是否已婚？", "我同意查上面这些。", "本人签名", "第 3 版"):
        assert part in page, part


# --- sealed answers ------------------------------------------------------------------------------------------------


def test_the_sheet_and_the_signature_are_the_askers_alone(street: Street, bank: Bank) -> None:
    row = sealed(street, bank)
    pdf = street.as_("clerk").get(reverse("gateway:sealed_file", args=[row.id, "pdf"]))
    assert pdf.content.startswith(b"%PDF")
    assert street.as_("colleague").get(reverse("gateway:sealed_file", args=[row.id, "jws"])).content.decode() == row.jws
    for form in ("pdf", "jws"):
        assert street.as_("rival").get(reverse("gateway:sealed_file", args=[row.id, form])).status_code == 404
    assert street.as_("rival").get(reverse("gateway:answers", args=[row.asked])).status_code == 404
    assert street.as_("clerk").get(reverse("gateway:sealed_file", args=[row.id, "exe"])).status_code == 404


def upload(content: bytes, **more: str) -> Any:
    return Client().post(reverse("gateway:check"), {"file": SimpleUploadedFile("a.pdf", content), **more})


def test_anybody_checks_a_sheet(street: Street, bank: Bank) -> None:
    row = sealed(street, bank)
    pdf = street.as_("clerk").get(reverse("gateway:sealed_file", args=[row.id, "pdf"])).content
    genuine = seen(upload(pdf))
    for part in ("真的，仍然有效", "石桥银行", "现在是否已婚？", "符合", "330*************", "石桥市民政局"):
        assert part in genuine, part
    assert bank.number("anna") not in genuine
    assert "不是用本平台的密钥签的" in seen(upload(pdf[:3000] + b"x" + pdf[3001:]))
    assert "真的" in seen(upload(row.jws.encode()))
    key = bytes(row.person_key).hex()
    assert "说的就是" in seen(upload(pdf, key=key, person=bank.number("anna")))
    assert "说的不是" in seen(upload(pdf, key=key, person=bank.number("ben")))
    street.now += 31 * DAY
    assert "有效期已过" in seen(upload(pdf))


def test_the_checking_page_shows_the_clause_the_asker_accepted(street: Street, bank: Bank) -> None:
    """In the reader's language, and as it read when it was accepted, whatever the package says today."""
    Grant.objects.update(liability="liability-2")
    row = sealed(street, bank)
    reader = Client()
    assert "只用于写明的事项。" in seen(reader.post(reverse("gateway:check"), {"jws": row.jws}))
    reader.cookies["django_language"] = "en"
    assert "For the stated matter only." in seen(reader.post(reverse("gateway:check"), {"jws": row.jws}))
    newer = {
        name: text.replace("version: 2", "version: 3").replace("只用于写明", "随便用在")
        if name.startswith("texts/liability")
        else text
        for name, text in LENDING_FILES.items()
    }
    load_city(files=newer, actor="operator", now=NOW + DAY)
    page = seen(Client().post(reverse("gateway:check"), {"jws": row.jws}))
    assert ("第 2 版" in page, "只用于写明的事项。" in page, "随便用在" in page) == (True, True, False)


def test_a_clause_whose_text_is_gone_is_named(street: Street, bank: Bank) -> None:
    row = sealed(street, bank)  # under version 1, which no package here ever had
    assert "责任条款 liability-1 的全文本平台已经没有了" in seen(upload(row.jws.encode()))
    assert street.as_("clerk").get(reverse("gateway:sealed_file", args=[row.id, "pdf"])).status_code == 200


def test_withdrawn_by_the_data_centre_the_checking_page_says_so(street: Street, bank: Bank) -> None:
    row = sealed(street, bank)
    address = reverse("gateway:withdrawals")
    duty = street.as_("duty")
    assert duty.post(address, {"number": row.number, "why": ""}).status_code == 422
    assert duty.post(address, {"number": "nothing", "why": "x"}).status_code == 422
    assert duty.post(address, {"number": grouped(row.number), "why": "登记已改正"}).status_code == 302
    assert "登记已改正" in seen(Client().post(reverse("gateway:check"), {"jws": row.jws}))
    assert "登记已改正" in seen(street.as_("clerk").get(reverse("gateway:answers", args=[row.asked])))


@pytest.mark.parametrize("by", ["the asker", "the data centre"])
def test_withdrawn_it_is_given_out_no_more_and_its_asker_reads_since_when_and_why(
    street: Street, bank: Bank, by: str
) -> None:
    row = sealed(street, bank)
    clerk = street.as_("clerk")
    file = {form: reverse("gateway:sealed_file", args=[row.id, form]) for form in ("pdf", "jws")}
    pdf = clerk.get(file["pdf"]).content
    street.later(5)
    if by == "the asker":
        clerk.post(reverse("gateway:sealed_withdraw", args=[row.id]), {"why": "登记<已>改正"})
    else:
        street.as_("duty").post(reverse("gateway:withdrawals"), {"number": row.number, "why": "登记<已>改正"})
    row.refresh_from_db()
    since = f"{full_moment(row.withdrawn_at)} 作废：登记&lt;已&gt;改正"
    for form in file:
        answer = clerk.get(file[form])
        assert answer.status_code == 410
        for part in ("这份凭证已作废，不能再下载", since, "请重新核验"):
            assert part in seen(answer), part
        assert reverse("gateway:window") + "?matter=loan" in answer.content.decode()
        assert street.as_("rival").get(file[form]).status_code == 404
    for address in (reverse("gateway:answers", args=[row.asked]), reverse("gateway:sealed")):
        page = clerk.get(address)
        assert since in seen(page), address
        assert file["pdf"] not in page.content.decode(), address
    assert "真的，但已作废" in seen(upload(pdf))
    clerk.cookies["django_language"] = "en"
    assert "Withdrawn" in seen(clerk.get(file["pdf"]))


def test_who_guesses_numbers_learns_nothing(street: Street, bank: Bank) -> None:
    row = sealed(street, bank)
    tail = bank.number("anna")[-4:]

    def tried(number: str, tail: str) -> str:
        page = Client().post(reverse("gateway:check"), {"n": number, "tail": tail})
        return seen(page).replace(number, "N")

    assert "真的" in tried(grouped(row.number), tail)
    wrong = "0000" if tail != "0000" else "1111"
    nowhere = tried("0000-0000-0000-0000", tail)
    assert nowhere == tried(grouped(row.number), wrong)
    for _ in range(MOST_TRIES):
        tried(row.number, wrong)
    assert tried(grouped(row.number), tail) == nowhere
    assert Client().get(reverse("gateway:check"), {"n": row.number}).status_code == 200


@pytest.mark.parametrize(
    "form", [{}, {"n": "x"}, {"tail": "1234"}, {"n": "x", "tail": "12345"}, {"jws": "a.b.c"}, {"jws": "\x00" * 50}]
)
def test_whatever_is_typed_the_checking_page_answers(street: Street, bank: Bank, form: dict[str, str]) -> None:
    assert Client().post(reverse("gateway:check"), form).status_code == 200
    assert upload(b"\xff" * 3_000_000).status_code == 200


def test_the_keys_of_before_are_published_too(street: Street, bank: Bank) -> None:
    row = sealed(street, bank)
    KeyFile().replace()
    keys = Client().get(reverse("gateway:jwks")).json()["keys"]
    assert len({key["kid"] for key in keys}) == len(keys) == 2
    header = jwt.get_unverified_header(row.jws)
    (key,) = [key for key in keys if key["kid"] == header["kid"]]
    options = {"verify_exp": False, "verify_iat": False}
    assert jwt.decode(row.jws, jwt.PyJWK(key), algorithms=["EdDSA"], options=options)["jti"] == row.number


def test_the_check_that_the_documentation_shows_needs_the_public_key_alone(
    street: Street, bank: Bank, tmp_path: Path
) -> None:
    row = sealed(street, bank)
    page = (Path(__file__).parents[2] / "docs" / "reference" / "sealed-answers.md").read_text(encoding="utf-8")
    program, jws, keys = tmp_path / "check.py", tmp_path / "answer.jws", tmp_path / "jwks.json"
    program.write_text(page.split("```python\n")[1].split("```")[0], encoding="utf-8")
    keys.write_text(Client().get(reverse("gateway:jwks")).content.decode(), encoding="utf-8")

    def checked(text: str, *more: str) -> subprocess.CompletedProcess[str]:
        jws.write_text(text, encoding="utf-8")
        command = [sys.executable, program, jws, keys, *more]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    key, number = bytes(row.person_key).hex(), bank.number("anna")
    proven = checked(row.jws, key, number)
    assert proven.returncode == 0, proven.stderr
    assert "married: holds" in proven.stdout
    assert "about this number: True" in proven.stdout
    assert "about this number: False" in checked(row.jws, key, bank.number("ben")).stdout
    head, said, signature = row.jws.split(".")
    assert checked(f"{head}.{said[:-2]}AA.{signature}").returncode != 0
    keys.write_text(json.dumps({"keys": []}), encoding="utf-8")
    assert checked(row.jws).returncode != 0


def test_the_certificate_of_the_seal_is_public(street: Street, bank: Bank) -> None:
    assert b"BEGIN CERTIFICATE" in Client().get(reverse("gateway:seal_certificate")).content


# --- lists ---------------------------------------------------------------------------------------------------------


def listed(client: Client, content: bytes, **more: Any) -> Any:
    form = {"matter": "loan", "facts": ["married"], "file": SimpleUploadedFile("名单.csv", content), **more}
    return client.post(reverse("gateway:lists"), form)


def test_a_list_goes_in_and_comes_back_with_nothing_that_acts(street: Street, bank: Bank) -> None:
    given(street, bank)
    clerk = street.as_("clerk")
    sheet = f"身份证号\n{bank.number('anna')}\n{bank.number('carl')}\n=1+1\n".encode()
    answer = listed(clerk, sheet)
    row = AskedList.objects.get()
    assert answer["Location"] == reverse("gateway:list", args=[row.id])
    assert "排队" in seen(clerk.get(answer["Location"]))
    assert clerk.get(reverse("gateway:list_results", args=[row.id, "csv"])).status_code == 302
    lists.work_off(city=LENDING, asked=row.id, clock=lambda: NOW)
    assert "核验完了" in seen(clerk.get(answer["Location"], headers={"HX-Request": "true"}))
    answer = clerk.get(reverse("gateway:list_results", args=[row.id, "xlsx"]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    cells = [[cell.value for cell in line] for line in book.active.iter_rows()]
    assert [line[3] for line in cells[1:]] == ["符合 / Met", "没有查 / Not looked up", "没有查 / Not looked up"]
    assert "没有本人的有效同意" in cells[2][4]
    assert cells[0][:4] == ["行号 / Row", "证件号码 / Document number", "事实 / Fact", "结论 / Verdict"]
    assert cells[1][1:3] == [bank.number("anna"), "现在是否已婚？ / Married today?"]
    assert all(cell.data_type in ("s", "n") for line in book.active.iter_rows() for cell in line)
    text = b"".join(clerk.get(reverse("gateway:list_results", args=[row.id, "csv"])).streaming_content).decode()
    assert "'=1+1" in text
    assert street.as_("colleague").get(reverse("gateway:list_results", args=[row.id, "csv"])).status_code == 404
    assert street.as_("rival").get(reverse("gateway:list", args=[row.id])).status_code == 404


def test_results_say_which_answers_were_withdrawn_since_and_can_be_handed_in_again(street: Street, bank: Bank) -> None:
    given(street, bank)
    clerk = street.as_("clerk")
    listed(clerk, f"身份证号\n{bank.number('anna')}\n".encode())
    row = AskedList.objects.get()
    lists.work_off(city=LENDING, asked=row.id, clock=lambda: NOW)
    answer = SealedAnswer.objects.get()
    street.as_("duty").post(reverse("gateway:withdrawals"), {"number": answer.number, "why": "登记已改正"})
    text = b"".join(clerk.get(reverse("gateway:list_results", args=[row.id, "csv"])).streaming_content)
    line = text.decode().splitlines()[1]
    assert ("凭证已作废 / withdrawn" in line, "作废：登记已改正 / Withdrawn" in line, "符合" in line) == (
        True,
        True,
        False,
    )
    assert listed(clerk, text).status_code == 302


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", "姓名\n甲\n".encode()])
def test_what_is_no_list_says_why(street: Street, bank: Bank, content: bytes) -> None:
    answer = listed(street.as_("clerk"), content)
    assert answer.status_code == 422
    assert 'data-tone="stop"' in answer.content.decode()


def test_the_template_is_a_list_that_can_be_handed_in(street: Street, bank: Bank) -> None:
    clerk = street.as_("clerk")
    for form in ("xlsx", "csv"):
        answer = clerk.get(reverse("gateway:list_template", args=[form]))
        assert listed(clerk, b"".join(answer.streaming_content)).status_code == 302


def test_pages_of_the_window_are_there_in_english(street: Street, bank: Bank) -> None:
    row = sealed(street, bank)
    clerk = street.as_("clerk")
    clerk.cookies["django_language"] = "en"
    assert "Met" in seen(clerk.get(reverse("gateway:answers", args=[row.asked])))
    assert "Verify" in seen(clerk.get(reverse("gateway:window")))
    assert clerk.get(reverse("gateway:sealed_file", args=[row.id, "pdf"])).content.startswith(b"%PDF")


def test_my_data_tells_which_body_asked_what_for(street: Street, bank: Bank) -> None:
    sealed(street, bank)
    page = seen(street.as_("anna").get(reverse("evidence:my_data")))
    for part in ("贷款", "石桥银行", "现在是否已婚？"):
        assert part in page, part
    assert "填表" not in page
