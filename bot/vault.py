"""The keys behind everything that lies sealed in the database.

The secret key, which is outside it, wraps a few keys of the whole installation and one key for each case and each resident
who left something to seal. Whoever has the database alone can open none of them; whoever destroys a case's key has
destroyed, in every copy of the database, what was sealed with it. A change of the secret key wraps them anew and touches
nothing else: receipts printed on paper go on being true.
"""

import base64
import hmac
import re
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from bot.errors import NotOurSeal
from bot.ports.sealing import KeyPurpose
from bot.sealing import KeySealer, derive_key, text_key_of

SEALED, NAMED, OWN = "~s1.", "~n1.", "~k"  # how a sealed text, a sealed name, a text under a key of its own begin
_SEAL = "~s"
_FILE_KEY = re.compile("[0-9a-f]{64}")
_SEALED_KEY, _OF_FILES = 64, b"file"  # 32 bytes and the 16 of AES-SIV, in base64
_TOKEN = 5  # bytes: two of a hundred thousand words share a token less than once in a hundred installations
_MOST_KNOWN = 20_000  # of names, seals and words each: as many are remembered


class SecretMasterKey:
    """See `bot.ports.sealing.MasterKey`."""

    def __init__(self, secret_key: str) -> None:
        self._secret_key = secret_key
        self._wrapping = KeySealer(derive_key(secret_key, b"homthu wrapped keys"))

    def wrap(self, key: bytes) -> str:
        return self._wrapping.seal_bytes(key)

    def unwrap(self, wrapped: str) -> bytes:
        return self._wrapping.open_bytes(wrapped)

    def first_key(self, purpose: KeyPurpose) -> bytes:
        """Random, but for what was in use before keys were wrapped: those must stay as they were."""
        if purpose in (KeyPurpose.RECEIPTS, KeyPurpose.HEADS):
            return self._secret_key.encode()
        if purpose is KeyPurpose.TEXTS:
            return text_key_of(self._secret_key)
        return secrets.token_bytes(64 if purpose is KeyPurpose.NAMES else 32)

    def vault(self, keys: Mapping[KeyPurpose, bytes]) -> "KeyedVault":
        return KeyedVault(self, keys)


class KeyedVault:
    """See `bot.ports.sealing.Vault`: AES-256-GCM for texts, AES-SIV for names, HMAC-SHA256 for words that are looked up."""

    def __init__(self, master: SecretMasterKey, keys: Mapping[KeyPurpose, bytes]) -> None:
        self._master = master
        self._words = KeySealer(keys[KeyPurpose.WORDS])
        self._names = AESSIV(keys[KeyPurpose.NAMES])
        self._token_key = keys[KeyPurpose.TOKENS]
        self._known_names: dict[str, str] = {}
        self._known_seals: dict[str, str] = {}
        self._known_tokens: dict[str, str] = {}

    def seal(self, text: str) -> str:
        return _SEAL + self._words.seal(text)

    def open(self, sealed: str) -> str:
        return self._words.open(sealed.removeprefix(_SEAL)) if sealed.startswith(SEALED) else sealed

    def name(self, name: str) -> str:
        if not name:
            return name
        if (known := self._known_names.get(name)) is not None:
            return known
        sealed = NAMED + base64.urlsafe_b64encode(self._names.encrypt(name.encode(), None)).decode()
        _remember(self._known_names, name, sealed)
        return sealed

    def named(self, sealed: str) -> str:
        if (known := self._known_seals.get(sealed)) is not None:
            return known
        if not sealed.startswith(NAMED):
            return sealed
        try:
            name = self._names.decrypt(base64.urlsafe_b64decode(sealed.removeprefix(NAMED)), None).decode()
        except (ValueError, InvalidTag) as wrong:
            raise NotOurSeal from wrong
        _remember(self._known_seals, sealed, name)
        return name

    def file_key(self, key: str) -> str:
        if not _FILE_KEY.fullmatch(key):
            return key
        return base64.urlsafe_b64encode(self._names.encrypt(bytes.fromhex(key), [_OF_FILES])).decode()

    def file_key_of(self, sealed: str) -> str:
        if len(sealed) != _SEALED_KEY or _FILE_KEY.fullmatch(sealed):  # a chance of 1 in 2^128 that a seal looks like a key
            return sealed
        try:
            return self._names.decrypt(base64.urlsafe_b64decode(sealed), [_OF_FILES]).hex()
        except (ValueError, InvalidTag) as wrong:
            raise NotOurSeal from wrong

    def token(self, word: str) -> str:
        if (known := self._known_tokens.get(word)) is not None:
            return known
        token = hmac.digest(self._token_key, word.encode(), "sha256")[:_TOKEN].hex()
        _remember(self._known_tokens, word, token)
        return token

    def new_key(self) -> str:
        return self._master.wrap(secrets.token_bytes(32))

    def seal_with(self, wrapped: str, text: str) -> str:
        return OWN + KeySealer(self._master.unwrap(wrapped)).seal(text)

    def open_with(self, wrapped: str, sealed: str) -> str:
        return KeySealer(self._master.unwrap(wrapped)).open(sealed.removeprefix(OWN))


def _remember(known: dict[str, str], word: str, made: str) -> None:
    if len(known) >= _MOST_KNOWN:
        known.clear()
    known[word] = made
