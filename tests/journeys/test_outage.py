"""A register is pulled out mid-way: the fact falls to the department, then to the person's choice. The clock moves last."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import House, Walks
from tests.journeys.walking import Walk

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

ITEM, NEED = "house_payment", "first-home-price-paid"
QUESTION = {"zh": "名下已购住房的房款是否都已结清", "en": "paid in full"}


def waiting(walk: Walk, story: dict) -> str:
    """Fill the form, pull the register on the bar, agree: one fact waits for the department. Return the case."""
    walk.sign_in(story["accounts"]["resident"])
    walk.begin(story["matter"])
    walk.fill(story["form"])
    walk.next()
    walk.switch(ITEM, silent=True)
    walk.agree()
    walk.verified()
    assert walk.status() == "waiting_department"
    assert walk.verdicts() == ["holds", "", "holds", "holds", "holds", "holds"]
    assert walk.ways()[1] == "department"
    for option in ("commit", "fallback"):
        assert walk.row(NEED).locator(f"a[href$='/{option}/']").count(), option
    walk.row(NEED).locator("summary").click()
    walk.see("waiting")
    return walk.here()


def test_the_department_answers_and_the_case_goes_on_by_itself(walk: Walks, house: House) -> None:
    """The person hands in and leaves the page open; it shows the answer, and that the case is submitted, by itself."""
    story = house.stories["second-flat"]
    with walk(width=390, lang="zh") as going, walk(width=1280, lang="en") as office:
        try:
            case = waiting(going, story)
            going.hand_in()
            assert going.status() == "waiting_department"
            going.says("等部门答复，答复后自动提交", "")
            going.see("handed-in")
            office.sign_in("officer.housing")
            office.answer_check(QUESTION["en"], "holds", "查纸质台账，2020 年结清")
            going.page.wait_for_selector("#case[data-status='submitted']", timeout=20_000)
            assert going.here() == case
            assert going.verdicts() == ["holds"] * 6
            going.see("submitted")
        finally:
            house.command("demo", "outage", ITEM, "off")


def test_nobody_answers_and_the_person_commits(walk: Walks, house: House) -> None:
    story = house.stories["second-flat"]
    with walk(width=390, lang="en") as going:
        try:
            case = waiting(going, story)
            for _ in range(4):
                going.let_a_day_pass()
            going.wait_for_status(case, "waiting_commitment")
            assert going.verdicts()[1] in ("", "unknown")
            going.says("", "One fact waits for your choice")
            going.see("choice")
            going.choose(NEED, "commit")
            going.see("commit")
            going.page.locator("main input[name=read]").check()
            going.press("main form.sheet button.btn-primary")
            assert going.ways()[1] == "commitment"
            assert going.verdicts() == ["holds"] * 6
            going.see("committed")
            going.hand_in()
            assert going.status() == "submitted"
            going.see("submitted")
        finally:
            house.command("demo", "outage", ITEM, "off")
            house.command("demo", "advance", "--days", "1")
