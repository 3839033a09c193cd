"""Two people at the same batches in the same moment: each act happens once, and the other is told."""

from __future__ import annotations

import pytest
from django.db import transaction

from mianzheng.catalogue.models import Edition
from mianzheng.common.errors import Refusal
from mianzheng.reform.actions import batches, publishing
from mianzheng.reform.models import Batch
from tests.actions.test_batches import NAME, agreed_on, composed
from tests.actions.test_two_at_once import at_once
from tests.reformed import REFORMER
from tests.second_city.life import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_batches_composed_at_once_have_two_numbers(lasting_town):
    one, two = agreed_on(), agreed_on()
    with transaction.atomic():
        first = composed(one)
        thread, came = at_once(lambda: batches.compose(name=NAME, codes=[two.code], actor=REFORMER, now=NOW))
        thread.join(0.5)
    thread.join(30)
    assert [each.number for each in came] == [first.number + 1]


def test_of_two_who_publish_one_batch_the_second_is_told(lasting_town):
    batch = composed(agreed_on())
    editions = Edition.objects.count()
    with transaction.atomic():
        publishing.publish(batch=batch.number, actor=REFORMER, now=NOW)
        thread, came = at_once(lambda: publishing.publish(batch=batch.number, actor=REFORMER, now=NOW))
        thread.join(0.5)
    thread.join(30)
    assert [type(each) for each in came] == [Refusal]
    assert "已经公布过" in came[0].what.msgid
    assert Edition.objects.count() == editions + 1
    assert Batch.objects.get(number=batch.number).published_by == REFORMER.id
