"""Guides on paper (PDF): one, or many in one binder with a list of contents; each with a QR code of its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mianzheng.web.typesetting import qr, typeset

TEMPLATE = Path(__file__).parent.parent / "templates" / "catalogue" / "guide.typ"


def as_pdf(guides: Sequence[Mapping[str, Any]], frame: Mapping[str, Any], addresses: Mapping[str, str]) -> bytes:
    """Return the paper of `guides` (`pages.guide_words.told`); `frame` is what all say, `addresses` their pages by code."""
    pictures = {f"{guide['code']}.svg": qr(addresses[guide["code"]]) for guide in guides}
    return typeset(TEMPLATE, {**frame, "guides": list(guides)}, pictures=pictures)
