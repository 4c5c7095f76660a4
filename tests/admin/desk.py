"""The desk as its tests use it: a real database, the real pages, and browsers of staff that sign in by the form."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape
from typing import Any

from aiohttp import ClientResponse, CookieJar, FormData
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.typedefs import Middleware
from argon2 import PasswordHasher

import admin
import public
from admin.guard import TOUCHES
from admin.signing_in import CODE_STEP
from bot.bell import Bell
from bot.domain.case import Case, CaseCode, CaseKind, NewCase, choose_desk, new_code
from bot.domain.draft import Conversation
from bot.domain.incoming import StoredFile
from bot.domain.people import WARD_ROLES, Address, Channel, Language, Role, StaffMember, Unit
from bot.domain.signing_in import needs_code
from bot.domain.thread import Author, CaseEvent, EventKind, NewMessage
from bot.domain.ward import Point, WardCode
from bot.file_keeper import SafeFileKeeper
from bot.ports import FileStore, UnitOfWork
from bot.routing import Router, load_router
from bot.routing.wards import load_wards
from bot.services.city import City
from bot.services.passwords import hash_password
from bot.services.sign_in import begin_session, id_hash
from bot.settings import load_settings
from bot.web import keys, make_web_app
from bot.wording import catalogue
from storage import Database
from storage.files import open_file_store
from tests.admin.workshop import HereWorkshop
from tests.closing import PROOF_BYTES
from tests.closing import fields as closing_fields
from tests.codes import code_at, enrol

PHU_THUONG, HOAN_KIEM = WardCode("00091"), WardCode("00070")
SECRET_KEY = "k" * 43
PASSWORD = "một câu thật dài dễ nhớ"
_HASHES: dict[str, str] = {}  # hashing once is enough for all tests of a run
# A hash says itself how much work it was: thousands sign in here to do something else than to sign in.
_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass
class StillClock:
    """Time that moves when a test says so."""

    at: datetime = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def passes(self, **how_long: float) -> None:
        self.at += timedelta(**how_long)


class Browser:
    """One browser with its own cookies. Knows only what a page shows: links, forms and their hidden fields."""

    def __init__(self, client: TestClient[Any, Any], clock: StillClock) -> None:
        self.client = client
        self.clock = clock
        self.text = ""

    async def opens(self, path: str, **options: Any) -> ClientResponse:
        response: ClientResponse = await self.client.get(path, allow_redirects=False, **options)
        self.text = await response.text() if response.content_type.startswith("text/") else ""
        return response

    def form(self, testid: str) -> tuple[str, dict[str, str]]:
        """The form's action and its hidden fields, as the last page showed them."""
        found = re.search(rf'<form[^>]*data-testid="{testid}".*?</form>', self.text, re.DOTALL)
        assert found, f"no {testid} on the page"
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found[0])
        action = re.search(r'action="([^"]+)"', found[0])
        assert action
        return action[1], {name: unescape(value) for name, value in hidden}

    async def submits(self, testid: str, *, files: dict[str, bytes] | None = None, **fields: str) -> ClientResponse:
        action, hidden = self.form(testid)
        return await self.posts(action, hidden | fields, files=files)

    async def closes(
        self, outcome: str = "done", text: str = "Xong.", *, files: dict[str, bytes] | None = None, **more: str
    ) -> ClientResponse:
        """The close form with all that the outcome owes; `more` replaces parts of it, `files` the proof."""
        proof = {"bien-ban.pdf": PROOF_BYTES} if files is None and outcome == "done" else files
        return await self.submits("close-form", files=proof, **(closing_fields(outcome, text) | more))

    async def posts(
        self,
        path: str,
        fields: dict[str, str],
        *,
        files: dict[str, bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> ClientResponse:
        data = FormData(fields)
        for name, content in (files or {}).items():
            data.add_field("files", io.BytesIO(content), filename=name, content_type="application/octet-stream")
        response: ClientResponse = await self.client.post(
            path, data=data, allow_redirects=False, headers={"Sec-Fetch-Site": "same-origin"} if headers is None else headers
        )
        self.text = await response.text()
        return response

    async def signs_in(self, username: str, password: str = PASSWORD) -> ClientResponse:
        """By the form; where a code is asked for, with the next one that was not used."""
        await self.opens("/staff/login")
        return await self.proves(username, password)

    async def proves(self, username: str, password: str = PASSWORD) -> ClientResponse:
        """By the form that is open. The clock stands still and no code is taken twice: three can be had of one moment."""
        answer = await self.submits("login-form", username=username, password=password)
        if answer.headers.get("Location", "").startswith(CODE_STEP):
            await self.opens(answer.headers["Location"])
        for steps in (-1, 0, 1):
            if 'data-testid="code-form"' in self.text:
                answer = await self.submits("code-form", code=code_at(self.clock.now(), steps))
        return answer

    def session_cookie(self) -> str:
        return next((morsel.value for morsel in self.client.session.cookie_jar if morsel.key == "homthu_session"), "")

    def shows(self, key: str) -> bool:
        """Whether the page has this sentence (in Vietnamese)."""
        return catalogue(Language.VI)[key][0] in unescape(self.text)

    def codes(self) -> list[str]:
        return re.findall(r'data-testid="case-number">([^<]+)<', self.text)


@dataclass
class StaffDesk:
    """Everything that a story at the desk needs."""

    database: Database
    clock: StillClock
    files: FileStore
    server: TestServer
    workshop: HereWorkshop
    browsers: list[TestClient[Any, Any]] = field(default_factory=list)
    filed: int = 0

    async def browser(self) -> Browser:
        client: TestClient[Any, Any] = TestClient(self.server, cookie_jar=CookieJar(unsafe=True))
        self.browsers.append(client)
        return Browser(client, self.clock)

    async def staff(
        self,
        username: str,
        role: Role = Role.WARD_OFFICER,
        ward: WardCode | None = PHU_THUONG,
        *,
        password: str = PASSWORD,
        must_change: bool = False,
        full_name: str = "",
        unit: Unit = Unit.NONE,
        has_code: bool | None = None,
    ) -> StaffMember:
        """An account; where its role needs a second factor, or `has_code` says so, with the tests' app."""
        if password not in _HASHES:
            _HASHES[password] = _QUICK.hash(password) if password == PASSWORD else await hash_password(password)
        async with self.database.begin() as uow:
            member = await uow.staff.add(
                username=username,
                full_name=full_name or username.title(),
                role=role,
                ward_code=ward if role in WARD_ROLES else None,
                password_hash=_HASHES[password],
                must_change_password=must_change,
                now=self.clock.now(),
                unit=unit,
            )
            if needs_code([role]) if has_code is None else has_code:
                await enrol(uow, member.id, SECRET_KEY, self.clock.now())
                member = replace(member, has_code=True)
            await uow.commit()
        return member

    async def member(self, username: str) -> StaffMember:
        async with self.database.reading() as uow:
            found = await uow.staff.by_username(username)
        assert found is not None
        return found[0]

    async def signed_in(self, username: str, role: Role = Role.WARD_OFFICER, ward: WardCode | None = PHU_THUONG) -> Browser:
        """A new account with a session: what a sign-in by the forms comes to (tests/admin/test_signing_in.py)."""
        await self.staff(username, role, ward)
        browser = await self.browser()
        browser.client.session.cookie_jar.update_cookies(await self.session_of(username), self.server.make_url("/"))
        return browser

    async def session_of(self, username: str) -> dict[str, str]:
        """A new session of theirs, as the cookie that a sign-in sets."""
        async with self.database.begin() as uow:
            made = await begin_session(uow, await self.member(username), self.clock.now())
            await uow.audit.record(action="signed_in", now=self.clock.now(), staff_id=made.staff.id)
            await uow.commit()
        return {"homthu_session": made.session_id}

    async def case(
        self,
        text: str = "Ngõ 12 tối ba đêm nay.",
        *,
        ward: WardCode | None = PHU_THUONG,
        kind: CaseKind = CaseKind.VIOLATION,
        due_in: timedelta = timedelta(days=5),
        files: tuple[StoredFile, ...] = (),
        point: Point | None = None,
        language: Language = Language.VI,
        is_emergency: bool = False,
        code: CaseCode | None = None,
    ) -> Case:
        """A case as the resident's side files it."""
        self.filed += 1
        now, address = self.clock.now(), Address(Channel.WEBCHAT, f"resident-{self.filed}")
        async with self.database.begin() as uow:
            conversation = await uow.conversations.put(Conversation(address=address, language=language), now)
            assert conversation.resident_id is not None
            case = await uow.cases.add(
                NewCase(
                    code=code or new_code(),
                    kind=kind,
                    category="vio_noise",
                    ward_code=ward,
                    desk=choose_desk(kind, ward),
                    resident_id=conversation.resident_id,
                    address=address,
                    source_id="1",
                    text=text,
                    point=point,
                    created_at=now,
                    due_at=now + due_in,
                    is_emergency=is_emergency,
                )
            )
            await self._says(uow, case, text, files)
            await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.FILED, at=now))
            await uow.commit()
        return case

    async def resident_adds(self, case: Case, text: str) -> None:
        async with self.database.begin() as uow:
            await self._says(uow, case, text, ())
            await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.ADDED, at=self.clock.now()))
            await uow.commit()

    async def _says(self, uow: UnitOfWork, case: Case, text: str, files: tuple[StoredFile, ...]) -> None:
        await uow.cases.add_message(
            NewMessage(case_id=case.id, author=Author.RESIDENT, text=text, at=self.clock.now(), files=files)
        )

    async def hears(self, case: Case) -> list[str]:
        """What is queued for the case's resident, oldest first."""
        async with self.database.begin() as uow:
            queued = await uow.outbox.claim(
                owner="test",
                channels=[Channel.WEBCHAT],
                now=self.clock.now() + timedelta(days=1),
                lease=timedelta(seconds=1),
                most=100,
            )
        return [reply.reply.text for reply in queued if reply.address == case.address]

    async def settle(self) -> None:
        """Wait for what a page view does beside itself (noting that a session is in use)."""
        await asyncio.gather(*self.server.app[TOUCHES])

    async def session_seen_at(self, browser: Browser) -> datetime:
        async with self.database.reading() as uow:
            found = await uow.sessions.get(id_hash(browser.session_cookie()))
        assert found is not None
        return found[0].seen_at

    async def now_is(self, code: CaseCode) -> Case:
        async with self.database.reading() as uow:
            case = await uow.cases.by_code(code)
        assert case is not None
        return case


