"""Several processes are one city: pages hear what others commit, timers run once, Telegram is asked by one."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path

from aiohttp import ClientSession, CookieJar
from sqlalchemy import select
from yarl import URL

from bot import app
from bot.bell import Bell
from bot.commands import add_account
from bot.domain.case import Case
from bot.domain.people import Address, Channel, Role
from bot.domain.reply import DeliveryResult, DeliveryState
from bot.domain.thread import CaseEvent, EventKind
from bot.domain.ward import WardCode
from bot.routing.wards import load_wards
from bot.settings import load_settings
from storage import Database
from storage.tables import addresses
from tests.bot_api import BotApiServer, Resident
from tests.cluster.processes import Cluster, cluster
from tests.conftest import Place
from tests.handlers.webchat.town import Browser
from tests.storage.cast import file_case, says
from tests.stories.cast import Officer

PATIENCE = 60.0  # seconds
PHU_THUONG = WardCode("00091")


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.05)


async def an_officer(place: Place, url: str, session: ClientSession) -> Officer:
    settings = load_settings(data_dir=place.data_dir, database_url=place.url)
    async with app.open_database(settings, beside_others=True) as database:
        password = await add_account(
            database,
            load_wards(),
            username="minh",
            full_name="Cán bộ Minh",
            role=Role.WARD_OFFICER,
            ward=PHU_THUONG,
            now=datetime.now(UTC),
        )
    officer = Officer(session, URL(url), password, "minh")
    await officer.signs_in()
    return officer


async def files_a_case(database: Database) -> Case:
    async with database.begin() as uow:
        case = await file_case(uow, ward=PHU_THUONG)
        await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.FILED, at=datetime.now(UTC)))
        await uow.commit()
    return case


async def is_told(database: Database, chat: Address, text: str) -> None:
    """As if this process had answered and delivered."""
    now = datetime.now(UTC)
    async with database.begin() as uow:
        [reply] = await uow.outbox.add([says(text, chat)], now, keeps_offer=False)
        await uow.outbox.record([DeliveryResult(reply_id=reply, state=DeliveryState.SENT, at=now)])
        await uow.commit()


async def test_pages_of_one_process_hear_what_another_commits(postgres_place: Place, tmp_path: Path) -> None:
    """A desk's page and a chat's page, open at a process that never looks by itself: it is told. We are the other one.

    A line whose place in the outbox is lower and came later is shown too, without loading the page anew.
    """
    async with (
        BotApiServer() as api,
        cluster(postgres_place, api, tmp_path / "c", "run", mode="polling", plant=_NEVER_LOOKS) as there,
        ClientSession(cookie_jar=CookieJar(unsafe=True)) as desk,
        ClientSession(cookie_jar=CookieJar(unsafe=True)) as chat,
    ):
        url = there.programs[0].url
        settings = load_settings(data_dir=postgres_place.data_dir, database_url=postgres_place.url)
        await an_officer(postgres_place, url, desk)
        lan = Browser(chat, URL(url))
        await lan.opens()
        await lan.says("Xin chào")
        async with app.open_database(settings, bell=Bell()) as here:
            async with desk.get(f"{url}/staff/events") as stream:
                await _reads(stream.content, b"id: ")
                case = await files_a_case(here)
                assert case.code in (await _reads(stream.content, case.code.encode())).decode()
            async with lan.follows() as lines:
                await lines.next()  # what it said so far
                address = await _address_of(here)
                await is_told(here, address, "Tổ điện sẽ đến sáng mai")
                await _hears(lines, "Tổ điện sẽ đến sáng mai")
                async with here.begin() as late:
                    [lower] = await late.outbox.add(
                        [says("câu này đến muộn", address)], datetime.now(UTC), keeps_offer=False
                    )
                    await is_told(here, address, "câu này đến trước")
                    await _hears(lines, "câu này đến trước")
                    now = datetime.now(UTC)
                    await late.outbox.record([DeliveryResult(reply_id=lower, state=DeliveryState.SENT, at=now)])
                    await late.commit()
                await _hears(lines, "câu này đến muộn")


_NEVER_LOOKS = "tests.cluster.planted:nobody_looks_by_themselves"


async def _reads(stream: object, wanted: bytes) -> bytes:
    found = b""
    async with asyncio.timeout(PATIENCE):
        while wanted not in found:
            found += await stream.readany()  # type: ignore[attr-defined]  # aiohttp's
    return found


async def _hears(lines: object, words: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while words not in (await lines.next()).line:  # type: ignore[attr-defined]  # the town's
            continue


async def _address_of(database: Database) -> Address:
    """Of the one chat there is."""
    async with database._transaction() as connection:
        [found] = (
            await connection.execute(select(addresses.c.external_id).where(addresses.c.channel == "webchat"))
        ).scalars()
    return Address(Channel.WEBCHAT, found)


def _told(folder: Path) -> list[tuple[float, str, str]]:
    """When which process did which of the timers' works."""
    file = folder / "timers.txt"
    lines = file.read_text().splitlines() if file.exists() else []
    return [(float(at), pid, name) for at, pid, name in (line.split(" ") for line in lines)]


async def test_timers_run_in_one_process_and_the_next_takes_over(postgres_place: Place, tmp_path: Path) -> None:
    """Of three one does each of them; when it is killed another does, within seconds; never two in turns."""
    folder = postgres_place.data_dir
    async with (
        BotApiServer() as api,
        cluster(postgres_place, api, tmp_path / "c", "run", "work", "work", mode="polling", plant=_TELLS) as several,
    ):
        for _ in range(2):
            await until(partial(_all_done_since, folder, 0.0))
            await _killed_leaders(several, folder)
            began = time.time()
            await until(partial(_all_done_since, folder, began))
            assert max(at for at, *_ in _told(folder)) - began < PATIENCE
        for kind in _KINDS:
            pids = [pid for _, pid, name in _told(folder) if name == kind]
            changes = sum(1 for before, after in pairwise(pids) if before != after)
            assert changes == len(set(pids)) - 1, f"{kind} was done by several in turns: {pids}"


_TELLS = "tests.cluster.planted:timers_tell_who_they_are"
_KINDS = {"drafts", "erasures", "idle_owners", "warnings", "digests", "audit_heads", "old_mail", "notices", "prints"}


def _all_done_since(folder: Path, moment: float) -> bool:
    return {name for at, _, name in _told(folder) if at > moment} >= _KINDS


async def _killed_leaders(several: Cluster, folder: Path) -> None:
    """Everybody who leads anything is killed and comes back as somebody new."""
    newest = {name: pid for _, pid, name in _told(folder)}
    for program in list(several.programs):
        if program.forked is not None and str(program.forked.pid) in newest.values():
            await several.is_killed(program)
            await several.is_back(program)
            return
    raise AssertionError("no leader found")


def _has_heard(resident: Resident, before: int) -> bool:
    return len(resident.heard) > before


async def test_one_of_two_asks_telegram_and_the_next_one_does_when_it_is_gone(postgres_place: Place, tmp_path: Path) -> None:
    """Nobody is ever told 409, and a message that comes while the one is dead is answered by another."""
    async with (
        BotApiServer() as api,
        cluster(postgres_place, api, tmp_path / "c", "run", "work", mode="polling") as several,
    ):
        lan = api.resident(7001)
        lan.sends("/start")
        await lan.next(PATIENCE)
        for program in several.programs:
            before = len(lan.heard)
            await asyncio.to_thread(program.is_killed)
            lan.sends("/help")
            await until(partial(_has_heard, lan, before))
            await asyncio.to_thread(program.starts_from, several.quick)
        assert "Conflict" not in several.logs()
