"""Signs the heads of the audit trail, with a key made of the secret key, which lies outside the database.

Ed25519 and not a keyed hash: whoever watches us can check the lines they kept with the public half alone.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.domain.trail import bytes_of, letters_of

_KEY_LETTERS = 16  # of the public half: its name


class KeyedHeads:
    """See `bot.ports.HeadSigner`."""

    def __init__(self, secret_key: str) -> None:
        seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"homthu audit heads").derive(secret_key.encode())
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = letters_of(self._private.public_key().public_bytes_raw())
        self.key = self.public[:_KEY_LETTERS]

    def sign(self, text: str) -> str:
        return letters_of(self._private.sign(text.encode()))

    def is_signed(self, text: str, signature: str) -> bool:
        return is_signed_by(self.public, text, signature)


def is_signed_by(public: str, text: str, signature: str) -> bool:
    """Whether the holder of this public key signed the text."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes_of(public)).verify(bytes_of(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
