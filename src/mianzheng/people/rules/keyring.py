"""The two keys of the vault and what is done with them. Pure: the caller brings the randomness.

A version holds a pair: one key seals names and numbers (AES-256-GCM), one makes the blind index (HMAC-SHA256). A seal
is one byte of version, 12 bytes of nonce, then ciphertext and tag; it opens only for the subject and field it was
made for.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Mapping, Sequence
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

    def index_many(self, kind: str, numbers: Sequence[str], version: int | None = None) -> list[bytes]:
        """Return the blind index of each of `numbers`, normalised; twice as fast as one by one, as HMAC's two first
        blocks are hashed once only (RFC 2104, 4).
        """
        block = self.versions[self.current if version is None else version].index.ljust(64, b"\0")
        inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + f"{kind}\x1f".encode())
        outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))
        found = []
        for number in numbers:
            first = inner.copy()
            first.update(number.encode())
            second = outer.copy()
            second.update(first.digest())
            found.append(second.digest())
        return found

    def seal(self, text: str, *, subject: uuid.UUID, field: str, nonce: bytes) -> bytes:
        """Seal `text` as `field` of `subject`; a nonce is used once."""
        cipher = AESGCM(self.versions[self.current].seal)
        return bytes([self.current]) + nonce + cipher.encrypt(nonce, text.encode(), _bound_to(subject, field))

    def seal_many(
        self, texts: Sequence[str], *, subjects: Sequence[uuid.UUID], field: str, nonces: bytes
    ) -> list[bytes]:
        """Do the same with each of `texts` and its subject; `nonces` has 12 bytes for each."""
        encrypt = AESGCM(self.versions[self.current].seal).encrypt
        version, bound_to, sealed = bytes([self.current]), field.encode(), []
        for n, (text, subject) in enumerate(zip(texts, subjects, strict=True)):
            nonce = nonces[n * NONCE_BYTES : (n + 1) * NONCE_BYTES]
            sealed.append(version + nonce + encrypt(nonce, text.encode(), subject.bytes + bound_to))
        return sealed

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
