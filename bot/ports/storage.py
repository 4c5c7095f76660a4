"""The database: opened units of work, one transaction each."""

from collections.abc import Callable, Collection
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from bot.ports.after import Ratings, Tries
from bot.ports.bonds import Bonds
from bot.ports.bulletins import Bulletins
from bot.ports.campaign import Boards, Campaign, Ledger, Praises
from bot.ports.cases import Cases, Corrections
from bot.ports.closings import Closings, Proposals
from bot.ports.desk import (
    Absences,
    Exclusions,
    FiguresOf,
    IdentityOpenings,
    Presences,
    SavedViews,
    StaffChats,
    StaffDrafts,
    Templates,
)
from bot.ports.evidence import EvidenceChecks, PhotoPrints
from bot.ports.file_links import FileLinks
from bot.ports.long_work import LongWorks
from bot.ports.mail import ChatLines, Conversations, Inbox, Outbox
from bot.ports.neighbours import Neighbours
from bot.ports.news import News
from bot.ports.notices import Notices
from bot.ports.outside import Calendar, Deadlines
from bot.ports.public_records import PublicRecords
from bot.ports.publications import Publications
from bot.ports.residents import Erasure, Fading, Identities, Offices, Retention
from bot.ports.reviews import Reviews
from bot.ports.serving import ApiKeys, ServedCases, ServiceLists
from bot.ports.staff import Audit, Guesses, SecondFactors, Sessions, StaffMembers
from bot.ports.ties import Mentions, Ties


class UnitOfWork(Protocol):
    """One open transaction. Nothing is kept without `commit`."""

    inbox: Inbox
    outbox: Outbox
    conversations: Conversations
    cases: Cases
    staff: StaffMembers
    sessions: Sessions
    second_factors: SecondFactors
    guesses: Guesses
    file_links: FileLinks
    audit: Audit
    chat_lines: ChatLines
    calendar: Calendar
    deadlines: Deadlines
    figures: FiguresOf
    public_records: PublicRecords
    reviews: Reviews
    corrections: Corrections
    absences: Absences
    exclusions: Exclusions
    drafts: StaffDrafts
    views: SavedViews
    templates: Templates
    presences: Presences
    openings: IdentityOpenings
    staff_chats: StaffChats
    ratings: Ratings
    closings: Closings
    proposals: Proposals
    publications: Publications
    tries: Tries
    news: News
    notices: Notices
    identities: Identities
    ward_settings: Offices
    erasure: Erasure
    retention: Retention
    fading: Fading
    prints: PhotoPrints
    evidence: EvidenceChecks
    bonds: Bonds
    ties: Ties
    mentions: Mentions
    long_works: LongWorks
    bulletins: Bulletins
    boards: Boards
    ledger: Ledger
    praises: Praises
    campaign: Campaign
    served: ServedCases
    api_keys: ApiKeys
    neighbours: Neighbours
    service_lists: ServiceLists

    async def commit(self) -> None:
        """Keep everything, once. After it the unit of work is over."""
        ...


class Storage(Protocol):
    """The database."""

    @property
    def owner(self) -> str:
        """Begins the name of everyone who claims through it: "<owner>/<any>". Unlike any other opened database's."""
        ...

    @property
    def commits(self) -> int:
        """Units of work that were committed since it was opened."""
        ...

    async def free_claims_of_the_dead(self) -> int:
        """Hand back at once what processes that are gone had claimed; returns how many.

        Raises:
            StorageBusy: The database is out of reach.
        """
        ...

    async def free_claims(self, owner: str, known: Callable[[], Collection[int]]) -> int:
        """Hand back what was claimed by this name, but for the rows it knows of; returns how many.

        A claim whose commit was answered by nobody may be ours, and nobody would come back to it before its lease is over.

        Args:
            known: Asked when no other claim is on its way.

        Raises:
            StorageBusy: The database is out of reach.
        """
        ...

    async def wait_no_longer(self, now: datetime) -> int:
        """What waits to be tried again is due at once, for the clock was set back; returns how many.

        Raises:
            StorageBusy: The database is out of reach.
        """
        ...

    async def lead(self, name: str) -> bool:
        """Whether this process alone does what is called so; where there is only one process, it always does.

        Once true it stays true until the process closes the database, dies, or loses its session with it.

        Raises:
            StorageBusy: The database is out of reach.
        """
        ...

    async def company(self) -> int:
        """How many processes are at work on it, with this one.

        Raises:
            StorageBusy: The database is out of reach.
        """
        ...

    def begin(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A unit of work that may write.

        Raises:
            StorageBusy: The database is out of reach or could not be locked in time.
        """
        ...

    def reading(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A unit of work that only reads, beside any writer."""
        ...

    async def ping(self) -> None:
        """Prove that a row can be committed. Raises StorageBusy."""
        ...


class Wiper(Protocol):
    """The database's own files."""

    async def wipe(self) -> bool:
        """Take keys that were destroyed out of the database's own files as well; at once when there are none.

        Returns:
            Whether anything was done. What cannot be done now is left for the next call.
        """
        ...


class Server(Protocol):
    """What an operator asks of the database itself."""

    async def server(self) -> tuple[str, datetime]:
        """Its version ("3.40.1", "16.2") and what time it says it is. Raises StorageBusy."""
        ...
