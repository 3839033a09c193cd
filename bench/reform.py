"""What the reform office's rules propose against what places really did; how well names are grouped; how long 10,000 rows take.

    python bench/reform.py [--rows N]      writes bench/results/reform.json

`kept_accuracy` and `way_accuracy` are held against the public lists in cities/yiwu/demo/elsewhere.csv (tests/rules/public_lists.py says
how), the half the rules were fitted on and the other one told apart. `fact_precision` and `fact_coverage` are of the fact suggested
for a certificate of the city package, `fact_stray` is how many get one for which the package has none. `precision` and `recall` are of the labelled pairs of names
(tests/rules/certificate_pairs.md). `rows_10k_s` is the time from the bytes of differently shaped files to a proposal for every certificate, through
the actions and kept in an empty database of its own: imported, grouped, confirmed, judged; `rules_10k_s` is the rules alone, in memory, a
proposal for every row. The files are the demo's, with the names written as offices write them.
"""

from __future__ import annotations

import argparse
import datetime
import random
import sys
import time
from collections import Counter
from dataclasses import replace
from zoneinfo import ZoneInfo

import report
from home import fresh

sys.path.insert(0, str(report.ROOT))

from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.centre.rules.readiness import State
from mianzheng.common.texts import Text
from mianzheng.demo.adapters.workbooks import content_of
from mianzheng.demo.rules.lists import lists
from mianzheng.reform.rules.classes import propose
from mianzheng.reform.rules.grouping import Named, groups
from mianzheng.reform.rules.inventory import Listed, read
from mianzheng.reform.rules.situations import Demand, grounds, situation_of
from mianzheng.web.reading.grids import grids_of
from tests.rules import certificates_attested as attested
from tests.rules import public_lists as public
from tests.rules.test_grouping import PAIRS, figures

SEED = 1
NOW = datetime.datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
BEFORE = ["", "", "", "", "", "", "义乌市", "居民", "公证用", "社区出具的", "派出所开具的", "有效的", "三)", "【新】"]
BEHIND = ["", "", "", "", "（签证）", "。", " ", "（市外使用）", "材料", "书", "（原件）"]
LETTERS = "甲乙丙丁戊己庚辛壬癸天地玄黄宇宙洪荒"


def noisy(name: str, chance: random.Random) -> str:
    """Return `name` as some office may write it."""
    if chance.random() < 0.03:
        return name[1:]
    text = chance.choice(BEFORE) + name + chance.choice(BEHIND)
    return text.replace("（", "(").replace("）", ")") if chance.random() < 0.2 else text


def accuracy() -> dict[str, float]:
    """Hold the rules against the public lists; print the confusion matrix and every row that came out otherwise."""
    rows = public.rows()
    halves = {"": rows, "_tuned": [r for r in rows if r.tuned], "_held_out": [r for r in rows if not r.tuned]}
    found: dict[str, float] = {}
    for half, chosen in halves.items():
        named = [row for row in chosen if row.was in public.WAYS]
        found |= {
            f"kept_accuracy{half}": round(public.kept_accuracy(chosen), 3),
            f"kept_rows{half}": len(chosen),
            f"way_accuracy{half}": round(public.way_accuracy(chosen), 3),
            f"way_rows{half}": len(named),
        }
    matrix = Counter((row.was, public.said(row).value) for row in rows)
    columns = [each.value for each in Disposal if each is not Disposal.ASKED]
    print(f"{'was there':20}" + "".join(f"{column:>20}" for column in columns))
    for was in sorted({row.was for row in rows}):
        print(f"{was:20}" + "".join(f"{matrix[was, column] or '.':>20}" for column in columns))
    for row in rows:
        if not public.kept_right(row) or (row.was in public.WAYS and not public.way_right(row)):
            one = row.demand
            print(
                f"  {row.was} there, {public.said(row)} here: {one.name} | {one.purpose} | {one.demander} | {one.issuer}"
            )
    return found


def facts() -> dict[str, float]:
    """Hold the fact suggested for each certificate against the one the city package names (tests/rules/certificates_attested.py)."""
    found: dict[str, float] = {}
    for half, is_tuned in (("tuned", True), ("held_out", False)):
        figures = attested.figures([o for o in public.city().certificates.values() if attested.tuned(o) == is_tuned])
        found |= {
            f"fact_precision_{half}": round(figures.precision, 3),
            f"fact_coverage_{half}": round(figures.coverage, 3),
            f"fact_stray_{half}": round(figures.stray, 3),
        }
    return found


