"""The second flat: a housing fund loan without a certificate, from the search box to the receipts."""

from __future__ import annotations

import pytest
import segno

from tests.journeys.conftest import House, Walks
from tests.journeys.walking import Walk

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

MATTER = "housing-fund-loan-second"


def search(walk: Walk) -> None:
    """Find the matter by Chinese, by pinyin and by English."""
    for asked in ("第二套", "gongjijin", "second home"):
        walk.page.locator("main input[name=q]").first.fill(asked)
        walk.press("main form[role=search] button")
        assert walk.page.locator(f"main a[href='/matters/{MATTER}/']").count(), asked
    walk.see("search")


def read_guides(walk: Walk) -> None:
    """The guide to print says the same zero and strikes the same papers; the list of guides finds it by owner."""
    walk.press(f"main a[href='/matters/{MATTER}/guide/']")
    assert walk.page.locator(".guide-bring").get_attribute("data-asked") == "0"
    assert walk.page.locator(".guide .rows s").count() == 4
    assert walk.page.locator(".guide .fact-row").count() == 6
    walk.see("guide")
    walk.go("/guides/?owner=housing_fund")
    assert walk.page.locator(f"main a[href='/matters/{MATTER}/guide/']").count()
    walk.see("guides")
    walk.go(f"/matters/{MATTER}/")


def fill_form(walk: Walk, form: dict[str, str]) -> None:
    """The city knows marriage and months; the person types what it cannot know."""
    walk.see("form")
    known = {code: walk.page.locator(f"[name={code}]").input_value() for code in ("marital", "contributed")}
    assert known == {"marital": "married", "contributed": "86"}
    assert walk.page.locator(".prefilled").count() == 2
    walk.fill({code: value for code, value in form.items() if code not in known})
    walk.next()


def notice(walk: Walk) -> None:
    """What will be looked up, by whom, why, under which article; papers of 2017 struck through; nothing looked up yet."""
    assert walk.page.locator(".zero").get_attribute("data-asked") == "0"
    assert walk.page.locator(".zero .papers s").count() == 4
    assert walk.verdicts() == [""] * 6
    walk.page.locator(".fact-why summary").first.click()
    walk.says("您同意后，我们去查这 6 件事", "these 6 facts")
    walk.see("notice")


def verify(walk: Walk) -> None:
    """The rows resolve one by one: one question on the way at a time."""
    asked: list[str] = []
    open_now: list[int] = [0]
    most = [0]

    def begun(request) -> None:
        if "/verify/" in request.url:
            asked.append(request.url)
            open_now[0] += 1
            most[0] = max(most[0], open_now[0])

    def ended(response) -> None:
        if "/verify/" in response.url:
            open_now[0] -= 1

    walk.page.on("request", begun)
    walk.page.on("response", ended)
    walk.agree()
    walk.see("verifying", axe=False)
    walk.verified()
    assert len(asked) == len(set(asked)) == 6
    assert most == [1], "one after the other"
    walk.see("verified")


def decided(walk: Walk, case: str) -> str:
    """The officer finds the case on the desk, takes it up, grants it, and has the reliance receipt. Return the name."""
    walk.sign_in("officer.housing_fund")
    walk.see("desk")
    walk.open_on_desk(case)
    walk.see("decide")
    name = walk.text("main dl.pairs dd").split()[0]
    walk.post("/take-up/")
    walk.see("taken-up")
    assert walk.page.locator("form[action$='/refuse/'] button").is_disabled(), "nothing fails, so nothing to refuse for"
    walk.post("/grant/")
    walk.press("a[href$='/reliance/']")
    assert walk.page.locator("article.receipt tbody tr").count() == 6
    walk.see("reliance")
    return name


def receipts(walk: Walk, case: str, name: str, number: str) -> None:
    """The receipt's code leads to a page for everybody that tells no person."""
    walk.press("a[href$='/receipt/']")
    walk.see("receipt")
    url = walk.page.locator("article.receipt .break").inner_text().strip()
    drawn = segno.make(url, error="m").svg_inline(scale=4, border=2)
    path = drawn.split(' d="')[1].split('"')[0]
    assert walk.page.locator("article.receipt .qr svg path").get_attribute("d") == path
    walk.page.emulate_media(media="print")
    walk.see("receipt-printed", axe=False)
    assert not walk.page.locator("aside.demo-bar").is_visible()
    walk.page.emulate_media(media="screen")
    stranger = walk.context.browser.new_context()
    page = stranger.new_page()
    assert page.goto(url).status == 200
    shown = page.locator("body").inner_text()
    assert walk.page.locator("dd.number").first.inner_text() in shown
    page_source = page.content()
    assert name not in page_source
    assert number not in page_source
    stranger.close()


