"""The four forms by table and by property: absence proves something only where the item is complete."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.catalogue.rules.kinds import Form
from mianzheng.evidence.rules.forms import decide, judge, newest
from mianzheng.evidence.rules.verdicts import Verdict, all_of
from tests.second_city.reading import CITY

TODAY = datetime.date(2026, 3, 2)
H, F, U = Verdict.HOLDS, Verdict.FAILS, Verdict.UNKNOWN
RESULTS = st.lists(st.sampled_from([True, False, None]), max_size=6)
COUNT = st.integers(1, 4)

# form, what the records said, verdict where the item is complete, verdict where it is not (n is 2)
TABLE = [
    (Form.EXISTS, [], F, U),
    (Form.EXISTS, [False], F, U),
    (Form.EXISTS, [False, True], H, H),
    (Form.EXISTS, [None], U, U),
    (Form.EXISTS, [None, True], H, H),
    (Form.NONE, [], H, U),
    (Form.NONE, [False], H, U),
    (Form.NONE, [True], F, F),
    (Form.NONE, [None], U, U),
    (Form.NONE, [None, True], F, F),
    (Form.LATEST, [], F, U),
    (Form.LATEST, [True], H, H),
    (Form.LATEST, [False], F, F),
    (Form.LATEST, [None], U, U),
    (Form.LATEST, [True, False], U, U),
    (Form.LATEST, [True, True], H, H),
    (Form.AT_LEAST, [], F, U),
    (Form.AT_LEAST, [True], F, U),
    (Form.AT_LEAST, [True, None], U, U),
    (Form.AT_LEAST, [True, True, False], H, H),
    (Form.AT_LEAST, [None, False], F, U),
]


@pytest.mark.parametrize(("form", "results", "complete", "incomplete"), TABLE)
def test_the_verdict_of_a_form(form, results, complete, incomplete):
    assert decide(form, results, n=2, complete=True) is complete
    assert decide(form, results, n=2, complete=False) is incomplete


@given(st.sampled_from([Form.EXISTS, Form.AT_LEAST]), RESULTS, RESULTS, COUNT)
def test_on_an_incomplete_item_no_added_record_turns_holds_around(form, results, added, n):
    if decide(form, results, n=n, complete=False) is H:
        assert decide(form, results + added, n=n, complete=False) is H


@given(RESULTS, RESULTS, COUNT)
def test_on_an_incomplete_item_no_added_record_turns_fails_of_none_around(results, added, n):
    if decide(Form.NONE, results, n=n, complete=False) is F:
        assert decide(Form.NONE, results + added, n=n, complete=False) is F


@given(st.sampled_from([Form.EXISTS, Form.AT_LEAST, Form.NONE]), RESULTS, COUNT)
def test_on_an_incomplete_item_absence_proves_nothing(form, results, n):
    silent = [result for result in results if result is not True]
    assert decide(form, silent, n=n, complete=False) is U


@given(st.sampled_from(list(Form)), RESULTS, COUNT, st.booleans())
def test_filling_in_a_missing_value_never_turns_a_verdict_around(form, results, n, complete):
    known = decide(form, results, n=n, complete=complete)
    for filled in (True, False):
        full = [filled if result is None else result for result in results]
        assert known is U or decide(form, full, n=n, complete=complete) is known


@given(st.sampled_from([Form.EXISTS, Form.AT_LEAST, Form.NONE]), st.permutations([True, False, None, True]), COUNT)
def test_the_order_of_records_does_not_matter(form, results, n):
    assert decide(form, results, n=n, complete=True) is decide(form, sorted(results, key=str), n=n, complete=True)


def test_the_newest_record_decides_and_a_tie_or_a_missing_date_does_not_hide_the_others():
    old, new = {"on": datetime.date(2020, 1, 1)}, {"on": datetime.date(2021, 1, 1)}
    assert newest([old, new], "on") == [new]
    assert newest([new, dict(new)], "on") == [new, new]
    assert newest([old, {"on": None}], "on") == [old, {"on": None}]
    assert newest([], "on") == []


@pytest.mark.parametrize(
    ("records", "verdict"),
    [
        ([], F),
        ([{"status": "married", "registered_on": datetime.date(2019, 1, 1)}], H),
        (
            [
                {"status": "married", "registered_on": datetime.date(2019, 1, 1)},
                {"status": "divorced", "registered_on": datetime.date(2024, 1, 1)},
            ],
            F,
        ),
        ([{"status": None, "registered_on": datetime.date(2019, 1, 1)}], U),
    ],
)
def test_judging_the_second_city_by_its_newest_marriage(records, verdict):
    found, trace = judge(CITY.facts["married"], CITY.items["marriage"], records, params={}, today=TODAY)
    assert found is verdict
    assert trace.records == len(records)


def test_a_trace_counts_and_tells_no_value():
    records = [{"amount": 7_654_321}, {"amount": 0}, {"amount": None}]
    verdict, trace = judge(CITY.facts["no-debt"], CITY.items["debts"], records, params={"limit": 0}, today=TODAY)
    assert verdict is F
    assert (trace.records, trace.satisfied, trace.undecided, trace.complete) == (3, 1, 1, True)
    assert "7654321" not in repr(trace)


@given(st.lists(st.sampled_from([H, F, U])), st.sampled_from([H, F, U]))
def test_several_subjects_one_that_fails_decides_then_one_unknown(verdicts, empty):
    found = all_of(verdicts, empty=empty)
    expected = empty if not verdicts else F if F in verdicts else U if U in verdicts else H
    assert found is expected
