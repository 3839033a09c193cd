"""What a preview shows of a cell: never a whole document number, and to others than the sender nothing about anybody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.centre.rules.shown import HIDDEN, masked, shown

RIC, USCC, UNIT = "33078219900307663X", "91330782MA2EBXXX0X", "330782001001GB00001F00010001"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (RIC, "330*************3X"),
        ("３３０７８２ 19900307 663x", "330*************3X"),
        ("330782-19900307-663X", "330*************3X"),
        ("330782900307663", "330**********63"),
        (USCC, "913*************0X"),
        (UNIT, "330***********************01"),
        ("E12345678", "E12****78"),
        ("护照e12345678，美国", "护照E12****78,美国"),
        ("PA1234", "******"),
        ("123456789", "123****89"),
        ("01234567", "012***67"),
        ("张三13812345678", "张三138******78"),
        ("0571-85551234", "057*******34"),
        ("2024-01-05", "2024-01-05"),
        ("2024-01-05 08:30", "2024-01-05 08:30"),
        ("到2024-01-05为止", "到2024-01-05为止"),
        ("商城大道12号301室", "商城大道12号301室"),
        ("1234.50", "1234.50"),
        ("Shiqiao", "Shiqiao"),
        ("", ""),
    ],
)
def test_numbers_are_masked_wherever_they_stand(text: str, rest: str) -> None:
    assert masked(text) == rest


@given(st.from_regex(r"[A-Z]{0,3}[0-9]{7,17}[0-9A-Z]", fullmatch=True), st.sampled_from(["", "号", "，", "("]))
def test_no_number_is_shown_whole(number: str, beside: str) -> None:
    for kind in ("", "text", "code", "subject", "name", "boolean"):
        for sender in (True, False):
            assert number not in shown(beside + number + beside, kind, sender=sender)


@pytest.mark.parametrize(
    ("value", "kind", "to_sender", "to_others"),
    [
        ("张三", "", "张三", HIDDEN),
        ("张三", "name", "张*", "张*"),
        ("欧阳王小明", "name", "欧***", "欧***"),
        ("张三", "text", "张三", "张*"),
        ("张三", "integer", "张三", "张*"),
        ("张三", "subject", "张三", "**"),
        (RIC, "subject", "330*************3X", "330*************3X"),
        ("12345", "subject", "*****", "*****"),
        ("123456789", "integer", "123456789", "123****89"),
        ("1,234.50", "decimal", "1,234.50", "1,234.50"),
        (RIC, "integer", "330*************3X", "3***"),
        ("20240105", "date", "20240105", "202***05"),
        ("2024年1月5日", "date", "2024年1月5日", "2024年1月5日"),
        ("2024-01-04T16:00:00.000Z", "date", "2024-01-04T16:00:00.000Z", "2024-01-04T16:00:00.000Z"),
        ("养老", "code", "养老", "养老"),
        ("王五", "code", "王五", "王*"),
        ("是", "boolean", "是", "是"),
        ("王五", "boolean", "王五", "王*"),
        (None, "text", "", ""),
        ("", "", "", ""),
    ],
)
def test_what_is_shown_to_whom(value: str | None, kind: str, to_sender: str, to_others: str) -> None:
    assert shown(value, kind, {"养老"}, sender=True) == to_sender
    assert shown(value, kind, {"养老"}, sender=False) == to_others
