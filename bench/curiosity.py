"""How long the night takes over a day of the log: `mianzheng oversight curiosity`.

    python bench/curiosity.py [--lines N] [--staff SHARE]      writes bench/results/curiosity.json

A day is generated in an empty database with the product's own settings, in a home of its own that is removed afterwards:
N lines, SHARE of them looks of 2,000 officers of 40 offices, the rest what applicants and the program looked up, over one
case for every ten lines. One look in a hundred has no case and one in a thousand is at night. Relatives are not read: the
registers are empty. The day is gone through twice, as by night and once more by hand.
"""

from __future__ import annotations

import argparse
import datetime
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import report
from home import fresh

AT_ONCE = 10_000
OFFICERS, OFFICES = 2_000, 40
DAY = datetime.datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))

CASES = """
    INSERT INTO cases_case (id, number, key, matter, owner, edition, applicant, status, answers, started_at, started_by)
    SELECT id, 'C' || n, gen_random_uuid(), 'home', 'office' || n %% %s, gen_random_uuid(), applicant, 'submitted', '{}',
        %s - interval '1 day', 'bench'
    FROM unnest(%s::uuid[], %s::uuid[]) WITH ORDINALITY AS given (id, applicant, n)
"""


def lines(count: int, share: float, cases: list[tuple[uuid.UUID, uuid.UUID]], officers: list[uuid.UUID]) -> Iterator:
    """Yield the entries of the day."""
    from mianzheng.audit.rules import NewEntry

    every = max(round(1 / share), 1)
    for n in range(count):
        place = n * 7919 % len(cases)
        case, applicant = cases[place]
        at = DAY + datetime.timedelta(seconds=n % 28_000)
        if n % every:
            yield NewEntry(at=at, actor="account", actor_role="resident", action="lookup", purpose="办理“申请住房”",
                           subject=applicant, applicant=applicant, case=case, matter="home")  # fmt: skip
            continue
        look = n // every
        # the officers of the office that decides the case; an office's officers are every fortieth
        officer = officers[((look % (OFFICERS // OFFICES)) * OFFICES + (place + 1) % OFFICES) % OFFICERS]
        yield NewEntry(at=at if look % 1009 else at.replace(hour=22), actor=str(officer), actor_role="officer",
                       actor_office=f"office{(place + 1) % OFFICES}", action="reveal", purpose="审批“申请住房”",
                       subject=applicant, applicant=applicant, case=case if look % 101 else None, matter="home")  # fmt: skip


def measure(count: int, share: float) -> dict[str, float]:
    """Return the figures for a day of `count` lines."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from mianzheng.audit.actions import write
    from mianzheng.catalogue.adapters.folder import files_of
    from mianzheng.catalogue.rules.package import read
    from mianzheng.common.actors import OPERATOR
    from mianzheng.oversight.actions.scoring import score
    from mianzheng.web import sql

    city, problems = read(files_of(Path(__file__).resolve().parents[1] / "cities" / "yiwu"))
    assert city is not None, problems
    cases = [(uuid.uuid4(), uuid.uuid4()) for _ in range(count // 10)]
    officers = [uuid.uuid4() for _ in range(OFFICERS)]
    sql.run(CASES, [OFFICES, DAY, [case for case, _ in cases], [applicant for _, applicant in cases]])
    part = []
    for entry in lines(count, share, cases, officers):
        part.append(entry)
        if len(part) == AT_ONCE:
            write(part)
            part = []
    write(part)
    sql.run("ANALYZE")
    del part, cases
    figures: dict[str, float] = {"lines": count, "cases": count // 10, "officers": OFFICERS}
    for name in ("first", "again"):
        with CaptureQueriesContext(connection) as statements:
            begun = time.perf_counter()
            done = score(city=city, day=DAY.date(), actor=OPERATOR, now=DAY + datetime.timedelta(days=1))
            figures[f"{name}_s"] = round(time.perf_counter() - begun, 2)
        figures[f"{name}_statements"] = len(statements)
    return figures | {"looks": done.looks, "leads": done.leads}


def main() -> None:
    """Measure, say and write down."""
    parser = argparse.ArgumentParser(description="How long the night takes over a day of the log.")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--staff", type=float, default=0.2, help="The share of lines that are looks of staff.")
    asked = parser.parse_args()
    with fresh():
        figures = measure(asked.lines, asked.staff)
    report.write("curiosity", figures, command=f"python bench/curiosity.py --lines {asked.lines} --staff {asked.staff}")


if __name__ == "__main__":
    main()
