"""Whether an article demands a paper: it has to name it, or one that states the same."""

from __future__ import annotations

import pytest

from mianzheng.catalogue.rules.statutes import Statute
from mianzheng.reform.rules.articles import demanded_by


def statute(name: str, clause: str = "") -> Statute:
    return Statute("某法", "law", "", None, "第一条", name, clause or f"应当提交{name}", "modelled")


@pytest.mark.parametrize(
    ("name", "purpose", "named", "text", "said"),
    [
        ("工作证明", "出境", ["工作证明"], "", True),
        ("在职证明", "出境", ["工作证明"], "", True),  # states the same
        ("非正常死亡证明", "火化", ["死亡证明"], "", True),  # of the kind it names
        ("未婚证明", "落户", ["城市劳动部门的录用证明", "学校的录取证明"], "", False),
        ("饲养条件证明", "养鹅", ["城市劳动部门的录用证明", "学校的录取证明"], "", False),
        ("饲养条件证明", "养鹅", [], "户口登记以户为单位。", False),
        ("饲养条件证明", "养鹅", [], "养鹅的，应当提交饲养条件证明。", True),
        ("户口登记证明", "落户", [], "户口登记以户为单位。", False),  # speaks of it, demands no paper
        ("无犯罪记录证明", "从业", ["犯罪记录登记表"], "", True),
        ("无房证明", "购房", ["住房证明"], "", False),  # the opposite
        ("收入证明", "低保", [], "", False),
    ],
)
def test_only_what_an_article_names_is_demanded_by_it(
    name: str, purpose: str, named: list[str], text: str, said: bool
) -> None:
    assert demanded_by([statute(each) for each in named], text, name, purpose) is said
