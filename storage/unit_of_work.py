"""One open transaction and the nouns one can speak of inside it."""

import asyncio
from collections.abc import Callable

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
from storage.conversations import SqlConversations
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


class SqlUnitOfWork:
    """See `bot.ports.UnitOfWork`. Made by `storage.database`; over after its one commit."""

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
        self.inbox: Inbox = SqlInbox(link)
        self.outbox: Outbox = SqlOutbox(link)
        self.conversations: Conversations = SqlConversations(link)
        self._cases = SqlCases(link)
        self.cases: Cases = self._cases
        self.staff: StaffMembers = SqlStaffMembers(link)
        self.sessions: Sessions = SqlSessions(link)
        self.second_factors: SecondFactors = SqlSecondFactors(link)
        self.file_links: FileLinks = SqlFileLinks(link)
        self.guesses: Guesses = SqlGuesses(link)
        self.audit: AuditPort = self._trail
        self.chat_lines: ChatLines = SqlChatLines(link)
        self.calendar: Calendar = SqlCalendar(link)
        self.figures: FiguresOf = SqlFigures(link)
        self.public_records: PublicRecords = SqlPublicRecords(link)
        self.reviews: Reviews = SqlReviews(link)
        self.deadlines: Deadlines = SqlDeadlines(link)
        self.corrections: Corrections = SqlCorrections(link)
        self.absences: Absences = SqlAbsences(link)
        self.exclusions: Exclusions = SqlExclusions(link)
        self.drafts: StaffDrafts = SqlStaffDrafts(link)
        self.views: SavedViews = SqlSavedViews(link)
        self.templates: Templates = SqlTemplates(link)
        self.presences: Presences = SqlPresences(link)
        self.openings: IdentityOpenings = SqlIdentityOpenings(link)
        self.staff_chats: StaffChats = SqlStaffChats(link)
        self.ratings: Ratings = SqlRatings(link)
        self.closings: Closings = SqlClosings(link)
        self.proposals: Proposals = SqlProposals(link)
        self.publications: Publications = SqlPublications(link)
        self.tries: Tries = SqlTries(link)
        self.news: News = SqlNews(link)
        self.notices: Notices = SqlNotices(link)
        self.identities: Identities = SqlIdentities(link)
        self.ward_settings: Offices = SqlOffices(link)
        self.erasure: Erasure = SqlErasure(link)
        self.retention: Retention = SqlRetention(link)
        self.fading: Fading = SqlFading(link)
        self.prints: PhotoPrints = SqlPhotoPrints(link)
        self.evidence: EvidenceChecks = SqlEvidenceChecks(link)
        self.bonds: Bonds = SqlBonds(link)
        self.ties: Ties = SqlTies(link)
        self.mentions: Mentions = SqlMentions(link)
        self.bulletins: Bulletins = SqlBulletins(link)
        self.long_works: LongWorks = SqlLongWorks(link)
        self.boards: Boards = SqlBoards(link)
        self.ledger: Ledger = SqlLedger(link)
        self.praises: Praises = SqlPraises(link)
        self.campaign: Campaign = SqlCampaign(link)
        self.served: ServedCases = SqlServedCases(link)
        self.api_keys: ApiKeys = SqlApiKeys(link)
        self.neighbours: Neighbours = SqlNeighbours(link)
        self.service_lists: ServiceLists = SqlServiceLists(link)

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
        if self._link.has_erased and self._erased is not None:
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
            bell.ring(self._link.rung)
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
