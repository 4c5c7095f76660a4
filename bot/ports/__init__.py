"""What the core needs from the outside: storage, a file store, a clock, the channels. Each is a Protocol.

Storage works in units of work: one transaction each, committed once and explicitly; every other way out changes nothing.

Read in this order: `mail`, `cases`, `staff`, `storage` (a unit of work holds them all), `outside`.
"""

from bot.ports.cases import Cases, Corrections, QueueKey, QueueLine, Viewer
from bot.ports.mail import Backlog, ChatLine, ChatLines, Conversations, FailedUpdate, Inbox, KeptUpdate, Outbox, RawUpdate
from bot.ports.outside import Calendar, CalendarSource, ChannelPort, Clock, FileKeeper, FileStore, Receipts, Sealer
from bot.ports.staff import Audit, Sessions, StaffMembers
from bot.ports.storage import Storage, UnitOfWork

__all__ = [
    "Audit",
    "Backlog",
    "Calendar",
    "CalendarSource",
    "Cases",
    "ChannelPort",
    "ChatLine",
    "ChatLines",
    "Clock",
    "Conversations",
    "Corrections",
    "FailedUpdate",
    "FileKeeper",
    "FileStore",
    "Inbox",
    "KeptUpdate",
    "Outbox",
    "QueueKey",
    "QueueLine",
    "RawUpdate",
    "Receipts",
    "Sealer",
    "Sessions",
    "StaffMembers",
    "Storage",
    "UnitOfWork",
    "Viewer",
]
