"""The person behind an address: what they agreed to, how they are reached and forgotten; and how a ward is reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain import keeping
from bot.domain.case import Case, CaseId, CaseKind
from bot.domain.draft import Conversation
from bot.domain.office import Office
from bot.domain.people import Address, ResidentId
from bot.domain.privacy import Consent, Identity, NewConsent, Purpose
from bot.domain.ward import WardCode


class Identities(Protocol):
    """Consents, and the identity that stands on one. Who may open it is the desk's affair."""

    async def agree(self, resident_id: ResidentId, consent: NewConsent) -> int:
        """Keep the proof; returns its id."""
        ...

    async def consents(self, resident_id: ResidentId) -> list[Consent]:
        """Oldest first, withdrawn ones too: they prove what was so at the time."""
        ...

    async def keep(self, resident_id: ResidentId, sealed: str, consent_id: int, now: datetime) -> None:
        """In place of an earlier one."""
        ...

    async def get(self, resident_id: ResidentId) -> Identity | None: ...

    async def withdraw(self, resident_id: ResidentId, purpose: Purpose, now: datetime) -> int:
        """End every consent in force for this purpose and erase the identity; returns how many ended."""
        ...


class Offices(Protocol):
    """How wards are reached, as their staff keep it."""

    async def get(self, ward_code: WardCode) -> Office:
        """An empty one where nobody has entered anything."""
        ...

    async def put(self, office: Office, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was taken out of a case: the keys of its files, which nothing may need any more."""

    file_keys: frozenset[str]


class Erasure(Protocol):
    """Takes a resident's words out of the tables. What stays counts and names nobody."""

    async def cases_of(self, resident_id: ResidentId) -> list[Case]:
        """All of them, oldest first."""
        ...

    async def ask(self, case_id: CaseId, now: datetime) -> None:
        """Have it erased once it is closed and the time to object is over."""
        ...

    async def due(self, *, closed_before: datetime, most: int) -> list[Case]:
        """Those that were asked for, closed by then; held against other processes until the unit of work ends."""
        ...

    async def erase(self, case: Case, *, tombstone: str, now: datetime, keeps_words: bool = False) -> Erased:
        """Put the tombstone in place of its words, and take its files, place, trace, address and what is sealed.

        Args:
            keeps_words: The law keeps what was reported (with its dots) and its files; only the person goes.
        """
        ...

    async def blank_mail(self, address: Address, *, since: datetime | None = None) -> int:
        """Empty the address's handled updates (since then) and name nobody in them; returns how many."""
        ...

    async def drop_replies(self, address: Address) -> int:
        """Remove the address's finished replies, and those still waiting that belong to no case."""
        ...

    async def forget(self, address: Address, now: datetime) -> bool:
        """Remove the address itself with its conversation, unless a case, a pause, a draft or an identity needs it."""
        ...


class Fading(Protocol):
    """Closed cases whose time is over. None is open, unread, or has lost its words already."""

    async def rules(self) -> Mapping[str, int]:
        """Months by kind, where the city decided."""
        ...

    async def decide(self, kind: CaseKind, months: int | None, now: datetime) -> None:
        """None: what is usual."""
        ...

    async def unannounced(self, fading: keeping.Fading, *, most: int) -> list[Case]:
        """Not announced since they were closed; longest closed first, held against other processes."""
        ...

    async def announce(self, case_id: CaseId, now: datetime) -> None: ...

    async def due(self, fading: keeping.Fading, *, announced_until: datetime, most: int) -> list[Case]:
        """Announced since they were closed, at that time or before; longest closed first, held as well."""
        ...

    async def done(self, case_id: CaseId, now: datetime) -> None:
        """Its words are gone."""
        ...


class Retention(Protocol):
    """What is due without anybody asking: old mail, files that nothing points to, drafts nobody goes on with."""

    async def blank_old_mail(self, *, handled_before: datetime, most: int) -> int: ...

    async def doom(self, keys: Sequence[str], due_at: datetime) -> None:
        """Have these files removed from the store then, unless something points to them by that time."""
        ...

    async def doomed(self, *, now: datetime, most: int) -> list[str]:
        """Keys that are due, held against other processes until the unit of work ends."""
        ...

    async def is_needed(self, key: str) -> bool:
        """Whether an attachment or an open draft has this file."""
        ...

    async def spare(self, keys: Sequence[str]) -> None:
        """They are removed, or needed after all: no longer doomed."""
        ...

    async def due_drafts(self, *, now: datetime, most: int) -> list[Conversation]:
        """Conversations whose draft is due, oldest first, held against other processes.

        Not those whose resident has just written: what they wrote is heard first.
        """
        ...
