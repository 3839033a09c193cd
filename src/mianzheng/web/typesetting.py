"""Papers (PDF) set with Typst: a template, what it says as JSON in `sys.inputs.told`, and pictures."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import segno
import typst

COMMON = Path(__file__).parent / "templates" / "web" / "paper.typ"


def typeset(template: Path, told: Mapping[str, Any], *, pictures: Mapping[str, bytes]) -> bytes:
    """Return the PDF of `template`, which may import ``paper.typ`` and show `pictures` by their file names."""
    files = {"main.typ": template.read_bytes(), COMMON.name: COMMON.read_bytes(), **pictures}
    paper: bytes = typst.compile(files, format="pdf", sys_inputs={"told": json.dumps(told, ensure_ascii=False)})
    return paper


def qr(address: str) -> bytes:
    """Return the QR code of `address` as a picture (SVG)."""
    code = io.BytesIO()
    segno.make(address, error="m").save(code, kind="svg", scale=4, border=1)
    return code.getvalue()
