"""What the vault needs from outside: a place for its keys that is neither the database nor the backup."""

from __future__ import annotations

from typing import Protocol

from mianzheng.people.rules.keyring import Keyring
from mianzheng.web.plugs import Plug


class KeyStore(Protocol):
    """Keeps the keys of the vault."""

    def read(self) -> Keyring | None:
        """Return the keys, or None where there are none yet."""

    def create(self) -> Keyring:
        """Make the first keys, unless somebody else just did; return the ones that count."""

    def replace(self, keyring: Keyring) -> None:
        """Put `keyring` in place, durably and all at once."""

    def new_version(self, keyring: Keyring) -> Keyring:
        """Return `keyring` with fresh keys as its current version; nothing is stored yet."""

    def check_config(self) -> tuple[str, ...]:
        """Return what is wrong with the place, in sentences for an operator."""


KEYS: Plug[KeyStore] = Plug("people.keys", default="mianzheng.people.adapters.keyfile.KeyFile")