def looked_up(walk: Walk, resident: str, spouse: str) -> None:
    """Both see who looked at them; the spouse sees only the own part."""
    walk.sign_in(resident)
    walk.go("/my/data/")
    walk.says("公积金", "Housing fund")
    own = walk.page.locator("#looks ul.rows li").count()
    assert own >= 7
    walk.see("my-data")
    walk.sign_in(spouse)
    walk.go("/my/data/")
    walk.says("这是您的亲属办事时查到您的", "a relative of yours")
    assert 1 <= walk.page.locator("#looks ul.rows li").count() < own
    walk.see("spouse-data")


@pytest.mark.parametrize(
    ("width", "lang", "axe"), [(1280, "zh", True), (390, "en", True), (390, "zh", False), (1280, "en", False)]
)
def test_flat(walk: Walks, house: House, width: int, lang: str, axe: bool) -> None:
    """In both languages and widths; axe-core looks at every page once in each of them."""
    story = house.stories["second-flat"]
    with walk(width=width, lang=lang, axe=axe) as going:
        going.go("/")
        going.speak()
        going.see("home")
        search(going)
        going.sign_in(story["accounts"]["resident"])
        assert going.here() == f"/matters/{MATTER}/"
        going.see("matter")
        read_guides(going)
        going.begin(MATTER)
        fill_form(going, story["form"])
        notice(going)
        verify(going)
        assert going.verdicts() == ["holds"] * 6
        assert going.ways() == ["data"] * 6
        case = going.here()
        going.hand_in()
        assert going.status() == "submitted"
        going.says("已提交，不用再交任何东西", "Nothing more is needed from you")
        going.see("submitted")
        name = decided(going, case)
        going.sign_in(story["accounts"]["resident"])
        going.go(case)
        assert going.status() == "granted"
        going.see("granted")
        receipts(going, case, name, story["applicant"])
        looked_up(going, story["accounts"]["resident"], story["accounts"]["spouse"])


def test_flat_without_scripts(walk: Walks, house: House) -> None:
    story = house.stories["second-flat"]
    with walk(width=390, scripts=False) as going:
        case = going.apply(story)
        going.see("verified")
        assert going.verdicts() == ["holds"] * 6
        going.hand_in()
        assert going.status() == "submitted"
        name = decided(going, case)
        assert name
        going.sign_in(story["accounts"]["resident"])
        going.go(case)
        assert going.status() == "granted"
        going.press("a[href$='/receipt/']")
        going.see("receipt")
        going.go("/my/data/")
        assert going.page.locator("#looks ul.rows li").count() >= 7


@pytest.mark.parametrize(("theme", "width"), [("dark", 390), ("light", 1280)])
def test_looks(walk: Walks, house: House, theme: str, width: int) -> None:
    """Dark, and in large letters: the same pages, still readable, still within the screen."""
    story = house.stories["second-flat"]
    with walk(width=width) as going:
        going.sign_in(story["accounts"]["resident"])
        going.page.locator("header details.menu summary").first.click()
        going.press(f"button[name=theme][value={theme}]")
        going.page.locator("header details.menu summary").first.click()
        going.press("button[name=text][value=large]")
        assert "text-large" in str(going.page.locator("html").get_attribute("class"))
        assert going.page.locator("html").get_attribute("data-bs-theme") == theme
        going.see(f"{theme}-matter")
        case = going.apply(story)
        going.see(f"{theme}-verified")
        for path in ("/", "/my/", "/my/data/", f"{case}form/"):
            going.go(path)
            going.see(f"{theme}-{path.strip('/').replace('/', '-')[-20:] or 'home'}")
        going.sign_in("officer.housing_fund")
        going.see(f"{theme}-desk")
