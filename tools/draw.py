"""Draw what the docs show from the tables the program runs on.

python tools/draw.py          write docs/reference/states.md
python tools/draw.py check    exit code 1 when the file is out of date
"""

from __future__ import annotations

import sys
from pathlib import Path

from mianzheng.cases.rules.states import ENDED, MOVES, NAMES, WITH_OFFICE, WITH_PERSON, Status, drawing
from mianzheng.centre.rules import breaker, intakes
from mianzheng.gateway.rules import stages
from mianzheng.oversight.rules import leads
from mianzheng.reform.rules import stages as candidates

STATES = Path(__file__).resolve().parents[1] / "docs" / "reference" / "states.md"
HANDS = {WITH_PERSON: "the applicant", WITH_OFFICE: "the deciding department", ENDED: "nobody: it has ended"}


def states() -> str:
    """Return the page about the states of a case."""
    lines = [
        "# States of a case (办件状态)",
        "",
        "Made by `python tools/draw.py` from `mianzheng.cases.rules.states`; a test compares. Nothing moves a case but these",
        "moves. The program may grant, where the matter allows it and every fact holds; only an officer refuses.",
        "",
        "```mermaid",
        drawing().rstrip(),
        "```",
        "",
        "## Statuses",
        "",
        "| status | on the page | in whose hands |",
        "|---|---|---|",
        *(f"| `{status}` | {NAMES[status]} | {_hands(status)} |" for status in Status),
        "",
        "## Moves",
        "",
        "| move | from | to | by | what must be so |",
        "|---|---|---|---|---|",
        *(f"| `{m.name}` | `{m.source}` | `{m.target}` | {m.by} | {m.guard} |" for m in MOVES),
        "",
        "# States of a connection (熔断)",
        "",
        "From `mianzheng.centre.rules.breaker`. A source that keeps failing is left alone for a while, so that nobody waits",
        "for it; `failures` and `pause` stand in the city package (`connections.yaml`).",
        "",
        "```mermaid",
        breaker.drawing().rstrip(),
        "```",
        "",
        "| move | from | to | what must be so |",
        "|---|---|---|---|",
        *(f"| `{m.name}` | `{m.source}` | `{m.target}` | {m.guard} |" for m in breaker.MOVES),
        "",
        "# Stages of a batch of records (数据归集)",
        "",
        "From `mianzheng.centre.rules.intakes`. A batch changes nothing before it is `loaded`; one that broke off may be",
        "loaded again.",
        "",
        "```mermaid",
        intakes.drawing().rstrip(),
        "```",
        "",
        "# Stages of a grant (查询授权)",
        "",
        "From `mianzheng.gateway.rules.stages`. Each office that has to agree answers in its turn and by its due date; the data",
        "centre comes last. Days stand in the city package (`asking.yaml`). That a term is over is seen from its last day.",
        "",
        "```mermaid",
        stages.drawing().rstrip(),
        "```",
        "",
        "| move | from | to | by | what must be so |",
        "|---|---|---|---|---|",
        *(f"| `{m.name}` | `{m.source}` | `{m.target}` | {m.by} | {m.guard} |" for m in stages.MOVES),
        "",
        "# States of a lead (查询线索)",
        "",
        "From `mianzheng.oversight.rules.leads`. A lead is a question and has no effect on anything; nobody decides on their",
        "own, and the program only passes on what nobody decided in time.",
        "",
        "```mermaid",
        leads.drawing().rstrip(),
        "```",
        "",
        "| move | from | to | by | what must be so |",
        "|---|---|---|---|---|",
        *(f"| `{m.name}` | `{m.source}` | `{m.target}` | {m.by} | {m.guard} |" for m in leads.MOVES),
        "",
        "# A certificate on its way (证明清理)",
        "",
        "From `mianzheng.reform.rules.stages`. The demanding side, the issuing side and the justice bureau are asked at once; whoever",
        "is silent is reminded and has the same time again (`consult_days` in the city package). Silence is never a yes. A",
        "certificate whose other way changes after it was published (更改) stays where it is.",
        "",
        "```mermaid",
        candidates.drawing().rstrip(),
        "```",
        "",
        "| move | from | to | by | what must be so |",
        "|---|---|---|---|---|",
        *(f"| `{m.name}` | `{m.source}` | `{m.target}` | {m.by} | {m.guard} |" for m in candidates.MOVES),
    ]
    return "\n".join(lines) + "\n"


def _hands(status: Status) -> str:
    return next(words for statuses, words in HANDS.items() if status in statuses)


def main(words: list[str]) -> int:
    """Write the page, or say whether it is up to date."""
    if words == ["check"]:
        fresh = STATES.exists() and STATES.read_text(encoding="utf-8") == states()
        print("up to date" if fresh else "docs/reference/states.md is out of date: run python tools/draw.py")
        return 0 if fresh else 1
    STATES.parent.mkdir(parents=True, exist_ok=True)
    STATES.write_text(states(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
