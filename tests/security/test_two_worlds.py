"""S1, S2, S4: two worlds, one with a case that somebody may not know of, one without: every byte they get is the same.

The rule itself is held over generated cities by `tests.storage.test_visibility_property`; here are all the doors.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

import pytest

from bot.domain.case import Case, CaseKind, Desk, new_code
from bot.domain.incoming import FileKind, RemoteFile, StoredFile
from bot.domain.people import Role, StaffId
from bot.domain.staffing import Exclusion, Why
from bot.domain.thread import CaseEvent, EventKind
from bot.domain.ward import WardCode
from bot.web import keys
from storage.tables import cases
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, Browser, StaffDesk
from tests.admin.test_live import watching
from tests.files.pictures import phone_photo

NEW_EACH_TIME = re.compile(r'(nonce|data-after|name="ticket" value)="[^"]+"')
OWN, CANARY = "Ngõ 12 tối ba đêm nay.", "Cầm tiền chim hoàng yến của dân, ông An."
EYES = 1  # of each sort; all of them take three times as long
WORDS = ("chim hoàng yến", "Ngõ 12", "An", "tien chim")
QUERIES = (
    *("due=late", "due=today", "status=closed", "kind=conduct", "sort=new", "owner=none", "owner=me", "news=1"),
    *("desk=restricted", "disputed=1", "channel=webchat", "after=1_1"),
)


@dataclass(frozen=True)
class Hidden:
    """A case and from whom it is kept: everybody of these roles, by where it is or by name."""

    ward: WardCode | None
    kind: CaseKind
    desk: Desk
    from_whom: tuple[Role, ...]
    is_by_name: bool = False


HIDDEN = (
    Hidden(HOAN_KIEM, CaseKind.VIOLATION, Desk.GENERAL, (Role.WARD_OFFICER, Role.RESTRICTED_OFFICER)),
    Hidden(PHU_THUONG, CaseKind.CONDUCT, Desk.RESTRICTED, (Role.WARD_OFFICER, Role.OPERATOR)),
    Hidden(PHU_THUONG, CaseKind.CONDUCT, Desk.LEADERS, (Role.WARD_LEADER, Role.RESTRICTED_OFFICER, Role.WARD_OFFICER)),
    Hidden(PHU_THUONG, CaseKind.VIOLATION, Desk.GENERAL, (Role.WARD_LEADER, Role.WARD_OFFICER), is_by_name=True),
    Hidden(PHU_THUONG, CaseKind.CONDUCT, Desk.RESTRICTED, (Role.RESTRICTED_OFFICER, Role.WARD_LEADER), is_by_name=True),
    Hidden(None, CaseKind.CONDUCT, Desk.LEADERS, (Role.INSPECTOR, Role.CITY_COORDINATOR), is_by_name=True),
)


def doors(desk: StaffDesk, hidden: str, own: str) -> Iterator[tuple[str, str]]:
    """Every address of the desk, about the case that may not be known, about one's own, and about none."""
    for route in desk.server.app.router.routes():
        path = route.resource.canonical if route.resource else ""
        if route.method == "HEAD" or not path.startswith("/staff/") or path.endswith(("/events", "/login", "/logout")):
            continue
        if "/settings/" in path and route.method == "POST":
            continue
        for code in (hidden, own) if "{code}" in path and route.method == "GET" else (hidden,):
            for number in ("1", "2", "3") if "/files/" in path or "/photos/" in path else ("99",):
                filled = path.replace("{code}", code).replace("{ward}", PHU_THUONG)
                yield route.method, re.sub(r"{\w+}", number, filled)
    for query in ("", "?by=category", "?by=desk&as=csv", "?by=ward&as=csv&from=2026-11-01&to=2026-11-30"):
        yield "GET", f"/staff/dashboard{query}"
    for query in (*(f"q={words}" for words in WORDS), f"q={hidden}", f"q={hidden[:4]}", *QUERIES):
        yield "GET", f"/staff/?{query}"


