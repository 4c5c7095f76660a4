"""Seals with a key of its own for each case, and for each resident: destroying that key erases it in every copy.

Without a vault (see `storage.vaults`) nothing is sealed here; what was sealed before there were keys is given back as it is.
"""

from datetime import UTC, datetime

from sqlalchemy import Table, bindparam, delete, select

from bot.errors import NotOurSeal
from storage.link import Link, by_engine
from storage.tables import case_keys, resident_keys
from storage.types import Id

_OWN = "~k"  # as `bot.vault` begins what is sealed with such a key


class OwnKeys:
    """The keys of one table: its first column says whose they are."""

    __slots__ = ("_delete", "_get", "_name", "_put")

    def __init__(self, table: Table) -> None:
        whose = table.primary_key.columns.values()[0]
        self._name = whose.name
        mine = whose == bindparam("whose", type_=Id)
        self._get = select(table.c.wrapped).where(mine)
        self._delete = delete(table).where(mine)
        self._put = by_engine(lambda insert_into: insert_into(table).on_conflict_do_nothing(index_elements=[whose.name]))

    async def seal(self, link: Link, whose: int, text: str) -> str:
        """Sealed with the key of this case or resident, which is made if there is none."""
        if not text or link.vault is None or text.startswith(_OWN):
            return text
        wrapped = await link.value(self._get, {"whose": whose})
        if wrapped is None:
            made = {self._name: whose, "wrapped": link.vault.new_key(), "made_at": datetime.now(UTC)}
            await link.run(self._put, made)
            wrapped = str(await link.value(self._get, {"whose": whose}))  # another process may have been first
        return link.vault.seal_with(wrapped, text)

    async def open(self, link: Link, whose: int, sealed: str) -> str:
        """What was sealed.

        Raises:
            NotOurSeal: The key is destroyed, or it was sealed with another.
        """
        if not sealed.startswith(_OWN) or link.vault is None:
            return sealed
        wrapped = await link.value(self._get, {"whose": whose})
        if wrapped is None:
            raise NotOurSeal
        return link.vault.open_with(wrapped, sealed)

    async def destroy(self, link: Link, whose: int) -> None:
        """Nobody opens any more what was sealed with it, here or in a copy."""
        link.has_erased = True
        await link.run(self._delete, {"whose": whose})


OF_CASES = OwnKeys(case_keys)
OF_RESIDENTS = OwnKeys(resident_keys)
