"""What `benchmarks.desk` asks the desk's own pages: the real application answers real requests, signed in by the form.

What is taken is the server's time, from a request's arrival at the application to its finished page: finding the session,
the right, the cases, and rendering. The asking side runs in this process too and is not counted.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from benchmarks.desk_city import NOW
from benchmarks.desk_questions import WORDS, codes_of, key_of_page
from benchmarks.desk_timing import Ask, Question, Stopwatch
from bot.bell import Bell
from bot.domain.case import new_code
from bot.domain.people import Role, StaffMember
from bot.domain.ward import WardCode
from bot.ports import Viewer
from storage import Database
from tests.admin.desk import Browser, StaffDesk, open_desk

ROLES = {
    "officer": Role.WARD_OFFICER,
    "leader": Role.WARD_LEADER,
    "coordinator": Role.CITY_COORDINATOR,
    "inspector": Role.INSPECTOR,
}


class PageTimer:
    """Times each request where the application begins with it. `watch` is None while nothing is measured."""

    def __init__(self) -> None:
        self.watch: Stopwatch | None = None

    @property
    def middleware(self) -> Middleware:
        @web.middleware
        async def timed(request: web.Request, handler: Handler) -> web.StreamResponse:
            if self.watch is None:
                return await handler(request)
            with self.watch.running():
                return await handler(request)

        return timed


@asynccontextmanager
async def pages(database: Database, ward: WardCode) -> AsyncIterator[list[Question]]:
    """Everything that is asked, while the desk is open: one newly hired person of each role asks it."""
    timer = PageTimer()
    async with open_desk(database, Bell(), around=timer.middleware) as desk:
        desk.clock.at = NOW
        found: list[Question] = []
        for name, role in ROLES.items():
            username = f"bench-{new_code()}".lower()
            browser = await desk.signed_in(username, role, ward)
            member = await desk.member(username)
            addresses = await _addresses(database, member)
            for (aim, what), paths in addresses.items():
                asks = [_ask(desk, browser, timer, path) for path in paths]
                found.append(Question(aim, f"{name}'s page: {what}", asks))
        yield found


def _ask(desk: StaffDesk, browser: Browser, timer: PageTimer, path: str) -> Ask:
    async def ask(watch: Stopwatch) -> None:
        timer.watch = watch
        response = await browser.opens(path)
        timer.watch = None
        assert response.status == 200, (path, response.status)
        await desk.settle()

    return ask


async def _addresses(database: Database, member: StaffMember) -> dict[tuple[str, str], list[str]]:
    """Aim and name of a question to what is opened for it."""
    viewer = Viewer.of(member)
    deep = await key_of_page(database, viewer, 1000)
    filters = ["kind=question", "category=vio_other_place", "due=late", "owner=none&channel=webchat", "emergency=1"]
    found = {
        ("queue", "first page"): ["/staff/"],
        ("queue", "page 1,000 or last"): [f"/staff/?after={deep}"],
        ("queue", "closed, newest"): ["/staff/?status=closed"],
        ("queue", "filtered"): [f"/staff/?{one}" for one in (*filters, *(f"status=closed&{one}" for one in filters))],
        ("case", "case"): [f"/staff/cases/{code}" for code in await codes_of(database, viewer)],
    }
    for words in WORDS:
        found["search", repr(words)] = [f"/staff/?q={quote(words)}&status={status}" for status in ("all", "open")]
    if member.role in (Role.WARD_LEADER, Role.INSPECTOR):
        for by in ("ward", "category"):
            found["month", f"30 days by {by}"] = [f"/staff/dashboard?by={by}"]
            found["year", f"366 days by {by}"] = [f"/staff/dashboard?from=2025-11-22&to=2026-11-22&by={by}"]
    return found
