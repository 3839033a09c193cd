"""A department without IT hands in a spreadsheet: preview, one column corrected, loaded, progress, the error list."""

from __future__ import annotations

import datetime
from pathlib import Path

import openpyxl
import pytest

from mianzheng.common.identifiers import make_ric
from tests.journeys.conftest import House, Walks
from tests.journeys.walking import Walk

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

ITEM, OFFICER = "old_age_allowances_paid", "officer.civil_affairs"
BORN = datetime.date(1938, 4, 5)
GROUPS = ("领取人", "", "发放", "", "", "", "", "备注")
HEADINGS = ("姓名", "身份证号", "发放月份", "发放日期", "金额", "状态", "所在档", "备注")
"""Two lines of headings; nobody can know that 所在档 is the age group."""
GOOD = 400


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A spreadsheet as offices make them: a title, merged headings on two lines, a date as text, two wrong rows."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.append(["高龄津贴发放表"])
    sheet.append(GROUPS)
    sheet.append(HEADINGS)
    sheet.merge_cells("A1:H1")
    sheet.merge_cells("A2:B2")
    sheet.merge_cells("C2:G2")
    for n in range(GOOD):
        number, paid = make_ric("330782", BORN, n), datetime.date(2026, 10, n % 28 + 1)
        sheet.append(
            [f"陈{n}", number, "2026-10", paid if n % 2 else paid.isoformat(), 300, "已发放", "80至89周岁", ""]
        )
    sheet.append(
        ["王某", make_ric("330782", BORN, 500)[:-1] + "?", "2026-10", "2026-10-01", 300, "已发放", "80至89周岁", ""]
    )
    sheet.append(["李某", make_ric("330782", BORN, 501), "2026-10", "2026-10-01", 99_000, "已发放", "80至89周岁", ""])
    path = tmp_path / "高龄津贴 10月.xlsx"
    made.save(path)
    return path


def handed_in(walk: Walk, book: Path) -> None:
    """Choose item and file and see what was understood."""
    walk.sign_in(OFFICER)
    walk.go("/centre/intakes/new/")
    walk.page.select_option("#item", ITEM)
    walk.page.check("input[name=kind][value=increment]")
    walk.page.set_input_files("#file", book)
    walk.see("new")
    walk.press("form.hand-in button.btn-primary")
    walk.page.locator(".message[data-tone=stop]").wait_for()
    assert walk.page.locator("button[value=load]").is_disabled()
    walk.see("preview")


def corrected(walk: Walk) -> None:
    """Say which column is the age group."""
    unknown = walk.page.locator("li.is-unknown", has_text="所在档")
    unknown.locator("select").select_option("tier")
    walk.press("button[value=preview]")
    assert not walk.page.locator("button[value=load]").is_disabled()
    assert "330782193804050" not in walk.text(), "numbers are masked"
    walk.see("corrected")


def loaded(walk: Walk) -> None:
    """Load it and wait for the end; without scripts the page is reloaded."""
    walk.press("button[value=load]")
    walk.see("under-way")
    if not walk.scripts:
        for _ in range(30):
            if walk.page.locator("#batch[data-stage=loaded]").count():
                break
            walk.page.wait_for_timeout(500)
            walk.page.reload()
    walk.page.wait_for_selector("#batch[data-stage=loaded]", timeout=30_000)
    walk.see("loaded")


@pytest.mark.parametrize(("width", "lang", "scripts"), [(1280, "zh", True), (390, "en", True), (1280, "en", False)])
def test_a_spreadsheet_is_handed_in(
    walk: Walks, house: House, book: Path, tmp_path: Path, width: int, lang: str, scripts: bool
) -> None:
    """The officer sees every step and gets the error list, which says row, column, value and reason."""
    house.command("centre", "approve", ITEM, "义数归〔2026〕1号", "--from", "2020-01-01")
    with walk(width=width, lang=lang, scripts=scripts) as going:
        handed_in(going, book)
        corrected(going)
        loaded(going)
        with going.page.expect_download() as coming:
            going.page.locator("a[href$='/faults.xlsx']").click()
        kept = tmp_path / "faults.xlsx"
        coming.value.save_as(kept)
        rows = list(openpyxl.load_workbook(kept).active.iter_rows(min_row=2, values_only=True))
        assert [row[0] for row in rows] == [GOOD + 4, GOOD + 5]
        assert "99000" in rows[1][2]
        going.go("/centre/intakes/")
        going.see("list")
