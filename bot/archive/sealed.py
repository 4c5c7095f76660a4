"""Encrypts a stream under the secret key, piece by piece, so that an archive of any size needs no more memory than one.

Everything is compressed, cut into pieces of 1 MB, and each piece sealed with AES-256-GCM under a key that this file alone
has, derived from the secret key and a salt. The nonce of a piece is its number and whether it is the last: pieces that were
changed, exchanged, left out or cut off do not open. As in STREAM, https://eprint.iacr.org/2015/189.
"""

import hmac
import os
import struct
import zlib
from collections.abc import Sequence
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import BackupDamaged, SettingsError

MAGIC = b"HOMTHU-BACKUP\x00\x00\x01"  # the last byte counts the formats
PIECE = 1 << 20  # bytes before they are sealed
_SALT, _CHECK, _TAG = 32, 16, 16  # bytes
_LENGTH = struct.Struct(">I")
_NONCE = struct.Struct(">QI")  # number of the piece, 1 for the last
_GROWN = 4 << 20  # bytes that are unpacked at a time: a piece of nothing but zeros would be a thousand times its size
LEVEL = 1  # of zlib: what is sealed already hardly shrinks, and a backup must not take the machine

WRONG_KEY = (
    "HOMTHU_SECRET_KEY: is not the key that {name} was made with; give back the one this installation had then"
    " (after `homthu keys rotate` the former one, with the present one in HOMTHU_SECRET_KEY_NEW)"
)


def _keys(secret_key: str, salt: bytes) -> tuple[AESGCM, bytes]:
    """The cipher of one file, and what shows that the secret key is the right one."""
    made = HKDF(algorithm=SHA256(), length=64, salt=salt, info=b"homthu backup").derive(secret_key.encode())
    return AESGCM(made[:32]), hmac.digest(made[32:], b"homthu backup key", "sha256")[:_CHECK]


class SealedWriter:
    """A file to write into; nothing of it is whole before `close`."""

    def __init__(self, out: BinaryIO, secret_key: str) -> None:
        salt = os.urandom(_SALT)
        self._out = out
        self._cipher, check = _keys(secret_key, salt)
        self._head = MAGIC + salt + check
        self._shrink = zlib.compressobj(LEVEL)
        self._waiting = bytearray()
        self._number = 0
        out.write(self._head)

    def write(self, data: bytes) -> int:
        self._waiting += self._shrink.compress(data)
        while len(self._waiting) > PIECE:  # one piece stays back: only `close` knows which is the last
            self._seal(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]
        return len(data)

    def close(self) -> None:
        """The last piece; the file below is the caller's to sync and close."""
        self._waiting += self._shrink.flush()
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]
        self._seal(bytes(self._waiting), is_last=True)

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        sealed = self._cipher.encrypt(_NONCE.pack(self._number, is_last), piece, self._head)
        self._out.write(_LENGTH.pack(len(sealed)) + sealed)
        self._number += 1


class SealedReader:
    """A file to read from; every byte it gives was proved before.

    Args:
        found: The sealed file.
        secret_keys: Any of these may be the one; empty ones are passed over.
        name: What an error calls the file.

    Raises:
        BackupDamaged: It is no backup, or not as it was written; also by `read`.
        SettingsError: It was made with none of these keys.
    """

    def __init__(self, found: BinaryIO, secret_keys: Sequence[str], name: str) -> None:
        self._found, self._name = found, name
        self._head = found.read(len(MAGIC) + _SALT + _CHECK)
        if not self._head.startswith(MAGIC[:-1]):
            raise BackupDamaged(line=f"{name} is no backup of this program")
        if self._head[len(MAGIC) - 1] != MAGIC[-1]:
            raise BackupDamaged(line=f"{name} was made by a newer version of this program; restore it with that one")
        salt, check = self._head[len(MAGIC) : -_CHECK], self._head[-_CHECK:]
        for secret_key in filter(None, secret_keys):
            cipher, right = _keys(secret_key, salt)
            if hmac.compare_digest(check, right):
                self._cipher, self.secret_key = cipher, secret_key
                break
        else:
            raise SettingsError(line=WRONG_KEY.format(name=name))
        self._grow = zlib.decompressobj()
        self._ready = bytearray()
        self._number = 0
        self._is_over = False

    def read(self, size: int = -1) -> bytes:
        """So many bytes, fewer only at the end; all of them for -1."""
        while (size < 0 or len(self._ready) < size) and (more := self._more()):
            self._ready += more
        size = len(self._ready) if size < 0 else size
        taken = bytes(self._ready[:size])
        del self._ready[:size]
        return taken

    def _more(self) -> bytes:
        """Something, as long as there is anything."""
        while not self._grow.eof:
            had = self._grow.unconsumed_tail or (b"" if self._is_over else self._next())
            if grown := self._grow.decompress(had, _GROWN):
                return grown
            if not had and not self._grow.eof:
                raise self._damaged("it ends too early")
        if not self._is_over:
            raise self._damaged("something was added to its end")
        return b""

    def _next(self) -> bytes:
        length = self._found.read(_LENGTH.size)
        if len(length) < _LENGTH.size:
            raise self._damaged("it ends too early")
        [expected] = _LENGTH.unpack(length)
        if not _TAG <= expected <= PIECE + _TAG:
            raise self._damaged(f"piece {self._number} is not as it was written")
        sealed = self._found.read(expected)
        if len(sealed) < expected:
            raise self._damaged("it ends too early")
        for is_last in (0, 1):
            try:
                piece = self._cipher.decrypt(_NONCE.pack(self._number, is_last), sealed, self._head)
            except InvalidTag:
                continue
            self._number += 1
            self._is_over = bool(is_last)
            if self._is_over and self._found.read(1):
                raise self._damaged("something was added to its end")
            return piece
        raise self._damaged(f"piece {self._number} is not as it was written")

    def _damaged(self, what: str) -> BackupDamaged:
        return BackupDamaged(line=f"{self._name} is damaged: {what}. Nothing was changed; take another backup.")
