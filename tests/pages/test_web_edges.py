"""At the edge of every page: what cannot be seen is not stored, a wrong method gets a page, and each error leads back."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.urls import reverse

from mianzheng.cases.models import Case
from mianzheng.evidence.models import Check
from mianzheng.web.returning import page_before
from tests.pages.street import Street, seen, street
from tests.pages.test_cases_pages import TYPED, applied, begun

__all__ = ["street"]

UNSEEN = "".join(map(chr, (0, 1, 8, 11, 12, 27, 31, 127)))


def ways_on(page: Any) -> list[str]:
    """Return where the buttons of an error page lead."""
    actions = page.content.decode().split('class="actions"')[1].split("</p>")[0]
    return re.findall(r'href="([^"]*)"', actions)


# --- what cannot be seen ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["catalogue:home", "catalogue:certificates", "catalogue:holdings", "cases:agent"])
def test_searching_for_what_cannot_be_seen_is_searching_without_it(street: Street, name: str):
    page = street.as_("wanda").get(reverse(name), {"q": f"ho{UNSEEN}me"})
    assert page.status_code == 200
    assert "\x00" not in page.content.decode()


def test_a_form_is_kept_without_what_cannot_be_seen(street: Street):
    begun(street.as_("anna"), rooms=f"2{UNSEEN}", **{f"more{UNSEEN}": UNSEEN})
    assert Case.objects.get().answers["rooms"] in (2, "2")


def test_notes_keep_their_lines_and_nothing_unseen(street: Street):
    street.waiting("anna")
    check = Check.objects.get()
    answer = {"verdict": "holds", "note": f"查过{UNSEEN}台账\r\n第二行\t完"}
    page = street.as_("civil").post(reverse("cases:answer", args=[check.id]), answer)
    assert page.status_code == 302
    check.refresh_from_db()
    assert "查过台账" in check.note and "第二行\t完" in check.note
    assert "\x00" not in check.note


def test_reasons_and_names_with_a_nul_break_nothing(street: Street):
    eric = street.as_("eric")
    case = applied(eric)
    objecting = reverse("cases:choose", args=[case.id, "no-debt", "object"])
    assert eric.post(objecting, {"why": "欠款\x00已还"}).status_code == 302
    assert eric.post(reverse("cases:withdraw", args=[case.id]), {"note": "\x00不办了"}).status_code == 302
    assert Client().post("/sign-in/", {"login": "e\x00ric", "password": "\x00"}).status_code == 200
    assert Client().post("/demo/sign-in/", {"account": "\x00"}).status_code == 404


def test_visible_text_passes_untouched(street: Street):
    key = uuid.uuid4()
    begun(street.as_("anna"), key, **TYPED)
    assert Case.objects.get(key=key).answers["marital"] == "divorced"


# --- a wrong method -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_opening_a_buttons_address_leads_to_its_page(street: Street, language: str):
    anna = street.as_("anna")
    anna.cookies["django_language"] = language
    case = applied(anna)
    home = reverse("cases:case", args=[case.id])
    for step in ("agree", "verify", "hand_in", "withdraw"):
        page = anna.get(reverse(f"cases:{step}", args=[case.id]))
        assert page.status_code == 405
        assert "POST" in page["Allow"]
        assert page.content.decode().count("<p") >= 3
        assert ways_on(page)[0] == home
    assert ways_on(anna.get("/display/"))[0] == "/"


def test_a_page_that_is_only_read_says_so_too(street: Street):
    page = street.as_("anna").post("/my/", headers={"Referer": "http://testserver/my/"})
    assert page.status_code == 405
    assert ways_on(page)[0] == "/my/"


# --- back to where one was ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("breaking", [OperationalError("gone"), RuntimeError("broken")])
def test_after_a_failed_button_the_way_leads_to_a_page_that_opens(
    street: Street, monkeypatch: pytest.MonkeyPatch, breaking: Exception
):
    anna = street.as_("anna")
    anna.raise_request_exception = False
    case = applied(anna)

    def broken(*args: Any, **kwargs: Any) -> None:
        raise breaking

    here, there = reverse("cases:hand_in", args=[case.id]), reverse("cases:case", args=[case.id])
    with monkeypatch.context() as patched:
        patched.setattr("mianzheng.audit.actions.write", broken)
        asked = anna.post(here, headers={"Referer": f"http://testserver{there}?seen=1"})
        foreign, silent = anna.post(here, headers={"Referer": "http://elsewhere.example/x"}), anna.post(here)
    assert [ways_on(page)[0] for page in (asked, foreign, silent)] == [f"{there}?seen=1", there, there]
    assert "回到刚才那一页" in seen(asked)
    assert all(anna.get(ways_on(page)[0]).status_code == 200 for page in (asked, foreign, silent))


def test_a_form_from_elsewhere_leads_back_too(street: Street):
    client = Client(enforce_csrf_checks=True)
    client.force_login(street.accounts["anna"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.post("/demo/advance/", {"days": "1"})
    assert page.status_code == 403
    assert ways_on(page)[0] == "/"


@pytest.mark.parametrize(
    "referer",
    [
        "http://testserver//elsewhere.example/",
        "javascript:alert(1)",
        "//elsewhere.example/",
        "http://[::1",
        "\\\\x.example",
    ],
)
def test_no_address_leads_to_another_site(referer: str):
    request = RequestFactory().post("/display/", headers={"Referer": referer})
    back = page_before(request)
    assert back.startswith("/") and not back.startswith(("//", "/\\"))


def test_reading_again_keeps_what_was_asked_for():
    assert page_before(RequestFactory().get("/certificates/?q=a&page=2")) == "/certificates/?q=a&page=2"
