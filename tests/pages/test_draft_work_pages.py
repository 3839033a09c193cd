"""The worked part of a matter on pages: needs, questions, papers, texts; wrong input is told where it was typed and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from mianzheng.catalogue.queries.editions import city
from mianzheng.catalogue.rules.trees import plain
from mianzheng.reform.actions import enforcing
from mianzheng.reform.queries.drafts import on_top
from tests.drafted import ACTING, again, begun
from tests.pages.street import Street, seen, street
from tests.pages.test_draft_pages import edits, page, post
from tests.second_city.reading import FILES

__all__ = ["street"]

NEED = {
    "about": "applicant",
    "why": "要付房租。",
    "why_en": "Rent.",
    "basis": "homes-3",
    "department": "yes",
    "commitment": "commit-works",
}
DEBT = {
    "about": "applicant",
    "why": "先还。",
    "why_en": "First.",
    "basis": "homes-3",
    "department": "yes",
    "param_limit": "100",
}
QUESTION = {
    "name": "间数",
    "name_en": "Rooms",
    "type": "integer",
    "required": "yes",
    "min": "1",
    "max": "6",
}
CHOICE = {
    "name": "怎么住",
    "name_en": "How",
    "type": "choice",
    "required": "yes",
    "choices.code": ["alone", "shared"],
    "choices.name": ["一个人", "合住"],
    "choices.name_en": ["Alone", "Shared"],
}
PAPERS = {"papers.certificate": ["work-paper"], "papers.offices": ["2"], "papers.trips": ["3"]}
WORK = {
    "summary": "看一看古井。",
    "summary_en": "See the well.",
    "grant": "program",
    "result_name": "票",
    "result_name_en": "Ticket",
    "result_text": "请来。",
    "result_text_en": "Come.",
    "remedies": "可以申请复议。",
    "remedies_en": "You may ask for reconsideration.",
    "notice": "notice",
}


def work(draft: Any, code: str = "home") -> dict[str, Any]:
    return plain(on_top(again(draft.id)).files[f"matters/{code}.yaml"])


@pytest.mark.parametrize(
    ("name", "more", "query", "typed", "says"),
    [
        ("draft_need", ("home", 2), "", NEED | {"deadline": "3"}, lambda w: w["facts"][2]["deadline"] == 3),
        ("draft_need", ("home", 2), "", NEED | {"department": "no"}, lambda w: w["facts"][2]["department"] is False),
        ("draft_need", ("home", 1), "", DEBT, lambda w: w["facts"][1]["params"] == {"limit": 100}),
        ("draft_need", ("home", 2), "", NEED | {"when": "marital=married"}, lambda w: w["facts"][2]["when"] == {"field": "marital", "is": "married"}),
        ("draft_need_new", ("home",), "?fact=married", NEED | {"commitment": ""}, lambda w: w["facts"][4]["fact"] == "married"),
        ("draft_need_new", ("home",), "?fact=no-debt", DEBT, lambda w: w["facts"][4]["code"] == "no-debt-2"),
        ("draft_question", ("home", 1), "", QUESTION, lambda w: w["form"][1]["max"] == 6),
        ("draft_question_new", ("home",), "", CHOICE | {"code": "how"}, lambda w: [c["code"] for c in w["form"][3]["choices"]] == ["alone", "shared"]),
        ("draft_question_new", ("home",), "", QUESTION | {"code": "beds", "prefill": "debts.amount"}, lambda w: w["form"][3]["prefill"] == {"item": "debts", "field": "amount"}),
        ("draft_papers", ("home",), "", PAPERS, lambda w: w["papers"] == [{"certificate": "work-paper", "offices": 2, "trips": 3}]),
        ("draft_papers", ("home",), "", {}, lambda w: "papers" not in w),
        ("draft_matter_texts", ("home",), "", WORK, lambda w: w["summary"] == "看一看古井。" and w["result"]["name"] == "票"),
    ],
)  # fmt: skip
def test_every_part_is_written_and_the_package_stays_sound(street: Street, name, more, query, typed, says):
    draft, client = begun(), street.as_("reform")
    address = reverse(f"reform:{name}", args=[draft.id, *more]) + query
    assert client.get(address).status_code == 200
    response = client.post(address, typed)
    assert response.status_code == 302, seen(response)
    assert says(work(draft)) and on_top(again(draft.id)).problems == ()
    assert "改了" in page(client, "draft", draft)


@pytest.mark.parametrize(
    ("name", "more", "query", "typed", "wrong", "says"),
    [
        ("draft_need", ("home", 2), "", NEED, {"why_en": ""}, "请填写"),
        ("draft_need", ("home", 1), "", DEBT, {"param_limit": "一百"}, "“一百”不是整数"),
        ("draft_need", ("home", 2), "", NEED, {"about": "spouse"}, "事实“works”查的是关系人"),
        ("draft_need", ("home", 2), "", NEED, {"deadline": "0"}, "至少是 1"),
        ("draft_need", ("home", 2), "", NEED, {"basis": "homes-9"}, "没有“homes-9”"),
        ("draft_need", ("home", 2), "", NEED, {"code": "no-debt"}, "列了两次"),
        ("draft_question", ("home", 1), "", QUESTION, {"type": "choice"}, "至少要有两个选项"),
        ("draft_question", ("home", 1), "", QUESTION, {"help": "写整数"}, "要么都写"),
        ("draft_question", ("home", 1), "", QUESTION, {"type": "relative", "min": "", "max": ""}, "没有写"),
        ("draft_question", ("home", 1), "", QUESTION, {"prefill": "debts"}, "信息项.字段"),
        ("draft_question", ("home", 1), "", QUESTION, {"prefill": "debts.nothing"}, "没有字段“nothing”"),
        ("draft_question_new", ("home",), "", QUESTION, {"code": "rooms"}, "已经有了"),
        ("draft_question_new", ("home",), "", CHOICE, {"code": "how", "choices.name_en": ["Alone", ""]}, "请填写"),
        ("draft_papers", ("home",), "", PAPERS, {"papers.trips": ["零"]}, "“零”不是整数"),
        ("draft_papers", ("home",), "", {}, {"papers.certificate": ["work-paper"] * 2, "papers.offices": ["1"] * 2, "papers.trips": ["1"] * 2}, "上面已经有了"),
        ("draft_papers", ("home",), "", PAPERS, {"papers.certificate": ["abroad-paper"]}, "没有“abroad-paper”"),
        ("draft_matter_texts", ("home",), "", WORK, {"remedies_en": " "}, "请填写"),
        ("draft_matter_texts", ("home",), "", WORK, {"notice": "commit-works"}, "没有“commit-works”"),
    ],
)  # fmt: skip
def test_wrong_input_is_told_where_it_was_typed(street: Street, name, more, query, typed, wrong, says):
    draft, client = begun(), street.as_("reform")
    response = client.post(reverse(f"reform:{name}", args=[draft.id, *more]) + query, {**typed, **wrong})
    assert response.status_code == 422 and says in seen(response) and "您填的都还在" in seen(response)
    html = response.content.decode()
    for value in {**typed, **wrong}.values():
        assert not isinstance(value, str) or value in html or value in ("homes-9", "commit-works")
    assert edits(draft) == []


def test_a_matter_is_worked_out_from_nothing_on_pages(street: Street):
    draft, client = begun(), street.as_("reform")
    assert "还不能在这里办" in page(client, "draft_matter", draft, "well")
    assert post(client, "draft_matter_texts", draft, "well", **WORK).status_code == 302
    assert "还没有要查的事实，至少要有一项" in page(client, "draft", draft)
    assert "还没有要查的事实" in page(client, "draft_matter", draft, "well")
    assert "先选查哪个事实" in page(client, "draft_need_new", draft, "well")
    address = reverse("reform:draft_need_new", args=[draft.id, "well"]) + "?fact=has-card"
    assert client.post(address, NEED | {"commitment": ""}).status_code == 302
    assert "要改正的" not in page(client, "draft", draft)
    enforcing.test(draft=draft.id, **ACTING)
    street.later()
    assert post(client, "draft_force", draft).status_code == 302
    matter = city().matters["well"]
    assert matter.work and matter.facts == ("has-card",) and matter.work.needs[0].basis == "homes-3"
    assert street.as_(None).get("/matters/well/").status_code == 200


def test_needs_questions_and_papers_are_moved_and_taken_out(street: Street):
    draft, client = begun(), street.as_("reform")
    for part, act, place, expected in (
        ("facts", "down", "0", ["no-debt", "has-card", "works", "no-debt"]),
        ("facts", "up", "2", ["no-debt", "works", "has-card", "no-debt"]),
        ("facts", "out", "1", ["no-debt", "has-card", "no-debt"]),
        ("facts", "out", "9", ["no-debt", "has-card", "no-debt"]),
        ("nothing", "out", "0", ["no-debt", "has-card", "no-debt"]),
    ):
        assert post(client, "draft_matter_move", draft, "home", part=part, act=act, place=place).status_code == 302
        assert [need["fact"] for need in work(draft)["facts"]] == expected
    assert edits(draft)[1]["columns"] == {"facts": "has-card no-debt"}, "the row names the facts that are needed"
    post(client, "draft_matter_move", draft, "home", part="form", act="out", place="0")
    shown = seen(client.get(reverse("reform:draft", args=[draft.id])))
    assert "条件里的“marital”不是表单里的一项" in shown, (
        "what hangs on a question that is gone is told, and can be mended"
    )


def test_what_is_as_it_was_is_no_edit_and_the_file_keeps_its_characters(street: Street):
    draft, client = begun(), street.as_("reform")
    tree = plain(FILES["matters/home.yaml"])
    for place, need in enumerate(tree["facts"]):
        typed = {"about": "applicant", "department": "yes"} | {k: str(v) for k, v in need.items() if isinstance(v, str)}
        typed |= {f"param_{k}": str(v) for k, v in need.get("params", {}).items()}
        typed |= {"department": "no"} if need.get("department") is False else {}
        typed |= {"when": f"{need['when']['field']}={need['when']['is']}"} if "when" in need else {}
        assert post(client, "draft_need", draft, "home", place, **typed).status_code == 302
    post(client, "draft_papers", draft, "home", **PAPERS | {"papers.offices": ["1"], "papers.trips": ["2"]})
    assert edits(draft) == []


def test_a_matter_is_taken_out_or_only_what_makes_it_possible_to_apply(street: Street):
    draft, client = begun(), street.as_("reform")
    post(client, "draft_matter_out", draft, "bus", only="work")
    assert on_top(again(draft.id)).city.matters["bus"].work is None  # type: ignore[union-attr]
    post(client, "draft_matter_out", draft, "bus")
    found = on_top(again(draft.id))
    assert found.city and "bus" not in found.city.matters
    assert client.get(reverse("reform:draft_matter", args=[draft.id, "bus"])).status_code == 404


def test_pages_of_what_is_not_there(street: Street):
    draft, client = begun(), street.as_("reform")
    for name, more in (
        ("draft_matter", ("nothing",)),
        ("draft_need", ("home", 9)),
        ("draft_question", ("home", 9)),
        ("draft_question_new", ("nothing",)),
        ("draft_need_new", ("nothing",)),
        ("draft_papers", ("nothing",)),
        ("draft_matter_texts", ("nothing",)),
    ):
        assert client.get(reverse(f"reform:{name}", args=[draft.id, *more])).status_code == 404
