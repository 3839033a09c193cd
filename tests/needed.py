"""What a test needs of the machine and the project cannot install."""

import os
from typing import NoReturn

import pytest


def missing(said: str) -> NoReturn:
    """Skip the test with a plain word; where CI=true a skip would hide it, so it fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(said)
    pytest.skip(said)
