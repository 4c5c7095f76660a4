"""The residents of `intake_channels` and what they write to: a stand-in of each messenger's Bot API, or the chat page.

They do the least that a resident can do, so that what is measured is the program: an answer counts once it holds what the
next step needs, by its words.
"""

import asyncio
import html
import itertools
import json
import re
import time
from typing import Any, ClassVar, Self

from aiohttp import ClientSession, CookieJar, web

MATTER = "Đèn đường hỏng cả đoạn, buổi tối rất tối, đề nghị sửa, lần {}"
WARD = "phường Tây Hồ"
PATIENCE = 30.0  # seconds for an answer


class Resident:
    """Somebody who tells reports, one after the other; `heard` is what was said, with what can be chosen by its label."""

    UPDATES: ClassVar[int] = 4  # a report

    def __init__(self, stand: "Stand", name: str) -> None:
        self.stand, self.name = stand, name
        self.heard: asyncio.Queue[tuple[str, dict[str, str]]] = asyncio.Queue()
        self.sent = 0

    async def tells(self, reports: int) -> None:
        for _ in range(reports):
            self.sent += 1
            await self.stand.writes(self, MATTER.format(f"{self.name[-6:]}{self.sent}"))
            await self.hears("phường, xã nào")
            await self.stand.writes(self, WARD)
            choices = await self.hears("Nơi nhận")
            await self.stand.chooses(self, choices, "Gửi")
            await self.hears("Mã hồ sơ")
            await self.stand.writes(self, "việc mới")  # else the next words would join the case
            await self.hears("Mời Bạn viết")

    async def hears(self, words: str) -> dict[str, str]:
        async with asyncio.timeout(PATIENCE):
            while True:
                text, choices = await self.heard.get()
                if words in text:
                    return choices


class Stand:
    """Where residents write to. `name` is that of the settings; empty for the program's own page."""

    name = ""
    token = ""

    def __init__(self, url: str, secret: str, *, is_polled: bool) -> None:
        self.url, self.secret, self.is_polled = url, secret, is_polled
        self.base = ""
        self.residents: dict[str, Resident] = {}
        self.numbers = itertools.count(1000)
        self.session = ClientSession()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._called)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def is_up(self) -> None:
        while True:
            try:
                async with self.session.get(f"{self.url}/health/ready") as answer:
                    if answer.status == 200:
                        return
            except OSError:
                pass
            await asyncio.sleep(0.1)

    async def resident(self, number: int) -> Resident:
        return self.residents.setdefault(self.address(number), Resident(self, self.address(number)))

    def address(self, number: int) -> str:
        return str(5_000_000 + number)

    async def writes(self, resident: Resident, text: str) -> None:
        raise NotImplementedError

    async def chooses(self, resident: Resident, choices: dict[str, str], label: str) -> None:
        raise NotImplementedError

    async def call(self, method: str, given: dict[str, Any]) -> Any:
        """The result of a call that the program makes."""
        raise NotImplementedError

    async def _called(self, request: web.Request) -> web.Response:
        given = await request.json() if request.can_read_body else {}
        return web.json_response({"ok": True, "result": await self.call(request.match_info["method"], given)})

    async def brings(self, path: str, header: str, update: dict[str, Any]) -> None:
        async with self.session.post(f"{self.url}{path}", json=update, headers={header: self.secret}) as answer:
            assert answer.status == 200, answer.status