def grouping(names: list[str], wanted: int, chance: random.Random) -> dict[str, float]:
    """Measure how much noise in names breaks groups apart, and the worst there is for the blocks: six unknown letters in front."""
    drawn = [(name, noisy(name, chance)) for name in chance.choices(names, k=wanted)]
    listed = [Named(name) for name in names] + [Named(text) for _, text in drawn]
    where = {listed[each.place].name: n for n, group in enumerate(groups(listed)) for each in group.members}
    hard = [Named("".join(chance.choices(LETTERS, k=6)) + name) for name, _ in drawn]
    started = time.process_time()
    groups(hard)
    return {
        "kept_together": round(sum(where[text] == where[name] for name, text in drawn) / len(drawn), 3),
        "hard_grouping_s": round(time.process_time() - started, 2),
    }


def files(city: City, wanted: int, chance: random.Random) -> list[bytes]:
    """Return the demo's files, grown to about `wanted` rows."""
    many = {}
    kinds = list(city.certificates.values())
    for number in range(wanted):
        one = chance.choice(kinds)
        code = f"{one.code}-{number}"
        many[code] = replace(one, code=code, name=Text(noisy(one.name.zh, chance), one.name.en))
    return [content_of(book) for book in lists(replace(city, certificates=many), ()) if not book.encoding]


def rows_in(contents: list[bytes]) -> list[Listed]:
    return [each for content in contents for grid in grids_of(content) for each in read(grid.lines, {}).listed]


def by_rules(city: City, contents: list[bytes], wanted: int) -> dict[str, float]:
    """Time the rules alone, from bytes to proposals, in memory."""
    states = dict.fromkeys(city.items, State.READY)
    started = time.perf_counter()
    listed = rows_in(contents)[:wanted]
    read_at = time.perf_counter()
    grouped = groups([Named(each.name, each.purpose, each.issuer) for each in listed])
    grouped_at = time.perf_counter()
    known = grounds(city)
    proposals = Counter(
        propose(
            situation_of(
                Demand(each.name, each.purpose, each.demander, issuer=each.issuer, basis=each.basis), known, states
            ).situation
        ).disposal
        for each in listed
    )
    ended = time.perf_counter()
    assert sum(proposals.values()) == wanted, f"only {len(listed)} rows in the files"
    return {
        "rules_10k_s": round((ended - started) * 10_000 / wanted, 2),
        "files": len(contents),
        "groups": len(grouped),
        "read_s": round(read_at - started, 2),
        "group_s": round(grouped_at - read_at, 2),
        "judge_s": round(ended - grouped_at, 2),
    }


def as_people_do(contents: list[bytes]) -> dict[str, float]:
    """Time what the pages and commands do, kept in a database: import every file, group, confirm all, propose for all."""
    with fresh():
        from mianzheng.catalogue.actions.load_city import load_city
        from mianzheng.catalogue.adapters.folder import files_of
        from mianzheng.catalogue.queries.editions import city as city_in_force
        from mianzheng.common.actors import OPERATOR
        from mianzheng.demo.rules.emptied import emptied
        from mianzheng.reform.actions import grouping as grouped
        from mianzheng.reform.actions import importing, judging
        from mianzheng.reform.models import Candidate, Row
        from mianzheng.reform.rules.states import Side

        acting = {"actor": OPERATOR, "now": NOW}
        load_city(files=emptied(files_of(report.ROOT / "cities" / "yiwu")), actor="operator", now=NOW)
        here = city_in_force()
        started = time.perf_counter()
        for number, content in enumerate(contents):
            sent = {"city": here, "office": "civil_affairs", "side": Side.DEMAND, "name": f"{number}.xlsx"}
            taken = importing.take_in(**sent, content=content, **acting)
            importing.accept(city=here, report=taken, replaces=False, group=False, **acting)
        imported = time.perf_counter()
        grouped.regroup(**acting)
        grouped_at = time.perf_counter()
        grouped.confirm_sure(city=here, least=0.0, **acting)
        confirmed = time.perf_counter()
        judging.review(city=here, now=NOW)
        ended = time.perf_counter()
        rows = Row.objects.count()
        return {
            "rows_10k_s": round((ended - started) * 10_000 / rows, 2),
            "rows_kept": rows,
            "kept_certificates": Candidate.objects.count(),
            "import_s": round(imported - started, 2),
            "regroup_s": round(grouped_at - imported, 2),
            "confirm_s": round(confirmed - grouped_at, 2),
            "propose_s": round(ended - confirmed, 2),
        }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=10_000)
    wanted = options.parse_args().rows
    city, chance = public.city(), random.Random(SEED)
    precision, recall = figures([pair for pair in PAIRS if pair["doubtful"] == "no"])
    found = accuracy() | {"precision": round(precision, 3), "recall": round(recall, 3)}
    found |= facts()
    contents = files(city, wanted, chance)
    found |= by_rules(city, contents, wanted)
    found |= as_people_do(contents)
    found |= grouping(sorted({each.name.zh for each in city.certificates.values()}), wanted, chance)
    report.write("reform", found, command="python bench/reform.py")


if __name__ == "__main__":
    main()
