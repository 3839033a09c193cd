"""What a seal says and how it is signed: a checkpoint, written as a signed note (C2SP tlog-checkpoint, signed-note).

origin                          whose log it is
size                            how many entries the tree has
root                            its root, Base64
time                            when it was sealed, UTC
                                an empty line, then a line for each signature:
— name Base64(key id, signature)
"""

from __future__ import annotations

import base64
import binascii
import datetime
import hashlib
from dataclasses import dataclass

DASH = "— "
ID_BYTES = 4


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log as it stood: `size` entries whose tree has the `root`, at `sealed_at`."""

    origin: str
    size: int
    root: bytes
    sealed_at: datetime.datetime

    def text(self) -> str:
        """Return what is signed."""
        root = base64.b64encode(self.root).decode()
        when = self.sealed_at.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return f"{self.origin}\n{self.size}\n{root}\n{when}\n"


def key_id(name: str, algorithm: int, public_key: bytes) -> bytes:
    """Return the four bytes by which a signature names its key (signed-note: SHA-256 of name, algorithm byte and key)."""
    return hashlib.sha256(f"{name}\n".encode() + bytes([algorithm]) + public_key).digest()[:ID_BYTES]


def signed(checkpoint: Checkpoint, *, name: str, key: bytes, signature: bytes) -> str:
    """Return the signed note; `key` is the id of the key that made `signature`."""
    return f"{checkpoint.text()}\n{DASH}{name} {base64.b64encode(key + signature).decode()}\n"


def read(note: str) -> tuple[Checkpoint, list[tuple[str, bytes, bytes]]]:
    """Return the checkpoint of a signed note and its signatures: name, key id, signature. Raises ValueError."""
    text, found, lines = note.rpartition("\n\n")
    parts = f"{text}\n".split("\n")
    if not found or len(parts) != 5 or not parts[1].isdecimal():
        raise ValueError("no signed checkpoint")
    try:
        when = datetime.datetime.fromisoformat(parts[3].replace("Z", "+00:00"))
        checkpoint = Checkpoint(parts[0], int(parts[1]), base64.b64decode(parts[2], validate=True), when)
        signatures = [_signature(line) for line in lines.splitlines()]
    except (ValueError, binascii.Error) as wrong:
        raise ValueError("no signed checkpoint") from wrong
    if checkpoint.text() != f"{text}\n" or not signatures:
        raise ValueError("no signed checkpoint")
    return checkpoint, signatures


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, _, said = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not name:
        raise ValueError("no signature")
    raw = base64.b64decode(said, validate=True)
    return name, raw[:ID_BYTES], raw[ID_BYTES:]
