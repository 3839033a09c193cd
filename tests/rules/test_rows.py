"""Why a row is refused, in words with the bound as the city package writes it."""

import datetime

import polars as pl
import pytest

from mianzheng.centre.rules.headings import Columns
from mianzheng.centre.rules.rows import check
from tests.register import ITEM

HEADINGS = {"subject": "身份证号", "month": "月份", "kind": "险种", "amount": "金额", "paid_on": "缴费日期"}


@pytest.mark.parametrize(
    ("field", "value", "bound"),
    [("amount", "60000", "50000"), ("paid_on", "2030-01-01", datetime.date(2024, 6, 1))],
)
def test_the_bound_is_said_as_it_is_written(field: str, value: str, bound: object) -> None:
    row = {"subject": "330782199001010017", "month": "2024-01", "kind": "养老", "amount": "8", "paid_on": "2024-01-05"}
    frame = pl.DataFrame({"row": [2], **{HEADINGS[code]: [text] for code, text in (row | {field: value}).items()}})
    (fault,) = check(frame, ITEM, Columns(HEADINGS), datetime.date(2024, 6, 1)).faults
    assert fault.reason.params == {"bound": bound}
