"""Matters made one and one made two: no need is lost, old names and addresses still lead there."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mianzheng.catalogue.rules.editing import applied
from mianzheng.catalogue.rules.package import read
from mianzheng.catalogue.rules.trees import rewritten
from mianzheng.common.texts import Text
from mianzheng.reform.rules.drafting import fitted
from mianzheng.reform.rules.merging import Share, joined, key_of, merged, split
from mianzheng.reform.rules.works import entries, unlike, work_of
from tests.second_city.reading import CITY, FILES, city_of

NAME = Text("住房和出行", "Homes and travel")
WHEN = st.sampled_from([None, {"field": "marital", "is": "married"}, {"field": "marital", "is": "divorced"}])


def made(files, edits):
    for each in edits:
        files = applied(files, [fitted(files, each)])
    return files


def need(fact, about, limit, when):
    said = {"fact": fact, "why": "甲", "why_en": "A", "basis": "homes-3"}
    said |= {"about": about} if about != "applicant" else {}
    said |= {"params": {"limit": limit}} if fact == "no-debt" else {}
    return said | ({"when": when} if when else {})


applicants = st.builds(need, st.sampled_from(["has-card", "works", "married"]), st.just("applicant"), st.just(0), WHEN)
debts = st.builds(need, st.just("no-debt"), st.sampled_from(["applicant", "spouse"]), st.integers(0, 2), WHEN)


@st.composite
def needs(draw):
    """Needs of one matter, each with a code of its own."""
    found = []
    for each in draw(st.lists(applicants | debts, min_size=1, max_size=6)):
        found.append(unlike(each, found))
    return found


def with_needs(files, code, said):
    tree = work_of(files, code) | {"facts": said}
    if code != "home":
        tree["form"] = work_of(FILES, "home")["form"][:1]
    file = f"matters/{code}.yaml"
    facts = " ".join(dict.fromkeys(each["fact"] for each in said))
    lines = [
        ",".join([*line.split(",")[:9], facts, *line.split(",")[10:]]) if line.startswith(f"{code},") else line
        for line in files["matters.csv"].splitlines()
    ]
    return {**files, file: rewritten(files[file], tree), "matters.csv": "\n".join(lines) + "\n"}


def raised(found, marital):
    """What these needs ask for whoever answers so."""
    return {key_of(each) for each in found if each.get("when") in (None, {"field": "marital", "is": marital})}


@settings(max_examples=40)
@given(needs(), needs(), st.sampled_from(["married", "divorced"]))
def test_what_was_needed_for_either_is_needed_for_the_one_and_nothing_else(home, bus, marital):
    files = with_needs(with_needs(FILES, "home", home), "bus", bus)
    city_of(files)
    found = made(files, merged(files, "home", ["bus"], name=NAME, decide_days=5))
    city = city_of(found)
    together = entries(work_of(found, "home"), "facts")
    assert raised(together, marital) == raised(home, marital) | raised(bus, marital)
    pairs = [(key_of(each), str(each.get("when"))) for each in together]
    assert len(set(pairs)) == len(pairs), "nothing is needed twice on the same condition"
    assert set(city.matters["home"].facts) >= {each["fact"] for each in [*home, *bus]}


@settings(max_examples=40)
@given(needs(), needs(), st.data())
def test_merged_and_split_again_no_need_is_lost(home, bus, data):
    files = with_needs(with_needs(FILES, "home", home), "bus", bus)
    one = made(files, merged(files, "home", ["bus"], name=NAME, decide_days=5))
    together = entries(work_of(one, "home"), "facts")
    if len(together) < 2:
        return
    go = data.draw(st.sets(st.integers(0, len(together) - 1), min_size=1, max_size=len(together) - 1))
    asked = data.draw(st.sets(st.integers(0, 2)))
    share = Share(needs=frozenset(go), questions=frozenset(asked), papers=frozenset({0}))
    two = made(one, split(one, "home", new="travel", name=Text("出行", "Travel"), share=share))
    city_of(two)
    parts = [entries(work_of(two, code), "facts") for code in ("home", "travel")]
    assert parts[0] == [each for at, each in enumerate(together) if at not in go]
    assert parts[1] == [each for at, each in enumerate(together) if at in go]
    keys = {key_of(each) for part in parts for each in part}
    assert keys == {key_of(each) for each in [*home, *bus]}
    named = {q["code"] for part in ("home", "travel") for q in entries(work_of(two, part), "form")}
    assert named >= {q["code"] for q in entries(work_of(one, "home"), "form")}


def test_old_names_and_codes_lead_to_the_one():
    found = made(FILES, merged(FILES, "home", ["bus", "well"], name=NAME, decide_days=5))
    city = city_of(found)
    home = city.matters["home"]
    assert home.old_codes == ("bus", "well") and city.matter("bus") is home and city.purpose("well") == NAME
    for old in ("申请住房", "老年公交卡", "Bus pass", "古井参观"):
        assert old in home.keywords
    assert set(city.matters) == {"home", "abroad"} and home.channels == ("online", "window")
    assert "matters/bus.yaml" not in found
    again = made(found, merged(found, "abroad", ["home"], name=NAME, decide_days=5))
    assert city_of(again).matters["abroad"].old_codes == ("home", "bus", "well"), "and those merged before lead on"


def test_matters_not_worked_out_are_merged_and_split_by_their_facts():
    files = {name: text for name, text in FILES.items() if name not in ("matters/bus.yaml", "matters/abroad.yaml")}
    found = city_of(made(files, merged(files, "bus", ["abroad"], name=NAME, decide_days=2)))
    assert found.matters["bus"].facts == ("has-card", "no-debt", "works") and found.matters["bus"].work is None
    share = Share(facts=frozenset({"no-debt"}))
    two = city_of(made(files, split(files, "bus", new="debts", name=Text("清欠", "Debts"), share=share)))
    assert (two.matters["bus"].facts, two.matters["debts"].facts) == (("has-card",), ("no-debt",))


def test_a_matter_not_worked_out_takes_the_worked_part_of_the_other():
    found = city_of(made(FILES, merged(FILES, "well", ["bus"], name=NAME, decide_days=2)))
    assert found.matters["well"].work == CITY.matters["bus"].work


def test_questions_with_one_code_and_other_answers_stay_two():
    home = {"form": [{"code": "kind", "type": "text", "name": "甲"}], "facts": []}
    bus = {
        "form": [{"code": "kind", "type": "choice", "choices": [{"code": "new"}]}],
        "facts": [need("works", "applicant", 0, {"field": "kind", "is": "new"})],
    }
    tree = joined([("home", home), ("bus", bus)])
    assert [each["code"] for each in tree["form"]] == ["kind", "bus-kind"]
    assert tree["facts"][0]["when"] == {"field": "bus-kind", "is": "new"}


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        ({"home": "bus"}, "which is a matter of its own"),
        ({"home": "x", "well": "x"}, "'old_codes' names 'x', as 'home' does"),
    ],
)
def test_an_old_code_leads_to_one_matter_only(codes, says):
    lines = FILES["matters.csv"].splitlines()
    lines = [lines[0] + ",old_codes", *(f"{line},{codes.get(line.split(',')[0], '')}" for line in lines[1:])]
    _, problems = read({**FILES, "matters.csv": "\n".join(lines) + "\n"})
    assert any(says in problem.message for problem in problems)
