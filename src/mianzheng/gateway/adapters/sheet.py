"""The sheet (PDF) of a sealed answer: one page in Chinese and English, typeset with Typst, the signed answer attached to it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from markdown_it import MarkdownIt

from mianzheng.catalogue.rules.wordings import TextVersion
from mianzheng.common.periods import ZONE
from mianzheng.evidence.rules.unclear import WORDS, Unclear
from mianzheng.gateway.rules.consents import grouped
from mianzheng.gateway.rules.sealed import TAIL
from mianzheng.web import typesetting
from mianzheng.web.templatetags.ui import VERDICTS, WAYS
from mianzheng.web.words import english, full_day, full_moment, in_both

TEMPLATE = Path(__file__).parent.parent / "templates" / "gateway" / "sheet.typ"
SIGNS = {"holds": "✓", "fails": "✕", "unknown": "?"}
TONES = {"holds": "#14603a", "fails": "#8c3a0d", "unknown": "#44606c"}


def typeset(
    said: Mapping[str, Any], *, jws: str, person_key: str, address: str, clause: TextVersion | None = None
) -> bytes:
    """Return the sheet, the same for whoever reads it. `said` is what is sealed, `address` the checking page of this answer,
    `clause` what its asker accepted, where its text is still there.
    """
    told = {**_told(said, person_key, address), "clause": _clause(clause), "jws": jws}
    return typesetting.typeset(TEMPLATE, told, pictures={"qr.svg": typesetting.qr(address)})


def _told(said: Mapping[str, Any], person_key: str, address: str) -> dict[str, Any]:
    """Return what the template takes: texts as (Chinese, English)."""
    verdict = said["verdict"]
    page = address.partition("?")[0]
    steps = (
        lambda: (
            _("扫右上角的二维码，输入当事人证件号码的最后 %(tail)s 位；或者打开 %(address)s，上传这份文件。")
            % {"tail": TAIL, "address": page}
        ),
        lambda: _("不联网也能核对：用本市公布的公钥验证附件 answer.jws 的签名。"),
        lambda: _("核对是不是这个人：核对码 %(key)s 和完整的证件号码算得出里面的摘要。") % {"key": spaced(person_key)},
    )
    return {
        "city": _both(lambda: word(said["city"])),
        "title": _both(lambda: pgettext("one", "核验凭证")),
        "number": grouped(said["jti"]),
        "question": _both(lambda: word(said["fact"]["question"])),
        "params": _both(lambda: params(said)),
        "tone": TONES[verdict],
        "sign": SIGNS[verdict],
        "verdict": _both(lambda: _(VERDICTS[verdict][1])),
        "next": _both(lambda: next_way(said)),
        "pairs": [
            (_apart(zh_name, en_name), _apart(zh, en))
            for (zh_name, zh), (en_name, en) in zip(*in_both(lambda: pairs(said)), strict=True)
        ],
        "check_title": _both(lambda: _("怎么核对")),
        "check": [_both(step) for step in steps],
        "liability": _both(
            lambda: (
                _("责任条款 %(code)s。不得用于上面写明的用途以外；任何人不得要求当事人再为此开证明。")
                % {"code": said["liability"] or "—"}
            )
        ),
        "elsewhere": _both(lambda: _("条款全文见核对页。")),
        "sealed": _both(lambda: _("电子签章 %(day)s") % {"day": full_day(day_of(said["iat"]).date())}),
        "footer": _both(lambda: _("本页由程序出具，签名见文件属性")),
    }


def _both(said: Callable[[], str]) -> tuple[str, str]:
    return _apart(*in_both(said))


def _apart(chinese: str, english: str) -> tuple[str, str]:
    """Return both; of what reads the same in both languages nothing for the second."""
    return chinese, "" if english == chinese else english


def _clause(clause: TextVersion | None) -> dict[str, Any] | None:
    return {"body": (_lines(clause.body.zh), _lines(clause.body.en or clause.body.zh))} if clause else None


def _lines(markdown: str) -> list[list[tuple[str, bool]]]:
    """Return Markdown as lines of pieces, each with whether it is strong; items of a list begin with their mark."""
    lines: list[list[tuple[str, bool]]] = []
    mark, strong = "", False
    for token in MarkdownIt("commonmark").parse(markdown):
        if token.type == "list_item_open":
            mark = f"{token.info}{token.markup} " if token.info else "· "
        if token.type != "inline":
            continue
        line = [(mark, False)] if mark else []
        for piece in token.children or ():
            if piece.nesting:
                strong = piece.nesting > 0 if piece.type.startswith("strong") else strong
            else:
                line.append((piece.content or " ", strong))
        lines.append(line)
        mark = ""
    return lines


def pairs(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a sealed answer says line by line, in the active language: as many lines in each. For the sheet and for the pages."""
    ground = said["ground"]
    if ground["kind"] == "consent":
        why = _("本人同意，编号 %(number)s") % {"number": grouped(ground["consent"])}
    else:
        why = _("法定职责：《%(law)s》%(article)s") % {"law": word(ground), "article": ground["article"]}
    source = _("%(department)s的“%(item)s”") % {
        "department": word(said["source"]["department"]),
        "item": word(said["source"]),
    }
    as_of, reason = said["as_of"], said.get("reason")
    unclear = [(_("为什么不能确定"), _(WORDS[Unclear(reason)]))] if reason in set(Unclear) else []
    return [
        *unclear,
        (_("当事人"), said["person"]["masked"]),
        (_("依据的登记"), source),
        (_("登记截至"), full_day(_date(as_of)) if as_of else _("没有查到当天的登记")),
        (_("核验时间"), full_moment(day_of(said["iat"]))),
        (_("谁在核验"), word(said["asker"])),
        (_("用途"), word(said["purpose"])),
        (_("凭什么核验"), why),
        (_("可以用到"), full_moment(day_of(said["exp"]))),
        (_("凭证编号"), grouped(said["jti"])),
        (_("责任条款"), said["liability"] or "—"),
        (_("日志条目"), said["log"]["entry"]),
    ]


def params(said: Mapping[str, Any]) -> str:
    """Return the fixed parameters of the fact in words; nothing where it has none."""
    return " · ".join(f"{word(each)} {each['value']}" for each in said["fact"]["params"])


def next_way(said: Mapping[str, Any]) -> str:
    """Return which way remains where the registers could not tell; nothing where they could."""
    following = said.get("next")
    if said["verdict"] != "unknown" or not following:
        return ""
    name = WAYS.get(following["way"])
    way = _(name[1]) if name else following["way"]
    if following["office"]:
        return _("登记系统现在答不了，这不等于不符。还可以：%(way)s，由%(office)s答复。") % {
            "way": way,
            "office": word(following["office"]),
        }
    return _("登记系统现在答不了，这不等于不符。还可以：%(way)s。") % {"way": way}


def word(both: Mapping[str, str]) -> str:
    """Return the name in the active language."""
    return both["en"] if english() else both["zh"]


def day_of(seconds: int) -> datetime.datetime:
    """Return the moment a claim names, as the city's clocks show it."""
    return datetime.datetime.fromtimestamp(seconds, tz=ZONE)


def _date(day: str) -> datetime.date:
    return datetime.date.fromisoformat(day)


def spaced(key: str) -> str:
    """Return a key as it is printed, in groups of five."""
    return " ".join(key[place : place + 5] for place in range(0, len(key), 5))
