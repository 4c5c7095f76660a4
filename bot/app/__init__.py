"""Where the parts meet: builds them from the settings, starts them, stops them in order.

Read `build` for what there is and `live` for how it runs: on the way down, residents' channels stop first, then intake
finishes its turns, then delivery sends what it has in hand, then the web server and the database close. Telegram and Zalo,
which may not be there, are made in `telegram` and `zalo`; what is due by itself, in `timers`; what the process listens to,
in `listening`; what is only looked at, in `looking`.
"""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date

import structlog
from aiohttp import web

import admin
import public
from bot import checks, upkeep
from bot.app import timers
from bot.app.listening import listen_to_signals, start_web
from bot.app.telegram import Keep, Loop, open_telegram
from bot.app.workshop import ProcessWorkshop
from bot.app.zalo import open_zalo
from bot.bell import Bell
from bot.clock import SystemClock
from bot.conduct import find, load_penalties
from bot.demo import demo_settings, seed
from bot.domain.people import Channel, Language
from bot.errors import StorageBusy
from bot.file_keeper import SafeFileKeeper
from bot.health import Health
from bot.imager import PrintsImager
from bot.keys import adopt_next_key, load_secret_key, next_secret_key
from bot.logs import set_up_logs
from bot.memory import give_large_blocks_back, let_go_of_the_start
from bot.metrics import Metrics
from bot.ports import ChannelPort, FileStore, RawUpdate, Scanner
from bot.ports.sealing import KeyPurpose
from bot.receipts import KeyedReceipts
from bot.routing.wards import city_folder
from bot.scanned_files import ScannedFiles
from bot.scanning import ClamdScanner
from bot.sealed_files import KeyedFileSealer
from bot.sealing import KeySealer
from bot.services.city import City
from bot.settings import Settings
from bot.standing import Surroundings
from bot.vault import SecretMasterKey
from bot.web import keys, make_web_app
from handlers.channels import webchat_routes
from handlers.channels.counter import Counter
from handlers.channels.webchat import WebChat
from handlers.delivery import Delivery
from handlers.dialogue import make_dialogue
from handlers.intake import Intake
from handlers.leases import watch_leases
from handlers.pacing import Pace
from storage import Database
from storage.files import ObjectFileStore, open_file_store
from storage.hand import HandFile

log = structlog.get_logger()

COMMIT_WAITS = 0.001  # seconds that a thread with a commit done waits at most for the interpreter while the loop is busy


def prepare_logs(settings: Settings, *, quiet: bool) -> None:
    """Logs without secrets; commands that print for a person log only what is wrong."""
    set_up_logs("warning" if quiet else settings.log_level, settings.secrets)


@asynccontextmanager
async def open_database(
    settings: Settings, *, bell: Bell | None = None, beside_others: bool = False
) -> AsyncIterator[Database]:
    """The database, migrated. `beside_others`: for a short command while `run` has the folder.

    Raises:
        SettingsError: The settings name a place where no database can be.
        DatabaseOutOfReach: It cannot be used now.
    """
    master = SecretMasterKey(load_secret_key(settings))
    database = Database(settings.database_url, data_dir=settings.data_dir, bell=bell, guest=beside_others, master=master)
    try:
        try:
            await database.open()
        except StorageBusy as busy:
            raise checks.why_not_opened(settings, str(busy.values.get("reason", ""))) from busy
        yield database
    finally:
        await database.close()


async def change_secret_key(settings: Settings) -> tuple[int, bool]:
    """Wrap every key under the next secret key, and put that in the old one's place where it is ours to keep.

    Killed at any moment, nothing is lost: until the one transaction is committed the old key is the right one, and after
    it a second call finds all done and only changes the files.

    Returns:
        How many keys, 0 when it was done before; and whether the new key was put in its place.

    Raises:
        SettingsError: See `bot.keys.next_secret_key`; or another process has the folder.
    """
    old, new = SecretMasterKey(load_secret_key(settings)), SecretMasterKey(next_secret_key(settings))
    database = Database(settings.database_url, data_dir=settings.data_dir)
    try:
        await database.open()
        done = await database.wrap_anew(old, new)
        await database.wipe()
    finally:
        await database.close()
    return done, adopt_next_key(settings)


def open_files(settings: Settings, installation: Mapping[KeyPurpose, bytes]) -> ObjectFileStore:
    """The file store of the settings, sealed with the opened database's key."""
    place = settings.files_url or str((settings.data_dir / "files").absolute())
    return open_file_store(place, KeyedFileSealer(installation[KeyPurpose.FILES]))


