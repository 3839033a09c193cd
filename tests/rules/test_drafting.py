"""The edits of a draft: what is written twice is one edit, what is brought back is none, what does not fit is kept."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mianzheng.catalogue.rules.editing import EntryEdit, RowEdit, TextEdit, applied, packed, unpacked
from mianzheng.catalogue.rules.trees import entries_of, plain, rewritten, with_entry
from mianzheng.common.errors import Refusal
from mianzheng.reform.rules.drafting import Place, check_tested, fingerprint, fitting, place_of, put, says
from mianzheng.reform.rules.states import DraftStage
from tests.second_city.reading import FILES

KEYS = ("home", "bus", "well", "new")
FACTS = ("works", "married", "another")
names = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=8)
rows = st.builds(
    RowEdit,
    st.just("matters.csv"),
    st.sampled_from(KEYS),
    st.none() | st.dictionaries(st.sampled_from(["name", "name_en", "keywords"]), names, min_size=1),
)
entries = st.sampled_from(FACTS).flatmap(
    lambda code: st.builds(
        EntryEdit,
        st.just("facts.yaml"),
        st.just(code),
        st.none()
        | st.fixed_dictionaries({"code": st.just(code), "name": names, "n": st.integers(), "ok": st.booleans()}),
    )
)
texts = st.builds(TextEdit, st.sampled_from(["matters/home.yaml", "texts/x.md"]), st.none() | names)
edits = st.lists(rows | entries | texts, max_size=8)


def written(wanted):
    made = []
    for each in wanted:
        made = put(made, FILES, each)
    return made


def expected(wanted):
    """What each place says after all that was wanted, one after the other; a row taken out and written again is the old one changed."""
    found = {}
    for each in wanted:
        place = place_of(each)
        now = found.get(place, says(FILES, place))
        if isinstance(each, RowEdit):
            known = each.columns
            was = now or says(FILES, place) or {"code": each.key}
            found[place] = None if known is None else {**was, **known}
        else:
            found[place] = each.entry if isinstance(each, EntryEdit) else each.text
    return found


@given(edits)
def test_what_was_written_last_is_what_it_says_one_edit_a_place(wanted):
    made = written(wanted)
    places = [place_of(each) for each in made]
    assert len(set(places)) == len(places)
    files = applied(FILES, made)
    for place, said in expected(wanted).items():
        found = says(files, place)
        if isinstance(said, dict) and place.file.endswith(".csv"):
            assert {name: value for name, value in found.items() if value} == {n: v for n, v in said.items() if v}
        else:
            assert found == said
    assert [unpacked(packed(each)) for each in made] == made


@given(edits, edits)
def test_bringing_everything_back_leaves_no_edit_and_the_very_files(first, then):
    made = written([*first, *then])
    for place in {place_of(each) for each in made}:
        there = says(FILES, place)
        if place.file.endswith(".csv"):
            back = RowEdit(place.file, place.key, there)
        else:
            back = EntryEdit(place.file, place.key, there) if place.key else TextEdit(place.file, there)
        made = put(made, FILES, back)
    assert made == [] and applied(FILES, made) == FILES


@given(edits)
@example([EntryEdit("facts.yaml", "works", {"code": "works", "name": ":0", "n": 0, "ok": False})])
@example([EntryEdit("facts.yaml", "works", {"code": "works", "name": "甲, b: 乙", "n": 0, "ok": False})])
def test_other_rows_and_entries_keep_their_very_lines(wanted):
    touched = {place_of(each).key for each in wanted}
    files, left = fitting(FILES, written(wanted))
    assert left == ()
    for code, entry in entries_of(FILES["facts.yaml"]).items():
        if code not in touched:
            assert entries_of(files["facts.yaml"])[code] == entry
    for line in FILES["matters.csv"].splitlines()[1:]:
        if line.split(",")[0] not in touched:
            assert line in files["matters.csv"].splitlines()


def test_what_does_not_fit_any_more_is_left_and_the_rest_is_made():
    mine = put(put([], FILES, RowEdit("matters.csv", "bus", {"name": "公交卡"})), FILES, TextEdit("texts/x.md", "新"))
    theirs = applied(FILES, put([], FILES, RowEdit("matters.csv", "bus", {"name": "乘车卡"})))
    files, left = fitting(theirs, mine)
    assert [place_of(each) for each in left] == [Place("matters.csv", "bus")]
    assert files["texts/x.md"] == "新" and "乘车卡" in files["matters.csv"]


def test_other_columns_of_the_same_row_fit():
    mine = put([], FILES, RowEdit("matters.csv", "bus", {"name": "公交卡"}))
    theirs = applied(FILES, put([], FILES, RowEdit("matters.csv", "bus", {"decide_days": "2"})))
    assert fitting(theirs, mine)[1] == ()


def test_a_fingerprint_changes_with_its_place_and_with_no_other():
    place = [Place("matters.csv", "bus")]
    other = applied(FILES, [RowEdit("matters.csv", "home", {"name": "房"}, {"name": "申请住房"})])
    own = applied(FILES, [RowEdit("matters.csv", "bus", {"name": "卡"}, {"name": "老年公交卡"})])
    assert fingerprint(FILES, place) == fingerprint(other, place) != fingerprint(own, place)


@pytest.mark.parametrize(
    ("stage", "edits", "left", "worse", "why", "says"),
    [
        (DraftStage.IN_FORCE, ["x"], [], 0, "", "已经生效"),
        (DraftStage.TESTED, [], [], 0, "", "还没有改动"),
        (DraftStage.TESTED, ["x"], [TextEdit("a", "b")], 0, "", "对不上"),
        (DraftStage.WRITTEN, ["x"], [], 0, "", "还没有试过"),
        (DraftStage.TESTED, ["x"], [], 2, "", "会比现在"),
        (DraftStage.PLANNED, ["x"], [], 2, "法律改了", None),
        (DraftStage.TESTED, ["x"], [], 0, "", None),
    ],
)
def test_what_may_come_into_force(stage, edits, left, worse, why, says):
    given_ = {"edits": edits, "left": left, "worse": worse, "worse_why": why}
    if says is None:
        check_tested(stage, **given_)
        return
    with pytest.raises(Refusal, match=says):
        check_tested(stage, **given_)


@pytest.mark.parametrize(
    "word", ["No", "12:30", "2026-01-01", "=", "0x1F", "~", "1e3", "a: b", "# x", "多行\n第二行", "'", "- x"]
)
def test_words_stay_words_when_written(word):
    assert plain(rewritten("a: x\n", {"a": word, "b": [word]})) == {"a": word, "b": [word]}
    assert entries_of(with_entry("- code: a\n", "b", {"code": "b", "name": word}))["b"]["name"] == word


def test_comments_between_entries_stay():
    text = "# 头\n\n- code: a  # 为什么\n  name: 甲\n\n# 第二部分\n- code: b\n  name: 乙\n"
    assert with_entry(text, "a", None) == "# 头\n\n\n# 第二部分\n- code: b\n  name: 乙\n"
    changed = with_entry(text, "a", {"code": "a", "name": "丙"})
    assert changed == text.replace("甲", "丙")
