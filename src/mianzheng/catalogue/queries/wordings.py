"""Texts of the city package as they read when somebody agreed to them."""

from __future__ import annotations

from django.db.models.fields.json import KT

from mianzheng.catalogue.models import Edition
from mianzheng.catalogue.queries.editions import city
from mianzheng.catalogue.rules.source import Reader
from mianzheng.catalogue.rules.wordings import TextVersion, read_texts


def wording(name: str) -> TextVersion | None:
    """Return the text `name` (CODE-VERSION) as it read in that version: from the package in force, else from the newest one
    that had it (one query more); None where none did.
    """
    code, _, version = name.rpartition("-")
    now = city().texts.get(code)
    if now is not None and str(now.version) == version:
        return now
    files = [f"texts/{code}.md", f"texts/{code}.en.md"]
    kept = Edition.objects.filter(files__has_keys=files).order_by("-loaded_at")
    for texts in kept.annotate(zh=KT(f"files__{files[0]}"), en=KT(f"files__{files[1]}")).values_list("zh", "en"):
        found = read_texts(Reader(dict(zip(files, texts, strict=True)))).get(code)
        if found is not None and str(found.version) == version:
            return found
    return None
