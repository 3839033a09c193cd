"""What people type into a form: cleaned, or kept with a sentence that says what to mend."""

import datetime
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.cases.rules.answers import LONGEST, clean, needs_of, selected
from mianzheng.cases.rules.trying import trial_answers
from mianzheng.catalogue.rules.city import Question
from mianzheng.common.texts import Text
from tests.second_city.reading import CITY

ANNA, BEN = uuid.UUID(int=1), uuid.UUID(int=2)
CHOICES = {"a": Text("甲", "A"), "b": Text("乙", "B")}
WORK = CITY.matters["home"].work


def question(kind, *, required=True, **more):
    return Question("q", Text("问题", "Question"), kind, required, **more)


def cleaned(asked, typed):
    answers, wrong = clean([asked], {"q": typed}, relatives={"q": [ANNA]})
    return answers["q"], "q" in wrong


# question, what was typed, what is kept, whether it has to be mended
TABLE = [
    (question("text"), "  张三 ", "张三", False),
    (question("text"), "", "", True),
    (question("text", required=False), "", "", False),
    (question("text"), None, "", True),
    (question("text"), "ＡＢＣ１２", "ABC12", False),
    (question("longtext"), "字" * LONGEST, "字" * LONGEST, False),
    (question("longtext"), "字" * (LONGEST + 1), "字" * (LONGEST + 1), True),
    (question("integer"), "１２０", "120", False),
    (question("integer"), "12.5", "12.5", True),
    (question("integer"), "很多", "很多", True),
    (question("integer", minimum=1, maximum=4), "0", "0", True),
    (question("integer", minimum=1, maximum=4), "5", "5", True),
    (question("integer", minimum=1, maximum=4), "4", "4", False),
    (question("decimal"), "118.5", "118.5", False),
    (question("decimal"), "nan", "nan", True),
    (question("decimal"), "inf", "inf", True),
    (question("decimal", maximum=10), "1e3", "1e3", True),
    (question("date"), "2026-01-31", "2026-01-31", False),
    (question("date"), "2026-02-30", "2026-02-30", True),
    (question("date"), "31.1.2026", "31.1.2026", True),
    (question("choice", choices=CHOICES), "a", "a", False),
    (question("choice", choices=CHOICES), "c", "c", True),
    (question("relative"), str(ANNA), str(ANNA), False),
    (question("relative"), str(BEN), str(BEN), True),
    (question("relative"), "x", "x", True),
    (question("boolean"), "on", "yes", False),
    (question("boolean"), "", "no", True),
    (question("boolean", required=False), "", "no", False),
]


@pytest.mark.parametrize(("asked", "typed", "kept", "mend"), TABLE)
def test_what_was_typed_is_kept_and_what_is_wrong_is_said(asked, typed, kept, mend):
    assert cleaned(asked, typed) == (kept, mend)


KINDS = st.sampled_from(["text", "longtext", "integer", "decimal", "date", "choice", "boolean", "relative"])


@given(KINDS, st.text(max_size=40), st.booleans())
def test_whatever_is_typed_nothing_is_lost_and_cleaning_twice_is_cleaning_once(kind, typed, required):
    asked = question(kind, required=required, choices=CHOICES, minimum=0, maximum=9)
    kept, mend = cleaned(asked, typed)
    assert cleaned(asked, kept) == (kept, mend)
    assert kind == "boolean" or bool(kept) == bool(typed.strip()) or not typed.isascii()


def test_only_questions_of_the_form_are_kept():
    answers, _ = clean(WORK.form, {"marital": "married", "admin": "yes"}, relatives={})
    assert set(answers) == {"marital", "rooms", "partner"}


def test_answers_raise_the_needs_that_hang_on_them():
    assert [need.code for need in needs_of(WORK, {"marital": "divorced"})] == ["has-card", "no-debt", "works"]
    assert needs_of(WORK, {"marital": "married"})[-1].code == "spouse-no-debt"
    assert len(needs_of(WORK, {})) == 3


def test_a_chosen_relative_is_known_by_the_relation():
    assert selected(WORK, {"partner": str(ANNA)}) == {"spouse": ANNA}
    assert selected(WORK, {"partner": ""}) == {}


TODAY = datetime.date(2026, 3, 2)


@pytest.mark.parametrize("matter", [matter for matter in CITY.matters.values() if matter.work])
def test_trial_answers_are_valid_for_every_form(matter):
    form, relatives = matter.work.form, {"partner": [ANNA]}
    typed = trial_answers(form, given={}, filled={}, relatives=relatives, today=TODAY)
    assert clean(form, typed, relatives=relatives)[1] == {}


@given(KINDS, st.booleans(), st.integers(-9, 0), st.integers(0, 9))
def test_a_trial_answer_is_the_least_that_is_valid(kind, required, low, high):
    asked = question(kind, required=required, choices=CHOICES, minimum=low, maximum=high)
    typed = trial_answers([asked], given={}, filled={}, relatives={"q": [ANNA]}, today=TODAY)
    assert clean([asked], typed, relatives={"q": [ANNA]})[1] == {}


def test_trial_answers_prefer_what_was_given_then_what_the_records_say():
    form, relatives = WORK.form, {"partner": [ANNA, BEN]}
    filled = {"marital": "married"}
    typed = trial_answers(form, given={"rooms": 3, "partner": BEN}, filled=filled, relatives=relatives, today=TODAY)
    assert typed == {"marital": "married", "rooms": "3", "partner": str(BEN)}
    odd = trial_answers(form, given={}, filled={"marital": "moved"}, relatives={}, today=TODAY)
    assert odd == {"marital": "divorced", "rooms": "1", "partner": ""}
