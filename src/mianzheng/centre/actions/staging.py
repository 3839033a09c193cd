"""From checked rows to rows that can be kept: numbers become subjects of the vault, doubles are noticed."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.rules.headings import NAME, OPERATION, SUBJECT, Columns
from mianzheng.centre.rules.intakes import Fault
from mianzheng.centre.rules.rows import DELETE, Checked
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.people.actions import register
from mianzheng.people.queries import Finder
from mianzheng.people.rules.bulk import surely_right
from mianzheng.people.rules.subjects import (
    RESIDENT_ID,
    DocumentKind,
    NewSubject,
    Number,
    SubjectKind,
    check_number,
    kind_of,
)
from mianzheng.web.ids import uuid7s

ENTERED_AT_ONCE = 20_000
_NOBODY = pl.DataFrame(schema={"number": pl.String, "subject": pl.String})


@dataclass
class Staging:
    """Turns the parts of one batch into rows of `item`.

    A number nobody has seen yet is given a subject of which the vault knows nothing before `enter`: whoever only stands
    in refused rows never gets there. `before` is called each time before the database is used.
    """

    item: Item
    columns: Columns
    now: datetime.datetime
    before: Callable[[], object] = lambda: None
    known: dict[str, pl.DataFrame] = field(default_factory=dict)
    """Numbers and subjects found so far, by kind of subject."""
    wrong: dict[Number, Reason] = field(default_factory=dict)
    """Why a number is wrong, by kind of subject and number."""
    strangers: list[pl.DataFrame] = field(default_factory=list)
    """Numbers the vault does not know, with the subject each is given."""
    staying: list[pl.Series] = field(default_factory=list)
    """Subjects of strangers in rows that are kept."""
    hashes: list[NDArray[np.uint64]] = field(default_factory=list)
    rows: list[NDArray[np.uint32]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.finder = Finder(self.before)

    def part(self, checked: Checked) -> tuple[pl.DataFrame, list[Fault], int]:
        """Return the rows of a part with subjects, further faults, and how many rows those cost."""
        frame, faults = checked.frame, []
        names = frame[NAME] if NAME in frame.columns else None
        subjects = {SUBJECT: self.item.about} | {f.code: f.refers for f in self.item.fields if f.type == "subject"}
        bad = pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True)
        for code, about in subjects.items():
            found, wrong = self._subjects(frame[code], about, names if code == SUBJECT else None)
            faults += self._faults(frame, wrong, code, about)
            bad |= wrong
            frame = frame.with_columns(found.alias(code))
        frame = frame.filter(~bad)
        if frame.height:
            self.hashes.append(frame.select(SUBJECT, *self.item.keys).hash_rows().to_numpy())
            self.rows.append(frame["row"].to_numpy())
            self._note_strangers(frame, list(subjects))
        return frame.drop(NAME, strict=False), faults, int(bad.sum())

    def refused(self, checked: Checked, kept: pl.DataFrame) -> pl.DataFrame:
        """Return which records those rows of a part are about that were refused, by `check` or for a number in them, so
        that only `kept` are left: subject and key fields, null where nobody can say.
        """
        rows = checked.refused
        if kept.height < checked.frame.height:
            others = checked.frame.filter(~pl.col("row").is_in(kept["row"].implode()))
            rows = pl.concat([rows, others.select(rows.columns)])
        abouts = {SUBJECT: self.item.about} | {
            f.code: f.refers for f in self.item.fields if f.key and f.type == "subject"
        }
        for code, about in abouts.items() if rows.height else ():
            names = rows[NAME] if code == SUBJECT and NAME in rows.columns else None
            rows = rows.with_columns(self._subjects(rows[code], about, names)[0].alias(code))
        return rows.drop(NAME, strict=False)

    def doubles(self, most: int) -> tuple[int, list[Fault]]:
        """Return how many rows have a key that an earlier row has already, and a fault for the first `most` of them."""
        if not self.hashes:
            return 0, []
        hashes, rows = np.concatenate(self.hashes), np.concatenate(self.rows)
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        again = np.flatnonzero(ordered[1:] == ordered[:-1]) + 1
        told = again[np.argsort(rows[order[again]])[:most]]
        heading, firsts = self.columns.fields[SUBJECT], order[np.searchsorted(ordered, ordered[told])]
        return len(again), [
            Fault(row, heading, "", Reason(N_("与第%(row)s行重复"), {"row": first}))
            for row, first in zip(rows[order[told]].tolist(), rows[firsts].tolist(), strict=True)
        ]

    def enter(self) -> dict[str, str]:
        """Enter the strangers of kept rows into the vault, in the caller's transaction; return those who turned out to be
        known by now, with the subject they really are.

        The vault takes one registration at a time, so call it last: nobody waits for the rest of a load.
        """
        if not self.staying:
            return {}
        staying = pl.concat(self.staying).unique()
        known: dict[str, str] = {}
        for part in pl.concat(self.strangers).filter(pl.col("subject").is_in(staying)).iter_slices(ENTERED_AT_ONCE):
            self.before()
            people = [
                NewSubject(SubjectKind(about), name, ((kind, number),), uuid.UUID(subject))
                for number, subject, kind, about, name in part.iter_rows()
            ]
            entered = register(people=people, now=self.now)
            real = [entered[each.documents[0]].hex for each in people]
            known |= {given: subject for given, subject in zip(part["subject"], real, strict=True) if given != subject}
        return known

    def _note_strangers(self, frame: pl.DataFrame, codes: list[str]) -> None:
        """Note which strangers stand in the rows of `frame`; a row that only names a record to be removed needs nobody."""
        if not self.strangers:
            return
        kept = frame.filter(pl.col(OPERATION).ne_missing(DELETE)) if OPERATION in frame.columns else frame
        given = pl.concat([strangers["subject"] for strangers in self.strangers])
        for code in codes:
            here = kept[code].drop_nulls().unique()
            self.staying.append(here.filter(here.is_in(given)))

    def _subjects(self, numbers: pl.Series, about: str, names: pl.Series | None) -> tuple[pl.Series, pl.Series]:
        """Return the subjects of `numbers` and where a number is wrong."""
        asked = pl.DataFrame({"number": numbers})
        known = self.known.get(about, _NOBODY)
        found = asked.join(known, on="number", how="left", maintain_order="left")["subject"]
        fresh = numbers.filter(found.is_null()).drop_nulls().unique()
        wrong = [number for number in fresh.to_list() if (about, number) in self.wrong] if self.wrong else []
        if wrong:
            fresh = fresh.filter(~fresh.is_in(wrong))
        if fresh.len():
            new = self._looked_up(fresh, about, numbers, names)
            self.known[about] = pl.concat([known, new])
            later = asked.join(new, on="number", how="left", maintain_order="left")["subject"]
            found = found.zip_with(found.is_not_null(), later)
        return found, found.is_null() & numbers.is_not_null()

    def _looked_up(self, fresh: pl.Series, about: str, numbers: pl.Series, names: pl.Series | None) -> pl.DataFrame:
        """Return numbers and subjects of `fresh`; whoever the vault does not know yet is given one, if the number is right."""
        parts = []
        for kind, group in _by_kind(fresh, about):
            part = pl.DataFrame({"number": group, "subject": self.finder.find(kind, group)})
            strange = part.filter(pl.col("subject").is_null())["number"]
            if strange.len():
                entered = self._given(strange.to_list(), kind, about, numbers, names)
                part = part.with_columns(
                    pl.col("subject").fill_null(
                        pl.col("number").replace_strict(entered, default=None, return_dtype=pl.String)
                    )
                )
            parts.append(part.drop_nulls())
        return pl.concat(parts)

    def _given(
        self, strange: list[str], kind: DocumentKind, about: str, numbers: pl.Series, names: pl.Series | None
    ) -> dict[str, str]:
        """Give each of the right numbers a subject; note the wrong ones."""
        known_names = dict(zip(numbers, names, strict=True)) if names is not None else {}
        right = [
            number
            for number, sure in zip(strange, surely_right(kind, strange).tolist(), strict=True)
            if sure or self._is_right(kind, number, about)
        ]
        given = [subject.hex for subject in uuid7s(len(right))]
        columns = {"number": right, "subject": given, "kind": [kind.value] * len(right), "about": [about] * len(right),
                   "name": [known_names.get(number) or "" for number in right]}  # fmt: skip
        if right:
            self.strangers.append(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)))
        return dict(zip(right, given, strict=True))

    def _is_right(self, kind: DocumentKind, number: str, about: str) -> bool:
        try:
            check_number(kind, number)
        except Refusal as refusal:
            self.wrong[about, number] = refusal.what
            return False
        return True

    def _faults(self, frame: pl.DataFrame, wrong: pl.Series, code: str, about: str) -> list[Fault]:
        part = frame.filter(wrong)
        heading = self.columns.fields.get(code, "")
        return [
            Fault(row, heading, number, self.wrong[about, number])
            for row, number in zip(part["row"].to_list(), part[code].to_list(), strict=True)
        ]


def _by_kind(numbers: pl.Series, about: str) -> list[tuple[DocumentKind, pl.Series]]:
    """Tell by their form of which kind numbers are, as `kind_of` does for one."""
    if about != SubjectKind.PERSON:
        return [(kind_of(about, ""), numbers)]
    resident = numbers.str.contains(RESIDENT_ID)
    groups = ((DocumentKind.PASSPORT, numbers.filter(~resident)), (DocumentKind.RIC, numbers.filter(resident)))
    return [(kind, group) for kind, group in groups if group.len()]
