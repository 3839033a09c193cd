"""How records decide a fact, and what became of a certificate."""

from __future__ import annotations

from enum import StrEnum


class Form(StrEnum):
    """How records decide a fact (see `evidence.rules.forms`)."""

    EXISTS = "exists"
    NONE = "none"
    LATEST = "latest"
    AT_LEAST = "at_least"


class Disposal(StrEnum):
    """What became of a certificate (处理方式)."""

    CANCEL = "cancel"
    EXISTING_DOCUMENT = "existing_document"
    COMMITMENT = "commitment"
    DATA_SHARING = "data_sharing"
    DEPARTMENT_CHECK = "department_check"
    RETAINED = "retained"
    ASKED = "asked"
    """Nothing yet: the reform office has not dealt with it, and it is still asked for."""
