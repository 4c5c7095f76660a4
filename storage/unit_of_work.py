"""One open transaction and the nouns one can speak of inside it."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.bell import Bell
from bot.errors import NoOpenUnitOfWork
from bot.ports import (
    Absences,
    Boards,
    Bulletins,
    Calendar,
    Campaign,
    Cases,
    ChatLines,
    Closings,
    Conversations,
    Corrections,
    Deadlines,
    Erasure,
    EvidenceChecks,
    Exclusions,
    Fading,
    FiguresOf,
    FileLinks,
    Guesses,
    Identities,
    IdentityOpenings,
    Inbox,
    Ledger,
    LongWorks,
    News,
    Notices,
    Offices,
    Outbox,
    PhotoPrints,
    Praises,
    Presences,
    Proposals,
    Publications,
    PublicRecords,
    Ratings,
    Retention,
    Reviews,
    SavedViews,
    SecondFactors,
    Sessions,
    StaffChats,
    StaffDrafts,
    StaffMembers,
    Templates,
    Tries,
)
from bot.ports import Audit as AuditPort
from bot.ports.bonds import Bonds
from bot.ports.neighbours import Neighbours
from bot.ports.serving import ApiKeys, ServedCases, ServiceLists
from bot.ports.ties import Mentions, Ties
from storage.absences import SqlAbsences
from storage.api_keys import SqlApiKeys, SqlServiceLists
from storage.audit import SqlAudit
from storage.bonds import SqlBonds
from storage.bulletins import SqlBulletins
from storage.calendar import SqlCalendar
from storage.campaign import SqlBoards, SqlCampaign, SqlLedger, SqlPraises
from storage.case_presences import SqlPresences
from storage.cases import SqlCases
from storage.chat_lines import SqlChatLines
from storage.closings import SqlClosings
from storage.conversations import SqlConversations, forget_known
from storage.corrections import SqlCorrections
from storage.deadlines import SqlDeadlines
from storage.erasure import SqlErasure
from storage.evidence import SqlEvidenceChecks
from storage.exclusions import SqlExclusions
from storage.fading import SqlFading
from storage.figures import SqlFigures
from storage.file_links import SqlFileLinks
from storage.guesses import SqlGuesses
from storage.identities import SqlIdentities
from storage.identity_openings import SqlIdentityOpenings
from storage.inbox import SqlInbox
from storage.link import Link, commit
from storage.long_works import SqlLongWorks
from storage.neighbours import SqlNeighbours
from storage.news import SqlNews
from storage.notices import SqlNotices
from storage.offices import SqlOffices
from storage.outbox import SqlOutbox
from storage.prints import SqlPhotoPrints
from storage.proposals import SqlProposals
from storage.public_records import SqlPublicRecords
from storage.published import SqlPublications
from storage.ratings import SqlRatings, SqlTries
from storage.retention import SqlRetention
from storage.reviewing.texts import SqlReviews
from storage.saved_views import SqlSavedViews
from storage.second_factors import SqlSecondFactors
from storage.served import SqlServedCases
from storage.sessions import SqlSessions
from storage.staff import SqlStaffMembers
from storage.staff_chats import SqlStaffChats
from storage.staff_drafts import SqlStaffDrafts
from storage.templates import SqlTemplates
from storage.ties import SqlMentions, SqlTies
from storage.trouble import busy_when_out_of_reach
from storage.wire import Wire

Noun = TypeVar("Noun")


class _Noun(Generic[Noun]):
    """What one can speak of, made when it is first spoken of: a turn speaks of ten of sixty."""

    def __init__(self, make: Callable[[Link], Noun]) -> None:
        self._make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, uow: "SqlUnitOfWork", owner: type) -> Noun:
        # An attribute of the unit of work goes before this from now on.
        noun = uow.__dict__[self._name] = self._make(uow._link)
        return noun


class SqlUnitOfWork:
    """See `bot.ports.UnitOfWork`. Made by `storage.database`; over after its one commit."""

    inbox = _Noun[Inbox](SqlInbox)
    outbox = _Noun[Outbox](SqlOutbox)
    conversations = _Noun[Conversations](SqlConversations)
    staff = _Noun[StaffMembers](SqlStaffMembers)
    sessions = _Noun[Sessions](SqlSessions)
    second_factors = _Noun[SecondFactors](SqlSecondFactors)
    file_links = _Noun[FileLinks](SqlFileLinks)
    guesses = _Noun[Guesses](SqlGuesses)
    chat_lines = _Noun[ChatLines](SqlChatLines)
    calendar = _Noun[Calendar](SqlCalendar)
    figures = _Noun[FiguresOf](SqlFigures)
    public_records = _Noun[PublicRecords](SqlPublicRecords)
    reviews = _Noun[Reviews](SqlReviews)
    deadlines = _Noun[Deadlines](SqlDeadlines)
    corrections = _Noun[Corrections](SqlCorrections)
    absences = _Noun[Absences](SqlAbsences)
    exclusions = _Noun[Exclusions](SqlExclusions)
    drafts = _Noun[StaffDrafts](SqlStaffDrafts)
    views = _Noun[SavedViews](SqlSavedViews)
    templates = _Noun[Templates](SqlTemplates)
    presences = _Noun[Presences](SqlPresences)
    openings = _Noun[IdentityOpenings](SqlIdentityOpenings)
    staff_chats = _Noun[StaffChats](SqlStaffChats)
    ratings = _Noun[Ratings](SqlRatings)
    closings = _Noun[Closings](SqlClosings)
    proposals = _Noun[Proposals](SqlProposals)
    publications = _Noun[Publications](SqlPublications)
    tries = _Noun[Tries](SqlTries)
    news = _Noun[News](SqlNews)
    notices = _Noun[Notices](SqlNotices)
    identities = _Noun[Identities](SqlIdentities)
    ward_settings = _Noun[Offices](SqlOffices)
    erasure = _Noun[Erasure](SqlErasure)
    retention = _Noun[Retention](SqlRetention)
    fading = _Noun[Fading](SqlFading)
    prints = _Noun[PhotoPrints](SqlPhotoPrints)
    evidence = _Noun[EvidenceChecks](SqlEvidenceChecks)
    bonds = _Noun[Bonds](SqlBonds)
    ties = _Noun[Ties](SqlTies)
    mentions = _Noun[Mentions](SqlMentions)
    bulletins = _Noun[Bulletins](SqlBulletins)
    long_works = _Noun[LongWorks](SqlLongWorks)
    boards = _Noun[Boards](SqlBoards)
    ledger = _Noun[Ledger](SqlLedger)
    praises = _Noun[Praises](SqlPraises)
    campaign = _Noun[Campaign](SqlCampaign)
    served = _Noun[ServedCases](SqlServedCases)
    api_keys = _Noun[ApiKeys](SqlApiKeys)
    neighbours = _Noun[Neighbours](SqlNeighbours)
    service_lists = _Noun[ServiceLists](SqlServiceLists)

    def __init__(
        self,
        connection: AsyncConnection,
        bell: Bell | None = None,
        wire: Wire | None = None,
        erased: Callable[[], None] | None = None,
    ) -> None:
        self._connection = connection
        self._bell = bell
        self._wire = wire
        self._erased = erased  # called when a key was destroyed for good
        self._link = link = Link(connection)
        self._trail = SqlAudit(link)
        self._is_over = False
        self._cases = SqlCases(link)
        self.cases: Cases = self._cases
        self.audit: AuditPort = self._trail

    async def commit(self) -> None:
        """Keep everything, once.

        Raises:
            NoOpenUnitOfWork: It was committed before.
            StorageBusy: It could not be kept. After a lost connection it may have been: whoever repeats the work must find
                what was done (every way in has a unique key for that).
        """
        if self._is_over:
            raise NoOpenUnitOfWork
        await self.write()
        self.end()
        with busy_when_out_of_reach():
            await commit(self._connection)
        if self._link.has_erased:
            forget_known()
            if self._erased is not None:
                self._erased()
        if self._bell is not None:
            self._ring(self._bell)

    @property
    def is_over(self) -> bool:
        """Committed, or nothing more can be asked of it."""
        return self._is_over

    async def write(self) -> None:
        """What is only written at the end; `commit` calls it, and whoever commits the connection themselves."""
        await self._cases.write_words()
        await self._trail.write()

    def _ring(self, bell: Bell) -> None:
        if self._link.rung:
            bell.ring(self._link.rung, self._link.shown)
        for after, addresses in self._link.rung_after.items():
            asyncio.get_running_loop().call_later(after.total_seconds(), bell.ring, addresses)
        if self._link.has_news:
            bell.ring_desk()
        if self._wire is not None:
            self._wire.tell(self._link.rung, desk=self._link.has_news, mail=self._link.has_mail)

    def end(self) -> None:
        """Nothing more can be asked of it."""
        self._is_over = True
        self._link.end()
