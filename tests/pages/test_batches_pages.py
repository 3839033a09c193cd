"""A batch on pages: composed by ticking, checked, published; from that minute no door of the platform asks for it."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from html import unescape
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mianzheng.catalogue.queries.editions import city
from mianzheng.common.texts import Text
from mianzheng.reform.actions import batches, withdrawing
from mianzheng.reform.actions.publishing import publish
from mianzheng.reform.models import Batch, Notice, Slip
from mianzheng.reform.queries.notices import notices_of
from mianzheng.reform.rules.states import BatchStage
from tests.pages.street import Street, seen, street
from tests.reformed import REFORMER, candidate
from tests.second_city.life import DAY, NOW, Town
from tests.second_city.reading import CITY

__all__ = ["street"]

MINUTE = datetime.timedelta(minutes=1)
NAME = "境外用工作证明"


def agreed_on(**said):
    return candidate(**{"stage": "agreed", "name_en": "A paper", "purpose_en": "Home"} | said)


def abroad(**said):
    known = {"code": "abroad-paper", "name": NAME, "name_en": "Proof of work for abroad", "fact": "works"}
    return agreed_on(**known | {"disposal": "data_sharing"} | said)


def published(*rows, street: Street, number=2):
    batches.compose(name=Text("第二批", "Second batch"), codes=[row.code for row in rows], actor=REFORMER, now=NOW)
    street.later()
    return publish(batch=number, actor=REFORMER, now=street.now)


def page(street: Street, name: str, *args, who="reform", **query) -> str:
    answer = street.as_(who).get(reverse(f"reform:{name}", args=args), query)
    assert answer.status_code == 200
    return unescape(seen(answer))


def post(street: Street, address: str, *args, who="reform", **posted):
    street.later()
    return street.as_(who).post(reverse(f"reform:{address}", args=args), posted, follow=True)


def test_from_ticking_to_published(street: Street):
    one, two = abroad(), agreed_on(name="没用的证明")
    shown = page(street, "batches")
    assert NAME in shown
    assert "没用的证明" in shown
    answer = post(street, "compose", code=[one.code], name="第二批：数据共享", name_en="Second batch: data")
    assert answer.redirect_chain[-1][0] == reverse("reform:batch", args=[2])
    assert "还有 1 项没有核对" in seen(answer)
    answer = post(street, "compose", code=[two.code], into="2")
    assert "没用的证明" in seen(answer)
    answer = post(street, "batch_check", 2)
    told = unescape(seen(answer))
    assert "9/9" in told
    assert "1 份办事指南会改" in told
    assert "要交 1 → 0 份" in told
    assert not answer.context["why_not"]
    answer = post(street, "batch_publish", 2)
    assert "已公布" in seen(answer)
    assert Batch.objects.get().stage == BatchStage.TRIAL
    assert not city().certificates[one.code].asked_for


def test_the_suggestion_is_one_button(street: Street):
    row = agreed_on()
    answer = post(street, "compose", kind="1")
    assert answer.redirect_chain[-1][0] == reverse("reform:batch", args=[2])
    assert Batch.objects.get().candidates.get() == row
    answer = post(street, "batch_take_out", 2, code=row.code)
    assert "已移出" in seen(answer)
    assert not Batch.objects.get().candidates.exists()
    assert reverse("reform:batch_dissolve", args=[2]) in answer.content.decode()
    assert "第 2 批已删去" in seen(post(street, "batch_dissolve", 2))
    assert not Batch.objects.exists()
    assert "没有这样的证明可以列入批次" in seen(post(street, "compose", kind="4"))


def test_the_button_is_grey_with_the_reason_and_publishing_refuses_with_it(street: Street):
    row = agreed_on(owner="")
    post(street, "compose", code=[row.code], name="第二批")
    answer = post(street, "batch_check", 2)
    assert "没有写明哪个单位对别的办法负责" in seen(answer)
    assert b'disabled aria-describedby="why_not"' in answer.content
    assert "没有写明哪个单位对别的办法负责" in seen(post(street, "batch_publish", 2))
    assert Batch.objects.get().stage == BatchStage.COMPOSED


def doors(street: Street) -> dict[str, str]:
    """Return what every door of the platform says where the paper of abroad.yaml comes up."""
    nobody, wanda = street.as_(None), street.as_("wanda")
    asked = {
        "matter": nobody.get(reverse("cases:matter", args=["abroad"])),
        "home": nobody.get(reverse("catalogue:home")),
        "search": nobody.get(reverse("catalogue:home"), {"q": "境外用证明"}),
        "certificate": nobody.get(reverse("catalogue:certificate", args=["abroad-paper"])),
        "list": nobody.get(reverse("catalogue:certificates"), {"q": NAME}),
        "agent": wanda.get(reverse("cases:agent"), {"q": NAME}),
    }
    if "catalogue:guide" in _names():
        asked["guide"] = nobody.get(reverse("catalogue:guide", args=["abroad"]))
    case = street.town.verified("carl", "abroad", now=street.now)
    asked["case"] = street.as_("carl").get(reverse("cases:case", args=[case.case.id]))
    assert all(answer.status_code == 200 for answer in asked.values()), asked
    return {name: unescape(seen(answer)) for name, answer in asked.items()} | {"papers": str(case.papers_asked)}


def _names() -> set[str]:
    from tests.pages.test_matrix import ALL

    return {each.name for each in ALL}


ASKS = {
    "matter": "1 份",
    "certificate": "这份证明眼下还要交",
    "list": "保留",
    "agent": "保留",
    "case": NAME,
    "guide": NAME,
    "papers": "1",
}


def test_from_that_minute_no_door_asks_for_it(street: Street):
    for name in ("anna", "eric"):  # the other way works for them, so that the dry run finds it does
        street.town.verified(name, "abroad")
    street.town.silence("work")
    before = doors(street)
    assert {name for name, words in ASKS.items() if words in before.get(name, "")} == set(ASKS) & set(before)
    begun = street.town.begin("ben", "abroad", now=street.now)
    street.town.silence("work", silent=False)
    published(abroad(), street=street)
    street.town.silence("work")
    after = doors(street)
    assert "这份证明眼下还要交" not in after["certificate"]
    assert "不用交，也不用去开" in after["certificate"]
    assert "第 2 批取消" in after["list"]
    assert "第 2 批已取消" in after["agent"]
    assert "0 份" in after["matter"]
    assert after["papers"] == "0"
    assert "须提交" not in after["case"]
    old = street.as_("ben").post(reverse("cases:verify", args=[begun.id]), follow=True)
    assert "须提交" not in seen(old), "a case begun before asks no more either"
    assert old.context["papers_asked"] == 0


def test_no_answer_of_the_interface_can_send_anybody_for_a_paper(street: Street):
    told = street.as_(None).get("/api/v1/openapi.json").json()["components"]["schemas"]
    ways = [
        each["enum"] for schema in told.values() for each in schema.get("properties", {}).values() if "enum" in each
    ]
    left = [each for each in ways if "department" in each]
    assert left
    assert not [each for each in left if "certificate" in each]


def test_every_desk_reads_its_notice_once(street: Street):
    published(abroad(demander="homes", issuer="civil", issuer_level="city"), street=street)
    for who, place in (("homes", "homes"), ("chief", "homes"), ("wanda", "well"), ("lender", "lender")):
        shown = page(street, "notices", who=who)
        assert "第二批" in shown, who
        assert ("其中 1 项是您单位要的或者开的" in shown) == (place == "homes")
    home = street.as_("homes").get(reverse("cases:desk"))
    assert "还没有人看过" in home.content.decode()
    notice = Notice.objects.get(office="homes")
    assert "已记下：您单位知悉" in seen(post(street, "notice_seen", notice.id, who="chief"))
    assert "还没有人看过" not in street.as_("homes").get(reverse("cases:desk")).content.decode()
    assert street.as_("civil").post(reverse("reform:notice_seen", args=[notice.id])).status_code == 404


def test_a_desk_is_told_again_what_changed_since(street: Street):
    published(abroad(demander="homes", issuer="civil", issuer_level="city"), street=street)
    assert "更改或者撤回" not in page(street, "notices", who="homes")
    post(street, "batch_withdraw_one", 2, "abroad-paper", why="法律要求交")
    assert "公布以后又有 2 项更改或者撤回" in page(street, "notices", who="homes")  # the one, and with it the batch


def test_notices_read_stand_below_the_newest_first(street: Street):
    for number, seen_at in ((1, NOW), (2, NOW + DAY), (3, None)):
        found = Batch.objects.create(number=number + 5, name="批次", made_at=NOW, made_by="x")
        Notice.objects.create(batch=found, office="homes", certificates=1, seen_at=seen_at, seen_by=seen_at and "x")
    assert [each.batch.number for each in notices_of("homes")] == [8, 7, 6]


def test_the_public_list_is_there_to_take_along(street: Street):
    published(abroad(), street=street)
    client = street.as_(None)
    assert "境外用工作证明" in page(street, "cancelled_batch", 2, who=None)
    assert "第 2 批" in page(street, "cancelled", who=None)
    answer = client.get(reverse("reform:certificates_csv"))
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert {row["编码"]: (row["处理方式"], row["批次"]) for row in rows} == {
        "work-paper": ("个人承诺", "1"),
        "abroad-paper": ("数据共享", "2"),
    }
    assert client.get(rows[0]["网页"]).status_code == 200
    book = client.get(reverse("reform:certificates_xlsx"))
    with zipfile.ZipFile(io.BytesIO(b"".join(book.streaming_content))) as opened:
        assert NAME in opened.read("xl/worksheets/sheet1.xml").decode()
    assert street.as_(None).get(reverse("reform:cancelled_batch", args=[3])).status_code == 404


def test_the_feed_tells_acts_and_not_what_is_the_offices_own_business(street: Street):
    published(abroad(), agreed_on(), street=street)
    post(street, "batch_look_into", 2, "abroad-paper", why="系统停了一天")
    post(street, "batch_withdraw_one", 2, "abroad-paper", why="法律要求交<b>这份</b>")
    answer = street.as_(None).get(reverse("reform:certificates_feed"))
    assert answer["Content-Type"].startswith("application/atom+xml")
    atom = {"a": "http://www.w3.org/2005/Atom"}
    entries = ElementTree.fromstring(answer.content).findall("a:entry", atom)
    titles = [entry.findtext("a:title", namespaces=atom) for entry in entries]
    assert titles == [f"撤回取消: {NAME}", "公布取消: 第二批"]
    said = entries[0].findtext("a:summary", namespaces=atom)
    assert "法律要求交" in said and "<b>" not in said, "the summary is HTML, in which what was written stays text"
    for entry in entries:
        assert street.as_(None).get(entry.find("a:link", atom).get("href")).status_code == 200


def test_papers_of_an_offices_list_are_not_those_of_the_baseline_year(street: Street):
    published(agreed_on(code="listed"), street=street)
    shown = seen(street.as_(None).get(reverse("catalogue:certificate", args=["listed"])))
    assert "一年要开 100 份" in shown
    assert "2019 年开过" in seen(street.as_(None).get(reverse("catalogue:certificate", args=["work-paper"])))


def test_amended_and_withdrawn_with_a_trail_everybody_reads(street: Street):
    published(abroad(), street=street)
    answer = post(street, "batch_amend", 2, "abroad-paper", disposal="commitment", fact="works", why="数据不全")
    assert "已更改" in seen(answer)
    trail = page(street, "changes", "abroad-paper", who=None)
    assert "数据共享 → 个人承诺" in trail
    assert "数据不全" in trail
    wrong = post(street, "batch_amend", 2, "abroad-paper", disposal="commitment", fact="", why="再改一次")
    assert wrong.status_code == 422
    assert "再改一次" in wrong.content.decode(), "what was typed is kept"
    post(street, "batch_withdraw_one", 2, "abroad-paper", why="法律要求交")
    assert "眼下还要交" in seen(street.as_(None).get(reverse("catalogue:certificate", args=["abroad-paper"])))
    gone = page(street, "cancelled_batch", 2, who=None)
    assert "后来撤回的" in gone
    assert "法律要求交" in gone
    assert "已撤回" in page(street, "batch", 2)
    assert "公布取消" in page(street, "changes", "work-paper", who=None), "published before there was a reform office"


def test_the_trial_is_watched_with_small_numbers_left_out(street: Street):
    published(abroad(), street=street)
    town: Town = street.town
    street.later(60)
    town.verified("anna", "abroad", now=street.now)
    shown = page(street, "batch", 2)
    assert "少于 5" in shown
    assert "观察清单" in shown
    Slip.objects.create(token="t", certificate="abroad-paper", channel="phone", made_at=street.now)
    assert "还有人索要，没有解决" in page(street, "batch", 2)
    assert b'aria-describedby="not_done"' in street.as_("reform").get(reverse("reform:batch", args=[2])).content
    street.later(60 * 24 * 16)
    assert "观察清单上还有 1 处没有处理" in seen(post(street, "batch_done", 2))
    post(street, "batch_look_into", 2, "abroad-paper", why="打过电话，是误会")
    assert "已宣布完成" in seen(post(street, "batch_done", 2))
    assert "打过电话" not in page(street, "changes", "abroad-paper", who=None)


def test_a_withdrawn_batch_stays_readable(street: Street):
    published(abroad(), street=street)
    assert (
        'name="again" value="1" required'
        in street.as_("reform").get(reverse("reform:batch", args=[2])).content.decode()
    )
    assert "还没有确认" in seen(post(street, "batch_withdraw", 2, why="重来"))
    assert "已撤回" in seen(post(street, "batch_withdraw", 2, why="重来", again="1"))
    assert Batch.objects.get().stage == BatchStage.WITHDRAWN
    assert "重来" in page(street, "cancelled_batch", 2, who=None)
    assert "整批撤回" in page(street, "batch", 2)


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_pages_say_it_in_both_languages(street: Street, lang: str):
    published(abroad(), street=street)
    agreed_on()
    client = street.as_("reform")
    client.cookies["django_language"] = lang
    pages = {
        client.get(reverse(f"reform:{name}", args=args)).status_code
        for name, args in (
            ("batches", ()),
            ("batch", (2,)),
            ("batch_certificate", (2, "abroad-paper")),
            ("cancelled", ()),
            ("cancelled_batch", (2,)),
            ("changes", ("abroad-paper",)),
            ("certificates_feed", ()),
        )
    }
    assert pages == {200}


def test_the_list_is_filtered_by_office_and_issuer(street: Street):
    client = street.as_(None)
    found = seen(client.get(reverse("catalogue:certificates"), {"office": "homes"}))
    assert CITY.certificates["work-paper"].name.zh in found
    assert NAME not in found.split("种证明", 1)[1]
    assert "0 种证明" in seen(client.get(reverse("catalogue:certificates"), {"issuer": "civil", "office": "homes"}))


def queries(street: Street, name: str, *args, who="reform") -> int:
    client = street.as_(who)
    client.get(reverse(f"reform:{name}", args=args))
    with CaptureQueriesContext(connection) as caught:
        assert client.get(reverse(f"reform:{name}", args=args)).status_code == 200
    return len(caught)


def test_queries_do_not_grow(street: Street):
    few = [agreed_on() for _ in range(5)]
    first = queries(street, "batches")
    more = [agreed_on() for _ in range(95)]
    assert queries(street, "batches") == first
    for each in (few, more):
        batches.compose(name=Text("批"), codes=[row.code for row in each], actor=REFORMER, now=NOW)
    for number in (2, 3):
        batches.check(batch=number, actor=REFORMER, now=NOW)
    assert queries(street, "batch", 2) == queries(street, "batch", 3)
    for number in (2, 3):
        street.later()
        publish(batch=number, actor=REFORMER, now=street.now)
    for name in ("batch", "cancelled_batch"):
        assert queries(street, name, 2) == queries(street, name, 3), name
    withdrawing.withdraw(batch=3, codes=[row.code for row in more[:50]], why="x", actor=REFORMER, now=NOW + MINUTE * 60)
    assert queries(street, "cancelled_batch", 2) == queries(street, "cancelled_batch", 3)
    assert queries(street, "certificates_feed", who=None) == queries(street, "certificates_feed", who=None)
