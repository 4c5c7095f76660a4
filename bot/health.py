"""`/health/live`, `/health/ready`, `/metrics`: for the operator's tools.

Ready means that residents are being served: a row can be committed, and neither the inbox nor the outbox lags. A database
that answers while nothing is handled any more is exactly the failure that a mere ping does not see.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from bot.errors import StorageBusy
from bot.metrics import CONTENT_TYPE, Metrics
from bot.ports import Backlog, Clock, Storage
from bot.web.siege import GATES

INBOX_LAG = timedelta(seconds=60)  # a kept update is handled within a second or two
ANSWERS_WITHIN = 4.0  # seconds; a database that takes longer for one row serves nobody, and probes do not wait
OUTBOX_LAG = timedelta(minutes=5)  # due replies; a reply that waits as its channel told it to is not due


@dataclass(frozen=True, slots=True)
class Health:
    """Answers the three paths from what storage holds now."""

    storage: Storage
    clock: Clock
    metrics: Metrics

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/health/live", self.live)
        app.router.add_get("/health/ready", self.ready)
        app.router.add_get("/metrics", self.show_metrics)

    async def live(self, _request: web.Request) -> web.Response:
        """The process answers; nothing else is claimed."""
        return web.json_response({"live": True})

    async def ready(self, _request: web.Request) -> web.Response:
        """200 when residents are served, else 503 with the reasons by name."""
        reasons = await self.reasons()
        return web.json_response({"ready": not reasons, "reasons": reasons}, status=503 if reasons else 200)

    async def reasons(self) -> list[str]:
        """Why residents are not being served now; empty when they are."""
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                await self.storage.ping()
                inbox, outbox = await self._backlogs()
        except (StorageBusy, TimeoutError):
            return ["database"]
        late = [("inbox", inbox, INBOX_LAG), ("outbox", outbox, OUTBOX_LAG)]
        return [name for name, backlog, limit in late if self._age(backlog) > limit.total_seconds()]

    async def show_metrics(self, request: web.Request) -> web.Response:
        """The counters, and the backlogs as they are now."""
        inbox, outbox = await self._backlogs()
        shown = self.metrics
        shown.inbox_waiting.set(inbox.waiting)
        shown.inbox_failed.set(inbox.failed)
        shown.inbox_oldest.set(self._age(inbox))
        shown.outbox_waiting.set(outbox.waiting)
        shown.outbox_failed.set(outbox.failed)
        shown.outbox_oldest.set(self._age(outbox))
        for name, gate in request.app.get(GATES, {}).items():
            shown.besieged.labels(name).set(gate.siege.is_on)
        return web.Response(body=shown.text(), headers={"Content-Type": CONTENT_TYPE})

    async def _backlogs(self) -> tuple[Backlog, Backlog]:
        async with self.storage.reading() as uow:
            return await uow.inbox.backlog(), await uow.outbox.backlog(self.clock.now())

    def _age(self, backlog: Backlog) -> float:
        """Seconds; 0 when nothing waits, or when the clock was set back."""
        return max(0.0, (self.clock.now() - backlog.oldest).total_seconds()) if backlog.oldest else 0.0