@cache
def _router() -> Router:
    """Reading the gazetteer once is enough for all tests of a run."""
    return load_router(load_wards())


@asynccontextmanager
async def open_desk(
    database: Database,
    bell: Bell,
    *,
    public_url: str = "",
    telegram_token: str = "",
    around: Middleware | None = None,
) -> AsyncIterator[StaffDesk]:
    """The desk on a free port of this machine. `around` is put around every request, outside everything else."""
    clock, files = StillClock(), open_file_store("memory://")
    settings = load_settings(
        # Only whether others may write too is read from the address; the database is the one that is given.
        public_url=public_url,
        telegram_token=telegram_token,
        database_url="" if database.is_sqlite else "postgresql://else.where/x",
    )
    app = make_web_app(
        settings=settings,
        secret_key=SECRET_KEY,
        storage=database,
        clock=clock,
        wards=load_wards(),
        bell=bell,
        files=files,
        file_keeper=SafeFileKeeper(files),
    )
    app[keys.CITY] = City(app[keys.WARDS], app[keys.CALENDAR], _router(), app[keys.SEALER], app[keys.RECEIPTS], public_url)
    app[keys.WORKSHOP] = workshop = HereWorkshop(database, files, settings, clock)
    admin.add_routes(app)
    public.add_routes(app)
    if around is not None:
        app.middlewares.insert(0, around)
    server = TestServer(app)
    await server.start_server()
    desk = StaffDesk(database, clock, files, server, workshop)
    try:
        yield desk
    finally:
        await workshop.settle()
        for client in desk.browsers:
            await client.session.close()
        await server.close()
