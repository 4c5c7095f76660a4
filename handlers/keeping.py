"""Keeps raw updates before anyone says "received". Many callers at once share one commit.

Whoever comes while a transaction waits for its turn joins it; nobody waits for company. What the kept updates mean is
found out later, in `handlers.turns`, or where that can be done in the same transaction, in `handlers.at_once`.
"""

import asyncio
from collections.abc import Callable, Sequence
from hashlib import sha256

import structlog

from bot.errors import StorageBusy
from bot.ports import Clock, RawUpdate, Storage
from handlers.at_once import AtOnce
from handlers.faults import described

log = structlog.get_logger()

MOST_A_COMMIT = 500  # updates; a longer transaction would keep everybody else from writing
LONGEST_ID = 200  # characters; a database index refuses entries of some thousand bytes

_Waiter = tuple[Sequence[RawUpdate], "asyncio.Future[None]"]


class Keeper:
    """Writes what callers bring, in the order they came.

    Args:
        kept: Told after each commit that left something to be handled.
        at_once: Answers what it can while it is kept.
    """

    def __init__(self, storage: Storage, clock: Clock, kept: Callable[[], None], at_once: AtOnce | None = None) -> None:
        self._storage = storage
        self._clock = clock
        self._kept = kept
        self._at_once = at_once
        self._waiting: list[_Waiter] = []
        self._flusher: asyncio.Task[None] | None = None

    async def keep(self, updates: Sequence[RawUpdate]) -> None:
        """Return once they are on disk.

        A caller that is cancelled harms nobody; its updates may have been kept all the same.

        Raises:
            StorageBusy: They could not be written; none of them may be acknowledged.
        """
        if not updates:
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(([_with_short_ids(update) for update in updates], done))
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._flush())
        await done

    async def _flush(self) -> None:
        while self._waiting:
            batch: list[_Waiter] = []
            try:
                if self._at_once is not None and await self._answer(self._at_once, batch):
                    continue
                async with self._storage.begin() as uow:
                    batch = batch or self._take()
                    await uow.inbox.keep([update for updates, _ in batch for update in updates], self._clock.now())
                    await uow.commit()
            except StorageBusy:
                self._refuse(batch or self._take())
            except Exception as error:
                log.error("keeping_failed", reason=described(error))
                for waiter in batch or self._take():
                    await self._keep_alone(waiter)
                self._kept()
            except BaseException:  # the loop is closing
                self._refuse([*batch, *self._waiting])
                raise
            else:
                _resolve(batch)
                self._kept()

    async def _answer(self, at_once: AtOnce, batch: list[_Waiter]) -> bool:
        """Keep and answer them. False where a turn failed: they are to be kept without it.

        Args:
            batch: Filled with those who are taken.
        """
        try:
            async with self._storage.begin() as uow:
                batch += self._take()
                some_wait = await at_once.keep(uow, [update for updates, _ in batch for update in updates])
        except StorageBusy:
            raise
        except Exception as error:
            log.warning("not_answered_at_once", reason=described(error))
            return False
        _resolve(batch)
        if some_wait:
            self._kept()
        return True

    def _take(self) -> list[_Waiter]:
        size = taken = 0
        for updates, _ in self._waiting:
            size += len(updates)
            taken += 1
            if size >= MOST_A_COMMIT:
                break
        batch, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return batch

    async def _keep_alone(self, waiter: _Waiter) -> None:
        """One caller's update may be what the database refuses: it must not take the others' with it."""
        updates, done = waiter
        try:
            for update in updates:
                await self._keep_or_put_aside(update)
        except Exception as error:
            if not done.done():
                done.set_exception(error if isinstance(error, StorageBusy) else StorageBusy(reason=described(error)))
        else:
            _resolve([waiter])

    async def _keep_or_put_aside(self, update: RawUpdate) -> None:
        try:
            await self._write(update)
        except StorageBusy:
            raise
        except Exception as error:
            await self._write(_put_aside(update, described(error)))

    async def _write(self, update: RawUpdate) -> None:
        async with self._storage.begin() as uow:
            await uow.inbox.keep([update], self._clock.now())
            await uow.commit()

    @staticmethod
    def _refuse(waiters: Sequence[_Waiter]) -> None:
        for _, done in waiters:
            if not done.done():
                done.set_exception(StorageBusy())


def _resolve(waiters: Sequence[_Waiter]) -> None:
    for _, done in waiters:
        if not done.done():  # cancelled meanwhile
            done.set_result(None)


def _with_short_ids(update: RawUpdate) -> RawUpdate:
    """An id that no channel would give is hashed, or it could not be indexed; such an update has no known sender."""
    if len(update.external_id) <= LONGEST_ID and len(update.address_id) <= LONGEST_ID:
        return update
    return _put_aside(update, "its ids are longer than any channel's")


def _put_aside(update: RawUpdate, reason: str) -> RawUpdate:
    body = update.body.encode("ascii", "backslashreplace").decode("ascii")
    digest = sha256(f"{update.external_id}\n{body}".encode("utf-8", "backslashreplace")).hexdigest()
    return RawUpdate(channel=update.channel, external_id=f"sha256:{digest}", address_id="", body=body, unreadable=reason)
