"""Lists in English: offices by their English names, never cut at blanks, and headings; and whose a list is by its title and rows."""

from __future__ import annotations

import pytest

from mianzheng.common.grids import Line
from mianzheng.reform.rules.columns import Says, understand
from mianzheng.reform.rules.directory import Directory
from mianzheng.reform.rules.inventory import Inventory, read
from mianzheng.reform.rules.offices import Kind
from mianzheng.reform.rules.senders import sender
from tests.second_city.reading import CITY

DIRECTORY = Directory(CITY)


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("Shiqiao Civil Affairs Bureau", ["civil"]),
        ("Civil Affairs Bureau", ["civil"]),
        ("the bureau of civil affairs", ["civil"]),
        ("Civil Affairs Bureau; Housing Bureau", ["civil", "homes"]),
        ("Civil Affairs Bureau, Housing Bureau", ["civil", "homes"]),
        ("village or community", ["community"]),
        ("民政局 住房局", ["civil", "homes"]),
        ("民政局  住房局", ["civil", "homes"]),
    ],
)
def test_offices_by_their_english_names(cell: str, codes: list[str]) -> None:
    assert [office.code for office in DIRECTORY.offices(cell)] == codes


def test_an_english_name_nobody_has_stays_whole() -> None:
    [one] = DIRECTORY.offices("Moon  Landing Office")
    assert (one.kind, one.written) == (Kind.UNRESOLVED, "Moon  Landing Office")


@pytest.mark.parametrize(
    ("heading", "says"),
    [
        ("Name of certificate", Says.NAME),
        ("Certificate name", Says.NAME),
        ("Demanded by", Says.DEMANDER),
        ("Requested by", Says.DEMANDER),
        ("Issued by", Says.ISSUER),
        ("Issuing office", Says.ISSUER),
        ("Legal basis", Says.BASIS),
        ("Purpose", Says.PURPOSE),
        ("Used for", Says.PURPOSE),
        ("Papers a year", Says.VOLUME),
        ("Number per year", Says.VOLUME),
        ("Remarks", Says.REMARK),
        ("Way instead", Says.WAY),
    ],
)
def test_headings_in_english(heading: str, says: Says) -> None:
    assert understand([heading], {}).says == {heading: says}


def sheet(*rows: list[str]) -> Inventory:
    return read([Line(number, tuple(cells)) for number, cells in enumerate(rows, 1)], {})


HEAD = ["证明名称", "索要单位", "开具单位"]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["石桥市民政局证明事项清单", "", ""], HEAD, ["收入证明", "", "社区"]], "civil"),
        ([HEAD, ["收入证明", "民政局", "社区"], ["居住证明", "石桥市民政局", "社区"]], "civil"),
        ([HEAD, ["收入证明", "民政局", "社区"], ["居住证明", "住房局", "社区"]], ""),
        ([HEAD, ["收入证明", "民政局", "社区"], ["居住证明", "", "社区"]], ""),
        ([HEAD[:2], ["收入证明", "民政局"]], ""),  # what somebody issues to it
        ([["各部门证明事项清单汇总", "", ""], HEAD, ["收入证明", "", "社区"]], ""),
    ],
)
def test_whose_list_it_is_by_its_title_and_its_rows(rows: list[list[str]], code: str) -> None:
    found = sender(DIRECTORY, "list.xlsx", [sheet(*rows)])
    assert (found.code if found else "") == code
