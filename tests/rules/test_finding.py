"""What the rows of a group demand, and the codes that are made of names."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mianzheng.reform.rules.finding import Demand, code_of, wanted
from mianzheng.reform.rules.states import Side

EMPTY: dict[str, Any] = dict.fromkeys((f for f in Demand.__dataclass_fields__), "")

rows = st.lists(
    st.builds(
        lambda side, demander, purpose, volume: Demand(
            **EMPTY | {"side": side, "name": "住房证明", "demander": demander, "purpose": purpose, "volume": volume}
        ),
        st.sampled_from([Side.DEMAND.value, Side.ISSUE.value]),
        st.sampled_from(["", "homes", "civil"]),
        st.sampled_from(["", "落户", "入学"]),
        st.none() | st.integers(0, 1000),
    ),
    max_size=12,
)


@given(rows)
def test_no_paper_is_counted_twice(listed: list[Demand]) -> None:
    found = wanted(listed)
    assert {each.key for each in found} == {row.key for row in listed if row.side == Side.DEMAND and row.demander}
    assert len({each.key for each in found}) == len(found)
    own = sum(each.volume for each in found if each.volume_from == Side.DEMAND)
    assert own == sum(row.volume or 0 for row in listed if row.side == Side.DEMAND and row.demander)
    shared = sum(each.volume for each in found if each.volume_from == Side.ISSUE)
    assert shared <= sum(row.volume or 0 for row in listed if row.side == Side.ISSUE)
    assert all(each.volume == 0 for each in found if not each.volume_from)


@given(rows)
def test_the_order_of_the_rows_does_not_matter(listed: list[Demand]) -> None:
    assert {each.key: each.volume for each in wanted(listed)} == {
        each.key: each.volume for each in wanted(listed[::-1])
    }


@given(st.text(max_size=50), st.integers(0, 3))
def test_a_code_is_an_address_and_never_taken(name: str, times: int) -> None:
    taken: set[str] = set()
    for _ in range(times + 1):
        code = code_of(name, taken)
        assert re.fullmatch(r"[a-z0-9-]{1,80}", code) and code not in taken
        taken.add(code)


def test_a_code_can_be_read() -> None:
    assert code_of("无犯罪记录证明", ()) == "wu-fan-zui-ji-lu-zheng-ming"
    assert code_of("GPS 证明（补办）", {"gps-zheng-ming-bu-ban"}) == "gps-zheng-ming-bu-ban-2"
