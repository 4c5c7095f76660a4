"""Generated cities, each built twice, with cases that somebody may not know of and without: every byte they get is compared.

Who may see what is said here by the plain rules of `tests.storage.test_visibility_property`: a case that they would allow
is barred from its viewer by name. What is new each time (tokens, nonces) is put out of sight with its length kept.
"""

import random
import re
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.case import CaseCode, CaseKind, Desk, new_code
from bot.domain.incoming import FileKind, RemoteFile, StoredFile
from bot.domain.notices import Reason
from bot.domain.people import WARD_ROLES, Role, StaffMember, Unit
from bot.domain.rights import Right
from bot.domain.staffing import Exclusion, Why
from bot.domain.thread import CaseEvent, EventKind
from bot.domain.ward import WardCode
from bot.web import keys
from storage.tables import cases
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, Browser, StaffDesk
from tests.files.pictures import phone_photo
from tests.forms.served import ServedPage
from tests.storage.test_visibility_property import may_see

CANARY = "Cầm tiền chim hoàng yến của dân, ông An."
WORDS = ("chim hoàng yến", "Ngõ 12", "tien chim")
QUERIES = (
    *("due=late", "due=today", "status=closed", "kind=conduct", "sort=new", "owner=none", "owner=me", "news=1"),
    *("desk=restricted", "desk=leaders", "disputed=1", "channel=webchat", "after=1_1", "ward=00070"),
)
FIGURES = ("", "?by=category", "?by=desk&as=csv", "?by=closer", "?by=ward&as=csv&from=2026-11-01&to=2026-11-30")
OWN_WORDS = "Ngõ 12 tối ba đêm nay."
HAPPENS = ("photo", "added", "closed", "disputed", "told", "asked", "trail", "late")
# One after the other: each begins with what can be searched for, an alternative of the three would be tried everywhere.
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,}")
NEW_EACH_TIME = (re.compile(r"(data-after=\")(?!~)([^\"]+)"), re.compile(r"(//127\.0\.0\.1:)(\d+)"))
NOT_HERE = ("/events", "/logout", "/authenticator")  # the stream has a test of its own, the others tell of no case
MOST_TOLD, FEWEST_DOORS = 10, 120
ALONE = ("/login", "/login/code", "/password", "/sessions")  # about oneself, and no case


@dataclass(frozen=True)
class Secret:
    """A case that the viewer may not know of. `happens`: what has happened to it, of `HAPPENS`."""

    code: CaseCode
    ward: WardCode | None
    desk: Desk
    kind: CaseKind
    accused: Unit
    happens: frozenset[str]


@dataclass(frozen=True)
class World:
    """A viewer, perhaps somebody they stand in for, their own case, and what they may not know of."""

    seed: int
    role: Role
    ward: WardCode | None
    unit: Unit
    absent: Role | None
    own: CaseCode
    secrets: tuple[Secret, ...]


def world(seed: int) -> World:
    """The same seed gives the same world, but for its cases' codes."""
    rng = random.Random(seed)
    role = list(Role)[seed % len(Role)]
    ward = rng.choice((PHU_THUONG, HOAN_KIEM)) if role in WARD_ROLES else None
    of_ward = [one for one in WARD_ROLES if one is not role]
    return World(
        seed=seed,
        role=role,
        ward=ward,
        unit=rng.choice((Unit.NONE, Unit.POLICE, Unit.OFFICE)) if ward else Unit.NONE,
        absent=rng.choice((None, *sorted(of_ward))) if ward else None,
        own=new_code(),
        secrets=tuple(_secret(rng, ward) for _ in range(rng.randint(1, 3))),
    )


def _secret(rng: random.Random, own_ward: WardCode | None) -> Secret:
    desk = rng.choice((Desk.GENERAL, Desk.RESTRICTED, Desk.RESTRICTED, Desk.LEADERS, Desk.UNPLACED))
    near = own_ward or PHU_THUONG
    ward = None if desk is Desk.UNPLACED else rng.choice((near, near, near, HOAN_KIEM, PHU_THUONG))
    kind = CaseKind.CONDUCT if desk in (Desk.RESTRICTED, Desk.LEADERS) else rng.choice(list(CaseKind))
    happens = frozenset(one for one in HAPPENS if rng.random() < 0.5)
    return Secret(new_code(), ward, desk, kind, rng.choice((Unit.NONE, Unit.POLICE, Unit.OFFICE)), happens)


