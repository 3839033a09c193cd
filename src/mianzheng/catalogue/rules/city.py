"""What a city package says, as frozen values. Everything downstream reads a `City`; nothing knows its files."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mianzheng.catalogue.rules.asking import Asking
from mianzheng.catalogue.rules.certificates import Certificate as Certificate
from mianzheng.catalogue.rules.certificates import ClaimedBasis as ClaimedBasis
from mianzheng.catalogue.rules.consulting import Consulting
from mianzheng.catalogue.rules.curiosity import Curiosity
from mianzheng.catalogue.rules.exchange import Connection, Datum, Feed
from mianzheng.catalogue.rules.kinds import LEVEL_NAMES, Form
from mianzheng.catalogue.rules.offices import Body as Body
from mianzheng.catalogue.rules.offices import Department as Department
from mianzheng.catalogue.rules.offices import Place as Place
from mianzheng.catalogue.rules.policy import Policy
from mianzheng.catalogue.rules.reforming import Reforming
from mianzheng.catalogue.rules.secrecy import Seal, Secrecy
from mianzheng.catalogue.rules.statutes import Laws
from mianzheng.catalogue.rules.wordings import TextVersion
from mianzheng.common.reasons import Reason
from mianzheng.common.texts import Text

if TYPE_CHECKING:
    from mianzheng.catalogue.rules.predicates import Predicate


@dataclass(frozen=True, slots=True)
class Basis:
    """A legal basis (设定依据): one article of one law, with its force and the day it came into force."""

    code: str
    law: Text
    article: str
    force: str
    in_force_from: datetime.date
    text: Text
    source: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an item. `codes` gives the words of a code list; the `newest` field orders the records in time.

    `key` fields tell the records of one subject apart. `low` and `high` bound numbers and dates (``today`` is a bound);
    the date of field `after` may not be later than this one. `headers` are other headings of the column in files;
    `refers` says what a field of type ``subject`` points at; `datum` names what several items carry (see `Datum`).
    """

    item: str
    code: str
    name: Text
    type: str
    codes: Mapping[str, Text] = dataclasses.field(default_factory=dict)
    newest: bool = False
    sensitivity: str = "general"
    key: bool = False
    required: bool = False
    low: str = ""
    high: str = ""
    after: str = ""
    headers: tuple[str, ...] = ()
    refers: str = "person"
    datum: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """An item (信息项): a typed record set one department is the source of.

    `complete` promises that who is not in it does not have it; only then may silence mean no. `licence` marks electronic
    licences (电子证照), whose way is `document`. Its records are `held` here as an approved ``copy``, or stay at their
    ``source`` and are asked for over `connection`. A batch with more than the share `tolerance` of bad rows is refused
    whole (None: the city's policy); `covers` is the share of all subjects expected in it (None: nobody says). What is
    under its `seal` counts as no record.
    """

    code: str
    name: Text
    owner: str
    about: str
    sharing: str
    cycle: str
    complete: bool
    sensitivity: str
    licence: bool
    system: str = ""
    fields: tuple[Field, ...] = ()
    source: str = ""
    held: str = "copy"
    connection: str = ""
    tolerance: float | None = None
    covers: float | None = None
    seal: Seal | None = None

    @property
    def at_source(self) -> bool:
        """Whether its records stay where they are and are asked for when needed."""
        return self.held == "source"

    @property
    def keys(self) -> tuple[str, ...]:
        """The codes of the fields that, with the subject, name one record."""
        return tuple(field.code for field in self.fields if field.key)

    @property
    def newest_field(self) -> str:
        """The code of the date field that orders records, or the empty string."""
        return next((f.code for f in self.fields if f.newest), "")


