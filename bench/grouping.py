"""How fast a list of certificates is grouped, and how much noise in the names breaks groups apart.

    python bench/grouping.py [--rows N]      writes bench/results/grouping.json

The rows are Yiwu's certificates, drawn with a seed and written as offices write them: the city or an office in front, a
purpose in brackets, other punctuation, a missing first letter. `kept_share` is the share of rows that still stand in the
group of their own name without noise. In `hard` every name has six letters nobody knows in front, which is the worst there
is for the blocks. Seconds are those of the processor.
"""

from __future__ import annotations

import argparse
import csv
import random
import time

import report

from mianzheng.reform.rules.grouping import Named, groups

SEED = 1
BEFORE = ["", "", "", "", "", "", "义乌市", "居民", "公证用", "社区出具的", "派出所开具的", "有效的", "三)", "【新】"]
BEHIND = ["", "", "", "", "（签证）", "。", " ", "（市外使用）", "材料", "书", "（原件）"]
PURPOSES = ["", "贷款", "入学", "办理低保"]
LETTERS = "甲乙丙丁戊己庚辛壬癸天地玄黄宇宙洪荒"


def noisy(name: str, chance: random.Random) -> str:
    """Return `name` as some office may write it."""
    if chance.random() < 0.03:
        return name[1:]
    text = chance.choice(BEFORE) + name + chance.choice(BEHIND)
    return text.replace("（", "(").replace("）", ")") if chance.random() < 0.2 else text


def measure(rows: list[Named]) -> tuple[float, int, dict[str, int]]:
    """Return the seconds, the number of groups, and in which group each name is."""
    started = time.process_time()
    found = groups(rows)
    took = time.process_time() - started
    return took, len(found), {rows[each.place].name: n for n, group in enumerate(found) for each in group.members}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=10_000)
    wanted = options.parse_args().rows
    with (report.ROOT / "cities" / "yiwu" / "certificates.csv").open(encoding="utf-8", newline="") as file:
        names = sorted({row["name"] for row in csv.DictReader(file)})
    chance = random.Random(SEED)
    drawn = [(name, noisy(name, chance)) for name in chance.choices(names, k=wanted)]
    rows = [Named(name) for name in names]
    rows += [Named(text, chance.choice(PURPOSES)) for _, text in drawn]
    seconds, many, where = measure(rows)
    kept = sum(where[text] == where[name] for name, text in drawn)
    hard = [Named("".join(chance.choices(LETTERS, k=6)) + name) for name, _ in drawn]
    hard_seconds, hard_many, _ = measure(hard)
    figures = {
        "rows": len(rows),
        "names": len({row.name for row in rows}),
        "groups": many,
        "groups_without_noise": measure([Named(name) for name in names])[1],
        "kept_share": round(kept / len(drawn), 3),
        "seconds": round(seconds, 2),
        "hard_seconds": round(hard_seconds, 2),
        "hard_groups": hard_many,
    }
    report.write("grouping", figures, command="python bench/grouping.py")


if __name__ == "__main__":
    main()
