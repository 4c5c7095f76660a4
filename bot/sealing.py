"""Encrypts what only two people together may open: personal data in a text, how a resident can be reached.

The key is made of the secret key, which lies outside the database: a dump of the database alone tells none of it.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import NotOurSeal

_NONCE = 12  # bytes, as AES-GCM wants
_VERSION = "1."


class SecretKeySealer:
    """See `bot.ports.Sealer`: AES-256-GCM, a random nonce for each text."""

    def __init__(self, secret_key: str) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"homthu sealed text").derive(secret_key.encode())
        self._cipher = AESGCM(derived)

    def seal(self, text: str) -> str:
        nonce = os.urandom(_NONCE)
        sealed = self._cipher.encrypt(nonce, text.encode("utf-8", "replace"), None)
        return _VERSION + base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str) -> str:
        """Raises NotOurSeal: It was sealed with another key, or somebody changed it."""
        try:
            if not sealed.startswith(_VERSION):
                raise ValueError("not a sealed text")
            raw = base64.urlsafe_b64decode(sealed.removeprefix(_VERSION))
            return self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], None).decode()
        except (ValueError, InvalidTag) as wrong:
            raise NotOurSeal from wrong
