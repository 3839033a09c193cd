"""Files that are sent with a form. What does not fit into memory lies on disk encrypted, never as it was sent."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

LIMIT = 4 * 1024**3
"""Bytes of a file; the connection is cut beyond it."""
_TAG = 16
_NONCE = 12


class _Sealed(io.RawIOBase):
    """A nameless temporary file, AES-GCM in the pieces it came in, under a key that is only in memory."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the upload
        self._seal = AESGCM(AESGCM.generate_key(bit_length=256))
        self._pieces: list[int] = []
        self._opened: Iterator[bytes] | None = None
        self._rest = b""

    def add(self, piece: bytes) -> None:
        """Append one piece."""
        self._file.write(self._seal.encrypt(len(self._pieces).to_bytes(_NONCE, "big"), piece, None))
        self._pieces.append(len(piece))

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go back to the beginning; nothing else is needed of an upload."""
        if offset or whence != os.SEEK_SET:
            raise io.UnsupportedOperation("an upload is read from its beginning")
        self._opened, self._rest = None, b""
        return 0

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read on."""
        if self._opened is None:
            self._opened = self._read()
        while not self._rest:
            piece = next(self._opened, None)
            if piece is None:
                return 0
            self._rest = piece
        part, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        """Let the file go; it has no name, so nothing is left."""
        self._file.close()
        super().close()

    def _read(self) -> Iterator[bytes]:
        place = 0
        for number, length in enumerate(self._pieces):
            self._file.seek(place)
            yield self._seal.decrypt(number.to_bytes(_NONCE, "big"), self._file.read(length + _TAG), None)
            place += length + _TAG


class SealedUpload(FileUploadHandler):
    """Takes what Django's handler for small files leaves over (``settings.FILE_UPLOAD_HANDLERS``)."""

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        self.sealed = _Sealed()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > LIMIT:
            self.sealed.close()
            raise StopUpload(connection_reset=True)
        self.sealed.add(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        return UploadedFile(
            io.BufferedReader(self.sealed),
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        if hasattr(self, "sealed"):
            self.sealed.close()
