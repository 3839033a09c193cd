"""The page of a batch says what stayed because its row was refused, and what to do about it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from mianzheng.centre import jobs
from mianzheng.centre.actions.intake import queue
from mianzheng.centre.models import Intake
from mianzheng.common.identifiers import make_ric
from tests.pages.street import Street, seen, street
from tests.pages.test_intake_pages import homes, upload
from tests.second_city.life import BORN, NOW, officer

__all__ = ["homes", "street"]


@pytest.mark.parametrize(
    ("number", "said"), [("", "1 行看不出是谁的，所以什么也没有移出"), ("eric", "现有的 1 条记录，它们原样保留")]
)
def test_what_stayed_is_said_with_the_next_step(homes: Client, street: Street, number: str, said: str):
    good = "".join(f"{make_ric('330782', BORN, 100 + n)},{n}\n" for n in range(40))
    upload(homes, f"身份证号,欠款\n{street.town.numbers.get(number, number)},viel\n{good}")
    batch = Intake.objects.get()
    queue(intake=batch.id, actor=officer("homes"), now=NOW)
    jobs.load_waiting()
    page = homes.get(reverse("centre:intake", args=[batch.id]))
    assert said in seen(page)
    assert "请更正退回的行，再交一次全量" in seen(page)
    english = homes.get(reverse("centre:intake", args=[batch.id]), headers={"accept-language": "en"})
    assert "stay as they were" in seen(english)
