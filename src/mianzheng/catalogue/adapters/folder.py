"""A city package as a folder of files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mianzheng.catalogue.rules.package import SUFFIXES
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason


def files_of(folder: Path) -> dict[str, str]:
    """Return the texts of the package in `folder` by their path within it.

    Raises `Refusal` where the folder is missing or a file is not UTF-8.
    """
    found = {}
    for name, text in texts_of(folder).items():
        if text is None:
            raise Refusal(
                Reason(N_("文件 %(file)s 不是 UTF-8 编码。"), {"file": name}),
                Reason(N_("请把它另存为 UTF-8 后再试；系统没有载入任何内容。")),
            )
        found[name] = text
    return found


def texts_of(folder: Path) -> dict[str, str | None]:
    """Return the same, with None for a file that is not UTF-8, for whoever tells all that is wrong at once.

    Raises `Refusal` where the folder is missing.
    """
    if not (folder / "city.yaml").is_file():
        raise Refusal(
            Reason(N_("%(folder)s 不是城市包：其中没有 city.yaml。"), {"folder": str(folder)}),
            Reason(N_("请给出城市包所在的目录，例如 cities/yiwu。")),
        )
    found: dict[str, str | None] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES and path.is_file() and path.name != "README.md":
            try:
                text = path.read_bytes().decode()  # the very line ends, so that it can be written back byte for byte
            except UnicodeDecodeError:
                text = None
            found[path.relative_to(folder).as_posix()] = text
    return found


def write(files: Mapping[str, str], folder: Path) -> None:
    """Write the package `files` into `folder`, byte for byte as it was read; what else lies there stays.

    Raises `Refusal` where there are files of a package already that this one does not have.
    """
    there = texts_of(folder).keys() if (folder / "city.yaml").is_file() else set()
    more = sorted(there - files.keys())
    if more or (folder.exists() and not folder.is_dir()):
        raise Refusal(
            Reason(
                N_("%(folder)s 里已经有别的城市包的文件，比如 %(file)s。"),
                {"folder": str(folder), "file": (more or [""])[0]},
            ),
            Reason(N_("请给出一个空的目录；什么都没有写。")),
        )
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
