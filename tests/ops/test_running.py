"""`run` as operators know it: it stops in order, its log holds nobody's words, and it says when residents are not served."""

import asyncio
import json
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import asyncpg
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import make_url
from yarl import URL

from bot.domain.people import Channel
from bot.domain.reply import NewReply, Reply
from bot.ports import RawUpdate
from storage import Database
from tests.bot_api import BotApiServer, Fault
from tests.conftest import Place
from tests.handlers.webchat.town import Browser
from tests.ops.homthu import Homthu, Running
from tests.storage.cast import LAN

STOPS_WITHIN = 10.0  # seconds
PHONE, WORDS = "0912 345 678", "Đèn đường hỏng ở ngõ 12 phường Phú Thượng"
SECRET = "webhook-secret-of-the-tests"


@asynccontextmanager
async def started(homthu: Homthu) -> AsyncIterator[Running]:
    """`run`, without holding up the tests' own loop."""
    context = homthu.running()
    running = await asyncio.to_thread(context.__enter__)
    try:
        yield running
    finally:
        await asyncio.to_thread(context.__exit__, None, None, None)


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
async def test_it_stops_in_order_while_everybody_is_talking(sqlite_place: Place, name: signal.Signals) -> None:
    """Open event streams, a long poll and residents in the middle of a sentence: gone within 10 s, with exit code 0."""
    async with BotApiServer() as api, aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        homthu = Homthu.at(sqlite_place, HOMTHU_TELEGRAM_TOKEN=api.token, HOMTHU_TELEGRAM_API_BASE=api.base)
        async with started(homthu) as running:
            streams = [await open_stream(session, running.url) for _ in range(3)]
            assert len(api.calls_of("getUpdates")) > 0
            residents = [api.resident(6000 + number) for number in range(20)]
            for resident in residents:
                for number in range(5):
                    resident.sends(f"{WORDS} {number}")
            async with asyncio.timeout(60):
                while not any(resident.heard for resident in residents):
                    await asyncio.sleep(0.05)
            took = await asyncio.to_thread(running.stops_on, name)
            assert running.process.returncode == 0, running.logged[-5:]
            assert took < STOPS_WITHIN
            for stream in streams:
                await asyncio.wait_for(stream.content.read(), 5)  # ended, not cut
                stream.close()
        events = [json.loads(line)["event"] for line in running.logged]
        assert events[-2:] == ["stopping", "stopped"]
        async with started(homthu):  # what was kept and not yet answered is answered by the next
            async with asyncio.timeout(60):
                while not all(resident.heard for resident in residents):
                    await asyncio.sleep(0.05)


async def open_stream(session: aiohttp.ClientSession, url: str) -> aiohttp.ClientResponse:
    """The live line of a chat page whose resident has said something."""
    browser = Browser(session, URL(url))
    await browser.opens("/chat")
    assert (await browser.says("Chào")).status == 200
    stream = await session.get(f"{url}/chat/events?after=0")
    assert (stream.status, stream.content_type) == (200, "text/event-stream")
    return stream


async def test_a_whole_conversation_leaves_nobody_in_the_log(sqlite_place: Place) -> None:
    """Written at the loudest level, with things going wrong: JSON lines without token, chat, phone or words."""
    async with BotApiServer() as api:
        lan = api.resident(987654321)
        homthu = Homthu.at(
            sqlite_place,
            HOMTHU_TELEGRAM_TOKEN=api.token,
            HOMTHU_TELEGRAM_API_BASE=api.base,
            HOMTHU_SECRET_KEY="the-key-of-the-tests-" * 2,
            HOMTHU_LOG_LEVEL="debug",
        )
        api.breaks("sendMessage", Fault(status=500), times=2)
        api.breaks("getUpdates", Fault(cut=True), times=1)
        api.breaks("file", Fault(status=500), times=1)
        async with started(homthu) as running:
            lan.sends(f"{WORDS}, gọi tôi {PHONE}")
            await lan.next_like("Phú Thượng", 60)
            lan.sends_photo(b"not a photo at all", "ảnh của tôi")
            api.feed_text('{"update_id": 99, "message": {"text": "' + WORDS + '"', update_id=99)
            lan.presses("Gửi")
            await lan.next_like("Mã hồ sơ", 60)
            await asyncio.to_thread(running.shows, f"/nowhere?phone={PHONE.replace(' ', '')}")
            await asyncio.to_thread(running.stops_on, signal.SIGTERM)
        assert len(running.logged) >= 3
        assert all(isinstance(json.loads(line), dict) for line in running.logged)
        log = "\n".join(running.logged)
        needles = [
            api.token,
            api.token.partition(":")[2],
            "987654321",
            PHONE,
            PHONE.replace(" ", ""),
            "Đèn đường",
            "ảnh của tôi",
        ]
        assert [needle for needle in [*needles, "the-key-of-the-tests-"] if needle in log] == []
        assert "telegram_polling_failed" in log, "nothing went wrong: the test has lost its point"


