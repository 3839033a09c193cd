"""What has been kept for as long as its privacy card says goes; what has not come to its end stays."""

from __future__ import annotations

import datetime
import io
import re
import uuid

import pytest

from mianzheng.centre.actions.forgetting import YEARS, forget
from mianzheng.centre.models import Approval, Delivery, Doubt, Hook, Measure
from mianzheng.centre.ports import SPOOL
from mianzheng.common.errors import NotFound
from tests.second_city.life import NOW

DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(("model", "since", "years"), YEARS, ids=lambda each: getattr(each, "__name__", str(each)))
def test_the_cards_say_the_same(model, since, years):
    kept = {card.keep for card in model.privacy.values()} - {"as the row"}
    assert all(re.search(rf"\b{years} years?\b", keep) for keep in kept), kept


def delivery(settled):
    return Delivery.objects.create(
        receiver="water", item="debts", subject=uuid.uuid4(), change="added", made_at=NOW, next_at=NOW,
        settled_at=settled, settled_by="x" if settled else None, status="done" if settled else "listed",
    )  # fmt: skip


def test_what_is_past_its_time_goes_and_the_rest_stays(town):
    delivery(NOW - 366 * DAY)
    kept = {delivery(NOW - 364 * DAY).id, delivery(None).id}
    doubt = Doubt.objects.create(
        item="debts", subject=uuid.uuid4(), cause="objection", office="homes", due=NOW, raised_at=NOW - 2000 * DAY,
        raised_by="x",
    )  # fmt: skip
    Measure.objects.create(item="debts", day=NOW.date() - 3660 * DAY)
    Measure.objects.create(item="debts", day=NOW.date() - 3650 * DAY)
    assert forget(now=NOW) == 2
    assert set(Delivery.objects.values_list("id", flat=True)) == kept
    assert Doubt.objects.filter(id=doubt.id).exists(), "an open doubt is never forgotten"
    assert Measure.objects.count() == 1
    assert forget(now=NOW) == 0
    assert not Hook.objects.exists()


def test_the_scan_of_an_approval_goes_with_it(town):
    token, _ = SPOOL().write(io.BytesIO(b"%PDF-1.7 x"), 100)
    Approval.objects.create(
        item="debts", document="一号", from_day=NOW, filed_at=NOW, filed_by="x", ended_at=NOW - 3653 * DAY,
        ended_by="x", file=token,
    )  # fmt: skip
    assert forget(now=NOW) == 1
    with pytest.raises(NotFound):
        SPOOL().open(token)
