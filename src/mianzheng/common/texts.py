"""Words that come in two languages: what the city package says, as against what the interface says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A name or sentence of the city package in Chinese and English; the edge chooses the language."""

    zh: str
    en: str = ""

    def in_(self, language: str) -> str:
        """Return the text in `language` (an IETF tag such as ``zh-hans`` or ``en``), Chinese where English is missing."""
        return self.en if language.startswith("en") and self.en else self.zh

    def __bool__(self) -> bool:
        return bool(self.zh)
