"""Batches: the easy first, what stops a publication, and edits of the package that always leave one that can be read."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mianzheng.catalogue.rules.editing import applied, rows_of
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.catalogue.rules.package import read
from mianzheng.catalogue.rules.returning import returning
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import Reason
from mianzheng.common.texts import Text
from mianzheng.reform.rules import edits
from mianzheng.reform.rules.batches import (
    READY_FIRST,
    Kind,
    Listed,
    What,
    by_readiness,
    can_publish,
    check_publish,
    checks,
    kind_of,
    suggested,
)
from mianzheng.reform.rules.edits import amendment, guides_changed, publication, withdrawal
from mianzheng.reform.rules.notices import concerned
from mianzheng.reform.rules.states import BatchStage, Stage
from mianzheng.reform.rules.trying import Outcome, Result
from tests.second_city.reading import CITY, FILES, changed, city_of

DAY = datetime.date(2026, 3, 2)
NAME = Text("第二批", "Second batch")
PAPER = Listed(
    code="debt-paper",
    name=Text("无欠款证明", "Proof of no debts"),
    purpose=Text("申请住房", "Apply for a home"),
    demander="homes",
    demander_kind="organ",
    demander_level="city",
    issuer="civil",
    issuer_level="city",
    fact="no-debt",
    disposal=Disposal.DATA_SHARING,
    owner="homes",
    volume=40,
)
WORKS = Result(Outcome.WORKS, Reason("管用"))


def stopping(listed, *, city=CITY, result=WORKS):
    return {check.what for check in checks(listed, city=city, result=result, matters=()) if check.stops}


def published(*listed, files=FILES, number=2):
    return applied(files, publication(files, city_of(files), listed, number=number, name=NAME, day=DAY))


def test_what_is_in_order_stops_nothing():
    assert stopping(PAPER) == set()
    assert can_publish(BatchStage.CHECKED, {"debt-paper": checks(PAPER, city=CITY, result=WORKS, matters=())})


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"decided": False}, What.DECIDED),
        ({"disposal": Disposal.RETAINED}, What.DECIDED),
        ({"stage": Stage.ASKED}, What.CONSULTED),
        ({"waiting": 1}, What.CONSULTED),
        ({"demander": "nobody"}, What.SIDES),
        ({"issuer": "nobody"}, What.SIDES),
        ({"issuer": ""}, What.SIDES),
        ({"fact": ""}, What.FACT),
        ({"fact": "dreams"}, What.FACT),
        ({"owner": ""}, What.OWNER),
        ({"code": "work-paper"}, What.LIST),
    ],
)
def test_what_is_missing_stops_it(change, what):
    assert stopping(replace(PAPER, **change)) == {what}


def test_an_objection_the_reform_office_settled_stops_nothing():
    assert stopping(replace(PAPER, waiting=1, settled=True)) == set()


def test_a_way_that_does_not_work_or_was_not_tried_stops_it():
    assert stopping(PAPER, result=Result(Outcome.FAILS, Reason("不行"))) == {What.WORKS}
    assert stopping(PAPER, result=None) == {What.WORKS}
    assert stopping(PAPER, result=Result(Outcome.READY, Reason("没人要过"))) == set()
    assert stopping(replace(PAPER, disposal=Disposal.CANCEL, fact=""), result=None) == set()


def test_a_missing_english_name_is_told_and_stops_nothing():
    bare = replace(PAPER, name=Text("无欠款证明"))
    found = checks(bare, city=CITY, result=WORKS, matters=())
    assert [check.what for check in found if not check.ok] == [What.ENGLISH]
    assert read(published(bare))[0].certificates["debt-paper"].name == Text("无欠款证明"), "no English is made up"


def test_publishing_names_what_fails_first():
    found = {"a": checks(replace(PAPER, owner=""), city=CITY, result=None, matters=())}
    with pytest.raises(Refusal) as refused:
        check_publish(BatchStage.COMPOSED, found)
    assert refused.value.what.params["n"] == 2
    assert not can_publish(BatchStage.COMPOSED, {})
    assert not can_publish(BatchStage.TRIAL, {"a": ()})


def test_four_batches_easy_first():
    some = [
        replace(PAPER, code=f"{kind}-{disposal}", demander_kind=kind, disposal=disposal)
        for kind in ("organ", "finance")
        for disposal in (*READY_FIRST, Disposal.RETAINED)
    ]
    found = suggested(some)
    assert {kind: [each.code for each in members] for kind, members in found.items()} == {
        Kind.USELESS: ["organ-cancel", "organ-existing_document"],
        Kind.COMMITMENT: ["organ-commitment"],
        Kind.SHARED: ["organ-data_sharing", "organ-department_check"],
        Kind.FINANCE: [f"finance-{each}" for each in READY_FIRST],
    }


LISTED = st.builds(
    replace,
    st.just(PAPER),
    code=st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True).filter(lambda c: c not in CITY.certificates),
    name=st.builds(Text, st.sampled_from(["某证明", '带"引号",和逗号的证明']), st.sampled_from(["", "A paper"])),
    purpose=st.builds(Text, st.sampled_from(["", "申请住房", "老年公交卡", "别的"]), st.sampled_from(["", "Other"])),
    demander_kind=st.sampled_from(["organ", "public_body", "finance", "vertical"]),
    issuer=st.sampled_from(["civil", "", "town", "lender"]),
    issuer_level=st.sampled_from(["city", "town", "community", "outside"]),
    fact=st.sampled_from(["", *CITY.facts]),
    disposal=st.sampled_from(READY_FIRST),
    volume=st.integers(0, 10_000),
)


@settings(max_examples=40)
@given(st.lists(LISTED, max_size=6, unique_by=lambda each: each.code))
def test_whatever_stops_nothing_can_be_published_and_nothing_asks_for_it_then(some):
    ready = [each for each in some if not stopping(each)]
    city, problems = read(published(*ready))
    assert city is not None, problems
    assert {code for code, c in city.certificates.items() if c.batch == 2} == {each.code for each in ready}
    assert not [each.code for each in ready if city.certificates[each.code].asked_for]
    assert returning(CITY, city) == ()


@given(st.lists(LISTED, max_size=8))
def test_readiness_is_an_order_and_every_kind_is_suggested_once(some):
    ready = by_readiness(some)
    places = [READY_FIRST.index(each.disposal) for each in ready if each.demander_kind != "finance"]
    assert places == sorted(places)
    assert [each.demander_kind == "finance" for each in ready] == sorted(e.demander_kind == "finance" for e in ready)
    members = [each for found in suggested(some).values() for each in found]
    assert sorted(members, key=repr) == sorted(some, key=repr)
    assert all(kind_of(each) is kind for kind, found in suggested(some).items() for each in found)


RETAINED = replace(PAPER, code="abroad-paper", name=Text("境外用工作证明", "Proof of work"), fact="works")


def test_a_retained_certificate_leaves_the_guide_that_named_it_and_is_struck_through_there():
    city = city_of(published(RETAINED))
    work = city.matters["abroad"].work
    assert [need.retained for need in work.needs] == [""]
    assert [(p.certificate, p.offices, p.trips) for p in work.papers] == [("abroad-paper", 1, city.policy.paper_trips)]
    (abroad, home) = sorted(guides_changed(CITY, city), key=lambda each: each.matter)
    assert (abroad.matter, abroad.asked_before, abroad.asked_after) == ("abroad", 1, 0)
    assert [name.zh for name in abroad.dropped] == ["境外用工作证明"]
    assert home.struck, "its purpose names that matter"


def test_the_matter_its_purpose_names_strikes_it_through_once():
    files = published(PAPER)
    papers = city_of(files).matters["home"].work.papers
    assert [(p.certificate, p.offices, p.trips) for p in papers] == [("work-paper", 1, 2), ("debt-paper", 1, 2)]
    again = published(replace(PAPER, code="other-paper"), files=files, number=3)
    assert len(city_of(again).matters["home"].work.papers) == 3


def test_a_package_that_still_names_it_is_refused_by_the_reader():
    files = published(RETAINED)
    put_back = {**files, "matters/abroad.yaml": FILES["matters/abroad.yaml"]}
    city, problems = read(put_back)
    assert city is None
    assert "cancelled" in problems[0].message


def test_a_withdrawn_certificate_is_asked_for_again_in_its_guide():
    files = published(PAPER)
    city = city_of(applied(files, withdrawal(files, ["debt-paper"])))
    assert city.certificates["debt-paper"].disposal is Disposal.ASKED
    assert returning(city_of(files), city) == ("debt-paper",)
    (change,) = guides_changed(city_of(files), city)
    assert (change.asked_before, change.asked_after) == (0, 1)


def test_an_amended_certificate_stays_cancelled_in_its_batch():
    files = published(PAPER)
    edits = amendment(files, CITY, "debt-paper", disposal=Disposal.COMMITMENT, fact="works")
    found = city_of(applied(files, edits)).certificates["debt-paper"]
    assert (found.disposal, found.fact, found.batch) == (Disposal.COMMITMENT, "works", 2)


def test_edits_that_no_longer_fit_are_refused():
    made = publication(FILES, CITY, [RETAINED], number=2, name=NAME, day=DAY)
    for file, old, new in (
        ("certificates.csv", "abroad-paper,境外用工作证明", "abroad-paper,改过的名字"),
        ("matters/abroad.yaml", "境外要求", "改过的理由"),
    ):
        with pytest.raises(Refusal):
            applied(changed(file, old, new), made)


def test_the_basis_goes_along_where_it_was_found():
    basis = dict.fromkeys("basis_law basis_law_en basis_article basis_source".split(), "x") | {"basis_force": "law"}
    found = city_of(published(replace(PAPER, basis=basis))).certificates["debt-paper"]
    assert found.basis.law.zh == "x"
    assert city_of(published(PAPER)).certificates["debt-paper"].basis is None
    kept = city_of(published(RETAINED)).certificates["abroad-paper"]
    assert kept.basis.article == "第二条", "what is known of one on the list stays"


def test_every_desk_is_told_and_each_how_many_are_its_own():
    told = concerned(CITY, [PAPER, replace(PAPER, code="b", issuer="", issuer_level="community")])
    assert set(told) == {*CITY.departments, *CITY.bodies, *CITY.towns, *CITY.communities}
    assert (told["homes"], told["civil"], told["lender"]) == (2, 1, 0)
    assert {told[code] for code in CITY.communities} == {1}


def test_the_list_is_read_as_often_for_fifty_as_for_five(monkeypatch):
    counted = []
    for count in (5, 50):
        readings = []
        monkeypatch.setattr(edits, "rows_of", lambda text, readings=readings: readings.append(text) or rows_of(text))
        publication(FILES, CITY, [replace(PAPER, code=f"p-{n}") for n in range(count)], number=2, name=NAME, day=DAY)
        counted.append(len(readings))
    assert counted[0] == counted[1]
