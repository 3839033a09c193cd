"""The two keys of the vault and what is done with them. Pure: the caller brings the randomness.

A version holds a pair: one key seals names and numbers (AES-256-GCM), one makes the blind index (HMAC-SHA256). A seal
is one byte of version, 12 bytes of nonce, then ciphertext and tag; it opens only for the subject and field it was
made for.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
LAST_VERSION = 255


class SealBroken(Exception):
    """A seal does not open: the keys are not the ones it was made with, or somebody moved or changed it."""


@dataclass(frozen=True, slots=True)
class Keys:
    """One version of both keys."""

    seal: bytes
    index: bytes

    def fingerprint(self) -> bytes:
        """Return 16 bytes that tell these keys from others and give nothing away."""
        return hmac.digest(self.index, b"mianzheng vault keys\x1f" + hashlib.sha256(self.seal).digest(), "sha256")[:16]


@dataclass(frozen=True)
class Keyring:
    """Every version still needed; new seals are made with the `current` one."""

    current: int
    versions: Mapping[int, Keys]

    def with_new(self, keys: Keys) -> Keyring:
        """Return the ring with `keys` as its new current version."""
        version = max(self.versions) + 1
        if version > LAST_VERSION:
            raise ValueError("255 versions are used up: forget the old ones and renumber by an export")
        return Keyring(version, {**self.versions, version: keys})

    def without(self, versions: frozenset[int]) -> Keyring:
        """Return the ring without `versions`; the current one always stays."""
        return Keyring(
            self.current, {v: keys for v, keys in self.versions.items() if v == self.current or v not in versions}
        )

    def index(self, kind: str, number: str, version: int | None = None) -> bytes:
        """Return the blind index of a normalised number."""
        keys = self.versions[self.current if version is None else version]
        return hmac.digest(keys.index, f"{kind}\x1f{number}".encode(), "sha256")

    def indexes(self, kind: str, number: str) -> list[bytes]:
        """Return the blind index under every version: while keys are being rotated a number may lie under either."""
        return [self.index(kind, number, version) for version in self.versions]

    def seal(self, text: str, *, subject: uuid.UUID, field: str, nonce: bytes) -> bytes:
        """Seal `text` as `field` of `subject`; a nonce is used once."""
        cipher = AESGCM(self.versions[self.current].seal)
        return bytes([self.current]) + nonce + cipher.encrypt(nonce, text.encode(), _bound_to(subject, field))

    def unseal(self, sealed: bytes, *, subject: uuid.UUID, field: str) -> str:
        """Open a seal, or raise `SealBroken`."""
        keys = self.versions.get(sealed[0])
        if keys is None:
            raise SealBroken(f"version {sealed[0]} of the keys is missing from the key file")
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return AESGCM(keys.seal).decrypt(nonce, body, _bound_to(subject, field)).decode()
        except InvalidTag as broken:
            raise SealBroken("the seal was made with other keys, for another subject, or was changed") from broken


def _bound_to(subject: uuid.UUID, field: str) -> bytes:
    return subject.bytes + field.encode()
