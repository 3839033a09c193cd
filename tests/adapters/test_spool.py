"""The spool: nothing readable on disk, any place readable with the token, and what was changed is noticed."""

from __future__ import annotations

import io
import os
import random
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mianzheng.centre.adapters import spool
from mianzheng.centre.adapters.faults import FaultFile
from mianzheng.centre.adapters.spool import Folder
from mianzheng.centre.rules.intakes import Fault
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import Reason
from mianzheng.common.texts import Text
from mianzheng.web.words import say

PIECE = 64
SECRET = b"330782196001010005"
NO_LIMIT = 1 << 30


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.MIANZHENG_HOME = tmp_path
    monkeypatch.setattr(spool, "PIECE", PIECE)
    return tmp_path / "spool"


class Trickling(io.RawIOBase):
    """A stream that gives a few bytes at a time, as a network does."""

    def __init__(self, content: bytes, *, breaks: bool = False) -> None:
        self._stream = io.BytesIO(content)
        self._breaks = breaks

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        found = self._stream.read(min(size, 7))
        if self._breaks and not found:
            raise ConnectionResetError
        return found


def kept(content: bytes) -> str:
    return Folder().write(io.BytesIO(content), NO_LIMIT)[0]


def read(token: str) -> bytes:
    with Folder().open(token) as stream:
        return stream.read()


def contents(size: int) -> bytes:
    return random.Random(size).randbytes(size)


SIZES = st.sampled_from([0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 5]) | st.integers(0, 10 * PIECE)
STEPS = st.lists(st.tuples(st.integers(0, 2), st.integers(-700, 700), st.integers(0, 300)), max_size=8)


@hypothesis_settings(deadline=None)  # a busy machine is no fault
@given(size=SIZES, steps=STEPS)
def test_any_place_reads_like_plain_bytes(size: int, steps: list[tuple[int, int, int]]) -> None:
    plain: BinaryIO = io.BytesIO(contents(size))
    token, told = Folder().write(plain, NO_LIMIT)
    assert told == size
    with Folder().open(token) as stream:
        assert stream.seekable()
        plain.seek(0)
        for whence, offset, length in steps:
            place = offset + {0: 0, 1: plain.tell(), 2: size}[whence]
            if place < 0:
                continue
            assert stream.seek(offset, whence) == plain.seek(offset, whence)
            assert stream.read(length) == plain.read(length)
            assert stream.tell() == plain.tell()


@hypothesis_settings(deadline=None)  # a busy machine is no fault
@given(size=SIZES)
def test_what_comes_in_drops_is_kept_whole(size: int) -> None:
    token, told = Folder().write(Trickling(contents(size)), NO_LIMIT)
    assert (told, read(token)) == (size, contents(size))


def test_nothing_readable_is_on_disk(folder: Path) -> None:
    token = kept(SECRET * 50)
    name, _, key = token.partition(".")
    (stored,) = folder.iterdir()
    assert stored.name == name
    on_disk = stored.read_bytes()
    assert SECRET not in on_disk
    assert bytes.fromhex(key) not in on_disk
    assert key.encode() not in on_disk
    assert folder.stat().st_mode & 0o077 == 0
    assert len({on_disk[n : n + 18] for n in range(0, len(on_disk), 18)}) == -(-len(on_disk) // 18), "no pattern shows"


def test_the_same_file_twice_is_not_the_same_on_disk(folder: Path) -> None:
    first, second = kept(SECRET), kept(SECRET)
    assert first != second
    assert len({path.read_bytes() for path in folder.iterdir()}) == 2


@pytest.mark.parametrize("place", [0, 10, PIECE + 3, PIECE + spool.TAG + 1, -1])
def test_a_changed_byte_is_noticed(folder: Path, place: int) -> None:
    token = kept(contents(3 * PIECE))
    (stored,) = folder.iterdir()
    changed = bytearray(stored.read_bytes())
    changed[place] ^= 1
    stored.write_bytes(changed)
    with pytest.raises(OSError, match="changed"):
        read(token)


def test_pieces_in_another_order_are_noticed(folder: Path) -> None:
    token = kept(contents(2 * PIECE))
    (stored,) = folder.iterdir()
    whole = stored.read_bytes()
    middle = len(whole) // 2
    stored.write_bytes(whole[middle:] + whole[:middle])
    with pytest.raises(OSError, match="changed"):
        read(token)


@pytest.mark.parametrize("left", [2 * (PIECE + spool.TAG), PIECE + 3, 3])
def test_a_file_cut_short_is_noticed(folder: Path, left: int) -> None:
    token = kept(contents(3 * PIECE))
    (stored,) = folder.iterdir()
    os.truncate(stored, left)
    with pytest.raises(OSError):
        read(token)


def test_a_wrong_token_opens_nothing() -> None:
    name, _, key = kept(SECRET).partition(".")
    other = kept(SECRET).partition(".")[2]
    with pytest.raises(OSError, match="key"):
        read(f"{name}.{other}")
    for wrong in ("", "x", name, f"{name}.", f"{name}.zz", f"{'0' * 32}.{key}", f"../spool/{name}x.{key}"):
        with pytest.raises(NotFound):
            read(wrong)


def test_too_large_a_file_is_refused_and_nothing_stays(folder: Path) -> None:
    limit = 2 * PIECE
    assert Folder().write(io.BytesIO(bytes(limit)), limit)[1] == limit
    before = sorted(folder.iterdir())
    for size in (limit + 1, 10 * PIECE):
        with pytest.raises(Refusal) as refused:
            Folder().write(io.BytesIO(bytes(size)), limit)
        assert refused.value.now
    with pytest.raises(Refusal):
        Folder().write(Trickling(bytes(limit + 1)), limit)
    assert sorted(folder.iterdir()) == before


def test_a_sender_who_goes_away_leaves_nothing(folder: Path) -> None:
    with pytest.raises(ConnectionResetError):
        Folder().write(Trickling(bytes(300), breaks=True), NO_LIMIT)
    assert not list(folder.iterdir())


def test_a_deleted_file_is_gone(folder: Path, tmp_path: Path) -> None:
    token = kept(SECRET)
    (tmp_path / "beside").write_text("stays")
    for each in (token, token, "", "..", "../beside", "../beside.00"):
        Folder().delete(each)
    assert not list(folder.iterdir())
    assert (tmp_path / "beside").exists()
    with pytest.raises(NotFound):
        read(token)


def test_refused_rows_are_told_again_as_they_were(folder: Path) -> None:
    faults = [
        Fault(2, "身份证号", SECRET.decode(), Reason("身份证号码应当是18位，现在是%(length)s位。", {"length": 17})),
        Fault(3, "", 'a\n"b"\u2028\x00\ud800,', Reason("不能早于“%(field)s”", {"field": Text("发证日期", "issued")})),
        *(Fault(n, "金额", "x" * n, Reason("应当是整数")) for n in range(4, 200)),
    ]
    token = FaultFile().write(faults)
    told = list(FaultFile().read(token))
    assert [(f.row, f.column, f.value) for f in told] == [(f.row, f.column, f.value) for f in faults]
    assert [say(f.reason) for f in told] == [say(f.reason) for f in faults]
    assert not [path for path in folder.iterdir() if SECRET in path.read_bytes()]


def test_no_refused_rows_is_an_empty_file() -> None:
    assert list(FaultFile().read(FaultFile().write([]))) == []
