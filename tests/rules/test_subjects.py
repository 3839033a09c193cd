"""One rule tells by its form what kind of number somebody has, for a load, a form and the vault alike."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.centre.actions.staging import _by_kind
from mianzheng.common.errors import Refusal
from mianzheng.people.rules.subjects import DocumentKind, check_number, kind_of, written_like

RIC, PASSPORT = DocumentKind.RIC, DocumentKind.PASSPORT


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("33078219900307663X", RIC),
        ("330782199003076636", RIC),
        ("３３０７８２ 19900307 663x", RIC),
        ("E12345678", PASSPORT),
        ("123456789", PASSPORT),  # United States, United Kingdom
        ("01234567", PASSPORT),  # a travel permit (台胞证)
        ("1234567X", PASSPORT),
        ("H1234567890", PASSPORT),
        ("", RIC),
        ("12", RIC),
        ("张三", RIC),
        ("王小明（已注销）", RIC),
        ("E1234/78", PASSPORT),
        ("123456", RIC),
        ("13812345678", RIC),  # a mobile phone
        ("33078219900307663", RIC),
        ("3307821990030766X", RIC),
        ("3307821990030766366", RIC),
        ("330782900307663", RIC),
        ("33O782199003076636", RIC),
    ],
)
def test_the_form_tells_an_identity_card_from_a_passport(number: str, kind: DocumentKind) -> None:
    assert kind_of("person", number) == kind


@pytest.mark.parametrize(
    "number", ["", "12", "13812345678", "33078219900307663", "3307821990030766366", "33O782199003076636"]
)
def test_a_slip_of_the_pen_is_refused_and_never_passes_for_a_passport(number: str) -> None:
    with pytest.raises(Refusal, match="身份证号码"):
        check_number(kind_of("person", number), number)


@given(st.from_regex(r"[0-9]{0,20}[0-9A-Z]{0,9}", fullmatch=True))
def test_everywhere_the_same(number: str) -> None:
    kind = kind_of("person", number)
    ((staged, group),) = _by_kind(pl.Series([number]), "person")
    assert (staged, group.to_list()) == (kind, [number])
    assert written_like(number) in (kind, DocumentKind.USCC, DocumentKind.UNIT)
    if not (len(number) == 18 and not number[:17].isdigit()) and len(number) != 28:
        assert written_like(number) == kind


@pytest.mark.parametrize(
    ("holder", "kind"),
    [("organisation", DocumentKind.USCC), ("house", DocumentKind.UNIT), ("place", DocumentKind.PLACE)],
)
def test_others_have_one_kind(holder: str, kind: DocumentKind) -> None:
    assert kind_of(holder, "123456789") == kind
    assert [each for each, _ in _by_kind(pl.Series(["123456789"]), holder)] == [kind]


def test_what_is_written_like_nothing_of_a_person() -> None:
    assert written_like("91330782MA2EBXXX0X") == DocumentKind.USCC
    assert written_like("330782001001GB00001F00010001") == DocumentKind.UNIT
