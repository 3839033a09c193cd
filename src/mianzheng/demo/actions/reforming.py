"""The reform of 2018 played once more, from an empty list of certificates to the article's state, by the actions people use.

The city package says how it went; here whoever decided, agreed and published then does it again, so that every page and every
number on it comes about as it would in a city.
"""

from __future__ import annotations

import csv
import datetime
import io
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.certificates import Certificate
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.kinds import DISPOSAL_NAMES, Disposal
from mianzheng.catalogue.rules.package import read
from mianzheng.common.actors import Actor
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.demo.rules.emptied import emptied
from mianzheng.demo.rules.lists import Book, lists
from mianzheng.people.rules.roles import HEAD, REFORM
from mianzheng.reform.actions import batches, consulting, grouping, importing, judging, opining, publishing, retaining
from mianzheng.reform.queries.candidates import Asked, candidates
from mianzheng.reform.queries.groups import here as listed_here
from mianzheng.reform.queries.groups import waiting
from mianzheng.reform.queries.opinions import in_consultation
from mianzheng.reform.queries.standing import standing
from mianzheng.reform.rules.judging import Choice
from mianzheng.reform.rules.papers import Paper
from mianzheng.reform.rules.states import Part, Says, Stage

ELSEWHERE = "demo/elsewhere.csv"
"""What other places published, in the package's demo."""
SURE = 0.9
"""Groups at least so sure are confirmed at once, the others one by one."""
OFFICE = Actor("demo.reform", REFORM)


@dataclass
class Played:
    """What came of it, step by step."""

    files: int = 0
    rows: int = 0
    groups: int = 0
    sure: int = 0
    corrected: int = 0
    candidates: int = 0
    as_proposed: int = 0
    proposed: dict[str, int] = field(default_factory=dict)
    asked: int = 0
    batches: list[int] = field(default_factory=list)
    retained: int = 0


def books_of(city: City, package: Mapping[str, str]) -> tuple[Book, ...]:
    """Return the lists offices would send of the package's own certificates, and of other places'."""
    rows = csv.DictReader(io.StringIO(package.get(ELSEWHERE, "name\n")))
    return lists(city, list(rows))


Tell = Callable[[str], None]


class Step(StrEnum):
    """The steps of the reform, in order; each begins where the one before ended."""

    EMPTY = "empty"
    IMPORT = "import"
    CONFIRM = "confirm"
    DECIDE = "decide"
    CONSULT = "consult"
    PUBLISH = "publish"


def play(
    *,
    package: Mapping[str, str],
    written: Callable[[Book], bytes],
    steps: Sequence[Step] = tuple(Step),
    now: datetime.datetime,
    tell: Tell,
) -> Played:
    """Play `steps` with what `package` says of 2018, its lists `written` as files; return what came of them.

    The first step empties the list of certificates in force; after the last one it says again what the package says.
    """
    then, problems = read(package)
    if then is None or not then.certificates:
        raise Refusal(Reason(N_("这个城市包里没有证明，没有什么可以重演。")), Reason(N_("请换一个完整的城市包。")))
    assert not problems
    played = Played()
    for step in steps:
        match step:
            case Step.EMPTY:
                _check_untouched()
                given = city_in_force().certificates
                load_city(files=emptied(package), actor=OFFICE.id, now=now, gives_back=given)
                tell("no certificates")
            case Step.IMPORT:
                _bring_in([(book, written(book)) for book in books_of(then, package)], played, now, tell)
            case Step.CONFIRM:
                _confirm(played, now, tell)
            case Step.DECIDE:
                _decide(then, played, now, tell)
            case Step.CONSULT:
                _consult(played, now, tell)
            case Step.PUBLISH:
                _publish(then, played, now, tell)
    return played


def _check_untouched() -> None:
    """Refuse to empty a list that people have worked on: what they published would be taken back behind their backs."""
    if standing().rows or candidates(Asked()).exists():
        raise Refusal(
            Reason(N_("这里的减证办已经有清单或者证明，不能从头重演。")),
            Reason(N_("请换一个新的演示城市（另设 MIANZHENG_HOME）再演；什么都没有改动。")),
        )


def _bring_in(books: Sequence[tuple[Book, bytes]], played: Played, now: datetime.datetime, tell: Tell) -> None:
    for book, content in books:
        report = importing.take_in(
            city=city_in_force(),
            office=book.office,
            side=book.side,
            name=book.name,
            content=content,
            actor=OFFICE,
            now=now,
        )
        importing.accept(city=city_in_force(), report=report, actor=OFFICE, now=now, replaces=False, group=False)
        played.files += 1
        played.rows += report.listed
    grouping.regroup(actor=OFFICE, now=now)
    tell(f"{played.files} files, {played.rows} rows")


