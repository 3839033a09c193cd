"""The agent's desk: somebody asks for a paper; is it cancelled, and what is done instead?"""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.pages.street import Street, seen, street

__all__ = ["street"]


def found(street: Street, asked: str, language: str = "zh-hans") -> str:
    agent = street.as_("wanda")
    agent.cookies["django_language"] = language
    page = agent.get(reverse("cases:agent"), {"q": asked})
    assert page.status_code == 200
    return seen(page)


def test_it_opens_with_the_next_step(street: Street):
    page = seen(street.as_("wanda").get(reverse("cases:agent")))
    assert "古井社区" in page
    assert "输入证明的名字" in page


@pytest.mark.parametrize("asked", ["务工证明", "wugong", "Proof of work"])
def test_a_cancelled_paper_is_found_in_any_script(street: Street, asked: str):
    page = found(street, asked)
    assert "已取消" in page
    assert "是否已工作半年？" in page
    assert "申请住房" in page


def test_a_kept_paper_is_said_to_be_kept(street: Street):
    assert "保留" in found(street, "境外用工作证明")


def test_what_is_on_no_list_may_not_be_demanded(street: Street):
    page = found(street, "zzzzzz")
    assert "清单里没有这样的证明" in page
    assert "都不得索要证明" in page


def test_it_speaks_english(street: Street):
    assert "Half a year at work?" in found(street, "Proof of work", "en")


@pytest.mark.parametrize("asked", ["<script>alert(1)</script>", "x" * 500, "%00", "' OR 1=1"])
def test_nothing_typed_breaks_it(street: Street, asked: str):
    page = street.as_("wanda").get(reverse("cases:agent"), {"q": asked})
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()
