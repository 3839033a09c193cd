"""Words, dates, ways and verdicts in templates, one look for each everywhere."""

from __future__ import annotations

import datetime

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from markdown_it import MarkdownIt

from mianzheng.common.identifiers import mask
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.web import words as edge

register = template.Library()
_markdown = MarkdownIt("commonmark", {"html": False})

WAYS = {
    "document": ("id", N_("证照")),
    "data": ("database", N_("数据")),
    "department": ("building", N_("部门核查")),
    "commitment": ("signature", N_("个人承诺")),
    "review": ("user-search", N_("人工核查")),
    "certificate": ("file-certificate", N_("须提交")),
}
VERDICTS = {
    "holds": ("check", N_("符合")),
    "fails": ("x", N_("不符")),
    "unknown": ("question-mark", N_("暂不能确定")),
    "": ("hourglass", N_("等候核验")),
}


@register.filter
def words(said: Reason | Text | str | None) -> str:
    """{{ matter.name|words }}: a text, reason or message id in the reader's language."""
    return edge.say(said)


@register.filter
def day(value: datetime.date | None) -> str:
    """{{ due|day }}: 11月25日(周三)."""
    return edge.day(value)


@register.filter
def moment(value: datetime.datetime | None) -> str:
    """{{ entry.at|moment }}: 11月25日(周三) 14:30."""
    return edge.moment(value)


@register.filter
def full_day(value: datetime.date | None) -> str:
    """{{ case.due|full_day }}: 2026年11月25日(周三), on everything that is printed and kept."""
    return edge.full_day(value)


@register.filter
def full_moment(value: datetime.datetime | None) -> str:
    """{{ decision.decided_at|full_moment }}: 2026年11月25日(周三) 14:30."""
    return edge.full_moment(value)


@register.filter
def workdays_left(value: int | datetime.date | None) -> str:
    """{{ days|workdays_left }}: 还剩 2 个工作日."""
    return edge.workdays_left(value)


@register.filter
def masked(number: str) -> str:
    """{{ number|masked }}: 330*************36."""
    return mask(number)


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """{% icon "search" "fold" %}: a picture of the vendored Tabler sprite, hidden from screen readers, and a class."""
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f"icon {extra}".strip(),
        static("vendor/tabler-icons.svg"),
        name,
    )


@register.simple_tag
def way_badge(way: str) -> SafeString:
    """{% way_badge row.way %}: the way's picture and name in its colour; nothing where no way is chosen yet."""
    if not way:
        return format_html("")
    picture, name = WAYS[str(way)]
    return format_html('<span class="way-badge way way-{}">{} {}</span>', str(way), icon(picture), gettext(name))


@register.simple_tag
def verdict(value: str | None) -> SafeString:
    """{% verdict row.verdict %}: a sign and its word, never colour alone."""
    picture, name = VERDICTS[str(value or "")]
    return format_html(
        '<span class="verdict verdict-{}">{} {}</span>', str(value or "open"), icon(picture), gettext(name)
    )


@register.filter
def prose(markdown: str) -> SafeString:
    """{{ text.body|words|prose }}: Markdown of the city package as HTML; raw HTML in it is shown, not run."""
    return mark_safe(_markdown.render(markdown))  # noqa: S308 - the renderer escapes HTML