async def answers(desk: StaffDesk, browser: Browser, token: str, hidden: str, own: str) -> dict[str, tuple[int, str, str]]:
    """Status, place and bytes behind every door, without what is new each time."""
    found = {}
    fields = {"form_token": token, "text": "x", "version": "1", "seen": "1", "outcome": "done", "other": hidden}
    for method, path in doors(desk, hidden, own):
        if method == "GET":
            answer = await browser.opens(path)
        else:
            answer = await browser.posts(path, fields)
        body = NEW_EACH_TIME.sub("", browser.text) or str(len(await answer.read()))
        headers = {name: value for name, value in answer.headers.items() if name not in ("Date", "Content-Security-Policy")}
        found[f"{method} {path}"] = (answer.status, str(sorted(headers.items())), body)
    return found


async def files(desk: StaffDesk) -> tuple[StoredFile, ...]:
    sent = RemoteFile(remote_id="", kind=FileKind.PHOTO, name="x.jpg", size=1)
    return (await desk.server.app[keys.FILE_KEEPER].keep(phone_photo(size=(64, 48)), sent),)


async def happens(desk: StaffDesk, hidden: Hidden, barred: list[StaffId]) -> Case:
    """The case comes, with a photo; it is barred from them, written about, closed and objected to."""
    case = await desk.case(CANARY, ward=hidden.ward, kind=hidden.kind, files=await files(desk))
    async with desk.database._transaction() as connection:
        await connection.execute(cases.update().where(cases.c.id == case.id).values(desk=hidden.desk.value))
        await connection.commit()
    async with desk.database.begin() as uow:
        await uow.exclusions.add([Exclusion(case_id=case.id, staff_id=one, why=Why.ACCUSED) for one in barred])
        await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.ADDED, at=desk.clock.now()))
        await uow.commit()
    await desk.resident_adds(case, CANARY)
    return case


@pytest.mark.parametrize("hidden", HIDDEN, ids=lambda one: f"{one.desk}-{one.is_by_name}")
async def test_nobody_learns_of_a_case_that_is_not_theirs(
    sqlite_desk: StaffDesk, hidden: Hidden, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = sqlite_desk
    own_code, secret = new_code(), new_code()
    codes = cycle([own_code, secret])
    monkeypatch.setattr("tests.admin.desk.new_code", lambda: next(codes))
    await desk.case(OWN, files=await files(desk))
    people = []
    for role in hidden.from_whom[:EYES]:
        browser = await desk.signed_in(role.value, role)
        await browser.opens("/staff/rights")
        token = browser.form("logout-form")[1]["form_token"]
        member = await desk.member(role.value)
        people.append((role, browser, token, member.id))
    for _, browser, _, _ in people:
        await browser.opens(f"/staff/cases/{own_code}")  # who has one's own case open is no secret
    first = [await answers(desk, browser, token, secret, own_code) for _, browser, token, _ in people]
    barred = [number for *_, number in people] if hidden.is_by_name else []
    assert (await happens(desk, hidden, barred)).code == secret
    told: list[str] = []
    for (role, browser, token, _), before in zip(people, first, strict=True):
        after = await answers(desk, browser, token, secret, own_code)
        assert len(after) > 60
        for door, answer in after.items():
            assert CANARY not in answer[2]
            if answer != before[door]:
                told.append(f"{role}: {door}: {first_difference(before[door], answer)}")
    assert told == []


async def test_the_stream_is_silent_about_what_is_not_theirs(sqlite_desk: StaffDesk) -> None:
    """S2: not even that something happened: the next thing heard is one's own case."""
    minh, own = await sqlite_desk.signed_in("minh"), await sqlite_desk.case(OWN)
    async with watching(minh) as live:
        place = live.place
        for hidden in HIDDEN[:3]:
            await happens(sqlite_desk, hidden, [])
        await sqlite_desk.resident_adds(own, "Vẫn tối.")
        block = await live._block()
        assert json.loads(block["data"])["code"] == own.code
        assert len(block["id"]) == len(place), "how far the city has come is not told by length either"


def first_difference(before: tuple[int, str, str], after: tuple[int, str, str]) -> str:
    if before[:2] != after[:2]:
        return f"{before[:2]} → {after[:2]}"
    place = next((n for n, (one, other) in enumerate(zip(before[2], after[2], strict=False)) if one != other), 0)
    return f"…{before[2][max(0, place - 60) : place + 60]!r} → …{after[2][max(0, place - 60) : place + 60]!r}"
