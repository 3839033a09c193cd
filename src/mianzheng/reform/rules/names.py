"""Names of certificates in a cell: one, or several in a row. What belongs to one name is not torn apart."""

from __future__ import annotations

import re
import unicodedata

_ENDS = "证明|证明书|证明信|证明材料|证明文件|材料|凭证|凭据|说明|证书|证件|证|函|意见|意见书|鉴定|鉴定书|声明|承诺书|清单|记录|登记表|申请表|审批表|表|介绍信|协议"
_ENDED = re.compile(rf"(?:{_ENDS})(?:（[^）]*）|\([^)]*\))?[。.]?$")
"""A name ends like this, perhaps with something in brackets."""

_NUMBERED = re.compile(
    r"(?<!\d)\d{1,2}[.、．)）](?!\d)|[（(](?:\d{1,2}|[一二三四五六七八九十]{1,2})[)）]|[①-⑳]|(?:^|(?<=\n))[一二三四五六七八九十]{1,2}、"
)
_APART = re.compile(r"[;；\n]+")
_LISTED = re.compile(r"[、，,/]")


def split(cell: str) -> tuple[str, ...]:
    """Return the names in `cell`: numbered, one a line, or with signs between; a sign inside a name (父母子女、继承人等亲属
    关系证明) stays, since what stands before it is no name by itself.
    """
    text = cell.strip()
    before, *numbered = (part.strip(" \n;；，,、。") for part in _NUMBERED.split(text))
    if numbered and not before and all(map(_ENDED.search, numbered)):
        return tuple(map(_tidy, numbered))
    for sign in (_APART, _LISTED):
        parts = _outside_brackets(sign, text)
        if len(parts) > 1 and all(map(_ENDED.search, parts)):
            return tuple(map(_tidy, parts))
    return (_tidy(text),) if _tidy(text) else ()


def _outside_brackets(sign: re.Pattern[str], text: str) -> list[str]:
    """Return `text` split at `sign` where that does not stand in brackets or quotation marks."""
    parts, begun, depth = [], 0, 0
    for place, letter in enumerate(text):
        depth = max(0, depth + (letter in "（(《“[【") - (letter in "）)》”]】"))
        if not depth and sign.match(letter):
            parts.append(text[begun:place])
            begun = place + 1
    return [part.strip() for part in [*parts, text[begun:]] if part.strip()]


def _tidy(name: str) -> str:
    """Return a name in the one way to write it: full-width letters narrow, no blanks inside Chinese, no stop at its end."""
    text = unicodedata.normalize("NFKC", name).translate(_BRACKETS)
    text = re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", " ".join(text.split()))
    return text.strip(" ;；，,、。.")


_BRACKETS = str.maketrans({"(": "（", ")": "）"})
