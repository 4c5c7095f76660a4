"""What is due by itself: the works of each timer, in the order they are looked at. One process of all does them."""

import asyncio
from collections.abc import Collection, Sequence

import structlog

from bot.app.telegram import Loop
from bot.clock import SystemClock
from bot.domain.people import Channel
from bot.heads import KeyedHeads
from bot.imager import PrintsImager
from bot.metrics import Metrics
from bot.outward import Outward
from bot.ports.sealing import KeyPurpose
from bot.services.city import City
from bot.settings import Settings
from handlers.faults import described
from handlers.leading import led
from handlers.neighbours import Neighbourhood, Teller
from handlers.timekeeping import (
    LOOK_EVERY,
    LOOK_FOR_NOTICES_EVERY,
    LOOK_FOR_PICTURES_EVERY,
    ChangedCalendar,
    DoomedFiles,
    DueDigests,
    DueDrafts,
    DueErasures,
    DueFadings,
    DueHeads,
    DueLedger,
    DueNotices,
    DuePlans,
    DuePrints,
    DueReviews,
    DueWarnings,
    DueWork,
    ErasedBytes,
    IdleOwners,
    LaterQuestions,
    OldMail,
    OldPapers,
    Remind,
    StuckAnswers,
    Timekeeper,
)
from storage import Database
from storage.files import ObjectFileStore

log = structlog.get_logger()


def timekeeping(
    database: Database,
    city: City,
    files: ObjectFileStore,
    settings: Settings,
    remind: Remind,
    metrics: Metrics,
    channels: Collection[Channel],
) -> Loop:
    """Everything that can wait for some seconds. `channels` are those that are set up."""
    works: list[DueWork] = [
        DueDrafts(database, remind),
        DueErasures(database),
        DueFadings(database),
        DueLedger(database, settings.zone),
        ErasedBytes(database),
        StuckAnswers(database, channels),
        IdleOwners(database, city.calendar),
        DuePlans(database, city),
        LaterQuestions(database, city.calendar),
        DueWarnings(database, city.calendar),
        ChangedCalendar(database, city.calendar),
        OldMail(database),
        OldPapers(database),
        DoomedFiles(database, files),
        DueDigests(database, city.calendar, city.public_url),
        DueReviews(database, city.calendar, [ward.code for ward in city.wards], city.public_url),
        DueHeads(database, KeyedHeads(database.keys[KeyPurpose.HEADS].decode()), metrics),
    ]
    return _timer("timekeeping", database, works, LOOK_EVERY)


def noticing(database: Database, city: City) -> Loop:
    """What staff are to hear of in their chats."""
    works = [DueNotices(database, city.calendar, city.public_url, city.wards)]
    return _timer("notices", database, works, LOOK_FOR_NOTICES_EVERY)


def neighbours(database: Database, city: City, settings: Settings) -> Loop:
    """What other programs are to be told."""
    clock = SystemClock()
    teller = Teller(Outward(settings.networks), city.receipts, clock)
    return led("neighbours", database, Neighbourhood(database, teller, clock).run)


def printing(database: Database, files: ObjectFileStore, imager: PrintsImager) -> Loop:
    """Photos that are to be known again."""
    return _timer("prints", database, [DuePrints(database, files, imager)], LOOK_FOR_PICTURES_EVERY)


async def seal_files(database: Database, files: ObjectFileStore, stop: asyncio.Event) -> None:
    """What was kept before files were sealed, while everything else is at work. What fails is left for the next start."""
    try:
        await database.once("files", lambda: files.seal_up(stop))
    except Exception as error:  # whatever a store says; until then the files are found as they lie
        log.error("files_not_sealed", error=described(error))


def _timer(name: str, database: Database, works: Sequence[DueWork], look_every: float) -> Loop:
    return led(name, database, Timekeeper(works, SystemClock(), look_every=look_every).run)
