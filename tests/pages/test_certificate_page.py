"""The page of a certificate says in one line which article it is said to rest on, or that none was found."""

from __future__ import annotations

import re

from django.test import Client
from django.urls import reverse

from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.catalogue.rules.editing import RowEdit, applied
from tests.pages.street import Street, seen, street
from tests.second_city.life import DAY, NOW
from tests.second_city.reading import FILES

__all__ = ["street"]


def basis_of(code: str, language: str) -> str:
    """Return the line about the legal basis, as it reads."""
    page = Client(headers={"accept-language": language}).get(reverse("catalogue:certificate", args=[code]))
    assert page.status_code == 200
    found = re.search(r"<dt>(?:设定依据|Demanded under)</dt><dd>(.*?)</dd>", page.content.decode(), re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<[^>]*>", " ", found[1]).split())


def test_a_kept_certificate_names_its_article_and_the_force_of_it(street: Street):
    assert basis_of("abroad-paper", "zh-hans") == "石桥出境条例 第二条 地方性法规"
    assert basis_of("abroad-paper", "en") == "Shiqiao Exit Regulation art. 2 Local regulation"


def test_a_certificate_without_a_basis_says_so(street: Street):
    assert basis_of("work-paper", "zh-hans") == "没有查到"
    assert basis_of("work-paper", "en") == "None found"


def test_what_is_not_dealt_with_yet_is_no_kept_one_and_no_law_is_said_to_demand_it(street: Street):
    client = street.as_(None)
    asked = RowEdit("certificates.csv", "work-paper", {"disposal": "asked", "batch": ""}, {"disposal": "commitment"})
    later = NOW + DAY
    load_city(files=applied(FILES, [asked]), actor="operator", now=later, gives_back=["work-paper"])
    page = seen(client.get(reverse("catalogue:certificate", args=["work-paper"])))
    assert "法律明文要求" not in page and "还没有清理到" in page
    listed = seen(client.get(reverse("catalogue:certificates")))
    assert "保留 1 种" in listed and "还有 1 种没有处理" in listed
