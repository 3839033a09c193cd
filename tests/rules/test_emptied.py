"""The package without certificates is a package, and says everything else as before."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from mianzheng.catalogue.adapters.folder import files_of
from mianzheng.catalogue.rules.package import counts, read
from mianzheng.demo.rules.emptied import emptied
from tests.second_city.reading import FOLDER

YIWU = Path(__file__).parents[2] / "cities" / "yiwu"


@pytest.mark.parametrize("folder", [YIWU, FOLDER], ids=["yiwu", "second"])
def test_the_package_without_certificates_is_a_package_that_says_everything_else(folder: Path) -> None:
    before, _ = read(files_of(folder))
    after, problems = read(emptied(files_of(folder)))
    assert before is not None
    assert after is not None, problems
    assert (len(after.certificates), len(after.batches)) == (0, 0)
    gone = {"certificates", "certificates_government", "certificates_finance", "by_commitment", "retained", "asked"}
    same = counts(before).keys() - gone - {"yearly_volume", "batches"}
    assert {key: counts(after)[key] for key in same} == {key: counts(before)[key] for key in same}
    for code, matter in before.matters.items():
        if matter.work:
            other = after.matters[code].work
            assert other is not None
            needs = tuple(dataclasses.replace(need, retained="") for need in matter.work.needs)
            assert dataclasses.replace(matter.work, papers=(), needs=needs) == other
