"""The catalogue desk as the reform office sees it: every editor, wrong input with what was typed kept, and the way into force."""

from __future__ import annotations

import datetime
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mianzheng.catalogue.queries.editions import city
from mianzheng.catalogue.rules.package import POLICY
from mianzheng.catalogue.rules.trees import entries_of
from mianzheng.reform.models import Draft
from mianzheng.reform.queries.drafts import on_top
from mianzheng.reform.rules.states import DraftStage
from tests.drafted import again, begun, edited, row, tried
from tests.pages.street import Street, seen, street
from tests.second_city.life import DAY, NOW

__all__ = ["street"]

FACT = {
    "name": "有工作",
    "name_en": "Has work",
    "question": "是否已工作？",
    "question_en": "At work?",
    "kind": "state",
    "item": "work",
    "form": "exists",
    "where": "months(r.since, today) >= 6",
}
BASIS = {
    "law": "石桥条例",
    "law_en": "Regulation",
    "article": "第一条",
    "force": "local_regulation",
    "in_force_from": "2020-01-01",
    "text": "可以。",
    "text_en": "They may.",
    "source": "modelled",
}
MATTER = {
    "name": "乘车卡",
    "name_en": "Bus card",
    "owner": "civil",
    "theme": "出行",
    "theme_en": "Travel",
    "level": "city",
    "channels": ["online"],
    "decide_days": "2",
    "bases.code": ["homes-3"],
    "facts.code": ["has-card", "no-debt"],
    "keywords": "公交",
}
CERTIFICATE = {
    "name": "务工证明",
    "name_en": "Proof of work",
    "purpose": "住房",
    "purpose_en": "Housing",
    "content": "state",
    "demander": "homes",
    "demander_level": "city",
    "issuer": "employer",
    "issuer_level": "outside",
    "yearly_volume": "200",
}
TEXT = {"title": "告知", "title_en": "Notice", "body": "只查要查的。", "body_en": "Only what is needed."}
NUMBERS = {
    "check_days": "2", "objection_days": "5", "after_check_days": "60", "correction_days": "5", "sharing_days": "10",
    "consult_days": "5", "trial_days": "15", "watch_days": "365", "error_days": "14", "stale_cycles": "2",
    "delivery_tries": "8", "pull_minutes": "120", "fresh_minutes": "10", "paper_trips": "2", "bad_rows": "0.05",
    "shrink": "0.3", "commitment_bar": "may-commit", "review_days": "365", "wish_days": "10", "slips_a_day": "500",
}  # fmt: skip


def page(client: Any, name: str, draft: Draft, /, *more: Any) -> str:
    response = client.get(reverse(f"reform:{name}", args=[draft.id, *more]))
    assert response.status_code == 200
    return response.content.decode()


def post(client: Any, address: str, draft: Draft, /, *more: Any, **typed: Any) -> Any:
    return client.post(reverse(f"reform:{address}", args=[draft.id, *more]), typed)


def edits(draft: Draft) -> list[dict[str, Any]]:
    return again(draft.id).edits


EDITORS: list[tuple[str, tuple[str, ...], dict[str, Any]]] = [
    ("draft_matter_row", ("bus",), MATTER),
    ("draft_matter_new", (), {**MATTER, "code": "tram"}),
    ("draft_fact", ("works",), FACT),
    ("draft_fact_new", (), {**FACT, "code": "at-work"}),
    ("draft_certificate", ("work-paper",), CERTIFICATE),
    ("draft_basis", ("homes-3",), BASIS),
    ("draft_basis_new", (), {**BASIS, "code": "homes-4"}),
    ("draft_text", ("notice",), TEXT),
    ("draft_text_new", (), {**TEXT, "code": "notice-bus", "kind": "notice"}),
    ("draft_deadlines", (), {**NUMBERS, "check_days": "3"}),
]


@pytest.mark.parametrize(("name", "more", "typed"), EDITORS, ids=lambda value: value if isinstance(value, str) else "")
def test_every_editor_writes_what_was_typed_and_the_package_stays_sound(street: Street, name, more, typed):
    draft, client = begun(), street.as_("reform")
    page(client, name, draft, *more)
    response = post(client, name, draft, *more, **typed)
    assert response.status_code == 302, seen(response)
    found = on_top(again(draft.id))
    assert found.edits and found.problems == ()
    shown = page(client, "draft", draft)
    assert "改了" in shown and "要改正的" not in shown


