"""Drafts of the catalogue: the edits of one draft, how they fit what is in force, and when they may come into force."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mianzheng.catalogue.rules.editing import Edit, EntryEdit, RowEdit, applied, rows_of
from mianzheng.catalogue.rules.trees import entries_of
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.rules.states import DraftStage

OPEN = (DraftStage.WRITTEN, DraftStage.TESTED, DraftStage.PLANNED)
"""Stages in which a draft can be changed, which has it tested anew."""
LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where an edit is made: a file, and in lists which row or entry of it. There is one edit a place."""

    file: str
    key: str = ""


def place_of(edit: Edit) -> Place:
    """Return where `edit` is made."""
    if isinstance(edit, RowEdit):
        return Place(edit.file, edit.key)
    return Place(edit.file, edit.code if isinstance(edit, EntryEdit) else "")


def says(files: Mapping[str, str], place: Place) -> Any:
    """Return what stands at `place`: the columns of a row, an entry, a text; None for nothing."""
    text = files.get(place.file)
    if not place.key or text is None:
        return text
    return (rows_of(text) if place.file.endswith(".csv") else entries_of(text)).get(place.key)


def fingerprint(files: Mapping[str, str], places: Collection[Place]) -> str:
    """Return what tells whether anything changed at `places` since a form was shown."""
    said = [[each.file, each.key, says(files, each)] for each in sorted(places)]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def fitted(files: Mapping[str, str], wanted: Edit) -> Edit:
    """Return `wanted` with what it finds in `files`; of a row that is there only the columns that change."""
    there = says(files, place_of(wanted))
    if isinstance(wanted, RowEdit):
        if wanted.columns is None or there is None:
            return replace(wanted, found=there)
        changed = {name: value for name, value in wanted.columns.items() if there.get(name, "") != value}
        return replace(wanted, columns=changed, found={name: there.get(name, "") for name in changed})
    return replace(wanted, found=there)


def changes(edit: Edit) -> bool:
    """Return whether `edit` changes anything."""
    if isinstance(edit, RowEdit):
        return edit.columns != edit.found
    return (edit.entry if isinstance(edit, EntryEdit) else edit.text) != edit.found


def put(edits: Sequence[Edit], files: Mapping[str, str], wanted: Edit) -> list[Edit]:
    """Return `edits` with `wanted` in place of what was written there before; columns written before stay.

    `files` is the package in force. What brings a place back to what is in force is no edit any more.
    """
    place = place_of(wanted)
    before = next((each for each in edits if place_of(each) == place), None)
    if isinstance(before, RowEdit) and isinstance(wanted, RowEdit) and before.columns and wanted.columns is not None:
        wanted = replace(wanted, columns={**before.columns, **wanted.columns})
    new = fitted(files, wanted)
    kept = [new if each is before else each for each in edits]
    return [each for each in (kept if before else [*edits, new]) if each is not new or changes(new)]


def without(edits: Sequence[Edit], place: Place) -> list[Edit]:
    """Return `edits` without the one at `place`."""
    return [each for each in edits if place_of(each) != place]


def fitting(files: Mapping[str, str], edits: Sequence[Edit]) -> tuple[dict[str, str], tuple[Edit, ...]]:
    """Return the package with the edits that fit it, and those that do not fit any more."""
    try:
        return applied(files, edits), ()
    except Refusal:
        made, left = dict(files), []
    for edit in edits:
        try:
            made = applied(made, [edit])
        except Refusal:
            left.append(edit)
    return made, tuple(left)


def check_open(stage: DraftStage) -> None:
    """Refuse to change a draft that is in force or dropped."""
    if stage not in OPEN:
        raise Refusal(
            Reason(N_("这份草稿已经生效或者放弃了，不能再改。")),
            Reason(N_("要接着改，请另起一份草稿；什么都没有改动。")),
        )


def check_named(title: str) -> None:
    """Refuse a draft nobody can tell from others."""
    if not title:
        raise Refusal(Reason(N_("请写明这份草稿改什么。")), Reason(N_("一句话即可，生效后留在记录里。")), field="title")
    if len(title) > LONGEST_TITLE:
        raise Refusal(
            Reason(N_("标题最多 %(count)s 个字。"), {"count": LONGEST_TITLE}),
            Reason(N_("细节请写在“为什么”里。")),
            field="title",
        )


def check_unseen(was: str, now: str) -> None:
    """Refuse to write over what somebody else wrote since the form was shown."""
    if was and was != now:
        raise Refusal(
            Reason(N_("您打开这一页之后，别人改过这一处。")),
            Reason(N_("您填的都还在下面，没有保存；请对照现在的内容，再保存一次。")),
        )


def check_fits(left: Sequence[Edit]) -> None:
    """Refuse edits that do not fit what is in force any more."""
    if left:
        place = place_of(left[0])
        raise Refusal(
            Reason(
                N_("有 %(count)s 处对不上了：%(file)s %(key)s 在这之后被别人改过。"),
                {"count": len(left), "file": place.file, "key": place.key},
            ),
            Reason(N_("请打开草稿看一看现在的内容，再决定保留还是撤销这一处；什么都没有改动。")),
        )


def check_tested(stage: DraftStage, *, edits: Sequence[Edit], left: Sequence[Edit], worse: int, worse_why: str) -> None:
    """Refuse to put in force what says nothing, does not fit any more, was not tested since it changed, or would make cases
    worse without a reason.
    """
    check_open(stage)
    if not edits:
        raise Refusal(Reason(N_("这份草稿还没有改动。")), Reason(N_("请先改要改的地方。")))
    check_fits(left)
    if stage == DraftStage.WRITTEN:
        raise Refusal(Reason(N_("改过以后还没有试过。")), Reason(N_("请先用近来的办件试一试。")))
    if worse and not worse_why:
        raise Refusal(
            Reason(N_("试下来，近来的办件里有 %(count)s 件会比现在多要、多问或者办不成。"), {"count": worse}),
            Reason(N_("请再改一改；确要这样的，写明理由。")),
            field="worse_why",
        )


def check_sound(count: int, first: Reason) -> None:
    """Refuse a package with `count` problems, of which `first` names file and line."""
    if count:
        raise Refusal(
            Reason(N_("改完以后，城市包有 %(count)s 处问题。第一处：%(first)s"), {"count": count, "first": first}),
            Reason(N_("请按“要改正的”逐处改好；原来生效的不变。")),
        )


def check_day(day: datetime.date, today: datetime.date) -> None:
    """Refuse a day that is not to come."""
    if day <= today:
        raise Refusal(
            Reason(N_("生效的日子要在今天之后。")), Reason(N_("今天就要生效的，请用“现在生效”。")), field="from_day"
        )


def trailing(edits: Sequence[Edit]) -> str:
    """Return in short what `edits` touch, for the log."""
    return " ".join(f"{each.file}:{each.key}".rstrip(":") for each in map(place_of, edits))
