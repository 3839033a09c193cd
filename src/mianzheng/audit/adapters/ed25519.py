"""Signing with Ed25519 (RFC 8032); the key is in ``MIANZHENG_HOME/seal-key.json``, readable by its owner only.

Beside it the file keeps the public halves of the keys used before (`retired`), so that what they signed still verifies.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

FILE = "seal-key.json"
_NOTE = "Signs the seals over the log. Keep a copy apart; whoever has it could seal a log of their own."


class KeyFile:
    """See `audit.ports.Signer`. The key is made when it is first needed."""

    algorithm = 1

    def __init__(self) -> None:
        self._path = Path(settings.MIANZHENG_HOME) / FILE

    def public_key(self) -> bytes:
        return self.public_keys()[0]

    def public_keys(self) -> tuple[bytes, ...]:
        key, retired = self._keys()
        return (_public(key), *retired)

    def sign(self, text: bytes) -> bytes:
        return self._keys()[0].sign(text)

    def verify(self, text: bytes, signature: bytes) -> bool:
        return any(verifies(key, text, signature) for key in self.public_keys())

    def replace(self) -> None:
        """Sign with a new key from now on; of the old one only the public half stays."""
        fresh, owner = self._written(self.public_keys()), self._path.stat()
        os.chown(fresh, owner.st_uid, owner.st_gid)  # whoever replaces it, the pages go on reading it
        fresh.replace(self._path)

    def _keys(self) -> tuple[Ed25519PrivateKey, tuple[bytes, ...]]:
        if not self._path.exists():
            self._make()
        return _read(self._path, self._path.stat().st_mtime_ns)

    def _make(self) -> None:
        fresh = self._written(())
        with contextlib.suppress(FileExistsError):  # of two who begin together one wins, and both use that key
            os.link(fresh, self._path)
        fresh.unlink()

    def _written(self, retired: Sequence[bytes]) -> Path:
        """Return a file beside the real one with a new key in it."""
        said = {
            "note": _NOTE,
            "ed25519": base64.b64encode(secrets.token_bytes(32)).decode(),
            "retired": [base64.b64encode(key).decode() for key in retired],
        }
        fresh = self._path.with_name(f"{FILE}.{secrets.token_hex(8)}")
        with open(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as out:
            json.dump(said, out)
            out.flush()
            os.fsync(out.fileno())
        return fresh


def verifies(public_key: bytes, text: bytes, signature: bytes) -> bool:
    """Say whether `signature` is that of `text` by the owner of `public_key`."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


@functools.lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> tuple[Ed25519PrivateKey, tuple[bytes, ...]]:
    said = json.loads(path.read_text("utf-8"))
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(said["ed25519"]))
    return key, tuple(base64.b64decode(each) for each in said.get("retired", ()))


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
