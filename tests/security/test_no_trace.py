"""1.3.2: where a resident's message came from, and with what, is in no byte that is kept: neither address nor browser.

Two ways in: straight from another address of this machine, and through a proxy that names the address. Both are really
seen, because both are counted; and both are looked for in every row, file and line of the log, and on every page.
"""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from aiohttp import ClientSession, CookieJar, TCPConnector
from yarl import URL

from bot.domain.people import Role
from bot.logs import set_up_logs
from public.track import TRIES
from tests.conftest import Place
from tests.handlers.webchat.town import Browser
from tests.security.dumps import dump, where
from tests.stories.cast import City, Officer, OnTheWebChat, code_in, small_photo
from tests.stories.webhook import HEADER, SECRET, city_with_a_webhook, knocks

STRAIGHT, NAMED, CLAIMED = "127.0.0.77", "203.0.113.177", "198.51.100.78"
AGENT = "KrakenPhone/77.7 (planted) Mozilla/5.0 Chrome/131.0 Mobile Safari/537.36"
FROM = "https://planted.example/where-she-was"
SAID = {
    "User-Agent": AGENT,
    "Referer": FROM,
    "X-Real-IP": CLAIMED,
    "Forwarded": f"for={CLAIMED}",
    "Sec-CH-UA": '"KrakenBrand";v="77"',
    "Accept-Language": "vi, x-planted-tongue;q=0.1",
}
NEEDLES = [STRAIGHT, NAMED, CLAIMED, "Kraken", "planted"]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the program writes when it writes all that it can."""
    root, stream = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level
    set_up_logs("debug", (), stream)
    yield stream
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    structlog.reset_defaults()


def browser_of(city: City, *, is_straight: bool, agent: str = AGENT) -> ClientSession:
    """One that says all it can about itself: from an address of its own, or named by the proxy on this machine."""
    named = {} if is_straight else {"X-Forwarded-For": f"{CLAIMED}, {NAMED}"}
    connector = TCPConnector(local_addr=(STRAIGHT, 0)) if is_straight else None
    session = ClientSession(
        cookie_jar=CookieJar(unsafe=True), headers=SAID | {"User-Agent": agent} | named, connector=connector
    )
    city.sessions.append(session)
    return session


async def report(city: City, session: ClientSession, photo: bytes) -> str:
    """By the web chat, with a photo, and its stream of answers followed."""
    chat = OnTheWebChat(Browser(session, URL(city.url)))
    await chat.browser.opens("/chat")
    await chat.says("Cán bộ một cửa phường Phú Thượng đòi tôi tiền")
    await chat.hears("Ứng xử của cán bộ")
    await chat.sends_photo(photo, "đây là giấy hẹn")
    async with chat.browser.follows() as stream:
        await chat.presses("Gửi")
        await stream.next()
    return code_in(await chat.hears("Mã hồ sơ"))


async def asks(city: City, session: ClientSession, code: str) -> list[int]:
    """After the receipt, until it is refused: the address was counted, so it was seen."""
    statuses = []
    page = Browser(session, URL(city.url))
    for number in range(TRIES + 1):
        token = (await page.opens("/track")).with_test_id("track-case-form")
        assert token, "the form is there"
        found = [one["value"] for tag, one in page.page.elements if tag == "input" and one.get("name") == "form_token"]
        data = {"form_token": found[0], "code": code, "secret": str(number)}
        async with session.post(f"{city.url}/track", data=data) as answer:
            statuses.append(answer.status)
    return statuses


async def errs(city: City, session: ClientSession) -> str:
    """Whatever can be done wrongly; what was answered."""
    read = ""
    for method, path in (
        ("GET", "/không-có"),
        ("POST", "/track"),
        ("POST", "/chat/messages"),
        ("PUT", "/chat"),
        ("GET", "/%00"),
    ):
        async with session.request(method, URL(city.url + path, encoded=True), data=b"\xff\x00" * 10) as answer:
            assert answer.status >= 400
            read += await answer.text(errors="replace")
    long = {"X-Much": "KrakenHeader" * 2000}
    async with session.get(city.url + "/chat", headers=long) as answer:
        assert answer.status >= 400
        read += await answer.text()
    host, port = city.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), local_addr=(STRAIGHT, 0))
    writer.write(f"GET /chat HTTP/9.9\r\nHost: x\r\nUser-Agent: {AGENT}\r\nBroken {NAMED}\r\n\r\n".encode())
    read += (await reader.read()).decode(errors="replace")
    writer.close()
    return read


async def telegram_brings(city: City, session: ClientSession) -> None:
    """A real update, one that cannot be read, and a forged one, each from there."""
    chat = {"id": 7001, "type": "private", "first_name": "Lan"}
    sender = {"id": 7001, "is_bot": False, "first_name": "Lan"}
    message = {"message_id": 1, "date": 1_795_000_000, "chat": chat, "from": sender, "text": "Đèn hỏng"}
    for secret, update, status in (
        (SECRET, {"update_id": 900_001, "message": message}, 200),
        (SECRET, {"update_id": 900_002, "message": {"chat": None}}, 200),
        ("wrong", {"update_id": 900_003, "message": message}, 401),
    ):
        body = json.dumps(update).encode()
        async with session.post(f"{city.url}/hooks/telegram", data=body, headers={HEADER: secret}) as answer:
            assert answer.status == status or (status == 401 and answer.status in (401, 403, 404))
    await knocks(city, b"KrakenBody", "wrong")


async def pages_of(city: City, auditor: Officer, codes: list[str]) -> str:
    """All that staff read of it, the trail and the figures for the operator."""
    read = "".join([await auditor.opens(f"/staff/cases/{code}") for code in codes])
    for path in ("/staff/", "/staff/audit", "/staff/dashboard", "/staff/sessions"):
        read += await auditor.opens(path)
    async with auditor.session.get(city.url + "/metrics") as answer:
        read += await answer.text()
    return read


async def test_nothing_that_is_kept_says_where_a_resident_was_or_with_what(
    database_place: Place, tmp_path: Path, log: io.StringIO
) -> None:
    """1.3.2, S20: Web chat, upload, stream, receipts, Telegram's webhook, every sort of error, at the most talkative log."""
    read, codes = "", []
    async with city_with_a_webhook(database_place) as city:
        photo = small_photo(tmp_path)
        for is_straight in (True, False):
            session = browser_of(city, is_straight=is_straight)
            codes.append(await report(city, session, photo))
            statuses = await asks(city, session, codes[-1])
            assert statuses == [200] * TRIES + [429], "each address was seen, and counted by itself"
            read += await errs(city, session)
            await telegram_brings(city, session)
        chi = await city.staff("chi", role=Role.RESTRICTED_OFFICER)
        tra = await city.staff("tra", ward=None, role=Role.INSPECTOR)
        read += await pages_of(city, chi, codes) + await pages_of(city, tra, codes)
        assert codes[0] in read, "they are the right pages"
        during = await dump(database_place)
    assert '"event"' in log.getvalue()
    for found in (during, await dump(database_place)):
        assert any(codes[0].encode() in content for content in found.values())
        assert where(NEEDLES, found | {"log": log.getvalue().encode(), "pages": read.encode()}) == []


async def test_of_staff_only_the_sort_of_browser_is_kept(sqlite_place: Place, log: io.StringIO) -> None:
    """1.3.2: Enough to tell one's own phone from somebody else's, and nothing else: no version, no brand, no address."""
    async with city_with_a_webhook(sqlite_place) as city:
        minh = await city.staff("minh")
        for is_straight in (True, False):
            elsewhere = Officer(browser_of(city, is_straight=is_straight), URL(city.url), minh.password, "minh")
            await elsewhere.signs_in()
            assert elsewhere.status == 200
            assert (await elsewhere.opens("/staff/sessions")).count("Chrome") == 1 + (not is_straight)
            read = elsewhere.html
        found = await dump(sqlite_place)
    assert b"phone chrome" in found["table sessions"]
    assert where(NEEDLES, found | {"log": log.getvalue().encode(), "page": read.encode()}) == []