async def test_readiness_names_what_lags(database_place: Place) -> None:
    """A database that answers is not enough: an update or a reply that waits for minutes means nobody is served."""
    homthu = Homthu.at(database_place)
    async with started(homthu) as running:
        assert (await asyncio.to_thread(running.shows, "/health/live"))[0] == 200
        assert await asyncio.to_thread(running.readiness) == (200, [])
        await leaves_waiting(database_place)
        assert await asyncio.to_thread(running.readiness) == (503, ["inbox", "outbox"])
        assert (await asyncio.to_thread(running.shows, "/health/live"))[0] == 200
        figures = {
            sample.name: sample.value
            for family in text_string_to_metric_families((await asyncio.to_thread(running.shows, "/metrics"))[1])
            for sample in family.samples
        }
        assert figures["homthu_inbox_waiting"] == figures["homthu_outbox_waiting"] == 1
        assert 3500 < figures["homthu_inbox_oldest_seconds"] < 3700
        assert 3500 < figures["homthu_outbox_oldest_seconds"] < 3700
        assert (figures["homthu_inbox_failed"], figures["homthu_outbox_failed"]) == (1, 0)


async def leaves_waiting(place: Place) -> None:
    """An update and a reply of an hour ago, as they lie when nobody works through them: on Telegram, which this has not."""
    database = Database(place.url, data_dir=place.data_dir, guest=True)  # beside the process that has the folder
    await database.open(migrate=False)
    now, hour_ago = datetime.now(UTC), datetime.now(UTC) - timedelta(hours=1)
    async with database.begin() as uow:
        stuck = RawUpdate(channel=Channel.TELEGRAM, external_id="1", address_id="1", body="{}")
        hopeless = RawUpdate(channel=Channel.TELEGRAM, external_id="2", address_id="2", body="{", unreadable="no JSON")
        await uow.inbox.keep([stuck, hopeless], hour_ago)
        await uow.inbox.claim(owner="somebody/else", now=now, lease=timedelta(hours=1), most=1)
        await uow.outbox.add([NewReply(address=LAN, reply=Reply(text="Chào"))], hour_ago)
        await uow.commit()
    await database.close()


async def test_readiness_fails_when_no_row_can_be_committed_on_sqlite(sqlite_place: Place) -> None:
    """Somebody holds the file; once they let go, residents are served again."""
    async with started(Homthu.at(sqlite_place)) as running:
        file = sqlite3.connect(sqlite_place.data_dir / "homthu.sqlite3", isolation_level=None)
        file.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(10):  # others wait for the file as well: the answer does not queue behind them
            assert await asyncio.to_thread(running.readiness) == (503, ["database"])
        assert (await asyncio.to_thread(running.shows, "/health/live"))[0] == 200
        file.execute("ROLLBACK")
        file.close()
        assert await asyncio.to_thread(running.readiness) == (200, [])


async def test_readiness_fails_when_the_file_is_gone(sqlite_place: Place) -> None:
    """A removed file can still be written to, and everything in it is lost with the process: that is not ready."""
    async with started(Homthu.at(sqlite_place)) as running:
        assert await asyncio.to_thread(running.readiness) == (200, [])
        path = sqlite_place.data_dir / "homthu.sqlite3"
        path.rename(path.with_suffix(".away"))
        assert await asyncio.to_thread(running.readiness) == (503, ["database"])
        path.with_suffix(".away").rename(path)
        assert await asyncio.to_thread(running.readiness) == (200, [])


async def test_readiness_fails_while_postgresql_is_gone(postgres_place: Place) -> None:
    """The database lets nobody in for a while; afterwards the same process serves again."""
    url = make_url(postgres_place.url)
    admin = await asyncpg.connect(
        url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    )
    async with started(Homthu.at(postgres_place)) as running:
        assert await asyncio.to_thread(running.readiness) == (200, [])
        await admin.execute(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS false')
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", url.database)
        assert await asyncio.to_thread(running.readiness) == (503, ["database"])
        status, _ = await asyncio.to_thread(running.shows, "/metrics")
        assert status == 503
        await admin.execute(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS true')
        async with asyncio.timeout(60):
            while (await asyncio.to_thread(running.readiness))[0] != 200:
                await asyncio.sleep(0.2)
        await asyncio.to_thread(running.stops_on, signal.SIGTERM)
        assert running.process.returncode == 0
    await admin.close()


async def test_webhook_calls_without_the_secret_are_counted(sqlite_place: Place) -> None:
    """Missing, wrong, nearly right: 403 each, and a figure for whoever watches."""
    async with BotApiServer() as api, aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        homthu = Homthu.at(
            sqlite_place,
            HOMTHU_TELEGRAM_TOKEN=api.token,
            HOMTHU_TELEGRAM_API_BASE=api.base,
            HOMTHU_TELEGRAM_MODE="webhook",
            HOMTHU_TELEGRAM_WEBHOOK_SECRET=SECRET,
            HOMTHU_PUBLIC_URL="https://gopy.example.vn",
        )
        async with started(homthu) as running:
            for headers in (
                {},
                {"X-Telegram-Bot-Api-Secret-Token": "wrong"},
                {"X-Telegram-Bot-Api-Secret-Token": SECRET + "x"},
            ):
                async with session.post(f"{running.url}/hooks/telegram", data=b"{}", headers=headers) as answer:
                    assert answer.status == 403
            _, text = await asyncio.to_thread(running.shows, "/metrics")
        refused = [
            (sample.labels, sample.value)
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == "homthu_webhook_refused_total"
        ]
        assert refused == [({"channel": "telegram"}, 3.0), ({"channel": "zalo"}, 0.0)]
