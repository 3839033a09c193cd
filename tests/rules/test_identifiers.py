import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.common import identifiers as ids
from mianzheng.common.errors import Refusal

GOOD = "11010519491231002X"  # the example of GB 11643 itself
BIRTHS = st.dates(datetime.date(1900, 1, 1), datetime.date(2026, 12, 31))


@pytest.mark.parametrize(
    "written",
    [
        GOOD,
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105-19491231-002x",
        "110105\u200b19491231002X",
    ],
)
def test_one_number_however_it_is_written(written):
    assert ids.check_ric(written) == GOOD


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ("110105491231002", "15位的旧身份证号码"),
        ("1101051949123100", "应当是18位"),
        ("", "应当是18位"),
        ("1101051949123I002X", "前17位应当是数字"),
        ("11010519491231002Y", "最后一位是数字或X"),
        ("٣٣٠٧٨٢١٩٩٠٠٣٠٧٦٦٣٦", "前17位应当是数字"),
        ("08010519491231002X", "不是任何省份的代码"),
        ("110105194902300026", "不是有效的出生日期"),
        ("110105194913310026", "不是有效的出生日期"),
        ("110105000112310026", "不是有效的出生日期"),
        ("110105194912310021", "校验不符"),
    ],
)
def test_a_wrong_number_is_told_what_is_wrong_and_what_to_do(written, wrong):
    with pytest.raises(Refusal) as refused:
        ids.check_ric(written)
    assert wrong in refused.value.what.msgid
    assert refused.value.now
    assert refused.value.field == "ric"
    assert GOOD not in str(refused.value)


def test_nobody_is_born_tomorrow():
    number = ids.make_ric("330782", datetime.date(2026, 11, 24), 1)
    assert ids.check_ric(number, today=datetime.date(2026, 11, 24)) == number
    with pytest.raises(Refusal):
        ids.check_ric(number, today=datetime.date(2026, 11, 23))


def test_a_division_no_list_knows_is_no_reason_to_turn_anybody_away():
    assert ids.check_ric(ids.make_ric("330799", datetime.date(1990, 1, 1), 7))


@given(BIRTHS, st.integers(0, 999))
def test_made_numbers_are_valid_and_say_birth_and_sex(birth, sequence):
    number = ids.check_ric(ids.make_ric("330782", birth, sequence))
    assert ids.birth_date(number) == birth
    assert ids.sex(number) == ("male" if sequence % 2 else "female")


@given(BIRTHS, st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(birth, sequence, place, change):
    number = ids.make_ric("330782", birth, sequence)
    typed = number[:place] + str((int(number[place]) + change) % 10) + number[place + 1 :]
    with pytest.raises(Refusal):
        ids.check_ric(typed)


@pytest.mark.parametrize(
    "written", ["91110000600037341L", "9111 0000 6000 3734 1l", "９１１１００００６０００３７３４１l"]
)
def test_a_credit_code_however_it_is_written(written):
    assert ids.check_uscc(written) == "91110000600037341L"


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ("91110000600037341", "应当是18位"),
        ("9111000060003734IL", "没有字母I"),
        ("91110000600037341M", "校验不符"),
    ],
)
def test_a_wrong_credit_code(written, wrong):
    with pytest.raises(Refusal) as refused:
        ids.check_uscc(written)
    assert wrong in refused.value.what.msgid


@given(st.integers(0, 99_999_999), st.sampled_from(["91", "92", "12", "51", "N2"]))
def test_made_credit_codes_are_valid(serial, registry):
    assert ids.check_uscc(ids.make_uscc("330782", serial, registry=registry))


def test_a_village_cooperative_has_a_code_that_begins_with_a_letter():
    assert ids.check_uscc(ids.make_uscc("330782", 12345678, registry="N2")).startswith("N2330782")


@given(st.integers(0, 99_999), st.integers(0, 99_999_999))
def test_made_flats_are_valid_and_differ(parcel, unit):
    code = ids.make_unit("330782", parcel, unit)
    assert ids.check_unit(f" {code.lower()} ") == code
    assert ids.make_unit("330782", parcel, unit + 1 if unit < 99_999_999 else 0) != code


def test_a_wrong_flat():
    with pytest.raises(Refusal) as refused:
        ids.check_unit("江东街道1号")
    assert "28位" in refused.value.what.msgid


@pytest.mark.parametrize(
    ("number", "shown"), [(GOOD, "110*************2X"), ("E12345678", "E12****78"), ("12345", "*****"), ("", "")]
)
def test_a_mask_leaves_three_and_two(number, shown):
    assert ids.mask(number) == shown


@given(st.text(max_size=40))
def test_any_text_is_taken_or_refused(text):
    for check in (ids.check_ric, ids.check_uscc, ids.check_unit, ids.check_passport):
        try:
            plain = check(text)
        except Refusal:
            continue
        assert check(plain) == plain
