"""A draft's edits in words: what each is about, and what it says before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mianzheng.catalogue.rules.editing import Edit
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.reform.pages.drafting import deadlines, labels, named
from mianzheng.reform.pages.drafting.inputs import Name
from mianzheng.reform.queries.drafts import Written
from mianzheng.reform.rules.differences import Difference, differences
from mianzheng.reform.rules.drafting import Place, fitted, place_of, says
from mianzheng.reform.rules.texts import front_of

_LISTED = {
    "matters.csv": (N_("事项“%(name)s”"), "reform:draft_matter"),
    "facts.yaml": (N_("事实“%(name)s”"), "reform:draft_fact"),
    "certificates.csv": (N_("证明“%(name)s”"), "reform:draft_certificate"),
    "bases.csv": (N_("法律依据“%(name)s”"), "reform:draft_basis"),
}
_CHOSEN = {
    "level": labels.LEVELS,
    "demander_level": labels.LEVELS,
    "issuer_level": labels.LEVELS,
    "force": labels.FORCES,
    "basis_force": labels.FORCES,
    "content": labels.CONTENTS,
    "grant": labels.GRANTS,
    "empty": labels.VERDICTS,
    "required": labels.YES,
    "department": labels.YES,
}
_NAMED = (
    "owner basis fact item answered_by retained certificate about relation demander issuer commitment notice".split()
)
SHOWN = 12
"""Fields of one edit that show without being asked for."""
_SEVERAL = ("facts", "bases", "order")
"""Fields that name several things; the page shows their names alone."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an edit, with the words of the page."""

    path: tuple[Name, ...]
    before: str | None
    after: str | None
    before_name: Name = ""
    after_name: Name = ""
    several: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """One edit: what it is about, where it can be edited on, and its fields; `fits` no more where others were quicker."""

    file: str
    key: str
    about: Name
    address: tuple[str, str]
    does: Name
    fields: tuple[Field, ...]
    fits: bool
    gone: bool = False

    @property
    def folded(self) -> bool:
        """Whether the fields show when asked for: those of what is taken out, and more than a screen of them."""
        return bool(self.fields) and (self.gone or len(self.fields) > SHOWN)


def shown(seen: Written) -> list[Shown]:
    """Return the edits of a draft. One that does not fit any more is shown against what stands there now."""
    names = _names({**seen.before, **seen.files})
    return [_shown(seen, each, names) for each in seen.edits]


def _shown(seen: Written, edit: Edit, names: Mapping[str, Name]) -> Shown:
    place, fits = place_of(edit), edit not in seen.left
    about, address = _about(seen, place.file, place.key)
    against = edit if fits else fitted(seen.before, edit)
    fields = tuple(_field(each, names) for each in differences(against))
    there = against.found is not None
    gone = says(seen.files, place) is None and fits
    does = Reason(N_("删去")) if gone else Reason(N_("修改")) if there else Reason(N_("新增"))
    return Shown(place.file, place.key, about, address, does, fields, fits, gone)


def _about(seen: Written, file: str, key: str) -> tuple[Name, tuple[str, str]]:
    """Return what a place is called, and where it is edited (address, code)."""
    if file in _LISTED:
        words, address = _LISTED[file]
        place = Place(file, key)
        said = says(seen.files, place) or says(seen.before, place) or {"code": key}
        text = named.text_of(said, "law" if file == "bases.csv" else "name")
        return Reason(words, {"name": text or key}), (address, key)
    code = file.rsplit("/", 1)[-1].split(".")[0]
    if file.startswith("matters/"):
        rows = dict(named.matters({**seen.before, **seen.files}))
        name = rows.get(code, code)
        return Reason(N_("事项“%(name)s”的办理内容"), {"name": name if isinstance(name, Text) else code}), (
            "reform:draft_matter",
            code,
        )
    if file.startswith("texts/"):
        title = str(front_of(seen.files.get(file, "") or seen.before.get(file, "")).get("title", code))
        return Reason(N_("文本“%(name)s”"), {"name": title}), ("reform:draft_text", code)
    return (Reason(N_("全市的期限")), ("reform:draft_deadlines", "")) if file == "city.yaml" else (file, ("", ""))


def _field(each: Difference, names: Mapping[str, Name]) -> Field:
    path = tuple(
        labels.label(step) if at == 0 or step in labels.LABELS else names.get(step, step)
        for at, step in enumerate(each.path)
    )
    return Field(
        path,
        each.before,
        each.after,
        _named(each.path[-1], each.before, names),
        _named(each.path[-1], each.after, names),
        each.path[-1] in _SEVERAL,
    )


def _named(key: str, value: str | None, names: Mapping[str, Name]) -> Name:
    """Return the words for a code, where the field holds one."""
    if value is None:
        return ""
    if key in _CHOSEN and value in _CHOSEN[key]:
        return Reason(_CHOSEN[key][value])
    if key in _SEVERAL:
        found = [names.get(code, code) for code in value.split() if code != "·"]
        return Text(" · ".join(_in(each, "zh") for each in found), " · ".join(_in(each, "en") for each in found))
    return names.get(value, "") if key in _NAMED else ""


def _in(name: Name, language: str) -> str:
    return name.in_(language) if isinstance(name, Text) else str(name)


def _names(files: Mapping[str, str]) -> dict[str, Name]:
    known = (
        *named.certificates(files),
        *named.facts(files),
        *named.bases(files),
        *named.items(files),
        *named.relations(files),
        *named.sides(files),
        *named.texts(files, "notice"),
        *named.texts(files, "commitment"),
        named.APPLICANT,
        *((name, Reason(words)) for name, (words, _) in deadlines.NAMES.items()),
    )
    return dict(known)
