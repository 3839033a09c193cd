"""Texts people agree to, as files: what stands above the body, and the body. A changed text is a new version by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mianzheng.catalogue.rules.trees import plain, rewritten

_FRONT = re.compile(r"\A\ufeff?---\n(.*?)\n---\n(.*)\Z", re.DOTALL)


def front_of(text: str) -> dict[str, Any]:
    """Return what stands above the body of a text."""
    found = _FRONT.match(text.replace("\r\n", "\n"))
    head = plain(found[1]) if found else None
    return head if isinstance(head, dict) else {}


def body_of(text: str) -> str:
    """Return the body of a text."""
    found = _FRONT.match(text.replace("\r\n", "\n"))
    return (found[2] if found else text).strip()


def worded(before: str, *, kind: str, title: str, body: str, version: int) -> str:
    """Return a text that says this; what it said `before`, where it says the same."""
    if front_of(before) == {"version": version, "kind": kind, "title": title} and body_of(before) == body:
        return before
    found = _FRONT.match(before.replace("\r\n", "\n"))
    head: Mapping[str, Any] = {"version": version, "kind": kind, "title": title}
    return f"---\n{rewritten(found[1] + chr(10) if found else '', head)}---\n{body}\n"


def version_after(in_force: Mapping[str, str], code: str, *, changed: bool) -> int:
    """Return the version a text is to have: one more than the one in force where it `changed`, 1 where there is none."""
    head = front_of(in_force.get(f"texts/{code}.md", ""))
    version = head.get("version")
    return (version + changed) if isinstance(version, int) else 1