def open_scanner(settings: Settings) -> Scanner | None:
    """The scanner of the settings; nobody is asked before the first file comes."""
    return ClamdScanner(settings.clamav) if settings.clamav else None


@dataclass(kw_only=True)
class Parts:
    """One process. Each loop runs until the event it is given is set."""

    web_app: web.Application
    receiving: list[Loop] = field(default_factory=list)
    intake: Intake
    delivery: Delivery
    watching: Loop  # hands back what dead processes had claimed
    timekeeping: Loop  # does what is due by itself
    noticing: Loop  # the same for what staff are told, more often
    neighbours: Loop  # the same for what other programs are told
    printing: Loop  # the same for pictures, which take long
    sealing: Loop  # ends when the files of before there were keys are sealed
    city: City


async def build(
    settings: Settings, database: Database, bell: Bell, stack: AsyncExitStack, *, has_door: bool = True
) -> Parts:
    """Everything around an open database; `stack` closes it. Without a door updates are asked for and not brought."""
    clock, metrics, files = SystemClock(), Metrics(), open_files(settings, database.keys)
    scanner = open_scanner(settings)
    keeper, imager = SafeFileKeeper(files, scanner=scanner), PrintsImager()
    handed_out: FileStore = ScannedFiles(files, scanner) if scanner else files
    city, secret_key = load_city(settings, database.keys), load_secret_key(settings)
    channels: dict[Channel, ChannelPort] = {
        Channel.WEBCHAT: WebChat(),
        Channel.COUNTER: Counter(),
        Channel.OPEN311: Counter(Channel.OPEN311),
    }
    paces: dict[Channel, Pace | None] = dict.fromkeys(channels)
    telegram = await open_telegram(settings, handed_out, metrics, stack)
    zalo = await open_zalo(settings, database, handed_out, metrics, stack)
    messengers = [messenger for messenger in (telegram, zalo) if messenger is not None]
    for messenger in messengers:
        channels[messenger.channel.channel], paces[messenger.channel.channel] = messenger.channel, messenger.pace
    dialogue = make_dialogue(city)
    delivery = Delivery(
        database,
        channels,
        bell,
        clock,
        paces,
        has_one_writer=settings.is_sqlite,
        receipts=city.receipts,
        count=lambda channel, state: metrics.sent.labels(channel.value, state.value).inc(),
    )
    intake = Intake(
        database,
        channels,
        dialogue.converse,
        dialogue.apologise,
        keeper,
        clock,
        claims_in_turn=settings.is_sqlite,
        hand=open_hand(settings, stack),
        delivery=delivery,
        bell=bell,
    )
    app = make_web_app(
        settings=settings,
        secret_key=secret_key,
        storage=database,
        clock=clock,
        wards=city.wards,
        bell=bell,
        files=handed_out,
        file_keeper=keeper,
    )
    app[keys.CITY], app[keys.SEALER], app[keys.RECEIPTS] = city, city.sealer, city.receipts
    app[keys.WORKSHOP] = workshop = ProcessWorkshop(settings, database, clock)
    stack.push_async_callback(workshop.close)
    keep = counted(intake.keep, metrics)
    add_pages(app, keep, Health(database, clock, metrics, Surroundings(settings.data_dir)))
    return Parts(
        web_app=app,
        receiving=[
            loop
            for messenger in messengers
            if has_door or not messenger.needs_door
            for loop in messenger.receiving(database, keep, app)
        ],
        intake=intake,
        delivery=delivery,
        watching=lambda stop: watch_leases(database, stop, delivery.share, clock),
        timekeeping=timers.timekeeping(database, city, files, settings, dialogue.remind, metrics, channels.keys()),
        noticing=timers.noticing(database, city),
        neighbours=timers.neighbours(database, city, settings),
        sealing=lambda stop: timers.seal_files(database, files, stop),
        printing=timers.printing(database, files, imager),
        city=city,
    )


def open_hand(settings: Settings, stack: AsyncExitStack) -> HandFile | None:
    """Where one process has the folder. On PostgreSQL an update is kept first, for whichever process answers it."""
    if not settings.is_sqlite:
        return None
    hand = HandFile(settings.data_dir)
    stack.callback(hand.close)
    return hand


def load_city(settings: Settings, installation: Mapping[KeyPurpose, bytes]) -> City:
    """What the city is: wards, where words point to, working days by rule. The keys are the opened database's.

    What staff changed of the days is asked of the table each time: a day that was forgotten since is a day as any other.
    """
    return make_city(settings, {}, installation)


