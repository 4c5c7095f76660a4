"""`/health/live`, `/health/ready`, `/metrics`: for the operator's tools.

Ready means that residents are being served: a row can be committed, and neither the inbox nor the outbox lags. A database
that answers while nothing is handled any more is exactly the failure that a mere ping does not see. What needs somebody's
hand but keeps nobody from being served (a short disk, an old backup, failed updates) is a warning beside it.
"""

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from bot.domain.neighbours import Lag
from bot.domain.people import Channel
from bot.errors import StorageBusy
from bot.metrics import CONTENT_TYPE, Metrics
from bot.ports import Backlog, Clock, Storage
from bot.standing import OLDEST_BACKUP, Disk, Surroundings
from bot.web.siege import GATES

INBOX_LAG = timedelta(seconds=60)  # a kept update is handled within a second or two
ANSWERS_WITHIN = 4.0  # seconds; a database that takes longer for one row serves nobody, and probes do not wait
OUTBOX_LAG = timedelta(minutes=5)  # due replies; a reply that waits as its channel told it to is not due
PENDING = 100  # updates that wait at Telegram; we are not coming after


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was found at one moment."""

    now: datetime
    inbox: Backlog
    outbox: Backlog
    last_received: Mapping[Channel, datetime]
    neighbours: Sequence[Lag]
    disk: Disk
    backup_age: float  # seconds; infinite without one
    pending: float  # updates that wait at Telegram
    zalo_is_refused: bool = False  # its token is: replies wait, and are not due

    def age(self, since: datetime | None) -> float:
        """Seconds; 0 when nothing waits, or when the clock was set back."""
        return max(0.0, (self.now - since).total_seconds()) if since else 0.0

    def reasons(self) -> list[str]:
        """Why residents are not being served."""
        late = [("inbox", self.inbox, INBOX_LAG), ("outbox", self.outbox, OUTBOX_LAG)]
        found = [name for name, backlog, limit in late if self.age(backlog.oldest) > limit.total_seconds()]
        return [*found, "disk"] if self.disk.is_full else found

    def warnings(self) -> list[str]:
        """What somebody has to look at."""
        found = {
            "disk": self.disk.is_short,
            "failed_updates": self.inbox.failed > 0,
            "dead_replies": self.outbox.failed > 0,
            "backup": self.backup_age > OLDEST_BACKUP.total_seconds(),
            "telegram_pending": self.pending > PENDING,
            "neighbours": any(lag.parked or lag.is_disabled for lag in self.neighbours),
            "zalo_token": self.zalo_is_refused,
        }
        return [name for name, is_so in found.items() if is_so]

    def figures(self) -> dict[str, Any]:
        """In seconds and bytes. None: there is none."""
        return {
            **{name: self._backlog(one) for name, one in (("inbox", self.inbox), ("outbox", self.outbox))},
            "last_update_seconds": {name.value: round(self.age(at), 1) for name, at in self.last_received.items()},
            "disk_free_bytes": self.disk.free,
            "disk_free_share": round(self.disk.share, 4),
            "backup_age_seconds": None if math.isinf(self.backup_age) else round(self.backup_age, 1),
        }

    def _backlog(self, backlog: Backlog) -> dict[str, float]:
        lag = round(self.age(backlog.oldest), 1)
        return {"waiting": backlog.waiting, "oldest_seconds": lag, "failed": backlog.failed}


@dataclass(frozen=True, slots=True)
class Health:
    """Answers the three paths from what storage holds now."""

    storage: Storage
    clock: Clock
    metrics: Metrics
    around: Surroundings

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/health/live", self.live)
        app.router.add_get("/health/ready", self.ready)
        app.router.add_get("/metrics", self.show_metrics)

    async def live(self, _request: web.Request) -> web.Response:
        """The process answers; nothing else is claimed."""
        return web.json_response({"live": True})

    async def ready(self, _request: web.Request) -> web.Response:
        """200 when residents are served, else 503 with the reasons by name; warnings and figures either way."""
        found = await self.look()
        if found is None:
            return web.json_response({"ready": False, "reasons": ["database"], "warnings": []}, status=503)
        reasons = found.reasons()
        said = {"ready": not reasons, "reasons": reasons, "warnings": found.warnings(), **found.figures()}
        return web.json_response(said, status=503 if reasons else 200)

    async def look(self) -> Look | None:
        """None: no row can be committed in time."""
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                await self.storage.ping()
                return await self._look()
        except (StorageBusy, TimeoutError):
            return None

    async def show_metrics(self, request: web.Request) -> web.Response:
        """The counters, and everything else as it is now."""
        found, shown = await self._look(), self.metrics
        for name, backlog in (("inbox", found.inbox), ("outbox", found.outbox)):
            shown.waiting[name].set(backlog.waiting)
            shown.failed[name].set(backlog.failed)
            shown.oldest[name].set(found.age(backlog.oldest))
        for channel, at in found.last_received.items():
            shown.last_update.labels(channel.value).set(found.age(at))
        shown.disk_free.set(found.disk.free)
        shown.disk_share.set(found.disk.share)
        shown.backup_age.set(found.backup_age)
        shown.tell_neighbours(
            (lag.subscription_id, lag.waiting, found.age(lag.oldest), lag.parked, lag.failures, lag.is_disabled)
            for lag in found.neighbours
        )
        shown.count_commits(self.storage.commits)
        for where, gate in request.app.get(GATES, {}).items():
            shown.besieged.labels(where).set(gate.siege.is_on)
        return web.Response(body=shown.text(), headers={"Content-Type": CONTENT_TYPE})

    async def _look(self) -> Look:
        now = self.clock.now()
        async with self.storage.reading() as uow:
            inbox, outbox = await uow.inbox.backlog(), await uow.outbox.backlog(now)
            received, neighbours = await uow.inbox.last_received(), await uow.neighbours.lags()
        return Look(
            now=now,
            inbox=inbox,
            outbox=outbox,
            last_received=received,
            neighbours=neighbours,
            disk=self.around.disk(),
            backup_age=self.around.backup_age(now),
            pending=self.metrics.telegram_waiting,
            zalo_is_refused=self.metrics.zalo_is_refused,
        )
