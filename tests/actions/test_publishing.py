"""The log in files for others: whoever has them needs nothing of ours to come to the signed root."""

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from mianzheng.audit.commands import log as group
from mianzheng.audit.rules.checkpoints import read
from mianzheng.audit.rules.tiles import path, tiles_of
from tests.actions.test_sealing import behind, log, sealed, written  # noqa: F401 - the fixture


def export(folder):
    return CliRunner().invoke(group, ["export", str(folder)])


def root_of(hashes):
    """The root as RFC 6962, section 2.1 has it, word for word."""
    if len(hashes) == 1:
        return hashes[0]
    middle = 1
    while middle * 2 < len(hashes):
        middle *= 2
    return hashlib.sha256(b"\x01" + root_of(hashes[:middle]) + root_of(hashes[middle:])).digest()


def leaves_in(folder: Path, size):
    raw = b"".join(
        (folder / path(0, number, width)).read_bytes() for level, number, width in tiles_of(size) if level == 0
    )
    return [raw[place : place + 32] for place in range(0, len(raw), 32)]


@pytest.mark.parametrize(
    ("number", "width", "where"),
    [
        (0, 256, "tile/0/000"),
        (0, 7, "tile/0/000.p/7"),
        (67, 256, "tile/0/067"),
        (1234067, 256, "tile/0/x001/x234/067"),
        (1000, 255, "tile/0/x001/000.p/255"),
    ],
)
def test_a_tile_lies_where_the_standard_has_it(number, width, where):
    assert path(0, number, width) == where


@pytest.mark.parametrize(
    ("size", "tiles"),
    [
        (0, []),
        (1, [(0, 0, 1)]),
        (256, [(0, 0, 256), (1, 0, 1)]),
        (513, [(0, 0, 256), (0, 1, 256), (0, 2, 1), (1, 0, 2)]),
    ],
)
def test_a_tree_has_these_tiles(size, tiles):
    assert list(tiles_of(size)) == tiles


def test_whoever_has_the_files_comes_to_the_signed_root(log, tmp_path):  # noqa: F811
    folder = tmp_path / "out"
    assert "Nothing is sealed yet" in export(folder).output
    written(300)
    sealed()
    assert "4 files written" in export(folder).output
    written(400)
    sealed()
    assert export(folder).exit_code == 0
    said, _ = read((folder / "checkpoint").read_text())
    leaves = leaves_in(folder, said.size)
    assert (said.size, len(leaves), root_of(leaves)) == (700, 700, said.root)
    upper = (folder / path(1, 0, 2)).read_bytes()
    assert upper == root_of(leaves[:256]) + root_of(leaves[256:512])
    assert "0 files written" in export(folder).output


@pytest.mark.parametrize("grown", [0, 20, 400])
def test_a_tile_that_was_not_whole_is_held_against_what_it_became(log, tmp_path, grown):  # noqa: F811
    folder = tmp_path / "out"
    written(300)
    sealed()
    export(folder)
    behind(
        "UPDATE audit_tile SET hashes = overlay(hashes placing '\\x00'::bytea from 5) WHERE level = 0 AND number = 1"
    )
    if grown:
        written(grown)
        sealed()
    assert export(folder).exit_code == 1


def test_a_tree_that_lost_a_tile_is_not_published(log, tmp_path):  # noqa: F811
    written(300)
    sealed()
    behind("DELETE FROM audit_tile WHERE level = 0 AND number = 1")
    told = export(tmp_path / "out")
    assert (told.exit_code, "tile 1 of level 0 is not whole" in told.output) == (1, True)


def test_a_log_that_has_become_shorter_is_no_newer_one(log, tmp_path):  # noqa: F811
    folder = tmp_path / "out"
    written(256)
    sealed()
    written(300)
    sealed()
    export(folder)
    behind("DELETE FROM audit_seal WHERE size = 556")
    assert export(folder).exit_code == 1


def test_a_log_that_was_rewritten_does_not_overwrite_what_was_exported(log, tmp_path):  # noqa: F811
    folder = tmp_path / "out"
    written(300)
    sealed()
    export(folder)
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    behind(
        "UPDATE audit_tile SET hashes = overlay(hashes placing '\\x00'::bytea from 5) WHERE level = 0 AND number = 0"
    )
    told = export(folder)
    assert told.exit_code == 1
    assert "one of the two was changed" in told.output
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before
