"""A bank clerk asks, the person agrees on a phone, the clerk has verdict and sheet, anybody checks it, the person takes it back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import House, Walks
from tests.journeys.walking import Walk

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

PASSWORD = "four words for the clerk"
STORY = "second-flat"
OPEN = """
import datetime, django
django.setup()
from mianzheng.gateway.models import Grant
from mianzheng.people.actions import open_account
from mianzheng.people.models import Account
from mianzheng.web import clock
now = clock.now()
if not Account.objects.filter(username="journey-clerk").exists():
    open_account(username="journey-clerk", roles=["asker"], department="icbc", display_name="贷款窗口",
                 password={password!r}, now=now)
    for fact in ("married", "identity-valid"):
        Grant.objects.create(
            asker="icbc", fact=fact, matter="home-loan", ground="consent", purpose="审批", daily=50, stage="in_force",
            from_day=now.date(), until_day=now.date() + datetime.timedelta(days=90), liability="liability-1",
            asked_at=now, asked_by="journey",
        )
"""


@pytest.fixture(scope="session")
def branch(house: House) -> None:
    """Give a branch of a bank an account and two grants, which offices would have decided."""
    env = {**os.environ, "MIANZHENG_HOME": str(house.home), "DJANGO_SETTINGS_MODULE": "mianzheng.site.settings"}
    env.pop("DATABASE_URL", None)
    command = [sys.executable, "-c", OPEN.format(password=PASSWORD)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env, timeout=60)
    assert done.returncode == 0, done.stderr


def sign_in_at_the_bank(walk: Walk) -> None:
    walk.go("/")
    walk.speak()
    walk.go("/sign-in/?next=/window/")
    walk.page.locator("input[name=login]").fill("journey-clerk")
    walk.page.locator("input[name=password]").fill(PASSWORD)
    walk.press("main form button[type=submit], main form .btn-primary")
    walk.go("/window/")
    if walk.page.locator("select[name=matter] option[value='home-loan']").count():
        walk.go("/window/?matter=home-loan")


def ask(walk: Walk, number: str) -> None:
    walk.page.locator("#number").fill(number)
    walk.page.locator("input[name=facts][value=married]").check()
    walk.press("button[name=then][value=check]")


def consent_on_the_phone(phone: Walk, account: str) -> None:
    phone.sign_in(account)
    phone.go("/my/data/")
    phone.press("a[href='/my/consents/']")
    phone.see("my-consents")
    phone.press("main .rows a.btn")
    phone.says("不同意会怎样", "If you do not consent")
    phone.see("my-consent")
    phone.post("/give/")
    phone.see("given")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_consent_verdict_sheet_check_revoked(walk: Walks, house: House, branch: Any, lang: str, tmp_path: Path) -> None:
    story = house.stories[STORY]
    with walk(lang=lang) as clerk, walk(width=390, lang=lang) as phone, walk(width=390, lang=lang) as anybody:
        clerk.expected = {422}
        sign_in_at_the_bank(clerk)
        clerk.see("window")
        ask(clerk, story["applicant"])
        clerk.says("还没有本人的同意", "The person has not consented yet")
        clerk.see("no-consent")
        clerk.press("button[name=then][value=ask]")
        clerk.see("waiting")
        consent_on_the_phone(phone, story["accounts"]["resident"])
        clerk.page.locator("#consent[data-state=given]").wait_for()
        clerk.see("consented")
        clerk.press("button[name=then][value=check]")
        assert clerk.page.locator(".told.verdict-holds").count() == 1
        clerk.see("verdict")
        with clerk.page.expect_download() as sheet:
            clerk.page.locator("a[href$='.pdf']").click()
        sheet.value.save_as(tmp_path / "sheet.pdf")

        anybody.go("/")
        anybody.speak()
        anybody.go("/check/")
        anybody.see("check")
        anybody.page.locator("#file").set_input_files(tmp_path / "sheet.pdf")
        anybody.press("form[enctype] button.btn")
        assert anybody.page.locator("[data-standing=genuine]").count() == 1
        assert story["applicant"] not in anybody.page.content()
        anybody.see("genuine")

        phone.go("/my/consents/")
        phone.press("main .rows li:has(.state-given) a")
        phone.post("/revoke/")
        phone.see("revoked")
        clerk.go("/window/?matter=home-loan")
        ask(clerk, story["applicant"])
        clerk.says("还没有本人的同意", "The person has not consented yet")


def test_the_window_without_scripts(walk: Walks, house: House, branch: Any) -> None:
    story = house.stories["unsettled-price"]
    with walk(scripts=False) as clerk:
        sign_in_at_the_bank(clerk)
        ask(clerk, story["applicant"])
        clerk.press("button[name=then][value=ask]")
        clerk.page.locator("details:has(input[value=paper]) summary").click()
        clerk.page.locator("#paper").fill("档案2026-7")
        clerk.page.locator("details:has(input[value=paper]) input[name=seen]").check()
        clerk.press("details:has(input[value=paper]) button")
        clerk.press("button[name=then][value=check]")
        assert clerk.page.locator(".told").count() == 1
        clerk.see("verdict")
