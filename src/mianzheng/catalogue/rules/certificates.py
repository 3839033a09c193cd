"""Certificates as a city package lists them: both sides, what became of each, and the law it is said to rest on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.catalogue.rules.source import Reader, Record
from mianzheng.common.texts import Text

ACCEPTED = ("law", "administrative_regulation", "local_regulation", "state_council_decision")
"""What may be the basis of a certificate (优化营商环境条例 44); a local regulation only where it is in force."""
CLAIMED = (*ACCEPTED, "departmental_rule", "normative_document")
CONTENTS = ("legal_fact", "relation", "qualification", "ownership", "state")
LEVELS = ("city", "town", "community", "outside")
LEVEL_ISSUERS = ("town", "community", "employer")
OFFICE_LIST = "office list"
"""The source of a certificate that came from an office's own list, whose papers are not those of the baseline year."""
ASKED_FOR = (Disposal.RETAINED, Disposal.ASKED)
COLUMNS = (
    "code name name_en kind content demander demander_kind demander_level issuer issuer_level "
    "purpose purpose_en fact disposal batch yearly_volume"
).split()
BASIS_COLUMNS = "basis_law basis_law_en basis_article basis_force basis_source".split()


@dataclass(frozen=True, slots=True)
class ClaimedBasis:
    """The article a certificate is said to rest on (设定依据), whether or not it may: `source` says where that stands."""

    law: Text
    article: str
    force: str
    source: str

    @property
    def accepted(self) -> bool:
        """Whether a certificate may rest on a text of this force (优化营商环境条例 44)."""
        return self.force in ACCEPTED


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate (证明): both sides, its purpose, the fact it attests, and what became of it.

    `basis` is None where nobody claims one.
    """

    code: str
    name: Text
    kind: str
    content: str
    demander: str
    demander_kind: str
    demander_level: str
    issuer: str
    issuer_level: str
    purpose: Text
    fact: str
    disposal: Disposal
    batch: int | None
    yearly_volume: int
    source: str = ""
    basis: ClaimedBasis | None = None

    @property
    def asked_for(self) -> bool:
        """Whether it may still be asked for: retained, or not dealt with yet."""
        return self.disposal in ASKED_FOR


def read_certificates(
    reader: Reader, sides: Collection[str], facts: Collection[str], batches: Collection[int]
) -> dict[str, Certificate]:
    """Read ``certificates.csv``; `sides` are the codes of departments and bodies.

    An edition of before there were the columns of the basis has none of them, and is still read.
    """
    found: dict[str, Certificate] = {}
    issuers = {*sides, *LEVEL_ISSUERS}
    for row in reader.rows("certificates.csv", COLUMNS, BASIS_COLUMNS):
        code = reader.unique(row, found)
        kind = reader.one_of(row, "kind", ("government", "finance", "retained"))
        disposal = reader.one_of(row, "disposal", [d.value for d in Disposal])
        batch = reader.whole(row, "batch", default=0)
        fact = reader.known(row, "fact", facts, "fact", required=False)
        if (kind == "retained") != (disposal == Disposal.RETAINED):
            reader.problem(row, f"'kind' is '{kind}' while 'disposal' is '{disposal}': both or neither are 'retained'")
        still = disposal in ASKED_FOR
        if still and batch:
            reader.problem(row, f"'{disposal}' is in batch {batch}: only cancelled certificates belong to a batch")
        if not still and batch not in batches:
            reader.absent(row, "batch", f"'batch' is '{row['batch']}': there is no such batch")
        if disposal not in (Disposal.CANCEL, *ASKED_FOR) and not fact:
            reader.problem(row, f"'fact' is empty: '{disposal}' settles a fact, so it must be named")
        found[code] = Certificate(
            code=code,
            name=reader.text(row, "name", english=False),
            kind=kind,
            content=reader.one_of(row, "content", CONTENTS),
            demander=reader.known(row, "demander", issuers, "department or body"),
            demander_kind=reader.one_of(row, "demander_kind", ("organ", "public_body", "finance", "outside")),
            demander_level=reader.one_of(row, "demander_level", LEVELS),
            issuer=reader.known(row, "issuer", issuers, "department, body or level"),
            issuer_level=reader.one_of(row, "issuer_level", LEVELS),
            purpose=reader.text(row, "purpose", english=False),
            fact=fact,
            disposal=Disposal(disposal) if disposal in set(Disposal) else Disposal.CANCEL,
            batch=batch or None,
            yearly_volume=reader.whole(row, "yearly_volume"),
            source=row.get("source", ""),
            basis=_basis(reader, row),
        )
    return found


def _basis(reader: Reader, row: Record) -> ClaimedBasis | None:
    """Return the basis a row claims, all of it or nothing; what is still demanded in the city needs one that holds."""
    kept = row["kind"] == "retained" and row["demander_kind"] != "outside"
    if not any(row.get(column) for column in BASIS_COLUMNS):
        if kept and "basis_law" in row:
            reader.problem(row, "a certificate still demanded in the city has no 'basis_law': it needs one to be kept")
        return None
    basis = ClaimedBasis(
        law=reader.text(row, "basis_law", english=False),
        article=reader.word(row, "basis_article"),
        force=reader.one_of(row, "basis_force", CLAIMED),
        source=reader.word(row, "basis_source"),
    )
    if kept and basis.force in CLAIMED and not basis.accepted:
        reader.problem(
            row,
            f"'basis_force' is '{basis.force}', on which no certificate demanded in the city can rest,"
            f" expected one of: {', '.join(ACCEPTED)}",
        )
    return basis
