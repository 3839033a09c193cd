"""Slips: for what there are any, how a code reads, who is named, and that nobody's number gets on one."""

from __future__ import annotations

import dataclasses
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.identifiers import has_number, make_ric
from mianzheng.reform.rules.slips import (
    ALPHABET,
    FORBIDDEN,
    INSTEAD,
    LENGTH,
    NOT_MADE_OUT,
    as_typed,
    check_answer,
    check_certificate,
    check_said,
    code_of,
    demander_of,
    ground,
    grouped,
)
from tests.second_city.reading import CITY

WORK, ABROAD = CITY.certificates["work-paper"], CITY.certificates["abroad-paper"]


def test_only_what_is_cancelled_gets_one():
    check_certificate(WORK)
    with pytest.raises(Refusal) as kept:
        check_certificate(ABROAD)
    assert "保留清单" in kept.value.what.msgid and kept.value.now
    with pytest.raises(Refusal) as asked:
        check_certificate(dataclasses.replace(WORK, disposal=Disposal.ASKED))
    assert "还没有清理到" in asked.value.what.msgid and asked.value.now


def test_every_way_of_cancelling_says_what_is_done_instead():
    gone = {each for each in Disposal if each not in (Disposal.RETAINED, Disposal.ASKED)}
    assert set(INSTEAD) == gone


@given(st.lists(st.integers(0, 10**6), min_size=LENGTH, max_size=LENGTH), st.sampled_from(["", " ", "-", "  "]))
def test_a_code_is_found_however_it_is_typed(chosen: list[int], between: str):
    code = code_of(chosen)
    assert len(code) == LENGTH and set(code) <= set(ALPHABET)
    assert as_typed(grouped(code)) == as_typed(between.join(code.lower())) == code


def test_nothing_in_a_code_is_taken_for_something_else():
    assert not set(ALPHABET) & set("01ILOU")
    assert len(set(ALPHABET)) == len(ALPHABET)


NUMBERS = st.builds(
    make_ric, st.sampled_from(["330782", "110101"]), st.dates(min_value=datetime.date(1930, 1, 1)), st.integers(0, 999)
)  # fmt: skip


@given(
    NUMBERS, st.sampled_from(["", " ", "-", "·"]), st.integers(1, 17), st.sampled_from(["张三{}办贷款", "{}", "ID {}."])
)
def test_no_id_number_gets_on_a_slip(number: str, between: str, at: int, around: str):
    assert has_number(around.format(number[:at] + between + number[at:]))


@pytest.mark.parametrize(
    "said", ["13800138000", "138 0013 8000", "+86 13800138000", "１３８００１３８０００", "0579-85521234", "E12345678", "a.b@c.cn", "91330782MA2XYZ123X"]
)  # fmt: skip
def test_nor_a_telephone_passport_or_address(said: str):
    with pytest.raises(Refusal) as refused:
        check_said(f"联系{said}", field="purpose", longest=100)
    assert refused.value.field == "purpose"


@pytest.mark.parametrize(
    "said",
    [
        "买房贷款",
        "2026年3月2日 9:30",
        "浙政发〔2019〕12号",
        "GB 11643-1999",
        "Proof of work for a housing loan",
        "浙(2019)第0012345号",
        "12345",
        "",
    ],
)
def test_what_names_nobody_may_be_said(said: str):
    assert check_said(f"  {said} ", field="purpose", longest=100) == said


def test_what_is_too_long_is_refused():
    with pytest.raises(Refusal):
        check_said("证" * 101, field="purpose", longest=100)


def test_whoever_asked_is_found_by_code_or_name_or_kept_as_told():
    assert demander_of(CITY, "homes", "") == ("homes", "")
    assert demander_of(CITY, "homes", CITY.bodies["water"].name.zh) == ("water", "")
    assert demander_of(CITY, "homes", " 某某物业 ") == ("", "某某物业")
    for code in ("", "nowhere"):
        with pytest.raises(Refusal) as nobody:
            demander_of(CITY, code, "")
        assert nobody.value.field == "demander"


def test_the_law_is_held_against_those_it_binds():
    assert ground(CITY, "homes") == ground(CITY, "") == (FORBIDDEN, NOT_MADE_OUT)
    assert ground(CITY, "lender") == (NOT_MADE_OUT,)


def test_only_whom_it_names_answers_and_still_asking_needs_a_reason():
    assert check_answer(still=False, why="随便写的", demander="homes", office="homes") == ""
    assert check_answer(still=True, why=" 办法第三条 ", demander="", office="lender") == "办法第三条"
    with pytest.raises(NotFound):
        check_answer(still=False, why="", demander="homes", office="civil")
    with pytest.raises(Refusal) as why:
        check_answer(still=True, why=" ", demander="homes", office="homes")
    assert why.value.field == "answer"
