"""Looking into a workbook takes time in proportion to its size, whatever is in it: it happens at every preview."""

from __future__ import annotations

import contextlib
import io
import time
import zipfile

import pytest

from mianzheng.common.errors import Refusal
from mianzheng.web.reading.packed import errors_in

BOOK = '<workbook><sheets><sheet name="一" sheetId="1" r:id="r1"/></sheets></workbook>'
RELS = '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>'
FAR = "9" * 5000
ERROR = '<c r="B2" t="e"><v>#N/A</v></c>'


def workbook(sheet: str, *, book: str = BOOK, rels: str = RELS) -> io.BytesIO:
    packed = io.BytesIO()
    parts = {"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": rels, "xl/worksheets/sheet1.xml": sheet}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in parts.items():
            if part:
                made.writestr(name, part)
    return packed


@pytest.mark.parametrize(
    "again",
    [
        '<c r="A1">',
        '<c r="A1" ',
        'c r="A1"',
        '<c r="A1" t="e"><v>',
        "<v ",
        "<c ",
        "<x",
        "x",
        "<f ",
        "<c r=",
        " ",
        "<is><t ",
        '</c><c r="A1" t="e">',
    ],
)
@pytest.mark.parametrize("around", ["{}", f"{ERROR}{{}}", '<c r="C3" t="e">{}</c>', f"{{}}{ERROR}"])
def test_no_part_makes_it_look_again_and_again(around: str, again: str) -> None:
    packed = workbook(around.format(again * (300_000 // len(again))))
    began = time.perf_counter()
    with contextlib.suppress(Refusal):  # a formula without a value, for one
        errors_in(packed)
    assert time.perf_counter() - began < 2, "a search that begins anew at each place takes more than ten seconds"


@pytest.mark.parametrize("again", ["<Relationship ", "<sheet ", 'Id="', "<x", " a"])
def test_nor_does_a_list_of_sheets(again: str) -> None:
    text = again * (300_000 // len(again))
    packed = workbook(ERROR, book=BOOK + text, rels=RELS + text)
    began = time.perf_counter()
    assert errors_in(packed) == {"一": {(1, 1): "#N/A"}}
    assert time.perf_counter() - began < 2


def test_a_part_without_a_single_cell_is_read_once() -> None:
    packed = workbook("x" * (60 << 20))
    began = time.perf_counter()
    assert errors_in(packed) == {}
    assert time.perf_counter() - began < 4


def test_errors_are_found_whatever_stands_beside_them() -> None:
    cells = (
        '<c r="A1"><f>1+1</f><v>2</v></c>'
        '<c r="B1" t="e"/>'
        '<c r="C1" s="1"/>'
        '<c t="e" r="D1" ><f>NA()</f><v xml:space="preserve">#N/A</v></c>'
        '<c r="E1" t="str"><f>A1</f></c>'
        '<c r="F1" t="e"></c>'
        '<x:c r="AA20" t="e"><x:v>#REF!</x:v></x:c>'
    )
    assert errors_in(workbook(f"<sheetData><row>{cells}</row></sheetData>")) == {
        "一": {(0, 3): "#N/A", (0, 5): "#", (19, 26): "#REF!"}
    }


@pytest.mark.parametrize(
    "sheet",
    [
        '<c r="A1"><f>1+1</f></c>',
        f'<c r="A1">1</c><c r="A{FAR}">1</c>',
        f'<c r="A1" t="e"/>{ERROR}<c r="A{FAR}"><v/></c>',
    ],
)
def test_what_cannot_be_read_is_a_sentence(sheet: str) -> None:
    with pytest.raises(Refusal):
        errors_in(workbook(sheet))


def test_a_row_nobody_can_count_is_no_error_of_ours() -> None:
    assert errors_in(workbook(f'<c r="A{FAR}" t="e"><v>#N/A</v></c>')) == {"一": {(9_999_999_998, 0): "#N/A"}}


@pytest.mark.parametrize("missing", ["book", "rels"])
def test_a_workbook_without_its_list_of_sheets_is_damaged(missing: str) -> None:
    with pytest.raises(Refusal):
        errors_in(workbook(ERROR, **{missing: ""}))
