"""Keys that live as long as the process: for tests."""

from __future__ import annotations

from mianzheng.people.adapters.keyfile import new_keys
from mianzheng.people.rules.keyring import Keyring


class MemoryKeys:
    """See `people.ports.KeyStore`."""

    _ring: Keyring | None = None

    def read(self) -> Keyring | None:
        return MemoryKeys._ring

    def create(self) -> Keyring:
        MemoryKeys._ring = MemoryKeys._ring or Keyring(1, {1: new_keys()})
        return MemoryKeys._ring

    def replace(self, keyring: Keyring) -> None:
        MemoryKeys._ring = keyring

    def new_version(self, keyring: Keyring) -> Keyring:
        return keyring.with_new(new_keys())

    def check_config(self) -> tuple[str, ...]:
        return ()
