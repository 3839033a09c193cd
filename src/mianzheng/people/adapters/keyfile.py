"""The keys in a file: ``MIANZHENG_HOME/keys.json``, readable by its owner only, kept out of database and backup."""

from __future__ import annotations

import base64
import functools
import json
import os
import secrets
import stat
from pathlib import Path

from django.conf import settings

from mianzheng.people.rules.keyring import KEY_BYTES, Keyring, Keys

_NOTE = (
    "Keys of the identity vault. Keep a copy apart from the database and its backups; without it nothing can be read."
)


class KeyFile:
    """See `people.ports.KeyStore`. A damaged file raises ValueError with one sentence and is left as it is."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or Path(settings.MIANZHENG_HOME) / "keys.json"

    def read(self) -> Keyring | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return _parsed(self.path, (found.st_mtime_ns, found.st_ino, found.st_size))

    def create(self) -> Keyring:
        fresh = self._written(Keyring(1, {1: new_keys()}))
        try:
            # a link refuses to overwrite: of two processes that start together one wins and both read the same keys
            os.link(fresh, self.path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        self._settle()
        keyring = self.read()
        assert keyring is not None
        return keyring

    def replace(self, keyring: Keyring) -> None:
        self._written(keyring).replace(self.path)
        self._settle()

    def new_version(self, keyring: Keyring) -> Keyring:
        return keyring.with_new(new_keys())

    def check_config(self) -> tuple[str, ...]:
        if not self.path.exists():
            return ()
        problems = []
        if stat.S_IMODE(self.path.stat().st_mode) & 0o077:
            problems.append(f"{self.path.name} can be read by others: chmod 600 it")
        try:
            self.read()
        except ValueError as wrong:
            problems.append(str(wrong))
        return tuple(problems)

    def _written(self, keyring: Keyring) -> Path:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_name(f"keys.{secrets.token_hex(8)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(_as_json(keyring), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        return fresh

    def _settle(self) -> None:
        # the name itself must survive a power cut, or documents would be sealed with keys nobody has
        descriptor = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def new_keys() -> Keys:
    """Make a fresh pair of keys."""
    return Keys(seal=secrets.token_bytes(KEY_BYTES), index=secrets.token_bytes(KEY_BYTES))


@functools.lru_cache(maxsize=8)
def _parsed(path: Path, _state: tuple[int, int, int]) -> Keyring:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        versions = {
            int(version): Keys(seal=_key(pair["seal"]), index=_key(pair["index"]))
            for version, pair in said["versions"].items()
        }
        keyring = Keyring(int(said["current"]), versions)
        keyring.versions[keyring.current]
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise ValueError(
            f"{path.name} is damaged ({wrong}): put back your copy of it; without it no name or number can be read"
        ) from wrong
    return keyring


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {len(key)} bytes instead of {KEY_BYTES}")
    return key


def _as_json(keyring: Keyring) -> dict[str, object]:
    return {
        "note": _NOTE,
        "current": keyring.current,
        "versions": {
            str(version): {"seal": base64.b64encode(keys.seal).decode(), "index": base64.b64encode(keys.index).decode()}
            for version, keys in keyring.versions.items()
        },
    }
