"""Several processes of the program on one database, and the proxy before them: killed one by one, and started again."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientError, ClientSession, web

from tests.bot_api import BotApiServer
from tests.conftest import Place
from tests.kills.program import Program
from tests.kills.quick_start import QuickStarts, quick_starts

SECRET = f"a-secret_of-Telegram-and-us-{1234567890}"  # in two parts: no file holds what looks like one
PASSED_ON = ("Content-Type", "X-Telegram-Bot-Api-Secret-Token")


class Proxy:
    """What stands before them: hands each request to the next one that takes it; 502 when nobody does."""

    def __init__(self) -> None:
        self.behind: list[Program] = []
        self.url = ""
        self._turn = itertools.count()

    async def _pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
        first = next(self._turn)
        for number in range(len(self.behind)):
            program = self.behind[(first + number) % len(self.behind)]
            if not program.url:
                continue
            try:
                async with self._session.request(
                    request.method, program.url + request.path_qs, data=body, headers=headers
                ) as found:
                    return web.Response(status=found.status, body=await found.read())
            except (ClientError, OSError):
                continue
        return web.Response(status=502)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Proxy"]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        async with ClientSession() as self._session:
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            try:
                yield self
            finally:
                await runner.cleanup()


@dataclass
class Cluster:
    """The processes. `run` ones are behind the proxy; `plant` names a fault that is put into each before it starts."""

    place: Place
    api: BotApiServer
    proxy: Proxy
    quick: QuickStarts
    folder: Path
    mode: str
    plant: str = ""
    more: dict[str, str] = field(default_factory=dict)
    programs: list[Program] = field(default_factory=list)

    async def starts(self, *words: str) -> Program:
        """One more, `run` or `work`."""
        variables = {"HOMTHU_TELEGRAM_MODE": self.mode, "HOMTHU_TELEGRAM_PER_SECOND": "1000", **self.more}
        if self.mode == "webhook":
            variables |= {"HOMTHU_PUBLIC_URL": self.proxy.url, "HOMTHU_TELEGRAM_WEBHOOK_SECRET": SECRET}
        log = self.folder / f"{len(self.programs)}-{words[0]}.log"
        program = Program(self.place, self.api, log, variables, words=words, plant=self.plant)
        self.programs.append(program)
        await asyncio.to_thread(program.starts_from, self.quick)
        if words[0] == "run":
            self.proxy.behind.append(program)
        return program

    async def is_killed(self, program: Program) -> None:
        """SIGKILL; the proxy finds nobody there."""
        await asyncio.to_thread(program.is_killed)
        program.url = ""

    async def is_back(self, program: Program) -> None:
        """Started again."""
        await asyncio.to_thread(program.starts_from, self.quick)

    def logs(self) -> str:
        return "\n".join(f"--- {one.log.name}\n{one.log.read_text()[-2000:]}" for one in self.programs)


@asynccontextmanager
async def cluster(
    place: Place, api: BotApiServer, folder: Path, *words: str, mode: str = "webhook", plant: str = "", **more: str
) -> AsyncIterator[Cluster]:
    """One process for each word, `run` or `work`; nothing of it is left afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    async with Proxy().listening() as proxy, quick_starts(folder / "quick") as quick:
        found = Cluster(place, api, proxy, quick, folder, mode, plant, more)
        try:
            for word in words:
                await found.starts(word)
            yield found
        finally:
            for program in found.programs:
                await asyncio.to_thread(program.ends)
