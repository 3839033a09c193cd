"""Files that wait in ``MIANZHENG_HOME/spool``, encrypted in pieces so that any place can be read without the rest.

A token is the file's name and its own random key; it is kept in the database and nowhere else, so a folder copied away or
a backup of it tells nothing, and a file whose token is deleted can never be read again. The last piece is marked as such:
a file of which the end is missing cannot be opened, rather than pass for a shorter one.
"""

from __future__ import annotations

import io
import os
import secrets
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason

PIECE = 1 << 18
TAG = 16


class Folder:
    """The spool as a folder."""

    def __init__(self) -> None:
        self._folder = Path(settings.MIANZHENG_HOME) / "spool"

    def write(self, stream: BinaryIO, limit: int) -> tuple[str, int]:
        """Keep at most `limit` bytes; return token and size. Raises `Refusal` where there are more."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name, key = secrets.token_hex(16), AESGCM.generate_key(256)
        cipher, size, number = AESGCM(key), 0, 0
        path = self._folder / name
        try:
            with path.open("xb") as out:
                piece = _filled(stream)
                while True:
                    size += len(piece)
                    if size > limit:
                        raise Refusal(
                            Reason(N_("文件超过%(limit)s MB。"), {"limit": limit >> 20}),
                            Reason(N_("请分成几份增量来交，或者用接口、命令行来交。")),
                            field="file",
                        )
                    following = _filled(stream)
                    out.write(cipher.encrypt(_nonce(number, last=not following), piece, None))
                    if not following:
                        break
                    piece, number = following, number + 1
                out.flush()
                os.fsync(out.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return f"{name}.{key.hex()}", size

    def open(self, token: str) -> BinaryIO:
        """Return a seekable stream. Raises `NotFound` where the file is gone."""
        name, _, key = token.partition(".")
        try:
            if not name.isalnum():
                raise ValueError("no name of a file here")
            return io.BufferedReader(_Decrypted(self._folder / name, bytes.fromhex(key)), PIECE)
        except (FileNotFoundError, ValueError, IsADirectoryError):
            raise NotFound(Reason(N_("这份文件已经过期删除。"))) from None

    def delete(self, token: str) -> None:
        """Delete the file if it is there."""
        name = token.partition(".")[0]
        if name.isalnum():
            (self._folder / name).unlink(missing_ok=True)


def _filled(stream: BinaryIO) -> bytes:
    """Return a whole piece of `stream`, less only at its end."""
    piece = stream.read(PIECE)
    while piece and len(piece) < PIECE and (more := stream.read(PIECE - len(piece))):
        piece += more
    return piece


def _nonce(number: int, *, last: bool) -> bytes:
    return bytes([last]) + number.to_bytes(11, "big")  # a key serves one file, so a counter never repeats


class _Decrypted(io.RawIOBase):
    """Reads an encrypted file at any place; a piece that was changed raises OSError."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._file = path.open("rb")
        stored = os.fstat(self._file.fileno()).st_size
        self._last = -(-stored // (PIECE + TAG)) - 1
        self._size = stored - TAG * (self._last + 1)
        if self._size < 0 or not stored:
            raise OSError("the stored file was changed: its end is missing")
        self._place = 0
        self._piece: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._place = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence])
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        number, inside = divmod(self._place, PIECE)
        if self._place >= self._size:
            return 0
        if self._piece[0] != number:
            self._file.seek(number * (PIECE + TAG))
            try:
                opened = self._cipher.decrypt(
                    _nonce(number, last=number == self._last), self._file.read(PIECE + TAG), None
                )
            except Exception as broken:
                raise OSError("the stored file was changed or belongs to another key") from broken
            self._piece = (number, opened)
        part = self._piece[1][inside : inside + len(view)]
        view[: len(part)] = part
        self._place += len(part)
        return len(part)

    def close(self) -> None:
        self._file.close()
        super().close()