class TelegramStand(Stand):
    """A Bot API of Telegram's."""

    name = "telegram"
    token = "4242:AAof-the-benchmark-0123456789"

    def __init__(self, url: str, secret: str, *, is_polled: bool) -> None:
        super().__init__(url, secret, is_polled=is_polled)
        self._waiting: dict[int, dict[str, Any]] = {}
        self._news = asyncio.Event()
        self._asked = asyncio.Event()

    async def is_up(self) -> None:
        await super().is_up()
        await self._asked.wait()

    async def writes(self, resident: Resident, text: str) -> None:
        chat = {"id": int(resident.name), "type": "private", "first_name": "Lan"}
        who = {"id": int(resident.name), "is_bot": False, "first_name": "Lan", "language_code": "vi"}
        message = {"message_id": next(self.numbers), "date": int(time.time()), "chat": chat, "from": who, "text": text}
        await self._hand_over({"message": message})

    async def chooses(self, resident: Resident, choices: dict[str, str], label: str) -> None:
        who = {"id": int(resident.name), "is_bot": False, "first_name": "Lan", "language_code": "vi"}
        chat = {"id": int(resident.name), "type": "private", "first_name": "Lan"}
        message = {"message_id": next(self.numbers), "date": int(time.time()), "chat": chat, "text": "…"}
        query = {
            "id": str(next(self.numbers)),
            "from": who,
            "chat_instance": "1",
            "data": choices[label],
            "message": message,
        }
        await self._hand_over({"callback_query": query})

    async def call(self, method: str, given: dict[str, Any]) -> Any:
        if method == "getUpdates":
            return await self._updates(given)
        if method == "setWebhook":
            self._asked.set()
        if method == "sendMessage":
            rows = given.get("reply_markup", {}).get("inline_keyboard", ())
            choices = {button["text"]: button["callback_data"] for row in rows for button in row}
            self.residents[str(given["chat_id"])].heard.put_nowait((given["text"], choices))
            chat = {"id": given["chat_id"], "type": "private"}
            return {"message_id": next(self.numbers), "date": int(time.time()), "chat": chat, "text": given["text"]}
        return {"id": 4242, "is_bot": True, "first_name": "Hòm Thư", "username": "homthu_bot"} if method == "getMe" else True

    async def _hand_over(self, update: dict[str, Any]) -> None:
        number = next(self.numbers)
        if self.is_polled:
            self._waiting[number] = {"update_id": number, **update}
            self._news.set()
        else:
            await self.brings("/hooks/telegram", "X-Telegram-Bot-Api-Secret-Token", {"update_id": number, **update})

    async def _updates(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        self._asked.set()
        self._waiting = {known: one for known, one in self._waiting.items() if known >= given.get("offset", 0)}
        try:
            async with asyncio.timeout(given.get("timeout", 0)):
                while not self._waiting:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return []
        return [self._waiting[number] for number in sorted(self._waiting)[:100]]


class ZaloStand(Stand):
    """A Bot API of Zalo's: choices are numbered lines."""

    name = "zalo"
    token = "12345689:of-the-benchmark"

    def __init__(self, url: str, secret: str, *, is_polled: bool) -> None:
        super().__init__(url, secret, is_polled=is_polled)
        self._asked = asyncio.Event()

    async def is_up(self) -> None:
        await super().is_up()
        await self._asked.wait()

    def address(self, number: int) -> str:
        return f"{number:020x}"

    async def writes(self, resident: Resident, text: str) -> None:
        message = {
            "from": {"id": resident.name, "display_name": "Lan", "is_bot": False},
            "chat": {"id": resident.name, "chat_type": "PRIVATE"},
            "text": text,
            "message_id": f"{next(self.numbers):020x}",
            "date": int(time.time() * 1000),
        }
        event = {"event_name": "message.text.received", "message": message}
        await self.brings("/hooks/zalo", "X-Bot-Api-Secret-Token", {"ok": True, "result": event})

    async def chooses(self, resident: Resident, choices: dict[str, str], label: str) -> None:
        await self.writes(resident, choices[label])

    async def call(self, method: str, given: dict[str, Any]) -> Any:
        if method == "setWebhook":
            self._asked.set()
        if method == "sendMessage":
            lines = re.findall(r"^(\d+)\. (.+)$", given["text"], re.MULTILINE)
            choices = {label: number for number, label in lines}
            self.residents[given["chat_id"]].heard.put_nowait((given["text"], choices))
            return {"message_id": f"{next(self.numbers):020x}", "date": int(time.time() * 1000)}
        return {"id": "1459232241454765289", "account_name": "bot.benchmark", "account_type": "BASIC", "url": ""}


# What a browser of today says of itself with every request, and of one that a page's own script makes.
BROWSER = {
    "User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile",
    "Accept-Language": "vi-VN,vi;q=0.9,en;q=0.8",
    "sec-ch-ua": '"Google Chrome";v="131", "Chromium";v="131", "Not_A Brand";v="24"',
    "sec-ch-ua-mobile": "?1",
    "sec-ch-ua-platform": '"Android"',
}
FROM_A_SCRIPT = {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
_CHIP = re.compile(r'name="choice" value="([^"]+)"[^>]*>([^<]+)<')
_TEXT = re.compile(r'<p class="bubble__text">(.*?)</p>', re.DOTALL)


class WebStand(Stand):
    """Browsers with the chat open, as its script works: forms posted for JSON, answers off the event stream."""

    def __init__(self, url: str, secret: str, *, is_polled: bool) -> None:
        super().__init__(url, secret, is_polled=is_polled)
        self._browsers: dict[str, tuple[ClientSession, str]] = {}
        self._streams: dict[str, asyncio.Task[None]] = {}  # one for each open page, as a browser has it

    async def __aexit__(self, *_: object) -> None:
        for stream in self._streams.values():
            stream.cancel()
        await asyncio.gather(*self._streams.values(), return_exceptions=True)
        for browser, _token in self._browsers.values():
            await browser.close()
        await super().__aexit__()

    async def resident(self, number: int) -> Resident:
        found = await super().resident(number)
        browser = ClientSession(cookie_jar=CookieJar(unsafe=True), headers=BROWSER)
        async with browser.get(f"{self.url}/chat") as answer:
            token = _TOKEN.search(await answer.text())
        assert token
        self._browsers[found.name] = (browser, token[1])
        self._streams[found.name] = asyncio.create_task(self._follow(found))
        return found

    async def writes(self, resident: Resident, text: str) -> None:
        await self._posts(resident, {"text": text})

    async def chooses(self, resident: Resident, choices: dict[str, str], label: str) -> None:
        await self._posts(resident, {"choice": choices[label]})

    async def _posts(self, resident: Resident, fields: dict[str, str]) -> None:
        browser, token = self._browsers[resident.name]
        given = {"form_token": token, "key": f"{resident.name}-{next(self.numbers)}", "ward": "", **fields}
        headers = {"Accept": "application/json", "Origin": self.url, "Referer": f"{self.url}/chat", **FROM_A_SCRIPT}
        async with browser.post(f"{self.url}/chat/messages", data=given, headers=headers) as answer:
            said = json.loads(await answer.text())
            assert said["kept"], said

    async def _follow(self, resident: Resident) -> None:
        browser, _ = self._browsers[resident.name]
        headers = {"Accept": "text/event-stream", "Referer": f"{self.url}/chat", **FROM_A_SCRIPT}
        async with browser.get(f"{self.url}/chat/events?after=0", timeout=None, headers=headers) as stream:
            data: list[str] = []
            async for row in stream.content:
                line = row.decode().rstrip("\n")
                if line.startswith("data"):
                    data.append(line[6:])
                elif not line and data:
                    page = "\n".join(data)
                    data = []
                    text = _TEXT.search(page)
                    chips = {html.unescape(label): html.unescape(value) for value, label in _CHIP.findall(page)}
                    resident.heard.put_nowait((html.unescape(text[1]) if text else "", chips))


KINDS: dict[str, type[Stand]] = {"telegram": TelegramStand, "zalo": ZaloStand, "web": WebStand}
