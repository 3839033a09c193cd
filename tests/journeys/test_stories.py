"""Four more stories to their end: a household split, a pension the program grants, a child that starts school, water."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import House, Walks
from tests.journeys.walking import Walk

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


def verified_as_told(walk: Walk, story: dict) -> str:
    """Walk to the verified facts, seeing every page; compare them with what the story expects. Return the case."""
    walk.sign_in(story["accounts"]["resident"])
    walk.see("matter")
    walk.begin(story["matter"])
    walk.see(f"form-{story['story']}")
    walk.fill(story["form"])
    walk.next()
    assert walk.page.locator(".zero").get_attribute("data-asked") == "0"
    assert walk.page.locator(".zero .papers s").count() >= 1
    walk.see(f"notice-{story['story']}")
    walk.agree()
    walk.verified()
    walk.see(f"verified-{story['story']}")
    expected = story["expected"]["facts"]
    assert walk.verdicts() == [fact["verdict"] for fact in expected]
    assert walk.ways() == [fact["way"] for fact in expected]
    return walk.here()


def granted(walk: Walk, case: str, story: dict, office: str) -> None:
    """The officer who decides takes the case up and grants it; the person sees the result."""
    walk.sign_in(f"officer.{office}")
    walk.open_on_desk(case)
    walk.post("/take-up/")
    walk.see("decide")
    walk.post("/grant/")
    walk.see("decided")
    walk.sign_in(story["accounts"]["resident"])
    walk.go(case)
    assert walk.status() == "granted"
    walk.see("granted")


def test_household_split(walk: Walks, house: House) -> None:
    story = house.stories["household-split"]
    with walk(width=390, lang="zh") as going:
        case = verified_as_told(going, story)
        assert "document" in going.ways()
        going.hand_in()
        assert going.status() == "submitted"
        granted(going, case, story, "police")


def test_pension(walk: Walks, house: House) -> None:
    """Everything holds, so the program grants at once; nobody had to decide."""
    story = house.stories["pension"]
    with walk(width=390, lang="en") as going:
        verified_as_told(going, story)
        going.hand_in()
        assert going.status() == "granted"
        going.says("由系统当场准予", "by the system")
        going.see("granted")
        going.press("a[href$='/receipt/']")
        going.see("receipt")


def test_school_entry(walk: Walks, house: House) -> None:
    """The child is chosen among the applicant's own children; what is looked up about it is the child's."""
    story = house.stories["school-entry"]
    with walk(width=1280, lang="en") as going:
        case = verified_as_told(going, story)
        about_child = [
            row for row in going.page.locator(".fact-row .fact-meta").all_inner_texts() if "about: Child" in row
        ]
        assert len(about_child) == 3
        going.hand_in()
        assert going.status() == "submitted"
        granted(going, case, story, "education")


def test_tap_water(walk: Walks, house: House) -> None:
    """The matter is a company's: its officer decides, and its remedies lead to the bureau that supervises it."""
    story = house.stories["tap-water"]
    with walk(width=390, lang="en") as going:
        case = verified_as_told(going, story)
        going.hand_in()
        assert going.status() == "submitted"
        granted(going, case, story, "water_supply")
