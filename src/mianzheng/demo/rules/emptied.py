"""The city package as it was before anybody listed a certificate."""

from __future__ import annotations

from collections.abc import Mapping

from mianzheng.catalogue.rules.editing import text_of, tree_of

LISTS = ("certificates.csv", "batches.csv")


def emptied(files: Mapping[str, str]) -> dict[str, str]:
    """Return the package without certificates and batches, and without whatever names one: papers that matters asked for, needs
    for which a paper is kept, feeds that took a certificate's place.
    """
    made = dict(files)
    for name in LISTS:
        made[name] = files[name].splitlines(keepends=True)[0]
    for name, text in files.items():
        if name.startswith("matters/"):
            tree = tree_of(text)
            tree.pop("papers", None)
            for need in tree.get("facts") or ():
                need.pop("retained", None)
            made[name] = text_of(tree)
        elif name == "feeds.yaml":
            tree = tree_of(text)
            for feed in tree:
                feed.pop("instead_of", None)
            made[name] = text_of(tree)
    return made