@pytest.mark.parametrize(
    ("name", "more", "typed", "wrong", "says"),
    [
        ("draft_matter_row", ("bus",), MATTER, {"name_en": ""}, "请填写"),
        ("draft_matter_row", ("bus",), MATTER, {"decide_days": "两天"}, "“两天”不是整数"),
        ("draft_matter_row", ("bus",), MATTER, {"owner": "nobody"}, "没有“nobody”这一项"),
        ("draft_matter_new", (), MATTER, {"code": "bus"}, "已经有了"),
        ("draft_matter_new", (), MATTER, {"code": "公交"}, "代码只用小写英文字母"),
        ("draft_fact", ("works",), FACT, {"where": "months(r.since, today) >= "}, "判定条件第 26 列写错了：没有写完"),
        (
            "draft_fact",
            ("works",),
            FACT,
            {"where": "r.nothing == 1"},
            "判定条件第 2 列写错了：信息项 work 没有“r.nothing”",
        ),
        ("draft_fact", ("works",), FACT, {"where": "months(r.since, today)"}, "对不上"),
        ("draft_fact_new", (), FACT, {"code": "works"}, "已经有了"),
        ("draft_certificate", ("work-paper",), CERTIFICATE, {"yearly_volume": "很多"}, "不是整数"),
        ("draft_certificate", ("work-paper",), CERTIFICATE, {"basis_law": "某法"}, "这一栏也要写"),
        ("draft_basis", ("homes-3",), BASIS, {"in_force_from": "去年"}, "2026-01-31"),
        ("draft_text", ("notice",), TEXT, {"body_en": " "}, "请填写"),
        ("draft_text_new", (), {**TEXT, "kind": "notice"}, {"code": "notice"}, "已经有了"),
        ("draft_deadlines", (), NUMBERS, {"bad_rows": "一半"}, "不是数字"),
        ("draft_deadlines", (), NUMBERS, {"check_days": "0"}, "至少是 1"),
    ],
)
def test_wrong_input_says_what_and_what_now_and_keeps_what_was_typed(street: Street, name, more, typed, wrong, says):
    draft, client = begun(), street.as_("reform")
    response = post(client, name, draft, *more, **{**typed, **wrong})
    said = seen(response)
    assert response.status_code == 422 and says in said
    assert "没有保存" in said and "您填的都还在" in said
    html = response.content.decode()
    for value in {**typed, **wrong}.values():
        if isinstance(value, str) and value.strip() and value != "nobody":
            assert value.replace("&", "&amp;").replace(">", "&gt;").strip() in html, value
    assert edits(draft) == []


def test_rows_are_added_moved_and_taken_out_without_saving(street: Street):
    draft, client = begun(), street.as_("reform")
    for act, expected in (
        ("facts:add", ["has-card", "no-debt", ""]),
        ("facts:up:1", ["no-debt", "has-card"]),
        ("facts:down:0", ["no-debt", "has-card"]),
        ("facts:out:0", ["no-debt"]),
        ("facts:out:9", ["has-card", "no-debt"]),
        ("nothing:out:0", ["has-card", "no-debt"]),
    ):
        response = post(client, "draft_matter_row", draft, "well", **MATTER | {"name": "没写完"}, act=act)
        html = response.content.decode()
        rows = re.findall(r'<select[^>]*name="facts\.code".*?</select>', html, re.DOTALL)
        chosen = [(re.findall(r'value="([^"]*)" selected', each) or [""])[0] for each in rows]
        assert response.status_code == 200 and chosen == expected and "没写完" in html
    assert edits(draft) == []


def test_what_batches_decide_is_shown_beside_a_certificate_and_cannot_be_typed(street: Street):
    draft, client = begun(), street.as_("reform")
    html = page(client, "draft_certificate", draft, "work-paper")
    assert (
        "commitment" in html
        and 'name="disposal"' not in html
        and reverse("catalogue:certificate", args=["work-paper"]) in html
    )
    post(client, "draft_certificate", draft, "work-paper", **CERTIFICATE, disposal="asked", batch="", fact="married")
    assert edits(draft)[0]["columns"] == {"yearly_volume": "200"}