@dataclass(frozen=True, slots=True)
class Relation:
    """Whom a fact is about, starting from `base` (the applicant or another relation): the subjects in `field`."""

    code: str
    name: Text
    item: str
    field: str
    where: str
    base: str = "applicant"
    predicate: Predicate | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A typed parameter of a fact, fixed by the matter's need."""

    code: str
    type: str
    name: Text


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact (证明事实): a yes/no question about a subject, answered from records of one item."""

    code: str
    name: Text
    question: Text
    kind: str
    item: str
    form: Form
    where: str
    answered_by: str
    n: int = 1
    params: Mapping[str, Parameter] = dataclasses.field(default_factory=dict)
    empty: str = ""
    predicate: Predicate | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Need:
    """A matter's need of a fact: about whom, with which parameters, why, under which article, by which ways.

    `when` limits it to one answer of the form. `commitment` is the text a person may sign, or empty. `retained` is the
    certificate the law still demands, or empty: the only thing that raises `papers_asked`.
    """

    code: str
    fact: str
    about: str
    params: Mapping[str, Any]
    why: Text
    basis: str
    deadline: int
    department: bool = True
    commitment: str = ""
    when: tuple[str, str] | None = None
    retained: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One field of a matter's form. `prefill` names (item, field) of the applicant's own records."""

    code: str
    name: Text
    type: str
    required: bool
    choices: Mapping[str, Text] = dataclasses.field(default_factory=dict)
    relation: str = ""
    minimum: float | None = None
    maximum: float | None = None
    help: Text = Text("")
    prefill: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that the baseline year asked for, with the offices and trips it cost."""

    certificate: str
    offices: int
    trips: int


@dataclass(frozen=True, slots=True)
class Work:
    """The worked part of a matter: what makes it possible to apply on the platform."""

    summary: Text
    grant: str
    form: tuple[Question, ...]
    needs: tuple[Need, ...]
    papers: tuple[Paper, ...]
    result: Text
    result_text: Text
    remedies: Text
    notice: str


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter (政务服务事项). `work` is None where one can read about it but not yet apply here; `old_codes` are those of
    matters that were merged into it (减事项).
    """

    code: str
    name: Text
    owner: str
    theme: Text
    level: str
    channels: tuple[str, ...]
    decide_days: int
    facts: tuple[str, ...]
    bases: tuple[str, ...]
    keywords: str
    work: Work | None = None
    source: str = ""
    old_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch (批次) of certificates cancelled together."""

    number: int
    published: datetime.date
    name: Text
    source: str = ""


@dataclass(frozen=True)
class City:
    """One edition of a city package, indexed by code; `base_items` is the base register (基础库) of a kind of subject.

    `province` and `prefecture` are the places above it whose regulations hold in it, empty where nobody says.
    """

    code: str
    name: Text
    baseline_year: int
    zone: str
    policy: Policy
    departments: Mapping[str, Department]
    towns: Mapping[str, Place]
    areas: Mapping[str, Place]
    communities: Mapping[str, Place]
    bodies: Mapping[str, Body]
    bases: Mapping[str, Basis]
    items: Mapping[str, Item]
    relations: Mapping[str, Relation]
    facts: Mapping[str, Fact]
    matters: Mapping[str, Matter]
    certificates: Mapping[str, Certificate]
    batches: Mapping[int, Batch]
    texts: Mapping[str, TextVersion]
    holidays: Mapping[datetime.date, bool]
    connections: Mapping[str, Connection] = dataclasses.field(default_factory=dict)
    data: Mapping[str, Datum] = dataclasses.field(default_factory=dict)
    feeds: Mapping[str, Feed] = dataclasses.field(default_factory=dict)
    base_items: Mapping[str, str] = dataclasses.field(default_factory=dict)
    asking: Asking = dataclasses.field(default_factory=Asking)
    curiosity: Curiosity = dataclasses.field(default_factory=Curiosity)
    secrecy: tuple[Secrecy, ...] = ()
    laws: Laws = dataclasses.field(default_factory=Laws)
    consult: Consulting = dataclasses.field(default_factory=Consulting)
    reforming: Reforming = dataclasses.field(default_factory=Reforming)
    province: Text = Text("")
    prefecture: Text = Text("")
    demo: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def office(self, code: str) -> Text | None:
        """Return the name of the department or body `code`: who decides, answers or demands; None where there is none."""
        found = self.departments.get(code) or self.bodies.get(code)
        return found.name if found else None

    def matter(self, code: str) -> Matter | None:
        """Return the matter `code`, or the one it was merged into; None where there is none."""
        return self.matters.get(code) or next((each for each in self.matters.values() if code in each.old_codes), None)

    def party(self, code: str) -> Text | Reason | None:
        """Return the name of who demands or issues: a department, a body, or a level of the city; None where there is none."""
        return self.office(code) or LEVEL_NAMES.get(code)

    def purpose(self, code: str) -> Text | None:
        """Return the name of the matter or service `code`: what a fact is asked for; None where there is none."""
        found = self.matter(code) or self.asking.services.get(code)
        return found.name if found else None
