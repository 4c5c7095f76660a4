"""The PostgreSQL server of the tests, stopped and started under the program's feet; and a road to it that can be cut."""

import asyncio
import contextlib
import os
import pwd
import random
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import URL, make_url

from tests.databases import DSN_VARIABLE

WITHIN = "60"  # seconds for a stop or a start


class Server:
    """The server behind a DSN; of its own folder, so that nobody else's is touched."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        began_with = (folder / "postmaster.opts").read_text()  # postgres "-D" "folder" and what follows
        self._control = Path(began_with.split(" ", 1)[0]).with_name("pg_ctl")
        self._options = " ".join(f"'{word}'" for word in re.findall(r'"([^"]*)"', began_with)[2:])
        self._owner = pwd.getpwuid(folder.stat().st_uid).pw_name

    def stops(self, how: str) -> None:
        """`fast` ends every session in order, `immediate` as a lost machine would, with recovery at the next start."""
        self._does("-m", how, "stop")

    def starts(self) -> None:
        self._does("-o", self._options, "-l", str(self._folder / "log"), "start")

    def is_there(self) -> bool:
        return (self._folder / "postmaster.pid").exists()

    def _does(self, *words: str) -> None:
        command = [str(self._control), "-w", "-t", WITHIN, "-D", str(self._folder), *words]
        user = self._owner if os.geteuid() == 0 else None
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=user, cwd="/")


async def server_of(url: str) -> Server:
    """Skips the test where the server is somebody else's."""
    if os.environ.get(DSN_VARIABLE):
        pytest.skip(f"{DSN_VARIABLE} names a server that is not ours to stop")
    connection = await asyncpg.connect(_plain(make_url(url)))
    folder = await connection.fetchval("SHOW data_directory")
    await connection.close()
    return Server(Path(folder))


async def ends_sessions(url: str, chance: float) -> int:
    """`pg_terminate_backend` for each of the program's sessions with this chance; how many."""
    connection = await asyncpg.connect(_plain(make_url(url)))
    rows = await connection.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'homthu' AND random() < $1",
        chance,
    )
    await connection.close()
    return len(rows)


def _plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


class Road:
    """Between the program and the server. Some of the COMMITs are sent, and the line is cut before their answer comes back.

    Others are cut before they are sent: the program cannot tell the two apart.
    """

    def __init__(self, socket: str, *, seed: int, chance: float) -> None:
        self._socket, self._chance, self._random = socket, chance, random.Random(seed)
        self.is_dangerous = False
        self.cut_before = self.cut_after = 0

    async def pass_on(self, program: asyncio.StreamReader, to_program: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_unix_connection(self._socket)
        back = asyncio.create_task(_copies(server, to_program))
        try:
            while data := await program.read(1 << 16):
                is_cut = self.is_dangerous and b"COMMIT" in data and self._random.random() < self._chance
                if is_cut and self._random.random() < 0.5:
                    self.cut_before += 1
                    break
                if is_cut:
                    back.cancel()
                    await asyncio.wait({back})
                    to_server.write(data)
                    await to_server.drain()
                    await server.read(1 << 16)  # it is committed, and says so to nobody
                    self.cut_after += 1
                    break
                to_server.write(data)
                await to_server.drain()
        except OSError:
            pass
        finally:
            back.cancel()
            for end in (to_server, to_program):
                end.transport.abort()


async def _copies(come: asyncio.StreamReader, go: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await come.read(1 << 16):
            go.write(data)
            await go.drain()
    go.close()


@asynccontextmanager
async def road_to(url: str, *, seed: int, chance: float = 0.1) -> AsyncIterator[tuple[Road, str]]:
    """The road, and the URL that leads over it."""
    there = make_url(url)
    folder = there.query.get("host")
    if not isinstance(folder, str) or not folder.startswith("/"):
        pytest.skip("the server is not reached by a socket of this machine")
    road = Road(f"{folder}/.s.PGSQL.5432", seed=seed, chance=chance)
    listening = await asyncio.start_server(road.pass_on, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    own = there.difference_update_query(["host"]).set(host="127.0.0.1", port=port)
    try:
        yield road, own.render_as_string(hide_password=False)
    finally:
        listening.close()
