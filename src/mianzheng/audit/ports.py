"""What the log needs from outside: somebody who signs its seals."""

from __future__ import annotations

from typing import Protocol

from mianzheng.web.plugs import Plug


class Signer(Protocol):
    """Signs seals with a key that never lies in the database; Ed25519 by default, SM2 with SM3 where the city must."""

    @property
    def algorithm(self) -> int:
        """The byte that names the kind of signature (C2SP signed-note: 1 is Ed25519)."""
        ...

    def public_key(self) -> bytes:
        """Return the public key, which anybody may have."""
        ...

    def public_keys(self) -> tuple[bytes, ...]:
        """Return every public key this signer has ever used, today's first."""
        ...

    def sign(self, text: bytes) -> bytes:
        """Return the signature of `text`."""
        ...

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Say whether `signature` is that of `text` by any key this signer has ever used."""
        ...


SIGNER: Plug[Signer] = Plug("audit.signer", default="mianzheng.audit.adapters.ed25519.KeyFile")
