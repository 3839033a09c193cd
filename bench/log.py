"""How fast the log is written, sealed and proven whole.

    python bench/log.py [--entries N]      writes bench/results/log.json

A log is filled by the product's own door in statements of `AT_ONCE` entries, as the gateway writes what arrived together,
sealed after every `SEALED_AFTER` of them, as at 20,000 look-ups a second and a seal every three seconds, and then proven
from the first entry to the last: `mianzheng log verify`. Each figure is of one run; the database runs with the product's
own settings, in a home of its own that is removed afterwards.
"""

from __future__ import annotations

import argparse
import datetime
import time
import uuid

import report
from home import fresh

AT_ONCE = 200
SEALED_AFTER = 60_000


def measure(count: int) -> dict[str, float]:
    """Return the figures for a log of `count` entries; raises RuntimeError where it does not prove."""
    from mianzheng.audit.actions import write
    from mianzheng.audit.actions.sealing import seal
    from mianzheng.audit.queries.verifying import verify
    from mianzheng.audit.rules import NewEntry

    now = datetime.datetime.now(datetime.UTC)
    people = [uuid.uuid4() for _ in range(10_000)]

    def entry(number: int) -> NewEntry:
        return NewEntry(
            at=now,
            actor="key:7f31c2",
            actor_role="asker",
            actor_office="bank",
            action="looked_up",
            purpose="办理贷款，依据《个人信息保护法》第十三条",
            subject=people[number % len(people)],
            matter="loan",
            fact="no_debt",
            item="debts",
            verdict="holds",
            detail={"records": 1, "grant": number},
        )

    written = sealed = 0.0
    slowest = 0.0
    for first in range(0, count, SEALED_AFTER):
        begun = time.perf_counter()
        for start in range(first, min(first + SEALED_AFTER, count), AT_ONCE):
            write([entry(number) for number in range(start, start + AT_ONCE)])
        done = time.perf_counter()
        seal(origin="bench", now=now)
        took = time.perf_counter() - done
        written, sealed, slowest = written + done - begun, sealed + took, max(slowest, took)
    begun = time.perf_counter()
    proven = verify()
    took = time.perf_counter() - begun
    if proven.problems or proven.entries != count:
        raise RuntimeError(f"{proven.entries} of {count} proven, {len(proven.problems)} problems")
    return {
        "entries": count,
        "seals": proven.seals,
        "write_per_s": round(count / written),
        "seal_per_s": round(count / sealed),
        "slowest_seal_s": round(slowest, 3),
        "verify_per_s": round(count / took),
    }


def main() -> None:
    """Measure, say and write down."""
    parser = argparse.ArgumentParser(description="How fast the log is written, sealed and proven.")
    parser.add_argument("--entries", type=int, default=1_200_000)
    asked = parser.parse_args()
    with fresh():
        figures = measure(asked.entries // AT_ONCE * AT_ONCE)
    report.write("log", figures, command=f"python bench/log.py --entries {asked.entries}")


if __name__ == "__main__":
    main()
