"""What each page asks of the database: at most fifteen statements, and no more of them where there is ten times as much."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from aiohttp import web

from bot.domain.incoming import FileKind
from bot.domain.people import Language, Role
from bot.domain.staffing import NewTemplate
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, Browser, StaffDesk
from tests.admin.test_files import kept, photo
from tests.admin.test_matrix import addresses
from tests.statements import statements_of

MOST = 15
REVIEW = {"/staff/reports/review": 30}  # counts two terms of the cases and of the ledger, each as a whole
STREAMS = {"/staff/events"}  # stays open: tests/admin/test_live.py
ADDED = {  # what else is asked for at an address: the longest ways through it
    "/staff/": ["?status=closed", "?q=ngo", "?due=late&owner=none&emergency=1", "?tick=page&sort=newest"],
    "/staff/dashboard": ["?by=ward&from=2025-11-19", "?by=category"],
    "/staff/audit": ["?q=x"],
}


async def fill(desk: StaffDesk, number: int) -> dict[str, str]:
    """So much more of everything; what stands in an address for one of each."""
    case = await desk.case(files=(await kept(desk, photo(), FileKind.PHOTO, "x.jpg"),))
    for one in range(number):
        await desk.case(f"Ngõ {one} tối", due_in=timedelta(days=-1))
        await desk.case(ward=None)
        await desk.resident_adds(case, f"Thêm {one}")
        await desk.staff(f"s{number}-{one}", list(Role)[one % len(Role)], (PHU_THUONG, HOAN_KIEM)[one % 2])
    member = await desk.staff(f"m{number}", Role.WARD_OFFICER)
    async with desk.database.begin() as uow:
        for one in range(number):
            template = await uow.templates.add(NewTemplate(ward_code=None, name=f"x{one}", language=Language.VI, text="x"))
        [message, *_] = await uow.cases.thread(case.id)
        for other in await uow.staff.everyone():
            await uow.mentions.add(case.id, message.id, other.id, desk.clock.now())
        await uow.commit()
    file = str(message.attachments[0].id)
    return {"code": case.code, "file": file, "template": str(template.id), "person": str(member.id), "ward": PHU_THUONG}


def pages(app: web.Application, there: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Every address that is read, as the router has it and as it is asked for."""
    for method, name in addresses(app):
        if method == "GET" and name not in STREAMS:
            thing = "file" if "/cases/" in name else "person" if "/people/" in name else "template"
            path = name.replace("{code}", there["code"]).replace("{ward}", there["ward"]).replace("{id}", there[thing])
            yield from ((f"{name}{more}", f"{path}{more}") for more in ("", *ADDED.get(name, ())))


async def costs(desk: StaffDesk, browser: Browser, there: dict[str, str]) -> dict[str, tuple[int, list[str]]]:
    """The router's name of each page to its status and statements."""
    found = {}
    for name, path in pages(desk.server.app, there):
        with statements_of(desk.database) as heard:
            status = (await browser.opens(path)).status
            await desk.settle()
        assert status in (200, 204, 303, 308, 403, 404), (path, status)
        found[name] = (status, list(heard))
    return found


@pytest.mark.parametrize("role", [Role.WARD_LEADER, Role.CITY_COORDINATOR, Role.INSPECTOR, Role.OPERATOR])
async def test_a_page_asks_little_however_much_there_is(sqlite_desk: StaffDesk, role: Role) -> None:
    someone = await sqlite_desk.signed_in("someone", role)
    little = await costs(sqlite_desk, someone, await fill(sqlite_desk, 1))
    much = await costs(sqlite_desk, someone, await fill(sqlite_desk, 10))
    assert little.keys() == much.keys()
    assert len(much) > 30, "the router has stopped telling its addresses"
    assert sum(status == 200 for status, _ in much.values()) > 10
    if role is not Role.OPERATOR:
        assert len(much["/staff/"][1]) >= 5, "the statements are asked past the ear"
    assert {name: len(heard) for name, (_, heard) in much.items() if len(heard) > REVIEW.get(name, MOST)} == {}
    grown = {name: (little[name], much[name]) for name in much if len(much[name][1]) > len(little[name][1])}
    assert grown == {}
