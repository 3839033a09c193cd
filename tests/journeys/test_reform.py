"""The reform office's week: from thirty files to the article's state, every number on a page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mianzheng.catalogue.adapters.folder import files_of
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.package import read
from tests.demo_city import PACKAGE
from tests.journeys.conftest import House, Walks, a_house, walks
from tests.journeys.walking import Walk

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

OFFICE, POLICE, BANK = "reform.duty", "officer.police", "asker.rural_commercial_bank"


@pytest.fixture(scope="module")
def empty() -> Iterator[House]:
    """A house whose list of certificates is empty."""
    with a_house() as found:
        found.command("demo", "reform", "--last", "empty")
        yield found


@pytest.fixture
def walk(empty: House, browser: Any, request: pytest.FixtureRequest) -> Walks:
    return walks(empty, browser, request.node.name)


@pytest.fixture(scope="module")
def then() -> City:
    found, _ = read(files_of(PACKAGE))
    assert found is not None
    return found


def test_from_thirty_files_to_four_batches(empty: House, walk: Walks, then: City, tmp_path: Path) -> None:
    folder = tmp_path / "lists"
    told = empty.command("demo", "lists", str(folder)).splitlines()
    whose = {}
    for side, code, name in (line.split(maxsplit=2) for line in told):
        known = then.office(code)
        whose[name] = (side, known.zh if known else code)
    with walk(width=1280) as office:
        office.sign_in(OFFICE)
        office.says("还没有清单", "No lists yet")
        _bring_in(office, sorted(folder.iterdir()), whose)
        _confirm(office)
        office.go("/reform/mismatches/")
        office.see("mismatches")
        office.go("/reform/circles/")
        office.see("circles")
        _judge(office)
    decided = json.loads(empty.command("demo", "reform", "--first", "decide", "--last", "decide", "--json"))
    assert decided["candidates"] == 295, decided  # one was decided by hand
    _consult(empty, walk)
    with walk(width=1280) as office:
        office.sign_in(OFFICE)
        _keep(office)
        for batch in then.batches.values():
            wanted = [c for c in then.certificates.values() if c.batch == batch.number]
            _publish(office, batch.number, batch.name.zh, {(c.name.zh, c.purpose.zh) for c in wanted})
        office.go("/reform/")
        office.see("arrived")
        for words in (
            "取消了 270 项",
            "政府和公共服务 244 项，金融 26 项",
            "49 项由个人承诺代替",
            "保留 26 项",
            "445,000 份",
        ):
            assert words in office.text(), (words, office.text())
    with walk(width=390, lang="en") as anybody:
        anybody.go("/")
        anybody.speak()
        for batch in then.batches.values():
            anybody.go(f"/batches/{batch.number}/")
            anybody.see(f"batch-{batch.number}")
            assert str(sum(c.batch == batch.number for c in then.certificates.values())) in anybody.text()
        anybody.go("/matters/housing-fund-loan-second/")
        anybody.see("matter")
        assert anybody.page.locator(".zero").get_attribute("data-asked") == "0"


def _bring_in(office: Walk, files: list[Path], whose: dict[str, tuple[str, str]]) -> None:
    """Send all files at once, say whose they are where nobody could tell, correct nothing that is right, count them in."""
    office.go("/reform/reports/send/")
    office.see("send")
    office.page.set_input_files("#files", files)
    office.press("form.hand-in button.btn-primary")
    office.see("sent")
    links = office.page.locator("tr[data-row] a[href*='/reform/reports/']")
    waiting = {links.nth(n).inner_text(): str(links.nth(n).get_attribute("href")) for n in range(links.count())}
    assert len(waiting) == len(files)
    for n, (name, path) in enumerate(waiting.items()):
        office.go(path)
        if n < 3:
            office.see("preview")
        _assign(office, *whose[name])
        office.post("/accept/")
    office.go("/reform/reports/")
    office.see("reports")


def _assign(office: Walk, side: str, whose: str) -> None:
    details = office.page.locator("details:has(form[action$='/assign/'])")
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    form = office.page.locator("form[action$='/assign/']")
    form.locator("#office").fill(whose)
    form.locator("#side").select_option(side)
    office.press("form[action$='/assign/'] button.btn")


def _confirm(office: Walk) -> None:
    """Confirm the sure groups at once; of what was taken for no certificate a person says that the city counts it as one."""
    office.go("/reform/groups/")
    office.see("groups")
    office.press("button[name=which][value=sure]")
    for path, act in (("/reform/groups/?show=none", "/what/"), ("/reform/groups/", "/confirm/")):
        office.go(path)
        while (links := office.page.locator("p.row-name a[href*='/reform/groups/']")).count():
            office.go(str(links.first.get_attribute("href")))
            if act == "/what/":
                office.page.check("form[action$='/what/'] input[value=certificate]")
            office.post(act)
            office.go(path)
    office.go("/reform/groups/?show=confirmed")
    office.see("confirmed")


def _judge(office: Walk) -> None:
    """Have everything proposed for, and decide one otherwise than proposed, with the reason."""
    office.go("/reform/certificates/")
    office.post("/propose/")
    office.see("proposed")
    office.go("/reform/certificates/?q=本人还活着证明（生存证明）")
    office.press("tr[data-row] a[href*='/reform/certificates/']")
    office.see("candidate")
    office.expected.add(422)  # once without the reason
    office.page.check("input[name=disposal][value=cancel]")
    office.page.locator("#fact").select_option("alive")
    office.press("form:has(#fact) button.btn-primary")
    office.says("须写明理由", "the reason")
    office.page.fill("#deviation", "人社局自己能认证，谁也不用证明自己活着。")
    office.press("form:has(#fact) button.btn-primary")
    office.says("已拟定", "Decided")


def _consult(empty: House, walk: Walks) -> None:
    """Ask everybody; an office agrees, a bank signs, the others are played."""
    with walk(width=1280) as office:
        office.sign_in(OFFICE)
        office.go("/reform/consultation/")
        office.see("to-ask")
        office.press("button[name=all]")
        office.go("/reform/consultation/?show=open")
        office.see("asked")
    with walk(width=390) as police:
        police.sign_in(POLICE)
        police.go("/department/consultation/")
        police.see("opinions")
        police.press("button[name=all]")
    with walk(width=1280) as bank:
        bank.sign_in(BANK)
        bank.go("/department/consultation/undertaking/")
        bank.see("undertaking")
        bank.page.check("input[name=accepted]")
        bank.post("/sign/")
    empty.command("demo", "reform", "--first", "consult", "--last", "consult")


def _keep(office: Walk) -> None:
    """Put on the list what stays, with the reason."""
    office.go("/reform/retained/")
    office.see("to-keep")
    office.page.fill("form[action$='/keep/'] [name=why]", "市外单位要的，或者法律明文要求。")
    office.post("/keep/")
    office.see("kept")


def _publish(office: Walk, number: int, name: str, wanted: set[tuple[str, str]]) -> None:
    """Tick the certificates of one batch, check them, publish them."""
    office.go("/reform/batches/")
    while (folds := office.page.locator("form details:not([open]) > summary")).count():
        folds.first.click()
    rows = office.page.locator("form tr[data-row]")
    ticked = rows.evaluate_all(
        """(rows, wanted) => rows.filter(row => {
            const cell = row.querySelector('th'), purpose = cell.querySelector('p')?.innerText.trim() ?? '';
            const fits = wanted.some(([n, p]) => cell.innerText.startsWith(n) && p === purpose
                && cell.firstChild.textContent.trim() === n);
            if (fits) row.querySelector('input').checked = true;
            return fits;
        }).length""",
        [list(each) for each in wanted],
    )
    assert ticked == len(wanted)
    office.page.fill("#name", name)
    if number == 1:
        office.see("composing")
    office.press("form[action$='/compose/'] .filters button.btn-primary")
    office.post("/check/")
    office.see(f"checked-{number}")
    office.post("/publish/")
    office.see(f"published-{number}")
