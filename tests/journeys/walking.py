"""How somebody walks through the site in a browser. Buttons are found by what they do, so it works in both languages."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe

GRAVE = {"serious", "critical"}
AXE = {"resultTypes": ["violations"]}
TOO_WIDE = """() => {
    const root = document.documentElement, screen = root.clientWidth;
    if (root.scrollWidth <= screen) return [];
    return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > screen + 1)
        .map(e => e.tagName + '.' + e.className + ' ' + Math.round(e.getBoundingClientRect().right)).slice(0, 8);
}"""
"""Names what sticks out at the right, where a reader would have to scroll sideways."""

CHECKED: set[tuple[str, int]] = set()
"""Names and widths of pages axe-core has looked at; the same kind of page again would only take time."""


def wide_of(page: Any) -> int:
    """Return how wide the window is, in pixels."""
    return int(page.viewport_size["width"])


class Walk:
    """One browser window. `see` keeps a screenshot and checks the page it shows."""

    def __init__(self, context: Any, url: str, *, lang: str, shots: Path, scripts: bool, axe: bool) -> None:
        self.context, self.url, self.lang, self.scripts, self.axe = context, url, lang, scripts, axe
        self.page = context.new_page()
        self.shots, self.count = shots, 0
        self.broken: list[str] = []
        self.expected: set[int] = set()
        shutil.rmtree(shots, ignore_errors=True)
        shots.mkdir(parents=True)
        self.page.on("console", lambda m: self.broken.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.broken.append(str(error)))
        self.page.on("response", self._noted)

    def _noted(self, response: Any) -> None:
        if response.status >= 400:
            self.broken.append(f"{response.status} {response.url}")

    def check_nothing_broke(self) -> None:
        """Raise where a script failed, the policy blocked something, or an answer was an error nobody expected."""
        known = [str(status) for status in self.expected]
        left = [line for line in self.broken if not any(f"{status}" in line for status in known)]
        assert not left, left

    # --- looking ---------------------------------------------------------------------------------------------------

    def see(self, name: str, *, axe: bool = True) -> None:
        """Keep a screenshot and check: nothing grave for axe, nothing wider than the screen, the language asked for."""
        self.count += 1
        shot = self.shots / f"{self.count:02}-{name}.jpg"
        self.page.screenshot(path=shot, type="jpeg", quality=80, full_page=True)
        if not self.scripts:
            return
        lang = self.page.locator("html").get_attribute("lang")
        assert lang == {"zh": "zh-hans", "en": "en"}[self.lang], lang
        wide = self.page.evaluate(TOO_WIDE)
        assert not wide, f"{name} is wider than the screen: {wide}"
        if axe and self.axe and (kind := (name, wide_of(self.page))) not in CHECKED:
            CHECKED.add(kind)
            self.check_accessible(name)

    def check_accessible(self, name: str) -> None:
        """Raise where axe-core finds something serious or critical."""
        context = None if name == "home" else {"exclude": [["aside.demo-bar"]]}  # the bar is the same on every page
        found = Axe().run(self.page, context=context, options=AXE).response["violations"]
        grave = {
            each["id"]: [node["target"] for node in each["nodes"]][:3] for each in found if each["impact"] in GRAVE
        }
        assert not grave, (name, self.page.url, grave)

    def text(self, where: str = "main") -> str:
        """Return what a reader sees there."""
        return " ".join(self.page.locator(where).first.inner_text().split())

    def says(self, zh: str, en: str) -> None:
        """Raise unless the page says `zh`, or in an English window `en`."""
        wanted = zh if self.lang == "zh" else en
        assert wanted in self.text(), (wanted, self.text())

    def status(self) -> str:
        """Return the status of the case the page shows."""
        return str(self.page.locator("#case").get_attribute("data-status"))

    def verdicts(self) -> list[str]:
        """Return the verdicts of the case's facts, in order; empty where there is none yet."""
        rows = self.page.locator(".fact-row")
        return [
            next(
                (
                    v
                    for v in ("holds", "fails", "unknown")
                    if rows.nth(n).locator(f".fact-verdict .verdict-{v}").count()
                ),
                "",
            )
            for n in range(rows.count())
        ]

    def ways(self) -> list[str]:
        """Return the ways of the case's facts, in order."""
        classes = [str(row.get_attribute("class")) for row in self.page.locator(".fact-row").all()]
        return [re.search(r"way-(\w+)", each).group(1) for each in classes]  # type: ignore[union-attr]

    def row(self, need: str) -> Any:
        """Return the row of one fact."""
        return self.page.locator(f"#fact-{need}")

    # --- going -----------------------------------------------------------------------------------------------------

    def go(self, path: str) -> None:
        """Open an address of the site."""
        self.page.goto(self.url + path)

    def press(self, selector: str) -> None:
        """Press what `selector` finds and wait for the page it leads to."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def post(self, ending: str) -> None:
        """Press the button of the form that posts to an address with this `ending`."""
        self.press(f"form[method=post][action$='{ending}'] button.btn")

    def sign_in(self, account: str) -> None:
        """Be somebody else, with one click on the bar; the window's language is chosen first."""
        if self.page.url == "about:blank":
            self.go("/")
            self.speak()
        elif not self.page.locator("aside.demo-bar").count():
            self.go("/")
        bar = self.page.locator("aside.demo-bar details").first
        if bar.get_attribute("open") is None:
            bar.locator("summary").click()
        self.press(f"aside.demo-bar button[name=account][value='{account}']")

    def speak(self) -> None:
        """Switch to the window's language, with the button every page has."""
        button = self.page.locator("button[name=language]").first
        if button.get_attribute("value") == {"zh": "zh-hans", "en": "en"}[self.lang]:
            self.press("button[name=language]")

    def switch(self, item: str, *, silent: bool) -> None:
        """Pull the plug of a register on the bar, or put it back."""
        bar = self.page.locator("aside.demo-bar details").first
        if bar.get_attribute("open") is None:
            bar.locator("summary").click()
        form = f"aside.demo-bar form:has(input[name=item][value='{item}'])"
        wanted = "on" if silent else "off"
        assert self.page.locator(f"{form} button[value={wanted}]").count(), f"{item} is not switchable to {wanted}"
        self.press(f"{form} button[value={wanted}]")

    def let_a_day_pass(self) -> None:
        """Move the clock with the bar."""
        bar = self.page.locator("aside.demo-bar details").first
        if bar.get_attribute("open") is None:
            bar.locator("summary").click()
        self.press("aside.demo-bar button[name=days]")

    # --- the steps of an application -------------------------------------------------------------------------------

    def begin(self, matter: str) -> None:
        """Go from the matter's page to its form."""
        if f"/matters/{matter}/" not in self.page.url:
            self.go(f"/matters/{matter}/")
        self.press(f"a.btn[href='/matters/{matter}/apply/']")

    def fill(self, answers: dict[str, str]) -> None:
        """Fill the form; a relative is the one the list offers."""
        for code, value in answers.items():
            field = self.page.locator(f"main [name={code}]")
            kind = field.evaluate("e => e.tagName + ':' + e.type") if self.scripts else self._kind(field)
            if kind.startswith("SELECT"):
                if field.locator(f"option[value='{value}']").count():
                    field.select_option(value)
                else:
                    field.select_option(index=1)
            elif kind.endswith("checkbox"):
                field.set_checked(value == "yes")
            else:
                field.fill(value)

    @staticmethod
    def _kind(field: Any) -> str:
        kind = field.get_attribute("type")
        return f"INPUT:{kind}" if kind else "SELECT" if field.locator("option").count() else "TEXTAREA"

    def next(self) -> None:
        """Go on from the form."""
        self.press("main form.sheet button.btn-primary")

    def agree(self) -> None:
        """Agree to the notice; the rows begin to resolve."""
        self.post("/agree/")

    def verified(self) -> None:
        """Wait until every row has resolved and the page says what to do next."""
        if not self.scripts:
            self.post("/verify/")
            return
        self.page.locator("form[action$='/agree/']").wait_for(state="detached")  # the page before, after a double click
        self.page.wait_for_load_state()
        self.page.locator("#case [hx-trigger^='all-verified']").wait_for(state="detached")
        assert not self.page.locator(".fact-row.is-pending").count()

    def apply(self, story: dict[str, Any], *, who: str = "resident") -> str:
        """Walk a story from signing in to its verified facts; return the case's path."""
        self.sign_in(story["accounts"][who])
        self.begin(story["matter"])
        self.fill(story["form"])
        self.next()
        self.agree()
        self.verified()
        return self.here()

    def here(self) -> str:
        """Return the path of the page."""
        return str(self.page.url).removeprefix(self.url)

    def hand_in(self) -> None:
        """Hand the case in."""
        self.post("/hand-in/")

    def choose(self, need: str, option: str) -> None:
        """Open one choice about one fact."""
        self.press(f"#fact-{need} a[href$='/facts/{need}/{option}/']")

    # --- the office ------------------------------------------------------------------------------------------------

    def open_on_desk(self, case: str) -> None:
        """Open a case from the desk's list; with scripts it opens beside the list, without as a page of its own."""
        link = case.replace("/my/", "/department/")
        row = self.page.locator(f"tr[data-row] a[href='{link}']").first
        assert row.count(), (link, self.page.url, self.text())
        row.click()
        self.page.locator("form[action$='/take-up/']").wait_for()

    def answer_check(self, question: str, verdict: str, note: str) -> None:
        """Answer the check on the desk whose question is `question`."""
        self.page.locator("tr[data-row]", has_text=question).first.locator("a.btn").click()
        self.page.wait_for_load_state()
        self.page.locator(f"input[name=verdict][value={verdict}]").check()
        self.page.locator("textarea[name=note]").fill(note)
        self.see("check")
        self.post("/answer/")

    def wait_for_status(self, path: str, status: str, *, seconds: float = 20) -> None:
        """Open the case until it has `status`: the worker brings it there."""
        until = time.monotonic() + seconds
        while True:
            self.go(path)
            if self.status() == status:
                return
            assert time.monotonic() < until, f"still {self.status()}, not {status}"
            time.sleep(0.3)
