"""Links to single files, for whoever fetches by address and has no cookie: short-lived, good for one look."""

from datetime import datetime
from typing import Protocol


class FileLinks(Protocol):
    """What is kept of a link: the hash of its token, and which stored file it hands out. Any process may serve it."""

    async def add(self, token_hash: str, key: str, *, until: datetime, now: datetime) -> None:
        """Remember it until then. Those that have run out are forgotten on the way."""
        ...

    async def key_of(self, token_hash: str, now: datetime) -> str | None:
        """The file's key while the link is good. It stays good."""
        ...

    async def use_up(self, token_hash: str, now: datetime) -> bool:
        """Whether it was good. It is no longer."""
        ...
