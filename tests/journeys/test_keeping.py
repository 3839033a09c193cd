"""Nothing is lost and nothing happens twice: save and resume, double clicks, the back button."""

from __future__ import annotations

import re

import pytest

from tests.journeys.conftest import House, Walks

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


def test_save_and_resume(walk: Walks, house: House) -> None:
    story = house.stories["public-rental"]
    with walk(width=390, lang="zh") as going:
        going.sign_in(story["accounts"]["resident"])
        going.begin(story["matter"])
        going.fill({"members": "三个人", "area": "江东街道"})
        going.press("main form.sheet button[name=later]")
        going.see("saved")
        assert going.page.locator("[name=members]").input_value() == "三个人"
        going.go("/")
        going.go("/my/")
        going.see("mine")
        going.press("main ul.rows li a.btn-primary")
        going.page.locator("a[href$='/form/']").first.click()
        going.page.wait_for_url(re.compile("/form/$"))
        assert going.page.locator("[name=area]").input_value() == "江东街道"
        going.next()
        assert going.page.locator(".has-errors").count() >= 1
        assert going.page.locator("[name=members]").input_value() == "三个人", "what was typed stays, wrong as it is"
        going.see("to-mend")
        going.fill(story["form"])
        going.next()
        assert going.page.locator("form[action$='/agree/']").count()


def test_a_double_click_makes_one_case(walk: Walks, house: House) -> None:
    story = house.stories["low-income"]
    with walk(width=1280, lang="zh") as going:
        going.sign_in(story["accounts"]["resident"])
        going.begin(story["matter"])
        going.fill(story["form"])
        with going.page.expect_navigation():
            going.page.locator("main form.sheet button.btn-primary").dblclick()
        going.page.wait_for_selector("form[action$='/agree/']")
        case = going.here()
        going.page.locator("form[action$='/agree/'] button").dblclick()
        going.verified()
        going.page.locator("form[action$='/hand-in/'] button").dblclick()
        going.page.wait_for_selector("#case[data-status='submitted']")
        going.go("/my/")
        assert going.page.locator(f"main ul.rows li a[href='{case}']").count() == 1
        assert going.page.locator("main ul.rows li").count() == 1
        going.go(case)
        assert going.text().count("已提交") >= 1
        steps = going.page.locator("ol.events li")
        assert steps.count() == 1, "handed in once"


def test_the_back_button_loses_nothing_and_makes_nothing_new(walk: Walks, house: House) -> None:
    story = house.stories["teacher"]
    with walk(width=1280, lang="en") as going:
        going.sign_in(story["accounts"]["resident"])
        going.begin(story["matter"])
        going.fill(story["form"])
        going.next()
        case = going.here()
        going.page.go_back()
        going.page.wait_for_selector("main form.sheet")
        going.fill(story["form"])
        going.page.locator("[name=subject]").fill("数学")
        going.next()
        assert going.here() == case, "the same case, corrected"
        going.page.locator("details.fold summary").last.scroll_into_view_if_needed()
        assert "数学" in going.page.locator("#case").inner_text() or "数学" in going.page.content()
        going.agree()
        going.verified()
        going.page.reload()
        assert going.verdicts() == [fact["verdict"] for fact in story["expected"]["facts"]]
        going.page.go_back()
        going.page.wait_for_load_state()
        going.go("/my/")
        assert going.page.locator("main ul.rows li").count() == 1
