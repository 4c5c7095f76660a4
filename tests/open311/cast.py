"""Another city program that speaks Open311 with ours: it asks in both forms, and takes only what is the same in both."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import update

import public
from bot.bell import Bell
from bot.domain.case import Case, CaseCode
from bot.domain.publishing import NewPublication, Wording, new_slug
from bot.domain.ward import Point
from bot.file_keeper import SafeFileKeeper
from bot.services.api_keys import MadeKey, add_api_key
from bot.services.city import City
from bot.settings import Settings, load_settings
from bot.web import keys, make_web_app
from public.open311.spoken import ITEMS
from storage import Database
from storage.files import open_file_store
from storage.tables import cases
from storage.unit_of_work import SqlUnitOfWork
from tests.admin.desk import StillClock
from tests.dialogue.driver import MONDAY, hanoi
from tests.storage.cast import TAY_HO, file_case, hire

V2 = "/open311/v2"
PLACE = {"lat": "21.0450", "long": "105.8210"}  # in the ward of Tây Hồ's lake side, well inside
LITTER = {"service_code": "vio_litter", "description": "Rác chất đống trước cổng chợ ba hôm nay.", **PLACE}
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
_HEADS = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}


def open311_app(database: Database, city: City, clock: StillClock, settings: Settings | None = None) -> web.Application:
    files = open_file_store("memory://")
    app = make_web_app(
        settings=settings or load_settings(),
        secret_key="k" * 43,
        storage=database,
        clock=clock,
        wards=city.wards,
        bell=Bell(),
        files=files,
        file_keeper=SafeFileKeeper(files),
    )
    app[keys.CITY] = city
    public.add_routes(app)
    return app


@dataclass
class Told:
    """One answer in one form."""

    status: int
    headers: Mapping[str, str]
    text: str
    data: Any  # as JSON has it; of XML, everything is text


@dataclass
class Program:
    """Speaks with the endpoint; `key` is its secret."""

    client: TestClient[Any, Any]
    database: Database
    clock: StillClock
    key: MadeKey
    city: City

    async def asks(self, path: str, form: str, method: str = "GET", **more: Any) -> Told:
        """One question; the answer is what its head says it is."""
        async with self.client.request(method, f"{V2}{path}", **more) as answer:
            raw = await answer.read()
            text = raw.decode("utf-8")
            assert answer.headers["Content-Type"] == _HEADS[form], text[:200]
            if form == "xml":
                assert text.startswith('<?xml version="1.0" encoding="utf-8"?>\n')
                data = read_xml(ElementTree.fromstring(raw))
            else:
                data = await answer.json()
            return Told(answer.status, dict(answer.headers), text, data)

    async def gets(self, path: str, query: Mapping[str, str] | None = None, status: int = 200, **more: Any) -> Any:
        """The JSON of a GET, after its XML was found to say the same."""
        name, _, asked = path.partition("?")
        asked = asked or urlencode(query or {})
        tail = f"?{asked}" if asked else ""
        json, xml = [await self.asks(f"{name}.{form}{tail}", form, **more) for form in ("json", "xml")]
        assert (json.status, xml.status) == (status, status), json.text
        assert xml.data == as_text(json.data)
        return json.data

    async def gets_json(self, path: str) -> Any:
        """What there is in that form alone."""
        return (await self.asks(path, "json")).data

    async def posts(
        self, fields: Mapping[str, Any] | Sequence[tuple[str, str]], form: str = "json", status: int = 200
    ) -> Any:
        """The JSON (or text-only XML) of a POST with this program's key, unless another is among the fields."""
        pairs = list(fields.items()) if isinstance(fields, Mapping) else list(fields)
        if "api_key" not in dict(pairs):
            pairs.append(("api_key", self.key.secret))
        told = await self.asks(f"/requests.{form}", form, "POST", data=urlencode(pairs), headers=FORM)
        assert told.status == status, told.text
        return told.data

    async def files(self, **fields: Any) -> CaseCode:
        """The id of a request that is taken."""
        [told] = await self.posts({**LITTER, **fields})
        return CaseCode(told["service_request_id"])

    async def ids(self, query: str = "") -> list[str]:
        return [one["service_request_id"] for one in await self.gets(f"/requests?{query}" if query else "/requests")]

    async def case(self, code: str) -> Case:
        async with self.database.reading() as uow:
            found = await uow.cases.by_code(CaseCode(code))
        assert found is not None
        return found


def read_xml(element: ElementTree.Element) -> Any:
    """What the document says, as JSON would have it but for numbers, truth and nothing, which are texts here."""
    item = ITEMS.get(element.tag)
    assert not element.attrib
    if item is not None and (len(element) == 0 or {child.tag for child in element} == {item}):
        return [read_xml(child) for child in element]
    if len(element):
        assert len({child.tag for child in element}) == len(element), "a field twice"
        return {child.tag: read_xml(child) for child in element}
    return element.text or ""


def as_text(value: Any) -> Any:
    """JSON with every number, truth and nothing as the text that XML has for it."""
    if isinstance(value, dict):
        return {name: as_text(one) for name, one in value.items()}
    if isinstance(value, list):
        return [as_text(one) for one in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


CITY = hanoi()
DAY = timedelta(days=1)


@asynccontextmanager
async def speaking(
    database: Database, *, now: datetime = MONDAY, settings: Settings | None = None
) -> AsyncIterator[Program]:
    clock = StillClock(now)
    async with TestClient(TestServer(open311_app(database, CITY, clock, settings))) as client:
        async with database.begin() as uow:
            key = await add_api_key(uow, CITY.receipts, name="Cổng 1022", per_minute=6000, now=now)
            await uow.commit()
        yield Program(client, database, clock, key, CITY)


def z(at: datetime, more: timedelta = timedelta()) -> str:
    return re.sub(r"\.\d+", "", (at + more).isoformat()).replace("+00:00", "Z")


async def turns(program: Program, which: str, /, **row: Any) -> None:
    """Whatever staff did, as the case's row has it afterwards."""
    async with program.database.begin() as uow:
        assert isinstance(uow, SqlUnitOfWork)
        assert await uow._link.run(update(cases).where(cases.c.code == which).values(**row)) == 1
        await uow.commit()


async def publishes(program: Program, text: str, answer: str = "Đã dọn sáng nay.") -> Case:
    """A resident's case of the chat, closed, with a text that they agreed to; it may be read from now on."""
    now = program.clock.now()
    async with program.database.begin() as uow:
        case = await file_case(uow, text="NGUYÊN VĂN 0912 345 678", category="vio_litter")
        first, second = await hire(uow, f"p{case.id}"), await hire(uow, f"q{case.id}")
        wording = Wording(title="Rác ở cổng chợ", text=text, answer=answer, point=Point(21.045, 105.821))
        new = NewPublication(
            case_id=case.id,
            ward_code=TAY_HO,
            category="vio_litter",
            slug=new_slug(),
            wording=wording,
            by=first.id,
            at=now - DAY,
            disputes=0,
        )
        number = await uow.publications.add(new)
        assert await uow.publications.approve(number, by=second.id, now=now - DAY)
        assert await uow.publications.agree(number, now=now - DAY, published_at=now)
        await uow.commit()
    await turns(program, case.code, created_at=now - DAY)
    return case
