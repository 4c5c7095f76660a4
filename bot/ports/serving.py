"""Cases for everybody, the keys of those who may send some in, and since when the services are as they are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.case import CaseCode
from bot.domain.people import StaffId
from bot.domain.serving import ApiKey, Place, ServedCase, Sought


class ServedCases(Protocol):
    """What may be shown to everybody: published, or come in through Open311 and at a general desk. Nothing else."""

    async def newest(self, sought: Sought, most: int, now: datetime) -> list[ServedCase]:
        """The newest first."""
        ...

    async def oldest(
        self, sought: Sought, most: int, now: datetime, *, after: Place | None = None, skip: int = 0
    ) -> list[ServedCase]:
        """The oldest first: whoever reads on this way meets each case once, while others come in."""
        ...

    async def these(self, codes: Sequence[CaseCode], categories: Sequence[str], now: datetime) -> list[ServedCase]:
        """Those of these codes and categories that may be shown, the newest first."""
        ...


class ApiKeys(Protocol):
    """Of programs that send cases in."""

    async def add(
        self, name: str, secret_hash: str, *, per_minute: int, now: datetime, by: StaffId | None = None
    ) -> ApiKey: ...

    async def all(self) -> list[ApiKey]:
        """The newest first; those that were revoked too."""
        ...

    async def revoke(self, key_id: int, now: datetime) -> bool:
        """False: there is none, or it was revoked before."""
        ...

    async def by_hash(self, secret_hash: str) -> ApiKey | None:
        """Also one that was revoked."""
        ...

    async def used(self, key_id: int, minute: int) -> int:
        """How often it was used in that minute (whole minutes since 1970)."""
        ...

    async def use(self, key_id: int, minute: int, now: datetime) -> int:
        """Count one use, with whatever other process counts; how often it was used in that minute, with this time."""
        ...

    async def hold(self, key_id: int) -> bool:
        """Nobody else works with this key until the transaction ends. False: it was revoked meanwhile."""
        ...


class ServiceLists(Protocol):
    """Since when the list of services is as it is."""

    async def since(self, digest: str) -> datetime | None:
        """When it became the list of that digest; None: the one that is known is another."""
        ...

    async def became(self, digest: str, now: datetime) -> None:
        """It is that list from now on; nothing changes when it was before."""
        ...
