"""The navigation of desks: every entry is told from the others by its picture too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import reverse

from tests.actions.asked import grant
from tests.pages.street import Street, street

__all__ = ["street"]

SPRITE = Path(__file__).parents[2] / "src" / "mianzheng" / "site" / "static" / "vendor" / "tabler-icons.svg"
DESKS = {
    "lender": "gateway:window",
    "homes": "cases:desk",
    "civil": "centre:desk",
    "duty": "centre:desk",
    "wanda": "cases:agent",
    "chief": "oversight:leads",
    "watch": "oversight:desk",
}


@pytest.mark.parametrize("who", DESKS)
def test_every_entry_has_a_picture_of_its_own(street: Street, who: str) -> None:
    grant("homes")  # a department with a grant has the window too
    page = street.as_(who).get(reverse(DESKS[who])).content.decode()
    (desks,) = re.findall(r'<ul class="desks-list">.*?</ul>', page, re.S)
    pictures = re.findall(r"tabler-icons[^#]*#([\w-]+)", desks)
    assert len(pictures) == desks.count("<li>")
    assert len(set(pictures)) == len(pictures), pictures
    known = set(re.findall(r'id="([\w-]+)"', SPRITE.read_text(encoding="utf-8")))
    assert set(pictures) <= known
