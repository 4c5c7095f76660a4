"""What the database keeps sealed, and under which keys. How it is sealed is `bot.vault`'s; where, `storage.types` says."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol


class KeyPurpose(StrEnum):
    """Keys that a whole installation shares. Each is made once and lies in the database wrapped under the secret key."""

    NAMES = "names"  # addresses: the same name is always sealed the same way, so that it can be looked up
    WORDS = "words"  # what residents wrote and were told
    TOKENS = "tokens"  # the words that a search looks up
    TEXTS = "texts"  # personal data in words, contacts; the secret key's own until it is first changed
    RECEIPTS = "receipts"  # what is printed on paper; must outlive every change of the secret key
    HEADS = "heads"  # what signs the heads of the audit trail: whoever kept some must be able to check them later
    FILES = "files"  # names of files, and the keys they are sealed with


class Vault(Protocol):
    """Seals and opens with the keys of an installation."""

    def seal(self, text: str) -> str:
        """Each time another text, even of the same words."""
        ...

    def open(self, sealed: str) -> str:
        """What was sealed; a text that never was is given back as it is.

        Raises NotOurSeal: It was changed, or sealed with another key.
        """
        ...

    def name(self, name: str) -> str:
        """The same seal for the same name. An empty name stays empty."""
        ...

    def named(self, sealed: str) -> str:
        """As `open`, for a name."""
        ...

    def file_key(self, key: str) -> str:
        """As `name`, for the 64 hexadecimal digits of a file's key: 64 other characters."""
        ...

    def file_key_of(self, sealed: str) -> str:
        """As `named`, for those."""
        ...

    def token(self, word: str) -> str:
        """What stands for a word where words are looked up; nobody makes it without the key, and nothing opens it."""
        ...

    def new_key(self) -> str:
        """A key of its own for one case or one resident, wrapped. Who destroys it destroys what is sealed with it."""
        ...

    def seal_with(self, wrapped: str, text: str) -> str:
        """Seal with a key that `new_key` made. Raises NotOurSeal: That key cannot be unwrapped."""
        ...

    def open_with(self, wrapped: str, sealed: str) -> str:
        """Open it again. Raises NotOurSeal."""
        ...


class FileSealer(Protocol):
    """Keeps what a file store holds from whoever has the store alone."""

    def place(self, key: str) -> str:
        """Where the bytes of this key lie: 64 hexadecimal digits that tell nothing of them."""
        ...

    def seal(self, data: bytes) -> bytearray: ...

    @property
    def mark_length(self) -> int:
        """How many bytes of its beginning `is_marked` wants."""
        ...

    def is_marked(self, beginning: bytes) -> bool:
        """Whether it begins as what is sealed does; no kind of file that is taken begins so."""
        ...

    def open(self, stored: memoryview) -> bytes:
        """The bytes; what was never sealed is given back as it is.

        Raises NotOurSeal: They were changed, cut short, or sealed with another key.
        """
        ...


class MasterKey(Protocol):
    """What follows from the secret key, which lies outside the database."""

    def wrap(self, key: bytes) -> str: ...

    def unwrap(self, wrapped: str) -> bytes:
        """Raises NotOurSeal: It was wrapped under another secret key."""
        ...

    def first_key(self, purpose: KeyPurpose) -> bytes:
        """The key an installation begins with for this purpose."""
        ...

    def vault(self, keys: Mapping[KeyPurpose, bytes]) -> Vault: ...
