"""The database: opened, migrated, asked for units of work. Which engine it is shows nowhere outside `storage`."""

import asyncio
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.bell import Bell
from bot.errors import NoOpenUnitOfWork, NotOurSeal, SettingsError, StorageBusy
from bot.ports import UnitOfWork
from bot.ports.sealing import KeyPurpose, MasterKey
from storage import engine as engines
from storage.claiming import claim_lock, share_lock
from storage.folder_lock import FolderLock
from storage.freeing import free_claims, wait_no_longer
from storage.installation import keys_of, wrap_anew
from storage.link import Link, commit
from storage.migrating import is_current, upgrade
from storage.presence import Presence
from storage.readers import SqliteReaders
from storage.sealing_up import is_sealed, mark_sealed, seal_up
from storage.sqlite_writer import SqliteWriter
from storage.tables import heartbeat
from storage.trouble import busy_when_out_of_reach
from storage.unit_of_work import SqlUnitOfWork
from storage.vaults import give_vault
from storage.wiping import WIPES_EVERY, has_dead_rows, write_keys_anew
from storage.wire import Wire

if TYPE_CHECKING:
    from storage.moving import MovedTable

_server = text("SELECT current_setting('server_version'), clock_timestamp()")
_beat = update(heartbeat).values(beats=heartbeat.c.beats + 1)

WRONG_KEY = (
    "HOMTHU_SECRET_KEY: is not the key that this database was sealed with; give back the one it had, or run"
    " `homthu keys rotate` again if that was interrupted"
)
OTHERS_ARE_AT_WORK = (
    "HOMTHU_DATABASE_URL: the keys cannot be changed while the program is at work ({others} processes); stop them all first"
)


UNFINISHED_RESTORE = "restore.unfinished"  # lies in the folder while what was restored takes its place


