"""A seal as a signed note: what is written is read back, and anything else is refused."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.audit.rules.checkpoints import Checkpoint, key_id, read, signed

NOW = datetime.datetime(2026, 11, 23, 9, 0, 0, 123000, tzinfo=datetime.UTC)
SAID = Checkpoint("mianzheng/yiwu", 7, b"r" * 32, NOW)


def test_what_it_looks_like():
    note = signed(SAID, name="mianzheng/yiwu", key=b"KEYI", signature=b"sig")
    assert note.split("\n") == [
        "mianzheng/yiwu",
        "7",
        "cnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI=",
        "2026-11-23T09:00:00.123Z",
        "",
        "— mianzheng/yiwu S0VZSXNpZw==",
        "",
    ]


@given(st.integers(0, 2**60), st.binary(min_size=32, max_size=32), st.binary(min_size=4, max_size=4), st.binary())
def test_it_is_read_as_it_was_written(size, root, key, signature):
    checkpoint = Checkpoint("log", size, root, NOW)
    assert read(signed(checkpoint, name="n", key=key, signature=signature)) == (checkpoint, [("n", key, signature)])


@pytest.mark.parametrize(
    "change",
    [
        lambda note: "",
        lambda note: note.replace("\n7\n", "\n07\n"),
        lambda note: note.replace("\n7\n", "\n-7\n"),
        lambda note: note.replace("—", "-"),
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.replace("Z\n", "\n"),
        lambda note: note.partition("\n\n")[0] + "\n\n",
        lambda note: "more\n" + note,
        lambda note: note.replace("cnJy", "c!Jy"),
    ],
)
def test_anything_else_is_no_checkpoint(change):
    with pytest.raises(ValueError, match="no signed checkpoint"):
        read(change(signed(SAID, name="n", key=b"KEYI", signature=b"sig")))


def test_a_key_is_named_by_name_kind_and_bytes():
    ids = {key_id(name, kind, key) for name in "ab" for kind in (1, 2) for key in (b"k", b"l")}
    assert len(ids) == 8
    assert {len(one) for one in ids} == {4}
