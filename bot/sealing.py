"""Encrypts what only two people together may open: personal data in a text, how a resident can be reached.

The key is made of the secret key, which lies outside the database: a dump of the database alone tells none of it.
"""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import NotOurSeal

_NONCE = 12  # bytes, as AES-GCM wants
_VERSION = "1."


def derive_key(secret_key: str, purpose: bytes) -> bytes:
    """32 bytes that nobody makes without the secret key, others for each purpose."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret_key.encode())


def text_key_of(secret_key: str) -> bytes:
    """What personal data is sealed with while the secret key was never changed."""
    return derive_key(secret_key, b"homthu sealed text")


class KeySealer:
    """See `bot.ports.Sealer`: AES-256-GCM, a random nonce for each text."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, text: str) -> str:
        return self.seal_bytes(text.encode("utf-8", "replace"))

    def open(self, sealed: str) -> str:
        """Raises NotOurSeal: It was sealed with another key, or somebody changed it."""
        try:
            return self.open_bytes(sealed).decode()
        except UnicodeDecodeError as wrong:
            raise NotOurSeal from wrong

    def seal_bytes(self, content: bytes) -> str:
        """The same for bytes."""
        nonce = os.urandom(_NONCE)
        return _VERSION + base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, content, None)).decode()

    def open_bytes(self, sealed: str) -> bytes:
        """Raises NotOurSeal: As `open`."""
        try:
            if not sealed.startswith(_VERSION):
                raise ValueError("not a sealed text")
            # As `base64.urlsafe_b64decode`, which takes three times as long: an export opens half a million.
            raw = binascii.a2b_base64(sealed[len(_VERSION) :].replace("-", "+").replace("_", "/"))
            return self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], None)
        except (ValueError, InvalidTag) as wrong:
            raise NotOurSeal from wrong


class SecretKeySealer(KeySealer):
    """One whose key is made of the secret key itself."""

    def __init__(self, secret_key: str) -> None:
        super().__init__(text_key_of(secret_key))
