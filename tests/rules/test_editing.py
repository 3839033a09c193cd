"""Edits of a package: what fits is made, what does not fit any more changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.catalogue.rules.editing import RowEdit, TextEdit, applied, packed, rows_of, text_of, tree_of, unpacked
from mianzheng.common.errors import Refusal

LIST = "code,name,note\na,甲,\nb,乙,写过\n"
FILES = {"list.csv": LIST, "a.yaml": "x: 1  # why\n"}


def test_a_row_is_changed_added_and_taken_out_and_the_others_stay_as_they_were():
    edits = [
        RowEdit("list.csv", "b", {"name": "丙"}, {"name": "乙"}),
        RowEdit("list.csv", "c", {"code": "c", "name": "丁", "new": "1"}),
        RowEdit("list.csv", "a", None, {"name": "甲"}),
    ]
    assert applied(FILES, edits)["list.csv"] == "code,name,note,new\nb,丙,写过,\nc,丁,,1\n"


@pytest.mark.parametrize(
    "edit",
    [
        RowEdit("list.csv", "b", {"name": "丙"}, {"name": "别的"}),
        RowEdit("list.csv", "b", {"name": "丙"}),  # written as new, but there is one
        RowEdit("list.csv", "z", {"name": "丙"}, {"name": "乙"}),
        RowEdit("list.csv", "b", None, {"name": "别的"}),
        TextEdit("a.yaml", "x: 3\n", "x: 2\n"),
    ],
)
def test_what_does_not_fit_any_more_is_refused(edit):
    with pytest.raises(Refusal):
        applied(FILES, [edit])


def test_the_same_edit_twice_is_once():
    edit = RowEdit("list.csv", "c", {"code": "c", "name": "丁"})
    text = TextEdit("a.yaml", "x: 2\n", FILES["a.yaml"])
    once = applied(FILES, [edit, text])
    assert applied(once, [edit, text]) == once


def test_a_file_is_written_changed_and_taken_away():
    made = applied(FILES, [TextEdit("a.yaml", None, FILES["a.yaml"]), TextEdit("b.md", "新")])
    assert made == {"list.csv": LIST, "b.md": "新"}


def test_yaml_keeps_its_comments():
    tree = tree_of("# 说明\na: 1  # 为什么\nb:\n- x\n")
    tree["b"].append("y")
    assert text_of(tree) == "# 说明\na: 1  # 为什么\nb:\n- x\n- y\n"


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@given(rows=st.dictionaries(st.text("abcdef", min_size=1, max_size=4), words, max_size=8), name=words)
def test_any_row_comes_back_as_it_was_written(rows, name):
    text = applied({"l.csv": "code,name\n"}, [RowEdit("l.csv", k, {"code": k, "name": v}) for k, v in rows.items()])
    assert {k: r["name"] for k, r in rows_of(text["l.csv"]).items()} == rows
    for key in rows:
        edit = RowEdit("l.csv", key, {"name": name}, {"name": rows[key]})
        assert unpacked(packed(edit)) == edit
        assert rows_of(applied(text, [edit])["l.csv"])[key]["name"] == name
