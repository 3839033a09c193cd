"""The second city as tests read it: ten lines a file, so that a test can show what it is about."""

from pathlib import Path

from mianzheng.catalogue.adapters.folder import files_of
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.package import read

FOLDER = Path(__file__).parent
FILES = files_of(FOLDER)


def changed(file: str, old: str, new: str) -> dict[str, str]:
    """Return the files of the package with `old` replaced once in `file`, which has to be there."""
    assert FILES[file].count(old) >= 1, f"{file} has no {old!r}"
    return {**FILES, file: FILES[file].replace(old, new, 1)}


def city_of(files: dict[str, str]) -> City:
    """Return the city `files` say; fail with every problem where they say none."""
    city, problems = read(files)
    assert city is not None, problems
    return city


CITY = city_of(FILES)
