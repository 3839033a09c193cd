"""Guides are made from the catalogue: whatever it says, none names a cancelled certificate as something to bring."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.catalogue.adapters.folder import files_of
from mianzheng.catalogue.pages.guide_words import told
from mianzheng.catalogue.rules.city import City, Matter
from mianzheng.catalogue.rules.guides import guide_of, needs_of
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.catalogue.rules.package import read
from mianzheng.centre.rules.readiness import Readiness, State
from mianzheng.evidence.rules.ways import offices_of, plan
from tests.second_city.needs import NOON
from tests.second_city.reading import CITY, FILES, city_of

YIWU = city_of(files_of(Path(__file__).parents[2] / "cities" / "yiwu"))
MATTERS = [(city, matter) for city in (CITY, YIWU) for matter in city.matters.values()]
CANCELLED = [d.value for d in Disposal if d in ("cancel", "existing_document", "commitment", "data_sharing")]


def in_words(city: City, matter: Matter, language: str = "zh-hans") -> dict[str, Any]:
    with override(language):
        return told(city, guide_of(city, matter))


@st.composite
def catalogues(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, str], set[str]]:
    """Return a package of certificates dealt with at random, what became of each, and those the matter `home` names."""
    head = FILES["certificates.csv"].splitlines()[0]
    disposals = draw(st.lists(st.sampled_from(["retained", "asked", *CANCELLED]), min_size=2, max_size=6))
    owners = draw(st.lists(st.sampled_from(["homes", "civil"]), min_size=len(disposals), max_size=len(disposals)))
    rows = []
    for number, (disposal, owner) in enumerate(zip(disposals, owners, strict=True)):
        kept = disposal == "retained"
        law = "石桥条例,Shiqiao Rules,第二条,local_regulation,modelled" if kept else ",,,,"
        rows.append(
            f"p{number},证明甲{number}号,Paper no {number}.,{'retained' if kept else 'government'},state,{owner},organ,city,employer,"
            f"outside,用,Use,works,{disposal},{1 if disposal in CANCELLED else ''},5,{law},modelled"
        )
    codes = [f"p{number}" for number in range(len(disposals))]
    papers = draw(st.lists(st.sampled_from(codes), unique=True))
    retained = draw(st.sampled_from([*codes, ""]))
    home = re.sub(
        r"papers: .*",
        "papers: [" + ", ".join(f"{{certificate: {code}, offices: 1, trips: 1}}" for code in papers) + "]",
        FILES["matters/home.yaml"],
    ).replace("commitment: commit-works}", f"commitment: commit-works{f', retained: {retained}' if retained else ''}}}")
    abroad = FILES["matters/abroad.yaml"].replace(", retained: abroad-paper", "")
    files = {**FILES, "certificates.csv": "\n".join([head, *rows, ""]), "matters/home.yaml": home}
    became = {f"p{number}": disposal for number, disposal in enumerate(disposals)}
    return files | {"matters/abroad.yaml": abroad}, became, {*papers, retained} - {""}


@given(catalogues())
def test_no_guide_asks_for_a_cancelled_certificate_in_any_words(drawn):
    files, became, named = drawn
    city, problems = read(files)
    if city is None:  # a package that contradicts itself is refused whole
        assert any("which is cancelled" in each.message or "is retained" in each.message for each in problems)
        return
    cancelled = {code for code, disposal in became.items() if disposal in CANCELLED}
    for matter, language in itertools.product(city.matters.values(), ("zh-hans", "en")):
        said = in_words(city, matter, language)
        struck, brought = ({paper["code"] for paper in said[part]} for part in ("struck", "bring"))
        assert struck <= cancelled
        assert not brought & cancelled
        assert said["asked"] == len(brought)
        if matter.code == "home":
            assert brought == named - cancelled
        rest = json.dumps({**said, "struck": []}, ensure_ascii=False)
        for code in cancelled:
            assert city.certificates[code].name.in_(language) not in rest


def test_what_a_guide_of_the_city_names_as_material_is_kept_and_what_it_strikes_has_its_batch():
    for matter in YIWU.matters.values():
        guide = guide_of(YIWU, matter)
        assert not {c.code for c in guide.bring} & {each.certificate.code for each in guide.struck}
        assert all(c.batch is None for c in guide.bring)
        assert all(each.batch.number == each.certificate.batch for each in guide.struck)


def test_a_matter_keeps_its_paper_only_where_nothing_else_can_tell():
    said = in_words(CITY, CITY.matters["abroad"])
    (paper,) = said["bring"]
    assert (paper["code"], paper["when"]) == ("abroad-paper", "先查登记、问部门；都不能确定的，才请您交。")
    assert said["asked_words"] == "只要带下面 1 份证明："


@pytest.mark.parametrize(("city", "matter"), MATTERS)
def test_the_ways_a_guide_tells_are_those_the_plan_has_when_every_register_answers(city, matter):
    needs = needs_of(city, matter)
    ready = {item: Readiness(item, State.READY, NOON) for item in city.items}
    plans = plan(needs, facts=city.facts, items=city.items, offices=offices_of(city), readiness=ready, barred=False)
    for condition, each in zip(guide_of(city, matter).conditions, plans, strict=True):
        assert [way.name for way in condition.ways] == [str(step.way) for step in each.steps if step.open]


@pytest.mark.parametrize("matter", YIWU.matters.values(), ids=lambda matter: matter.code)
def test_every_guide_can_be_read_in_english(matter):
    said = in_words(YIWU, matter, "en")
    for basis in said["bases"]:
        del basis["source"]
    assert not re.search("[\u4e00-\u9fff]", json.dumps(said, ensure_ascii=False))


def test_a_guide_has_a_new_mark_when_what_it_says_has_changed_and_only_then():
    changed = city_of({**FILES, "batches.csv": FILES["batches.csv"].replace("2019-06-01", "2019-07-01")})
    marks = {
        code: (in_words(CITY, m)["mark"], in_words(changed, changed.matters[code])["mark"])
        for code, m in CITY.matters.items()
    }
    assert {code for code, (before, after) in marks.items() if before != after} == {"home"}
