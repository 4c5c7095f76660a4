"""The audit trail: walked as it grows, and signed from time to time."""

from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.domain.trail import TrailBreak, TrailPoint, end_of
from bot.metrics import Metrics
from bot.ports import HeadSigner, Storage
from bot.services.sign_trail import begin_of_walk, sign_if_due

log = structlog.get_logger()

ROWS_AT_ONCE = 1000  # walked in one look: some ten milliseconds


@dataclass(slots=True)
class DueHeads:
    """Signs a head when rows wait for one, and only over rows that fit; where they do not, it says so and stops signing.

    Each process walks what is new since the last head that is ours. A head's line also goes to the log: logs are shipped,
    and a line that lies elsewhere outlives whoever rewrites the database.
    """

    storage: Storage
    signer: HeadSigner
    metrics: Metrics
    name: str = "audit_heads"
    _at: TrailPoint | None = field(default=None, init=False)
    _is_broken: bool = field(default=False, init=False)

    async def do(self, now: datetime) -> int:
        if self._is_broken:
            return 0  # it is for people now: `homthu audit verify`
        async with self.storage.reading() as uow:
            start = self._at or begin_of_walk(await uow.audit.newest_head(), self.signer)
            tip = await uow.audit.tip()
            self._at, damage = await uow.audit.walk(start, ROWS_AT_ONCE)
        if damage is None and tip is not None and self._at != start:
            if self._at.rows < tip.rows:
                return 1  # there is more
        elif damage is None:
            damage = end_of(self._at, tip)
        if damage:
            self._tell(damage)
            return 0
        return await self._sign(self._at, now)

    def _tell(self, damage: TrailBreak) -> None:
        self._is_broken = True
        self.metrics.audit_broken.set(1)
        log.error("audit_trail_broken", damage=damage.damage.value, first=damage.first, last=damage.last)

    async def _sign(self, point: TrailPoint, now: datetime) -> int:
        async with self.storage.begin() as uow:
            head = await sign_if_due(uow, self.signer, point, now)
            if head is None:
                return 0
            await uow.commit()
        log.info("audit_head", line=head.line)
        return 1
