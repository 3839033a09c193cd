"""Asking another department for its data: only where it has to be asked, with a reason, answered in its period."""

from dataclasses import replace

import pytest

from mianzheng.centre.actions import sharing
from mianzheng.centre.models import SharingRequest
from mianzheng.centre.queries.sharing import counts, granted, open_request
from mianzheng.centre.rules.sharing import can_request
from mianzheng.common.errors import NotFound, Refusal
from tests.second_city.life import DAY, NOW, day, officer
from tests.second_city.reading import CITY

CIVIL, HOMES = officer("civil"), officer("homes")
ASKED = {
    "item": "marriage",
    "fields": ["status", "spouse"],
    "purpose": "核对家庭住房",
    "matter": "home",
    "basis": "住房办法第三条",
}


def ask(city=CITY, actor=HOMES, now=NOW, **more):
    return sharing.request(city=city, actor=actor, now=now, **{**ASKED, **more})


def decide(request, *, approved=True, answer="只用于本事项", actor=CIVIL, now=NOW + DAY, **more):
    sharing.decide(city=CITY, request=request, approved=approved, answer=answer, actor=actor, now=now, **more)


def test_a_request_has_a_due_date_and_keeps_its_fields_in_the_order_of_the_item(town):
    made = SharingRequest.objects.get(id=ask())
    assert (made.office, made.fields_asked, made.due) == ("homes", ["spouse", "status"], day("2026-03-17"))
    assert open_request("marriage", "homes") == made
    with pytest.raises(Refusal):
        ask()
    assert SharingRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"fields": []}, "fields"),
        ({"fields": ["amount"]}, "fields"),
        ({"purpose": " "}, "purpose"),
        ({"basis": ""}, "basis"),
        ({"matter": "nothing"}, "matter"),
    ],
)
def test_what_for_and_under_which_article_must_be_said(town, more, field):
    with pytest.raises(Refusal) as refused:
        ask(**more)
    assert refused.value.field == field


def test_what_need_not_or_cannot_be_asked_says_so(town):
    closed = replace(CITY, items={**CITY.items, "marriage": replace(CITY.items["marriage"], sharing="closed")})
    for city, actor, more, said in (
        (CITY, HOMES, {"item": "card", "fields": ["valid_until"]}, "不用申请"),
        (CITY, CIVIL, {}, "自己的"),
        (closed, HOMES, {}, "不予共享"),
    ):
        with pytest.raises(Refusal) as refused:
            ask(city, actor, **more)
        assert said in refused.value.what.msgid
    with pytest.raises(NotFound):
        ask(item="nothing")
    assert can_request(CITY.items["marriage"], "homes")
    assert not can_request(CITY.items["card"], "homes")
    assert not can_request(CITY.items["marriage"], "")


def test_the_owner_decides_once_with_a_reason(town):
    made = ask()
    with pytest.raises(NotFound):
        decide(made, actor=HOMES)
    for more, field in (({"answer": " "}, "answer"), ({"until": NOW.date()}, "until")):
        with pytest.raises(Refusal) as refused:
            decide(made, **more)
        assert refused.value.field == field
    decide(made, until=day("2026-12-31"))
    with pytest.raises(Refusal):
        decide(made, approved=False)
    assert granted("marriage", "homes", today=day("2026-12-31")).id == made
    assert granted("marriage", "homes", today=day("2027-01-01")) is None
    assert granted("marriage", "civil", today=NOW.date()) is None


def test_a_refused_request_may_be_made_again(town):
    decide(ask(), approved=False, answer="超出办事需要", until=day("2026-12-31"))
    row = SharingRequest.objects.get()
    assert (row.approved, row.until_day) == (False, None)
    ask()
    assert SharingRequest.objects.count() == 2


def test_overdue_is_counted_for_who_has_to_answer(town):
    ask()
    items = [code for code, item in CITY.items.items() if item.owner == "civil"]
    late = day("2026-03-18")
    assert counts(office="civil", items=items, today=late) == {"to_answer": 1, "overdue": 1, "waiting": 0}
    assert counts(office="homes", items=["debts"], today=late) == {"to_answer": 0, "overdue": 0, "waiting": 1}
    assert counts(office="", items=[], today=NOW.date()) == {"to_answer": 1, "overdue": 0, "waiting": 0}
