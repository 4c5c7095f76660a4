"""What the core needs from the outside: storage, a file store, a clock, the channels. Each is a Protocol.

Storage works in units of work: one transaction each, committed once and explicitly; every other way out changes nothing.

Read in this order: `mail`, `viewing`, `cases`, `closings`, `evidence`, `publications`, `after`, `residents`, `bonds`,
`staff`, `desk`, `campaign`, `storage` (a unit of work holds them all), `outside`.
"""

from bot.ports.after import Rating, Ratings, Tries
from bot.ports.bonds import Bonds, OnItsWay
from bot.ports.bulletins import Bulletins
from bot.ports.campaign import Boards, Campaign, Ledger, Praises
from bot.ports.cases import EVERY_CASE, Cases, Chosen, Corrections
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
from bot.ports.evidence import EvidenceChecks, KeptFinding, PhotoPrints, Sighting
from bot.ports.file_links import FileLinks
from bot.ports.long_work import LongWorks, Workshop
from bot.ports.mail import (
    Backlog,
    ChatLine,
    ChatLines,
    ChatPlace,
    Conversations,
    FailedUpdate,
    Hand,
    Inbox,
    KeptUpdate,
    Outbox,
    RawUpdate,
)
from bot.ports.neighbours import Neighbours
from bot.ports.news import CaseNews, News
from bot.ports.notices import Notices
from bot.ports.outside import (
    Calendar,
    CalendarSource,
    ChannelPort,
    Clock,
    Deadlines,
    FileKeeper,
    FileStore,
    Imager,
    PictureKeeper,
    Receipts,
    Scanner,
    Sealer,
)
from bot.ports.public_records import PublicRecords
from bot.ports.publications import Publications
from bot.ports.residents import Erased, Erasure, Fading, Identities, Offices, Retention
from bot.ports.reviews import Reviews
from bot.ports.serving import ApiKeys, ServedCases, ServiceLists
from bot.ports.staff import Audit, Guesses, HeadSigner, SecondFactors, Sessions, StaffMembers
from bot.ports.storage import Storage, UnitOfWork, Wiper
from bot.ports.viewing import Viewer

__all__ = [
    "EVERY_CASE",
    "Absences",
    "ApiKeys",
    "Audit",
    "Backlog",
    "Boards",
    "Bonds",
    "Bulletins",
    "Calendar",
    "CalendarSource",
    "Campaign",
    "CaseNews",
    "Cases",
    "ChannelPort",
    "ChatLine",
    "ChatLines",
    "ChatPlace",
    "Chosen",
    "Clock",
    "Closings",
    "Conversations",
    "Corrections",
    "Deadlines",
    "Erased",
    "Erasure",
    "EvidenceChecks",
    "Exclusions",
    "Fading",
    "FailedUpdate",
    "FiguresOf",
    "FileKeeper",
    "FileLinks",
    "FileStore",
    "Guesses",
    "Hand",
    "HeadSigner",
    "Identities",
    "IdentityOpenings",
    "Imager",
    "Inbox",
    "KeptFinding",
    "KeptUpdate",
    "Ledger",
    "LongWorks",
    "Neighbours",
    "News",
    "Notices",
    "Offices",
    "OnItsWay",
    "Outbox",
    "PhotoPrints",
    "PictureKeeper",
    "Praises",
    "Presences",
    "Proposals",
    "PublicRecords",
    "Publications",
    "Rating",
    "Ratings",
    "RawUpdate",
    "Receipts",
    "Retention",
    "Reviews",
    "SavedViews",
    "Scanner",
    "Sealer",
    "SecondFactors",
    "ServedCases",
    "ServiceLists",
    "Sessions",
    "Sighting",
    "StaffChats",
    "StaffDrafts",
    "StaffMembers",
    "Storage",
    "Templates",
    "Tries",
    "UnitOfWork",
    "Viewer",
    "Wiper",
    "Workshop",
]
