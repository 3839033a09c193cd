"""The first flat is not paid for: seen before handing in, objected to, answered, and decided by a person."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import House, Walks
from tests.journeys.walking import Walk

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

NEED = "first-home-price-paid"
QUESTION = {"zh": "名下已购住房的房款是否都已结清", "en": "paid in full"}
WHY = "房款上个月已经付清"


def object_to_it(walk: Walk, story: dict) -> str:
    """See the fact fail, hand in refused without knowing, object; the department is asked. Return the case."""
    case = walk.apply(story)
    assert walk.verdicts() == ["holds", "fails", "holds", "holds", "holds", "holds"]
    assert walk.status() == "draft", "a failing fact refuses nobody"
    walk.says("核验只是给您看，不是拒绝", "not a refusal")
    walk.see("fails")
    assert not walk.page.locator("a[href$='/commit/']").count(), "no commitment after a failing verdict"
    walk.hand_in()
    assert walk.status() == "draft"
    walk.see("told-why-not")
    walk.choose(NEED, "object")
    walk.see("object")
    walk.page.locator("#why").fill(WHY)
    walk.press("main form.sheet button.btn-primary")
    assert walk.status() == "waiting_department"
    walk.see("waiting")
    return case


def test_a_refusal_with_objection(walk: Walks, house: House) -> None:
    story = house.stories["unsettled-price"]
    with walk(width=390, lang="zh") as going:
        case = object_to_it(going, story)
        going.sign_in("officer.housing")
        going.see("desk-of-the-asked")
        going.answer_check(QUESTION["zh"], "fails", "查房款系统，11 月仍有尾款未付")
        going.sign_in(story["accounts"]["resident"])
        going.wait_for_status(case, "draft")
        assert going.verdicts()[1] == "fails"
        going.see("fails-again")
        going.page.locator("#knowing").check()
        going.hand_in()
        assert going.status() == "submitted"
        going.sign_in("officer.housing_fund")
        going.open_on_desk(case)
        going.post("/take-up/")
        going.see("decide")
        going.page.locator("#findings").fill("房款系统显示第一套住房仍有尾款未付。")
        going.page.locator("#basis").select_option(index=1)
        article = going.page.locator("#basis option:checked").inner_text()
        going.post("/refuse/")
        going.see("refused-by-officer")
        going.press("a[href$='/reliance/']")
        going.see("reliance")
        going.sign_in(story["accounts"]["resident"])
        going.go(case)
        assert going.status() == "refused"
        told = going.text()
        for part in ("第一套住房仍有尾款未付", "行政复议", "行政诉讼", article.split()[-1]):
            assert part in told, part
        going.see("refused")
        going.press("a[href$='/receipt/']")
        assert "行政复议" in going.text()
        going.see("receipt")


def test_an_objection_that_is_right(walk: Walks, house: House) -> None:
    story = house.stories["unsettled-price"]
    with walk(width=1280, lang="en") as going:
        case = object_to_it(going, story)
        going.sign_in("officer.housing")
        going.answer_check(QUESTION["en"], "holds", "尾款 10 月 30 日到账，台账已补记")
        going.sign_in(story["accounts"]["resident"])
        going.wait_for_status(case, "draft")
        assert going.verdicts() == ["holds"] * 6
        assert going.ways()[1] == "department"
        going.see("holds")
        going.hand_in()
        assert going.status() == "submitted"
