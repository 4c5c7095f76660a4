"""Makes a paper that takes long, piece by piece: sealed into the file store, its row beating, until it is told to stop.

Nothing of it is ever whole in memory or in the open on a disk. In which process this runs is `bot.app.workshop`'s affair;
what is made, the makers'. Each piece is doomed before it is stored: whoever dies here leaves nothing behind for good.
"""

import hashlib
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib import import_module
from time import monotonic

from bot.domain.long_work import KEPT_FOR, RIGHT_OF, LongWork, WorkKind, WorkState
from bot.domain.people import Language, StaffMember
from bot.domain.signing_in import needs_code
from bot.errors import BotError
from bot.ports import Clock, FileStore, Storage, UnitOfWork, Viewer
from bot.routing.wards import Wards
from bot.settings import Settings

PIECE = 2 << 20  # bytes
SALT = 16  # bytes before each piece in the store: two papers of the same words share none, so that one may go alone
BEAT_EVERY = 0.7  # seconds, at most so often

# "module:function", looked up by whoever makes one: a process that serves pages loads no library of documents.
MAKERS: dict[WorkKind, str] = {
    WorkKind.EXPORT: "bot.sheet_making:make_export",
    WorkKind.REGISTER: "bot.sheet_making:make_register",
    WorkKind.REVIEW: "bot.review_making:make_document",
}


class WorkStopped(BotError):
    """Whoever asked for it does not want it any more, or may not have it."""


@dataclass(kw_only=True)
class Bench:
    """What a maker is given."""

    storage: Storage
    viewer: Viewer  # of whoever asked, wanting the right of this kind
    staff: StaffMember
    settings: Settings
    wards: Wards
    now: datetime  # when it was begun
    work: LongWork
    clock: Clock
    _beat_at: float = field(default=0.0, init=False)

    @property
    def asked(self) -> dict[str, str]:
        """What it was asked for."""
        return dict(self.work.asked)

    @property
    def language(self) -> Language:
        return self.staff.language

    async def tell(self, done: int, total: int) -> None:
        """How far it is; cheap, since it is written now and then only.

        Raises:
            WorkStopped: There is no more use in it.
        """
        self.work = replace(self.work, done=done, total=total)
        if monotonic() >= self._beat_at:
            await self.beat()

    async def beat(self, doomed: str = "") -> None:
        """Write it now. `doomed` is the key of a piece that is about to be stored."""
        now = self.clock.now()
        async with self.storage.begin() as uow:
            if not await uow.long_works.beat(self.work, now):
                raise WorkStopped
            if doomed:
                await uow.retention.doom([doomed], now + 2 * KEPT_FOR)
            await uow.commit()
        self._beat_at = monotonic() + BEAT_EVERY


Maker = Callable[[Bench], AsyncIterator[bytes]]


async def make(
    work_id: int, *, storage: Storage, files: FileStore, settings: Settings, wards: Wards, clock: Clock
) -> WorkState:
    """Make it to its end, whatever that is; says how it ended.

    Raises:
        Exception: Whatever its maker raised; the row says by then that it failed.
    """
    async with storage.reading() as uow:
        work = await uow.long_works.get(work_id)
        found = work and await _asker(uow, work, clock.now())
    if work is None or not found:
        await _end(storage, work_id, WorkState.FAILED, clock.now())
        return WorkState.FAILED
    bench = Bench(
        storage=storage,
        viewer=found[1],
        staff=found[0],
        settings=settings,
        wards=wards,
        now=work.begun_at,
        work=work,
        clock=clock,
    )
    try:
        await _fill(bench, files, _maker(work.kind))
    except WorkStopped:
        await _end(storage, work_id, WorkState.STOPPED, clock.now())
        return WorkState.STOPPED
    except BaseException:
        await _end(storage, work_id, WorkState.FAILED, clock.now())
        raise
    is_done = await _end(storage, work_id, WorkState.DONE, clock.now())
    return WorkState.DONE if is_done else WorkState.STOPPED


async def _asker(uow: UnitOfWork, work: LongWork, now: datetime) -> tuple[StaffMember, Viewer] | None:
    """Whoever asked, as they stand now; None when they may not have it any more."""
    staff = await uow.staff.get(work.staff_id)
    if staff is None or staff.is_disabled:
        return None
    standings = await uow.absences.standings_of(staff, now)
    safe = tuple(one for one in standings if staff.has_code or not needs_code([one.role]))  # as the desk's door has it
    viewer = Viewer.of(staff, safe).wanting(RIGHT_OF[work.kind])
    return (staff, viewer) if viewer.may(RIGHT_OF[work.kind]) else None


async def _fill(bench: Bench, files: FileStore, maker: Maker) -> None:
    waiting = bytearray()
    async for chunk in maker(bench):
        waiting += chunk
        while len(waiting) >= PIECE:
            await _store(bench, files, bytes(waiting[:PIECE]))
            del waiting[:PIECE]
    if waiting or not bench.work.keys:
        await _store(bench, files, bytes(waiting))
    await bench.beat()


async def _store(bench: Bench, files: FileStore, piece: bytes) -> None:
    stored = os.urandom(SALT) + piece
    key = hashlib.sha256(stored).hexdigest()
    bench.work = replace(bench.work, keys=(*bench.work.keys, key), size=bench.work.size + len(piece))
    await bench.beat(doomed=key)
    await files.put(stored)


async def pieces(files: FileStore, work: LongWork) -> AsyncIterator[bytes]:
    """What was made, in order. Raises FileNotFoundError: It is gone."""
    for key in work.keys:
        yield (await files.get(key))[SALT:]


async def _end(storage: Storage, work_id: int, state: WorkState, now: datetime) -> bool:
    async with storage.begin() as uow:
        is_first = await uow.long_works.end(work_id, state, now)
        work = await uow.long_works.get(work_id)
        if work and work.state is WorkState.DONE:
            await uow.retention.doom(work.keys, now + KEPT_FOR)
        elif work:
            await uow.retention.doom(work.keys, now)
        await uow.commit()
    return is_first


def _maker(kind: WorkKind) -> Maker:
    module, _, name = MAKERS[kind].partition(":")
    maker: Maker = getattr(import_module(module), name)
    return maker
