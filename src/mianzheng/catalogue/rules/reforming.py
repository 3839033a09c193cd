"""What judging a certificate rests on (``reform.yaml``): documents people hold, barred matters, what villages can know, trips."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from mianzheng.catalogue.rules.certificates import LEVELS
from mianzheng.catalogue.rules.source import Reader, Record
from mianzheng.common.texts import Text

FILE = "reform.yaml"


@dataclass(frozen=True, slots=True)
class Document:
    """A licence or agreement (证照、凭证) that shows what `shows` says, in words of facts.

    `issuer` is the department that makes it out, empty for what two parties agree on (`agreed`). Without `everybody`, some for
    whom the fact is true do not hold it, so it alone replaces no certificate.
    """

    name: Text
    shows: tuple[str, ...]
    issuer: str
    everybody: bool
    agreed: bool
    source: str


@dataclass(frozen=True, slots=True)
class Worded:
    """Words by which a matter is recognised, and what that means: why it is barred, or which body asks."""

    words: tuple[str, ...]
    says: Text
    source: str = ""


@dataclass(frozen=True, slots=True)
class Reforming:
    """The city's grounds for judging certificates; `trips` per certificate by the issuer's level are its own choice (policy)."""

    documents: tuple[Document, ...] = ()
    barred: tuple[Worded, ...] = ()
    outside: tuple[Worded, ...] = ()
    village_knows: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()
    trips: Mapping[str, int] = field(default_factory=dict)


def read_reforming(reader: Reader, departments: Collection[str]) -> Reforming:
    """Read ``reform.yaml``; a package may have none, then nothing is known of documents, bars and trips."""
    if FILE not in reader.files and FILE not in reader.lost:
        return Reforming()
    tree = reader.mapping(FILE)
    reader.only(tree, "documents barred outside village declared trips")
    village, declared, trips = (_part(reader, tree, key) for key in ("village", "declared", "trips"))
    reader.only(village, "knows source")
    reader.only(declared, "words source")
    reader.only(trips, LEVELS)
    return Reforming(
        documents=tuple(_document(reader, entry, departments) for entry in reader.entries(tree, "documents")),
        barred=tuple(_worded(reader, entry, "why") for entry in reader.entries(tree, "barred")),
        outside=tuple(_worded(reader, entry, "body") for entry in reader.entries(tree, "outside")),
        village_knows=tuple(reader.word(village, "knows", required=False).split()),
        declared=tuple(reader.word(declared, "words", required=False).split()),
        trips={level: reader.whole(trips, level) for level in trips},
    )


def _part(reader: Reader, tree: Record, key: str) -> Record:
    part = tree.get(key) or Record()
    if isinstance(part, Record):
        return part
    reader.problem(tree, f"'{key}' is no mapping", key)
    return Record()


def _document(reader: Reader, entry: Record, departments: Collection[str]) -> Document:
    reader.only(entry, "name name_en shows issuer everybody kind source")
    return Document(
        reader.text(entry, "name"),
        tuple(reader.word(entry, "shows").split()),
        reader.known(entry, "issuer", departments, "department", required=False),
        reader.yes(entry, "everybody", default="yes"),
        reader.one_of(entry, "kind", ("licence", "agreement"), "licence") == "agreement",
        reader.word(entry, "source"),
    )


def _worded(reader: Reader, entry: Record, says: str) -> Worded:
    reader.only(entry, f"words {says} {says}_en source")
    words = tuple(reader.word(entry, "words").split())
    return Worded(words, reader.text(entry, says), reader.word(entry, "source", required=says == "why"))
