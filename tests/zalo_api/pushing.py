"""The webhook's side: brings events one after the other. How often Zalo tries again is not known: a choice here."""

import asyncio
from collections import deque

import aiohttp

ANSWER_WITHIN = 30.0  # seconds
SECRET_HEADER = "X-Bot-Api-Secret-Token"  # a header's name, not a secret


class Pusher:
    """Delivers what is in `waiting`, as long as it lives."""

    def __init__(
        self,
        waiting: deque[str],
        news: asyncio.Event,
        statuses: list[int],
        *,
        url: str,
        secret: str,
        redelivers: int,
        twice: bool,
    ) -> None:
        self._waiting = waiting
        self._news = news
        self._statuses = statuses
        self._url = url
        self._headers = {"Content-Type": "application/json", SECRET_HEADER: secret}
        self._redelivers = redelivers
        self._times = 2 if twice else 1
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN))
        self._task = asyncio.create_task(self._deliver_all())

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._session.close()

    async def _deliver_all(self) -> None:
        while True:
            self._news.clear()
            while self._waiting:
                text = self._waiting.popleft()
                for _ in range(self._times):
                    await self._deliver(text.encode("utf-8", "surrogatepass"))
            await self._news.wait()

    async def _deliver(self, body: bytes) -> None:
        for failures in range(self._redelivers + 1):
            if failures:
                await asyncio.sleep(0.1 * failures)
            try:
                async with self._session.post(self._url, data=body, headers=self._headers, allow_redirects=False) as answer:
                    await answer.read()
                    self._statuses.append(answer.status)
            except (aiohttp.ClientError, TimeoutError, OSError):
                self._statuses.append(0)
            if 200 <= self._statuses[-1] < 300:
                return