@dataclass(frozen=True)
class Eye:
    """Whoever looks, in a world that is built."""

    member: StaffMember
    browser: Browser
    token: str
    secret: CaseCode  # of a case that is there in one of the worlds


async def build(desk: StaffDesk, found: World, *, with_secrets: bool) -> Eye:
    """The city of this world; afterwards its viewer is signed in and has only had their own case open."""
    member = await desk.staff("viewer", found.role, found.ward, unit=found.unit)
    browser = await desk.browser()
    browser.client.session.cookie_jar.update_cookies(await desk.session_of("viewer"), desk.server.make_url("/"))
    others = {role: await desk.staff(f"other-{role.value}", role, found.ward or PHU_THUONG) for role in Role}
    absent = [others[found.absent]] if found.absent else []
    async with desk.database.begin() as uow:
        for one in absent:
            began, ends = desk.clock.now() - timedelta(days=1), desk.clock.now() + timedelta(days=9)
            await uow.absences.add(
                staff_id=one.id, deputy_id=member.id, from_at=began, until_at=ends, made_by=one.id, now=began
            )
        await uow.commit()
    await desk.case(OWN_WORDS, ward=found.ward, files=await _photo(desk), code=found.own)
    await browser.opens(f"/staff/cases/{found.own}")  # who has one's own case open is no secret
    for secret in found.secrets if with_secrets else ():
        await _happens(desk, secret, member, others[Role.WARD_LEADER], absent)
    await browser.opens("/staff/rights")
    return Eye(member, browser, browser.form("logout-form")[1]["form_token"], found.secrets[0].code)


async def _photo(desk: StaffDesk) -> tuple[StoredFile, ...]:
    sent = RemoteFile(remote_id="", kind=FileKind.PHOTO, name="x.jpg", size=1)
    return (await desk.server.app[keys.FILE_KEEPER].keep(phone_photo(size=(64, 48)), sent),)


async def _happens(
    desk: StaffDesk, secret: Secret, viewer: StaffMember, colleague: StaffMember, absent: list[StaffMember]
) -> None:
    """The case comes, and all that this world wants of it; whoever may not know of it is barred by name if need be."""
    files = await _photo(desk) if "photo" in secret.happens else ()
    due = timedelta(days=-1 if "late" in secret.happens else 2)
    case = await desk.case(CANARY, ward=secret.ward, kind=secret.kind, files=files, code=secret.code, due_in=due)
    now, happens = desk.clock.now(), secret.happens
    values: dict[str, object] = {"desk": secret.desk.value, "accused_unit": secret.accused.value}
    if "closed" in happens:
        values |= {"status": "closed", "outcome": "done", "closed_at": now, "disputes": int("disputed" in happens)}
    async with desk.database._transaction() as connection:
        await connection.execute(cases.update().where(cases.c.id == case.id).values(values))
        await connection.commit()
    case = await desk.now_is(case.code)
    async with desk.database.begin() as uow:
        if may_see(viewer, absent, case, set(), Right.READ_CASE):
            await uow.exclusions.add([Exclusion(case_id=case.id, staff_id=viewer.id, why=Why.ACCUSED)])
        if "told" in happens:
            told = [(case.id, reason) for reason in (Reason.RESIDENT, Reason.ARRIVED, Reason.MENTIONED)]
            await uow.notices.spread([], {viewer.id: told}, now)
        if "asked" in happens:
            await uow.openings.ask(case.id, asked_by=colleague.id, reason=CANARY, now=now)
        if "trail" in happens:
            await uow.audit.record(action="case_noted", now=now, staff_id=colleague.id, subject=case.code)
            await uow.audit.record(action="case_opened", now=now, staff_id=viewer.id, subject=case.code)
        if "closed" in happens:
            by = viewer.id if "told" in happens else colleague.id
            await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.CLOSED, at=now, staff_id=by))
        await uow.commit()
    if "added" in happens:
        await desk.resident_adds(case, CANARY)


Answer = tuple[int, str, str]  # status, headers, body


async def looks(desk: StaffDesk, found: World, eye: Eye) -> AsyncGenerator[tuple[str, Answer], None]:
    """Everything that the viewer can ask for, one after the other in the same order, and what they get."""
    for method, path in doors(desk, found):
        yield f"{method} {path}", await _asked(eye, method, path)
    for page in _settings(desk, found):
        await eye.browser.opens(page)
        for number, form in enumerate(ServedPage(eye.browser.text).forms):
            if form.test_id == "logout-form" or not form.action:
                continue
            fields = dict(form.pairs(form.buttons[0])) if form.buttons else {}
            filled = {name: value or "x" for name, value in fields.items()}
            yield f"form {number} of {page}", await _asked(eye, "POST", form.action, filled)
    for path in ("/staff/", "/staff/audit", "/staff/dashboard", "/staff/settings/people", f"/staff/cases/{found.own}"):
        yield f"in the end {path}", await _asked(eye, "GET", path)