def _confirm(played: Played, now: datetime.datetime, tell: Tell) -> None:
    here = city_in_force()
    played.sure = grouping.confirm_sure(city=here, least=SURE, actor=OFFICE, now=now)
    none = list(listed_here().exclude(paper=Paper.CERTIFICATE))
    played.corrected = len(none)
    for group in none:  # the city counted licences, vouchers and court papers among its certificates
        grouping.say_what(city=here, group=group.id, paper=Paper.CERTIFICATE, actor=OFFICE, now=now)
    rest = list(waiting().values_list("id", flat=True))
    if rest:
        grouping.confirm(city=here, groups=rest, actor=OFFICE, now=now)
    played.groups = played.sure + len(rest)
    tell(f"{played.groups} papers, {played.sure} of them sure at once, {len(none)} said to be certificates by a person")


def _decide(then: City, played: Played, now: datetime.datetime, tell: Tell) -> None:
    """Decide as the city did."""
    here, as_it_was = city_in_force(), _as_it_was(then)
    judging.review(city=here, now=now)
    for each in candidates(Asked(stage=Stage.FOUND)):
        was = as_it_was.get((each.name, each.demander, each.purpose))
        if was is None:
            judging.drop(candidate=each.id, why="2018 年的清单里没有这一项", actor=OFFICE, now=now)
            continue
        played.candidates += 1
        proposed = each.proposal["disposal"]
        played.proposed[proposed] = played.proposed.get(proposed, 0) + 1
        played.as_proposed += proposed == was.disposal
        judging.decide(city=here, candidate=each.id, choice=_choice(here, proposed, was), actor=OFFICE, now=now)
    tell(f"{played.candidates} certificates decided, {played.as_proposed} as the rules propose")


def _as_it_was(then: City) -> dict[tuple[str, str, str], Certificate]:
    """Return the certificates of 2018 by name, demander and purpose."""
    return {(c.name.zh, c.demander, c.purpose.zh): c for c in then.certificates.values()}


def _choice(city: City, proposed: str, was: Certificate) -> Choice:
    owner = was.demander if city.office(was.demander) else next(iter(city.departments))
    name = DISPOSAL_NAMES[was.disposal].msgid
    return Choice(was.disposal, was.fact, owner, "" if proposed == was.disposal else f"2018 年市里定为“{name}”。")


def _consult(played: Played, now: datetime.datetime, tell: Tell) -> None:
    """Ask about all that is not kept, and let every office agree: with its account, on paper, or by its undertaking."""
    here = city_in_force()
    decided = candidates(Asked(stage=Stage.DECIDED)).exclude(disposal=Disposal.RETAINED)
    if wanted := list(decided.values_list("id", flat=True)):
        consulting.ask(city=here, candidates=wanted, actor=OFFICE, now=now)
    played.asked = len(wanted)
    by_office: dict[tuple[str, bool], list[uuid.UUID]] = defaultdict(list)
    for each in in_consultation():
        for opinion in (said for said in each.round if not said.says):
            by_office[opinion.office, opinion.part == Part.UNDERTAKING].append(opinion.id)
    for (office, undertakes), ids in by_office.items():
        head = Actor(f"demo.{office}", HEAD, office)
        if undertakes:
            opining.sign(city=here, opinions=ids, accepted=True, actor=head, now=now)
        else:
            opining.say(opinions=ids, says=Says.AGREE, actor=head, now=now)
    tell(f"{played.asked} certificates agreed on by {len({office for office, _ in by_office})} offices")


def _publish(then: City, played: Played, now: datetime.datetime, tell: Tell) -> None:
    decided = candidates(Asked(stage=Stage.DECIDED)).filter(disposal=Disposal.RETAINED)
    if kept := list(decided.values_list("id", flat=True)):
        retaining.retain(candidates=kept, why="市外单位要的，或者法律明文要求", actor=OFFICE, now=now)
        played.retained = len(kept)
    as_it_was, agreed = _as_it_was(then), list(candidates(Asked(stage=Stage.AGREED)))
    for batch in then.batches.values():
        codes = [c.code for c in agreed if as_it_was[c.name, c.demander, c.purpose].batch == batch.number]
        made = batches.compose(name=batch.name, codes=codes, actor=OFFICE, now=now)
        publishing.publish(batch=made.number, actor=OFFICE, now=now)
        played.batches.append(len(codes))
        tell(f"batch {made.number}: {len(codes)} certificates cancelled")
