"""The webhook's side: brings updates, one at a time per chat, until each is answered with 2xx.

Source: the public Bot API server (May 2026): at once, then 2, 4, 8 … seconds, at most 60 to 120; `Retry-After` is obeyed
up to an hour; an answer is awaited for 60 seconds; redirects are failures; there is no maximum number of tries.
"""

import asyncio
from dataclasses import dataclass, field

import aiohttp

from tests.bot_api.updates import Updates, Waiting

ANSWER_WITHIN = 60.0  # seconds


@dataclass
class Webhook:
    """What `setWebhook` set, and what came of it. `statuses` are the answers in order, 0 for none at all."""

    url: str
    secret: str = ""
    max_connections: int = 40
    statuses: list[int] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)  # seconds, as Telegram would wait; tests shorten them
    last_error: str = ""


class Pusher:
    """Delivers while a webhook is set. `hurry` divides every wait: 1.0 is Telegram's own pace."""

    def __init__(self, updates: Updates, webhook: Webhook, *, hurry: float) -> None:
        self._updates = updates
        self._webhook = webhook
        self._hurry = hurry
        self._news = asyncio.Event()
        self._chats: dict[str, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(webhook.max_connections)
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN))
        self._dispatcher = asyncio.create_task(self._dispatch())

    def look(self) -> None:
        """There is something new."""
        self._news.set()

    async def stop(self) -> None:
        for task in (self._dispatcher, *self._chats.values()):
            task.cancel()
        await asyncio.gather(self._dispatcher, *self._chats.values(), return_exceptions=True)
        await self._session.close()

    async def _dispatch(self) -> None:
        while True:
            for chat in {update.chat for update in self._updates.waiting.values()}:
                if chat not in self._chats or self._chats[chat].done():
                    self._chats[chat] = asyncio.create_task(self._serve(chat))
            self._news.clear()
            await self._news.wait()

    async def _serve(self, chat: str) -> None:
        while mine := sorted(u.update_id for u in self._updates.waiting.values() if u.chat == chat):
            await self._deliver(self._updates.waiting[mine[0]])

    async def _deliver(self, update: Waiting) -> None:
        failures = 0
        while update.update_id in self._updates.waiting:
            async with self._slots:
                status, retry_after = await self._post(update)
            self._webhook.statuses.append(status)
            if 200 <= status < 300:
                self._updates.confirm(update.update_id)
                return
            failures += 1
            wait = retry_after if retry_after else (0.0 if failures == 1 else min(2.0 ** (failures - 1), 60.0))
            self._webhook.waits.append(wait)
            self._webhook.last_error = f"Wrong response from the webhook: {status}" if status else "Connection failed"
            await asyncio.sleep(wait / self._hurry)

    async def _post(self, update: Waiting) -> tuple[int, float]:
        headers = {"Content-Type": "application/json"}
        if self._webhook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self._webhook.secret
        try:
            async with self._session.post(
                self._webhook.url,
                data=update.json.encode("utf-8", "surrogatepass"),
                headers=headers,
                allow_redirects=False,
            ) as answer:
                await answer.read()
                told = answer.headers.get("Retry-After", "")
                return answer.status, min(float(told), 3600.0) if told.isdigit() else 0.0
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0, 0.0
