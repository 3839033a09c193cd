"""What the gateway needs from outside: somebody who puts the city's seal on a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mianzheng.web.plugs import Plug


@dataclass(frozen=True, slots=True)
class Stamped:
    """What a document with a seal turned out to be: `whole` where its seal is ours and nothing was changed since, and the
    file of that name it carries.
    """

    whole: bool
    attached: bytes = b""


class Stamp(Protocol):
    """The city's seal for documents (电子印章): a key of its own with an X.509 certificate, in whatever kind the city must."""

    def stamp(self, document: bytes, *, reason: str) -> bytes:
        """Return the PDF with the seal on it (PAdES, ETSI EN 319 142). Raises `Refusal` where the key cannot be used."""
        ...

    def examine(self, document: bytes, attached: str) -> Stamped | None:
        """Return what a document with a seal is; None for what is no PDF with a seal at all."""
        ...

    def certificate(self) -> bytes:
        """Return the certificate the seal is checked with, as PEM."""
        ...


STAMP: Plug[Stamp] = Plug("gateway.stamp", default="mianzheng.gateway.adapters.pades.PemFile")
