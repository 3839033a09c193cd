"""Service guides as pages and as paper: the list, one, a binder, and a printed copy that asks whether it still holds."""

from __future__ import annotations

import io
import re

import pytest
from django.test import Client
from django.urls import reverse
from pyhanko.pdf_utils.reader import PdfFileReader

from mianzheng.catalogue.actions.load_city import load_city
from tests.pages.street import Street, seen, street
from tests.second_city.reading import changed

__all__ = ["street"]


def opened(path: str, language: str = "zh-hans", **asked: str):
    return Client(headers={"accept-language": language}).get(path, asked)


def guide(code: str, language: str = "zh-hans", **asked: str):
    return opened(reverse("catalogue:guide", args=[code]), language, **asked)


def titles(response) -> list[str]:
    """Return the bookmarks of a PDF, in order."""
    found, root = [], PdfFileReader(io.BytesIO(response.content)).root
    mark = root["/Outlines"]["/First"] if "/Outlines" in root else None
    while mark is not None:
        found.append(str(mark["/Title"]))
        mark = mark["/Next"] if "/Next" in mark else None  # noqa: SIM401 - `get` does not follow the reference
    return found


@pytest.mark.parametrize(
    ("code", "language", "says"),
    [
        ("home", "zh-hans", "要带的证明 0 不用带任何证明"),
        ("home", "zh-hans", "务工证明 先由部门核查；您不想等，可以自己选择书面承诺。 第 1 批，2019年6月1日(周六)取消"),
        ("home", "en", "Proof of work"),
        ("home", "en", "Cancelled with batch 1, Sat 1 Jun 2019"),
        ("abroad", "zh-hans", "要带的证明 1 只要带下面 1 份证明"),
        ("abroad", "en", "Bring only this certificate: Proof of work for abroad"),
        ("well", "zh-hans", "这件事还没有逐条整理"),
        ("well", "en", "This matter has not been worked out point by point yet."),
    ],
)
def test_a_guide_says_what_to_bring_and_what_nobody_may_ask_for(street: Street, code, language, says):
    answer = guide(code, language)
    assert answer.status_code == 200
    assert says in seen(answer)


def test_a_printed_copy_learns_whether_it_still_says_the_same(street: Street):
    mark = re.search(r'class="number">(\w{8})<', guide("home").content.decode())[1]
    english = re.search(r'class="number">(\w{8})<', guide("home", "en").content.decode())[1]
    for held in (mark, english):
        assert "您手里的这一份没有变" in seen(guide("home", mark=held))
    street.later()
    load_city(files=changed("matters/home.yaml", "要付房租。", "要付得起房租。"), actor="operator", now=street.now)
    assert "您手里的那一份已经旧了" in seen(guide("home", mark=mark))
    assert "Your copy is out of date" in seen(guide("home", "en", mark="nonsense"))
    bus = re.search(r'class="number">(\w{8})<', guide("bus").content.decode())[1]
    assert "没有变" in seen(guide("bus", mark=bus))


def test_a_guide_on_paper_comes_in_the_language_asked_for(street: Street):
    path = reverse("catalogue:guide_paper", args=["home"])
    for language, asked, title in [
        ("zh-hans", {}, "申请住房"),
        ("en", {}, "Apply for a home"),
        ("zh-hans", {"lang": "en"}, "Apply for a home"),
        ("zh-hans", {"lang": "tlh"}, "申请住房"),
    ]:
        answer = opened(path, language, **asked)
        assert answer["content-type"] == "application/pdf"
        assert titles(answer) == [title]


def test_the_list_and_the_binder_hold_what_the_filters_leave(street: Street):
    for asked, left in [
        ({}, ["申请住房", "老年公交卡", "境外用证明", "古井参观"]),
        ({"level": "town"}, ["古井参观"]),
        ({"owner": "civil"}, ["老年公交卡", "境外用证明"]),
        ({"theme": "住房"}, ["申请住房"]),
        ({"q": "gongjiao"}, ["老年公交卡"]),
    ]:
        page = opened(reverse("catalogue:guides"), **asked).content.decode()
        assert re.findall(r'class="row-name"[^>]*>([^<]+)<', page) == left
        assert titles(opened(reverse("catalogue:binder"), **asked)) == left


def test_what_is_not_there_is_said(street: Street):
    assert guide("nothing").status_code == 404
    assert opened(reverse("catalogue:guide_paper", args=["nothing"])).status_code == 404
    assert opened(reverse("catalogue:binder"), owner="nobody").status_code == 404
    assert "没有找到这样的事" in seen(opened(reverse("catalogue:guides"), owner="nobody"))


@pytest.mark.parametrize(
    ("name", "args"), [("guides", ()), ("binder", ()), ("guide", ["home"]), ("guide_paper", ["home"])]
)
def test_guides_take_few_queries(street: Street, django_assert_max_num_queries, name, args):
    path = reverse(f"catalogue:{name}", args=args)
    opened(path)  # reads the package, once a process
    with django_assert_max_num_queries(2 if path.endswith("pdf") else 5):
        assert opened(path).status_code == 200


def test_guides_are_led_to_from_where_one_looks(street: Street):
    link = reverse("catalogue:guide", args=["home"])
    assert link in opened(reverse("cases:matter", args=["home"])).content.decode()
    assert link in opened("/", q="住房").content.decode()
    assert reverse("catalogue:guides") in opened("/").content.decode()
    assert link in street.as_("wanda").get(reverse("cases:agent"), {"q": "务工"}).content.decode()
