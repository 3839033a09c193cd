"""In which lines of a file of the package something stands, so that what is wrong is said where it was typed."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import yaml

from mianzheng.catalogue.rules.trees import entries_of


def row_lines(text: str, key: str) -> range:
    """Return the lines of the row `key`, counted from 1; none where there is no such row."""
    table = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    before = 0
    for cells in table:
        if cells and cells[0] == key:
            return range(before + 1, table.line_num + 1)
        before = table.line_num
    return range(0)


def node_lines(text: str, path: Sequence[str | int]) -> range:
    """Return the lines of what stands at `path` in a YAML file: keys of mappings, places in lists."""
    node = yaml.compose(text, yaml.CSafeLoader) if text.strip() else None
    for step in path:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        else:
            return range(0)
    if node is None:
        return range(0)
    return range(node.start_mark.line + 1, node.end_mark.line + 1 + (node.end_mark.column > 0))


def entry_lines(text: str, code: str) -> range:
    """Return the lines of the entry `code` of a YAML list."""
    codes = list(entries_of(text))
    return node_lines(text, [codes.index(code)]) if code in codes else range(0)
