"""What the people of stories write into their forms, for whoever tries the city out from the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mianzheng.common.errors import NotFound
from mianzheng.common.identifiers import normalise
from mianzheng.demo.queries.builds import told


class StoryAnswers:
    """Knows the answers of the stories, by matter and applicant."""

    def answers(self, *, matter: str, number: str) -> Mapping[str, Any]:
        """Return the answers of the story told about this applicant and matter, or nothing."""
        try:
            found = told()
        except NotFound:
            return {}
        plain = normalise(number)
        return next((one.form for one in found if one.story.matter == matter and one.applicant == plain), {})