def doors(desk: StaffDesk, found: World) -> Iterator[tuple[str, str]]:
    codes = [secret.code for secret in found.secrets]
    routes = [(route.method, route.resource.canonical) for route in desk.server.app.router.routes() if route.resource]
    for method, pattern in routes:
        if method == "HEAD" or pattern.startswith("/assets/") or pattern.endswith(NOT_HERE):
            continue
        if method == "POST" and (pattern.startswith("/staff/settings/") or pattern.endswith(ALONE)):
            continue
        is_about_two = method == "GET" or pattern.endswith(("/link", "/merge", "/unlink"))
        for code in (*codes, found.own) if "{code}" in pattern and is_about_two else codes[:1]:
            for number in ("1", "2", "3") if "{id}" in pattern else ("",):
                filled = pattern.replace("{code}", code).replace("{ward}", found.ward or PHU_THUONG)
                yield method, re.sub(r"{\w+}", number, filled)
    for one in FIGURES:
        yield "GET", f"/staff/dashboard{one}"
    for one in (*(f"q={words}" for words in WORDS), *(f"q={code}" for code in codes), f"q={codes[0][:4]}", *QUERIES):
        yield "GET", f"/staff/?{one}"
    for ward in (PHU_THUONG, HOAN_KIEM):
        yield "GET", f"/wards/{ward}"
    for code in codes:
        yield "GET", f"/track?code={code}"
        yield "GET", f"/staff/login?next=/staff/cases/{code}"


def _settings(desk: StaffDesk, found: World) -> list[str]:
    patterns = {route.resource.canonical for route in desk.server.app.router.routes() if route.resource}
    filled = [one.replace("{ward}", found.ward or PHU_THUONG) for one in sorted(patterns) if "/settings" in one]
    return [*(one for one in filled if "{" not in one), "/staff/settings/people/2", "/staff/settings/people/3"]


async def _asked(eye: Eye, method: str, path: str, fields: dict[str, str] | None = None) -> Answer:
    browser = eye.browser
    if method == "GET":
        answer = await browser.opens(path)
    else:
        usual = {
            "text": "x",
            "version": "1",
            "seen": "1",
            "outcome": "done",
            "other": eye.secret,
            "act": "take",
            "step": "do",
            f"case_{eye.secret}": "1",
        }
        answer = await browser.posts(path, (usual if fields is None else fields) | {"form_token": eye.token})
    body = browser.text or str(len(await answer.read()))
    headers = sorted((name, value) for name, value in answer.headers.items() if name not in ("Date", "Set-Cookie"))
    return answer.status, settled(str(headers)), settled(body)


async def seen_at(eye: Eye, path: str) -> Answer:
    """What this address answers the viewer."""
    return await _asked(eye, "GET", path)


async def parting(without: StaffDesk, having: StaffDesk, found: World) -> list[str]:
    """Every address at which the two worlds answer differently, and where in the answer; both are walked side by side."""
    one, other = await build(without, found, with_secrets=False), await build(having, found, with_secrets=True)
    told, asked, second = [], 0, looks(having, found, other)
    async for door, before in looks(without, found, one):
        same_door, after = await anext(second)
        assert same_door == door, "another form is on a page: what leaked is told above"
        asked += 1
        if CANARY in after[2] or before != after:
            told.append(f"{found.role}: {door}: {difference(before, after)}")
            if len(told) > MOST_TOLD:
                break
    await second.aclose()
    assert told or asked > FEWEST_DOORS
    return told


def settled(text: str) -> str:
    """What is new each time is put out of sight, its length kept."""
    text = TOKEN.sub(lambda found: "~" * len(found[0]), text)
    for pattern in NEW_EACH_TIME:
        text = pattern.sub(lambda found: found[1] + "~" * len(found[2]), text)
    return text


def difference(before: Answer, after: Answer) -> str:
    """Where they part, for whoever reads a failed test."""
    for one, other in zip(map(str, before), map(str, after), strict=True):
        if one != other:
            at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
            return f"…{one[max(0, at - 80) : at + 80]!r} → …{other[max(0, at - 80) : at + 80]!r}"
    return ""
