"""Seals what the file store holds: the originals of photos, with the place they were taken at, above all.

Each file has a key of its own, which lies before it, wrapped. Where it lies follows from its hash and a key, so that whoever
has a photo cannot ask the folder whether it was ever sent.
"""

import hmac
import os
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import NotOurSeal

_MAGIC = b"HOMTHU\x00\x01"  # no file that is served begins so
_NONCE, _KEY, _TAG = 12, 32, 16  # bytes
_WRAPPED = _NONCE + _KEY + _TAG


class KeyedFileSealer:
    """See `bot.ports.sealing.FileSealer`: AES-256-GCM, 104 bytes more than the file."""

    def __init__(self, key: bytes) -> None:
        self._places = hmac.digest(key, b"homthu places of files", "sha256")
        self._wrapping = AESGCM(hmac.digest(key, b"homthu keys of files", "sha256"))

    def place(self, key: str) -> str:
        return hmac.digest(self._places, key.encode(), "sha256").hex()

    def seal(self, data: bytes) -> bytearray:
        own, nonce, wrap_nonce = secrets.token_bytes(_KEY), os.urandom(_NONCE), os.urandom(_NONCE)
        wrapped = wrap_nonce + self._wrapping.encrypt(wrap_nonce, own, _MAGIC)
        head = _MAGIC + wrapped + nonce
        sealed = bytearray(len(head) + len(data) + _TAG)  # written in place: of 20 MB there is one copy here, not three
        sealed[: len(head)] = head
        AESGCM(own).encrypt_into(nonce, data, wrapped, memoryview(sealed)[len(head) :])
        return sealed

    @property
    def mark_length(self) -> int:
        return len(_MAGIC)

    def is_marked(self, beginning: bytes) -> bool:
        return beginning.startswith(_MAGIC)

    def open(self, stored: memoryview) -> bytes:
        if stored[: len(_MAGIC)] != _MAGIC:
            return bytes(stored)
        view = stored[len(_MAGIC) :]
        wrapped, nonce, sealed = view[:_WRAPPED], view[_WRAPPED : _WRAPPED + _NONCE], view[_WRAPPED + _NONCE :]
        try:
            own = self._wrapping.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _MAGIC)
            return AESGCM(own).decrypt(nonce, sealed, wrapped)
        except (ValueError, InvalidTag) as wrong:
            raise NotOurSeal from wrong