def make_city(settings: Settings, changes: Mapping[date, bool], installation: Mapping[KeyPurpose, bytes]) -> City:
    """The same with these changes of the calendar, without a database."""
    return City.load(
        settings.zone,
        changes,
        SystemClock().now(),
        city_folder(settings.data_dir),
        sealer=KeySealer(installation[KeyPurpose.TEXTS]),
        receipts=KeyedReceipts(installation[KeyPurpose.RECEIPTS]),
        public_url=settings.public_url,
    )


def counted(keep: Keep, metrics: Metrics) -> Keep:
    """The same, and it is known how much came."""

    async def keep_and_count(channel: Channel, updates: Sequence[RawUpdate]) -> None:
        await keep(channel, updates)
        metrics.updates.labels(channel.value).inc(len(updates))

    return keep_and_count


def add_pages(app: web.Application, keep: Keep, health: Health) -> None:
    """Every room's routes."""
    public.add_routes(app)
    admin.add_routes(app)
    webchat_routes.add_routes(app, keep)
    health.add_routes(app)


@dataclass(frozen=True, kw_only=True)
class Started:
    """What whoever started it wants to know: where it listens, and the demo's accounts (name, password, role)."""

    url: str
    accounts: list[tuple[str, str, str]]


async def run(settings: Settings, *, demo: bool = False) -> None:
    """Everything in one process, until SIGTERM or SIGINT."""
    await serve(demo_settings(settings) if demo else settings, demo=demo, asked_to_stop=listen_to_signals(), started=_greet)


def _greet(started: Started) -> None:
    print(f"Hòm Thư: {started.url}/  (staff: /staff/)", flush=True)
    for username, password, role in started.accounts:
        print(f"  demo account  {username}  password  {password}  ({role})", flush=True)


async def serve(
    settings: Settings, *, asked_to_stop: asyncio.Event, started: Callable[[Started], None], demo: bool = False
) -> None:
    """Intake, delivery and web in one process, until asked to stop."""
    give_large_blocks_back()
    async with AsyncExitStack() as stack:
        bell = Bell()
        database = await stack.enter_async_context(open_database(settings, bell=bell))
        parts = await build(settings, database, bell, stack)
        parts.web_app[keys.IS_DEMO] = demo
        accounts = await seed(database, parts.city, SystemClock()) if demo else []
        port = await start_web(settings, parts.web_app, stack)
        await say_what_needs_a_hand(settings, database)
        started(Started(url=f"http://{settings.host}:{port}", accounts=accounts))
        await live(parts, asked_to_stop)


async def say_what_needs_a_hand(settings: Settings, database: Database) -> None:
    """A line in the log for each: the start goes on, residents are served all the same."""
    found = [checks.check_space(settings), upkeep.check_backup(settings.data_dir, SystemClock().now())]
    for finding in (*found, *await upkeep.check_server(database, is_sqlite=settings.is_sqlite)):
        if not finding.is_ok:
            log.warning("needs_a_hand", what=finding.what, found=finding.found, mend=finding.mend)


async def work(settings: Settings) -> None:
    """Intake and delivery only, beside other processes on PostgreSQL, until SIGTERM or SIGINT."""
    async with AsyncExitStack() as stack:
        bell = Bell()
        database = await stack.enter_async_context(open_database(settings, bell=bell))
        parts = await build(settings, database, bell, stack, has_door=False)
        log.info("working")
        await live(parts, listen_to_signals())


async def live(parts: Parts, asked_to_stop: asyncio.Event) -> None:
    """Run every loop; a loop that breaks ends the process, so that whoever supervises it starts a fresh one."""
    stops = [asyncio.Event(), asyncio.Event(), asyncio.Event()]
    working = [
        parts.watching,
        parts.timekeeping,
        parts.noticing,
        parts.neighbours,
        parts.printing,
        parts.sealing,
        parts.intake.work,
    ]
    loops: list[list[Loop]] = [parts.receiving, working, [parts.delivery.run]]
    await asyncio.to_thread(read_word_lists, parts.city)  # the pages are there meanwhile
    # What was made so far stays: the collector need not look through it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    await asyncio.to_thread(let_go_of_the_start)
    sys.setswitchinterval(COMMIT_WAITS)
    async with asyncio.TaskGroup() as group:
        running = [
            [group.create_task(_coroutine(loop(stop))) for loop in row] for row, stop in zip(loops, stops, strict=True)
        ]
        await asked_to_stop.wait()
        log.info("stopping")
        for stop, row in zip(stops, running, strict=True):
            stop.set()
            await asyncio.gather(*row)
    log.info("stopped")


def read_word_lists(city: City) -> None:
    """What is read at its first use, read now: half a second of everybody's that the first resident need not wait."""
    city.understand("đèn")
    find("đèn", Language.VI)
    load_penalties()


async def _coroutine(work: Awaitable[None]) -> None:
    await work
