"""Why a row is refused, in words with the bound as the city package writes it."""

import dataclasses
import datetime

import polars as pl
import pytest

from mianzheng.catalogue.rules.city import Field
from mianzheng.centre.rules.headings import Columns
from mianzheng.centre.rules.rows import check
from mianzheng.common.texts import Text
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


PLAIN = {"subject": "330782199001010017", "begun": "2024-01-05", "ended": "2024-02-05", "amount": "8"}
KEYED = dataclasses.replace(
    ITEM,
    fields=(
        Field("x", "begun", Text("起"), "date", key=True, required=True, low="2000-01-01", high="today"),
        Field("x", "ended", Text("止"), "date", after="begun"),
        Field("x", "amount", Text("金额"), "decimal"),
    ),
)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"amount": "dear"}, {"subject": "330782199001010017", "begun": datetime.date(2024, 1, 5)}),
        ({"begun": "once"}, {"subject": "330782199001010017", "begun": None}),
        ({"begun": ""}, {"subject": "330782199001010017", "begun": None}),
        ({"begun": "1999-01-05"}, {"subject": "330782199001010017", "begun": None}),  # perhaps a slip for 2009
        ({"ended": "2023-02-05"}, {"subject": "330782199001010017", "begun": None}),  # one of the two is wrong
        ({"subject": ""}, {"subject": None, "begun": datetime.date(2024, 1, 5)}),
        ({"subject": "3.30782E+17"}, {"subject": None, "begun": datetime.date(2024, 1, 5)}),
    ],
)
def test_what_a_refused_row_is_about_is_told_as_far_as_it_is_sure(changes: dict[str, str], named: object) -> None:
    frame = pl.DataFrame({"row": [2, 3], **{code: [text, changes.get(code, text)] for code, text in PLAIN.items()}})
    columns = Columns({code: code for code in PLAIN})
    found = check(frame, KEYED, columns, datetime.date(2024, 6, 1))
    assert (found.frame["row"].to_list(), found.bad) == ([2], 1)
    assert found.refused.to_dicts() == [named]
