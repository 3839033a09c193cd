"""Check digits of many numbers at once are those of each by itself."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st

from mianzheng.common.errors import Refusal
from mianzheng.common.identifiers import make_ric, make_uscc
from mianzheng.people.rules.bulk import FEW, check_all, surely_right
from mianzheng.people.rules.subjects import DocumentKind, NewSubject, SubjectKind, check_new, check_number

rics = st.builds(
    make_ric,
    st.sampled_from(["330782", "361127", "110101", "810000"]),
    st.dates(datetime.date(1900, 1, 1), datetime.date(2030, 12, 31)),
    st.integers(0, 999),
)
usccs = st.builds(
    make_uscc, st.just("330782"), st.integers(0, 99_999_999), registry=st.sampled_from(["91", "92", "12"])
)
signs = st.text("0123456789ABCDEFGHIXYZ", min_size=18, max_size=18)


def broken(number: str, place: int, sign: str) -> str:
    return number[:place] + sign + number[place + 1 :]


wrong = st.builds(broken, rics | usccs, st.integers(0, 17), st.sampled_from("0123456789XAI"))


def right(kind: DocumentKind, number: str) -> bool:
    try:
        return check_number(kind, number) == number
    except Refusal:
        return False


@given(st.sampled_from(DocumentKind), st.lists(rics | usccs | wrong | signs | st.text(max_size=20), max_size=20))
def test_what_is_surely_right_is_right(kind: DocumentKind, numbers: list[str]) -> None:
    for number, sure in zip(numbers, surely_right(kind, numbers).tolist(), strict=True):
        assert not sure or right(kind, number)


@given(st.lists(usccs, min_size=1, max_size=20))
def test_every_right_credit_code_is_seen_at_once(numbers: list[str]) -> None:
    assert surely_right(DocumentKind.USCC, numbers).all()


def test_nearly_every_right_id_number_is_seen_at_once() -> None:
    days = [datetime.date(1950, 1, 1) + datetime.timedelta(n) for n in range(0, 20_000, 7)]
    numbers = [make_ric("330782", day, n % 1000) for n, day in enumerate(days)]
    assert surely_right(DocumentKind.RIC, numbers).mean() > 0.9


entries = st.builds(
    NewSubject,
    st.sampled_from(SubjectKind),
    st.just("王"),
    st.lists(st.tuples(st.sampled_from(DocumentKind), rics | usccs | wrong), max_size=2).map(tuple),
)


@given(st.lists(entries, max_size=5))
def test_checking_many_is_checking_each(some: list[NewSubject]) -> None:
    fine = NewSubject(SubjectKind.PERSON, "王", (("ric", make_ric("330782", datetime.date(1990, 3, 7), 1)),))
    many = [fine] * FEW + some
    try:
        expected = [check_new(each) for each in many]
    except Refusal as refusal:
        try:
            check_all(many)
        except Refusal as same:
            assert (same.what, same.field) == (refusal.what, refusal.field)
            return
        raise AssertionError("not refused") from refusal
    assert check_all(many) == expected