class Database:
    """See `bot.ports.Storage`.

    Args:
        url: `postgresql://…`, or empty for SQLite in `data_dir`.
        data_dir: The data folder; made if it is missing.
        bell: Rung after every commit that queued replies, and when a web chat's line was delivered.
        guest: On SQLite, beside the process that holds the folder: for short commands. Takes no lock on the folder and
            never checkpoints.
        lock_timeout: Seconds to wait for a lock or a free connection before StorageBusy.
        master: Of the secret key. Without it nothing is sealed: for what needs the tables alone.
    """

    def __init__(
        self,
        url: str,
        *,
        data_dir: Path | None = None,
        bell: Bell | None = None,
        guest: bool = False,
        lock_timeout: float = engines.LOCK_TIMEOUT,
        master: MasterKey | None = None,
    ) -> None:
        self.url = engines.read_url(url, data_dir)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._has_own_folder = not url  # else the file lies in a folder of somebody else's choosing
        self._folder = Path(str(self.url.database)).parent if self.is_sqlite else data_dir
        self._bell = bell
        self._guest = guest
        self._master = master
        self.keys: Mapping[KeyPurpose, bytes] = {}  # once it is open, with a master key
        self._lock_timeout = lock_timeout
        self._folder_lock = FolderLock(Path(str(self.url.database)).parent) if self.is_sqlite and not guest else None
        self._writers: AsyncEngine | None = None
        self._readers: AsyncEngine | None = None
        self._kept: SqliteReaders | None = None
        self._writer: SqliteWriter | None = None
        self._wire = Wire(bell, self._tell) if bell is not None and not self.is_sqlite else None
        self.commits = 0
        self._presence = Presence(self._wire.hear if self._wire else None)
        self._file: os.stat_result | None = None  # SQLite: the file that was opened
        self._has_erased = False  # the files may still hold keys that were destroyed
        self._wipe_at = 0.0  # not before, by the monotonic clock

    @property
    def owner(self) -> str:
        """See `storage.presence`."""
        return str(self._presence.number)

    async def open(self, *, migrate: bool = True) -> None:
        """Open it and bring it to this program's schema.

        Raises:
            SettingsError: On SQLite, another process has the folder.
            StorageBusy: It is out of reach.
        """
        if self._folder and (self._folder / UNFINISHED_RESTORE).exists():
            raise SettingsError(
                line=f"HOMTHU_DATA_DIR: a restore into {self._folder} was cut off; begin it again with --force"
            )
        if self.is_sqlite:
            path = Path(str(self.url.database))
            with busy_when_out_of_reach():
                self._file = engines.prepare_file(path, is_ours=self._has_own_folder)
            if self._folder_lock:
                self._folder_lock.take()
            self._writers = engines.open_sqlite_writer(
                self.url, lock_timeout=self._lock_timeout, checkpoints=not self._guest
            )
            self._writer = SqliteWriter(self._writers, lock_timeout=self._lock_timeout)
            self._readers = engines.open_sqlite_readers(self.url, lock_timeout=self._lock_timeout)
            self._kept = SqliteReaders(self._readers, most=engines.READERS, timeout=self._lock_timeout)
        else:
            self._writers = engines.open_postgres(self.url, timeout=self._lock_timeout)
            self._readers = self._writers.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        try:
            if migrate:
                await self.migrate()
                if not self._guest:
                    await self._say_we_are_here()  # before the keys are read: whoever changes them sees us, or we see theirs
                await self.unlock()
                if not self._guest:  # without `migrate` there may be no tables yet
                    await self.free_claims_of_the_dead()
                    self._has_erased = self.is_sqlite  # a process that was killed may have left something
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Give everything back. The readers go first: the last connection to leave a SQLite file tidies up, by writing."""
        if self._kept is not None:
            await self._kept.close()
            self._kept = None
        if self._writer is not None:
            await self._writer.close()
            self._writer = None
        if self._wire is not None:
            await self._wire.end()
        await self._presence.end()
        if self._writers is not None:
            await self._writers.dispose()
        self._readers = self._writers = None
        if self._folder_lock is not None:
            self._folder_lock.give_back()

    async def migrate(self) -> None:
        """Bring the tables to this program's schema; at once when they are."""
        async with self._transaction() as connection:
            if not await is_current(connection):
                await upgrade(connection)
                with busy_when_out_of_reach():
                    await connection.commit()

    async def unlock(self) -> None:
        """Take the keys out of their wrapping, and seal what was kept before there were any. Nothing without a master key.

        Raises:
            SettingsError: They are wrapped under another secret key.
        """
        if self._master is None:
            return
        async with self._transaction() as connection:
            try:
                await share_lock(Link(connection), "keys")
                self.keys = await keys_of(Link(connection), self._master)
            except NotOurSeal:
                raise SettingsError(line=WRONG_KEY) from None
            with busy_when_out_of_reach():
                await commit(connection)
        vault = self._master.vault(self.keys)
        for engine in (self._writers, self._readers):
            if engine is not None:
                give_vault(engine.dialect, vault)
        if not self._guest:
            await seal_up(self._transaction)

    async def once(self, name: str, work: Callable[[], Awaitable[bool]]) -> None:
        """Work that an installation needs one time; what did not come to its end is begun again at the next start."""
        async with self._transaction() as connection:
            is_done = await is_sealed(Link(connection), name)
        if is_done:
            return
        if not await work():
            return
        async with self._transaction() as connection:
            await mark_sealed(Link(connection), name)
            with busy_when_out_of_reach():
                await commit(connection)

    async def wrap_anew(self, old: MasterKey, new: MasterKey) -> int:
        """Wrap every key under a new secret key, all of them or none; returns how many, 0 when that was done before.

        For whoever opened it without a master key. No other process may be at work: it would go on with the old one, and
        what it seals from then on nobody could open.

        Raises:
            SettingsError: They are wrapped under neither; or another process is at work.
        """
        async with self._transaction() as connection:
            link = Link(connection)
            await claim_lock(link, "keys")  # who starts now waits, and finds the new ones
            if others := await self.company() - 1:
                raise SettingsError(line=OTHERS_ARE_AT_WORK.format(others=others))
            try:
                done = await wrap_anew(link, old, new)
            except NotOurSeal:
                raise SettingsError(line=WRONG_KEY) from None
            with busy_when_out_of_reach():
                await commit(connection)
        self._must_wipe()
        return done

    async def move_to(self, url: str, tell: Callable[[str], None]) -> "list[MovedTable]":
        """Move everything from this opened SQLite file to an empty PostgreSQL; see `storage.moving`.

        Raises:
            SettingsError: `url` is no PostgreSQL's.
            NotMoved: See there. Nothing was moved.
            StorageBusy: It is out of reach. Nothing was moved, unless the very last answer was lost.
        """
        from storage.moving import move  # for this one command

        target = Database(url, lock_timeout=self._lock_timeout)
        if target.is_sqlite:
            raise SettingsError(line="move-to: wants a PostgreSQL address, postgresql://role:password@host:5432/database")
        try:
            await target.open(migrate=False)
            return await move(self._transaction, Path(str(self.url.database)), target._transaction, tell)
        finally:
            await target.close()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        """A unit of work that may write. See `bot.ports.Storage`."""
        async with self._transaction(straight=True) as connection:
            uow = SqlUnitOfWork(connection, self._bell, self._wire, self._must_wipe)
            try:
                yield uow
                self.commits += uow.is_over
            finally:
                uow.end()

    async def server(self) -> tuple[str, datetime]:
        """See `bot.ports.storage.Server`. SQLite's time is this machine's."""
        if self.is_sqlite:
            return sqlite3.sqlite_version, datetime.now(UTC)
        async with self._moment() as connection:
            version, now = (await connection.execute(_server)).one()
        return str(version).split(" ")[0], now

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """A unit of work that sees one moment and cannot write."""
        async with self._moment() as connection:
            uow = SqlUnitOfWork(connection)
            try:
                yield uow
            finally:
                uow.end()

    @asynccontextmanager
    async def bare(self) -> AsyncIterator[AsyncConnection]:
        """A transaction for whoever needs the tables as such, a backup or a restore. Rolled back unless they commit it."""
        async with self._transaction() as connection:
            yield connection

    @asynccontextmanager
    async def moment(self) -> AsyncIterator[AsyncConnection]:
        """The same, of one moment and only to read."""
        async with self._moment() as connection:
            yield connection

    @asynccontextmanager
    async def _moment(self) -> AsyncIterator[AsyncConnection]:
        """A reader's connection inside a fresh transaction."""
        if self._readers is None:
            raise NoOpenUnitOfWork
        if self._kept is not None:
            async with self._kept.transaction() as connection:
                yield connection
            return
        connection = self._readers.connect()
        with busy_when_out_of_reach():
            await connection.start()
        try:
            with busy_when_out_of_reach():
                await connection.begin()
            yield connection
        finally:
            await asyncio.shield(connection.close())

    async def free_claims_of_the_dead(self) -> int:
        """See `bot.ports.Storage`. Says first that we are alive ourselves."""
        await self._say_we_are_here()
        async with self._transaction() as connection:
            freed = await self._presence.free_claims_of_the_dead(Link(connection))
            with busy_when_out_of_reach():
                await connection.commit()
        return freed

    async def free_claims(self, owner: str, known: Callable[[], Collection[int]]) -> int:
        """See `bot.ports.Storage`."""
        async with self._transaction() as connection:
            freed = await free_claims(Link(connection), owner, known())
            with busy_when_out_of_reach():
                await commit(connection)
        return freed

    async def wait_no_longer(self, now: datetime) -> int:
        """See `bot.ports.Storage`."""
        async with self._transaction() as connection:
            changed = await wait_no_longer(Link(connection), now)
            with busy_when_out_of_reach():
                await commit(connection)
        return changed

    async def lead(self, name: str) -> bool:
        """See `bot.ports.Storage`."""
        return self.is_sqlite or await self._presence.lead(name)

    async def company(self) -> int:
        """See `bot.ports.Storage`."""
        return 1 if self.is_sqlite else await self._presence.company()

    async def _tell(self, news: str) -> None:
        await self._presence.tell(news)

    async def wipe(self) -> bool:
        """See `bot.ports.Wiper`."""
        if self._writers is None:
            return False
        if not self.is_sqlite and not self._has_erased:  # another process may have erased something
            async with self._transaction() as connection:
                self._has_erased = await has_dead_rows(connection)
        if not self._has_erased or time.monotonic() < self._wipe_at:
            return False
        self._has_erased = False  # what is erased meanwhile says so again
        try:
            if self._writer is not None:
                self._has_erased = not await self._writer.empty_log()
            else:
                await write_keys_anew(self._writers)
                self._wipe_at = time.monotonic() + WIPES_EVERY
        except StorageBusy:
            self._has_erased = True
        return not self._has_erased

    async def _say_we_are_here(self) -> None:
        if self._writers is not None and not self.is_sqlite:
            await self._presence.say(self._writers)

    def _must_wipe(self) -> None:
        self._has_erased = not self._guest

    async def ping(self) -> None:
        """Prove that a row can be committed. Raises StorageBusy."""
        if self._file is not None and not engines.is_still(self._file, Path(str(self.url.database))):
            raise StorageBusy(reason="the file is no longer where it was opened")
        async with self._transaction() as connection:
            with busy_when_out_of_reach():
                await connection.execute(_beat)
                await connection.commit()

    @asynccontextmanager
    async def _transaction(self, *, straight: bool = False) -> AsyncIterator[AsyncConnection]:
        """A connection inside a fresh transaction, which is rolled back unless it was committed.

        Args:
            straight: On SQLite, begin it past SQLAlchemy; then `storage.link.commit` must end it.
        """
        if self._writers is None:
            raise NoOpenUnitOfWork
        if self._writer is not None:
            async with self._writer.transaction(straight=straight) as connection:
                yield connection
            return
        connection = self._writers.connect()
        with busy_when_out_of_reach():
            await connection.start()
        try:
            with busy_when_out_of_reach():
                await connection.begin()
            yield connection
        finally:
            await asyncio.shield(connection.close())