def test_a_changed_text_is_the_next_version_and_the_old_one_stays_readable(street: Street):
    from mianzheng.catalogue.queries.wordings import wording
    from mianzheng.reform.actions import enforcing
    from tests.drafted import ACTING

    draft, client = begun(), street.as_("reform")
    post(client, "draft_text", draft, "notice", **TEXT)
    post(client, "draft_text", draft, "notice", **TEXT | {"body": "再改一次。"})
    assert edits(draft)[0]["text"].startswith("---\nversion: 2\n"), (
        "one version more than the one in force, however often edited"
    )
    enforcing.test(draft=draft.id, **ACTING)
    enforcing.put_in_force(draft=draft.id, actor=ACTING["actor"], now=NOW + DAY / 24)
    old, new = wording("notice-1"), wording("notice-2")
    assert old and new and old.body.zh == "只查办这件事需要的。" and new.body.zh == "再改一次。"


def test_every_number_of_the_city_can_be_edited():
    assert set(NUMBERS) == set(POLICY.split())


def test_saving_what_is_in_force_is_no_edit(street: Street):
    draft, client = begun(), street.as_("reform")
    entry = entries_of(on_top(draft).files["facts.yaml"])["works"]
    post(client, "draft_fact", draft, "works", **{k: str(v) for k, v in entry.items() if k != "code"})
    assert post(client, "draft_deadlines", draft, **NUMBERS).status_code == 302
    assert edits(draft) == []


def test_two_people_at_one_place_lose_nothing(street: Street):
    draft, client = begun(), street.as_("reform")
    shown = re.search(r'name="seen" value="(\w+)"', page(client, "draft_basis", draft, "homes-3"))
    assert shown
    edited(draft, row("bases.csv", "homes-3", article="第四条"))
    response = post(client, "draft_basis", draft, "homes-3", **BASIS, seen=shown[1])
    assert (
        response.status_code == 422 and "别人改过这一处" in seen(response) and "石桥条例" in response.content.decode()
    )
    newly = re.search(r'name="seen" value="(\w+)"', response.content.decode())
    assert newly
    assert post(client, "draft_basis", draft, "homes-3", **BASIS, seen=newly[1]).status_code == 302
    assert edits(draft)[0]["columns"]["article"] == "第一条"


def test_from_beginning_to_in_force_on_pages(street: Street):
    client = street.as_("reform")
    assert client.post(reverse("reform:drafts"), {"title": " ", "why": "公交改了"}).status_code == 422
    response = client.post(reverse("reform:drafts"), {"title": "改公交卡", "why": "公交改了"})
    draft = Draft.objects.get()
    assert response["Location"] == reverse("reform:draft", args=[draft.id])
    assert "还没有改动" in page(client, "draft", draft)
    post(client, "draft_matter_row", draft, "bus", **MATTER)
    shown = page(client, "draft", draft)
    assert "老年公交卡" in shown and "乘车卡" in shown
    assert "还没有试过" in seen(post(client, "draft_force", draft))
    assert post(client, "draft_test", draft).status_code == 302
    assert "没有一个办理中的事项因此不同" in page(client, "draft", draft)
    street.later()
    assert post(client, "draft_force", draft).status_code == 302
    assert again(draft.id).stage == DraftStage.IN_FORCE and city().matters["bus"].name.zh == "乘车卡"
    assert "已生效" in page(client, "draft", draft)
    assert client.get(reverse("reform:draft_matters", args=[draft.id])).status_code == 404, "nothing to edit any more"
    assert "改公交卡" in seen(client.get(reverse("reform:drafts")))


def test_planned_undone_and_dropped_on_pages(street: Street):
    draft, client = tried(row("matters.csv", "bus", name="乘车卡")), street.as_("reform")
    assert "没有写哪一天" in seen(post(client, "draft_plan", draft, from_day="明天"))
    assert "今天之后" in seen(post(client, "draft_plan", draft, from_day=NOW.date().isoformat()))
    day = (NOW.date() + datetime.timedelta(days=2)).isoformat()
    assert post(client, "draft_plan", draft, from_day=day).status_code == 302
    assert "等到生效日" in page(client, "draft", draft)
    post(client, "draft_undo", draft, file="matters.csv", key="bus")
    assert edits(draft) == []
    assert post(client, "draft_describe", draft, title="", why="").status_code == 422
    post(client, "draft_describe", draft, title="别的", why="因为")
    post(client, "draft_drop", draft)
    assert "已放弃" in page(client, "draft", again(draft.id)) and "别的" in page(client, "draft", draft)


