"""Reading beside the work: the next part is ready when it is wanted, and a source that hangs holds nobody up."""

from __future__ import annotations

import threading
import time

import pytest

from mianzheng.centre.actions.beside import ahead
from mianzheng.common.errors import Refusal


def test_parts_come_in_order_and_from_one_thread():
    threads = set()

    def parts():
        for n in range(50):
            threads.add(threading.get_ident())
            yield n

    assert list(ahead(parts())) == list(range(50))
    assert len(threads) == 1 and threading.get_ident() not in threads


def test_what_goes_wrong_while_reading_is_raised_where_it_is_read():
    def parts():
        yield 1
        raise LookupError("torn")

    got = []
    with pytest.raises(LookupError):
        got.extend(ahead(parts()))
    assert got == [1]


def test_a_source_that_hangs_is_left_and_a_slow_one_may_take_its_time():
    wake = threading.Event()

    def parts():
        yield 1
        wake.wait(30)
        yield 2

    begun, got = time.monotonic(), []
    with pytest.raises(Refusal) as refused:
        for part in ahead(parts(), begun + 0.3):
            got.append(part)
    assert (got, refused.value.field) == ([1], "source")
    assert 0.3 <= time.monotonic() - begun < 5
    wake.set()
    assert list(ahead(parts(), time.monotonic() + 30)) == [1, 2]
