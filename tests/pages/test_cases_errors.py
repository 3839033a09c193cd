"""When something goes wrong the person gets a page with what, why and what now, and nothing is half-done."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from mianzheng.cases.models import Case
from tests.pages.street import Street, seen, street
from tests.pages.test_cases_pages import TYPED, applied

__all__ = ["street"]


def test_a_database_that_goes_away_leaves_nothing_half_done(street: Street, monkeypatch: pytest.MonkeyPatch):
    anna = street.as_("anna")
    anna.raise_request_exception = False
    case = applied(anna)

    def gone(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr("mianzheng.audit.actions.write", gone)  # the case was changed already, its log entry comes last
    page = anna.post(reverse("cases:hand_in", args=[case.id]))
    assert page.status_code == 503
    assert "没有" in seen(page)
    assert "OperationalError" not in page.content.decode()
    monkeypatch.undo()
    case.refresh_from_db()
    assert (case.status, case.handed_in_at) == ("draft", None)


def test_what_breaks_is_a_page_with_a_way_on(street: Street, monkeypatch: pytest.MonkeyPatch):
    anna = street.as_("anna")
    anna.raise_request_exception = False

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("secret of anna")

    monkeypatch.setattr("mianzheng.cases.queries.dossiers.mine", broken)
    page = anna.get("/my/")
    assert page.status_code == 500
    assert "secret" not in page.content.decode()
    assert "<h1" in page.content.decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", ("没有找到这个页面", "您不能打开这个页面")), ("en", ("no such page", "cannot open this page"))],
)
def test_error_pages_say_what_why_and_what_now(street: Street, language: str, words: tuple[str, str]):
    anna = street.as_("anna")
    anna.cookies["django_language"] = language
    missing, forbidden = anna.get("/nowhere/"), anna.get("/department/")
    assert (missing.status_code, forbidden.status_code) == (404, 403)
    for page, word in zip((missing, forbidden), words, strict=True):
        text = page.content.decode()
        assert word.lower() in seen(page).lower(), seen(page)
        assert 'href="/"' in text
        assert text.count("<p") >= 2


def test_a_form_from_elsewhere_is_refused_in_words(street: Street):
    client = Client(enforce_csrf_checks=True)
    client.force_login(street.accounts["anna"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.post(reverse("cases:start", args=["home"]), TYPED)
    assert page.status_code == 403
    assert "Cookie" in seen(page)
    assert not Case.objects.exists()