def test_a_draft_with_problems_names_file_and_line(street: Street):
    draft, client = begun(row("matters.csv", "bus", owner="nobody")), street.as_("reform")
    shown = seen(client.get(reverse("reform:draft", args=[draft.id])))
    assert "matters.csv 第 3 行：“owner”写的是“nobody”，没有这个单位。" in shown
    assert "处问题" in seen(post(client, "draft_test", draft))


def test_cases_that_would_be_worse_are_shown_with_numbers_and_ask_for_a_reason(street: Street):
    from tests.actions.test_drafts import needs

    case = street.town.verified("anna").case
    draft = tried(needs(more=[{"fact": "married", "why": "甲", "why_en": "A", "basis": "homes-3"}]))
    client = street.as_("reform")
    shown = seen(client.get(reverse("reform:draft", args=[draft.id])))
    assert "多查一项事实 1" in shown and case.number in shown and "有 1 件会更麻烦" in shown
    assert "写明理由" in seen(post(client, "draft_force", draft))
    assert post(client, "draft_force", draft, worse_why="条例改了").status_code == 302
    assert case.number not in page(client, "draft", draft)


def test_what_others_changed_meanwhile_is_shown_beside_mine(street: Street):
    from mianzheng.catalogue.actions.load_city import load_city
    from tests.second_city.reading import changed

    draft, client = begun(row("matters.csv", "bus", name="乘车卡")), street.as_("reform")
    load_city(files=changed("matters.csv", "老年公交卡", "公交卡"), actor="x", now=NOW + DAY)
    shown = page(client, "draft", draft)
    assert "别人改过这一处" in shown and "<del>公交卡</del>" in shown and "<ins>乘车卡</ins>" in shown
    post(client, "draft_keep", draft, file="matters.csv", key="bus")
    assert on_top(again(draft.id)).left == ()


def test_lists_find_by_word_and_mark_what_the_draft_changes(street: Street):
    draft, client = begun(row("matters.csv", "bus", name="乘车卡")), street.as_("reform")
    for kind in ("matters", "facts", "certificates", "bases", "texts"):
        assert client.get(reverse(f"reform:draft_{kind}", args=[draft.id])).status_code == 200
    found = seen(client.get(reverse("reform:draft_matters", args=[draft.id]), {"q": "bus"}))
    assert "乘车卡 草稿里改了" in found and "申请住房" not in found
    assert "没有找到" in seen(client.get(reverse("reform:draft_facts", args=[draft.id]), {"q": "zzz"}))
    assert "草稿里改了" in seen(client.get(reverse("reform:draft_matters", args=[draft.id])))


def test_pages_cost_the_same_however_many_drafts_and_edits(street: Street):
    client, draft = street.as_("reform"), begun(row("matters.csv", "bus", name="乘车卡"))

    def queries(name: str, *arguments: Any) -> int:
        client.get(reverse(name, args=arguments))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(name, args=arguments))
        return len(asked)

    few = queries("reform:drafts"), queries("reform:draft", draft.id), queries("reform:draft_matters", draft.id)
    for n in range(5):
        begun(row("bases.csv", f"homes-{n}", law="x"), title=f"第{n}份")
    edited(draft, row("matters.csv", "well", name="看井"), row("certificates.csv", "work-paper", yearly_volume="9"))
    many = queries("reform:drafts"), queries("reform:draft", draft.id), queries("reform:draft_matters", draft.id)
    assert few == many


def test_a_draft_that_is_not_there(street: Street):
    client = street.as_("reform")
    for name, more in (("draft", ()), ("draft_matters", ()), ("draft_fact", ("works",))):
        assert client.get(reverse(f"reform:{name}", args=[uuid.uuid4(), *more])).status_code == 404
    draft = begun()
    for name in ("draft_fact", "draft_certificate", "draft_basis", "draft_text", "draft_matter_row"):
        assert client.get(reverse(f"reform:{name}", args=[draft.id, "nothing"])).status_code == 404
    assert client.post(reverse("reform:draft_drop", args=[uuid.uuid4()])).status_code == 404
