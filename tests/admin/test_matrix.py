"""The permission matrix: every address of the desk, for every role, on every sort of case, against the one table of rights.

The addresses are asked of the router: one that nobody classified here fails the test, so that no page is forgotten.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from aiohttp import web

from bot.domain.case import WARD_DESKS, Accused, Case, CaseKind, Desk, choose_desk
from bot.domain.neighbours import CHOICES, NewSubscription
from bot.domain.people import WARD_ROLES, Language, Role
from bot.domain.rights import DESKS, RIGHTS, Right, may, may_give
from bot.domain.staffing import Exclusion, NewTemplate, Why
from bot.services.staff_place import NAMED_BY_LEADER
from storage.tables import cases
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, Browser, StaffDesk

CASE = "/staff/cases/{code}"
SETTINGS = "/staff/settings"
LEDGER = "/staff/campaign"

# On one case: for whoever sees it and holds the right; for everybody else there is no such page.
ON_A_CASE: dict[tuple[str, str], Right] = {
    ("GET", CASE): Right.READ_CASE,
    ("GET", f"{CASE}/closed"): Right.OPEN_IDENTITY,
    ("GET", f"{CASE}/pause"): Right.PAUSE_RESIDENT,
    ("GET", f"{CASE}/wish"): Right.RECORD_WISH,
    ("POST", f"{CASE}/wish"): Right.RECORD_WISH,
    ("POST", f"{CASE}/reply"): Right.ANSWER,
    ("POST", f"{CASE}/template"): Right.ANSWER,
    ("POST", f"{CASE}/preview"): Right.ANSWER,
    ("POST", f"{CASE}/note"): Right.NOTE,
    ("POST", f"{CASE}/attach"): Right.NOTE,
    ("POST", f"{CASE}/presence"): Right.NOTE,
    ("POST", f"{CASE}/close"): Right.CLOSE,
    ("POST", f"{CASE}/move"): Right.MOVE,
    ("POST", f"{CASE}/take"): Right.TAKE,
    ("POST", f"{CASE}/handback"): Right.TAKE,
    ("POST", f"{CASE}/assign"): Right.ASSIGN,
    ("POST", f"{CASE}/link"): Right.MERGE,
    ("POST", f"{CASE}/unlink"): Right.MERGE,
    ("POST", f"{CASE}/merge"): Right.MERGE,
    ("POST", f"{CASE}/part"): Right.MERGE,
    ("POST", f"{CASE}/split"): Right.MERGE,
    ("POST", f"{CASE}/pause"): Right.PAUSE_RESIDENT,
    ("POST", f"{CASE}/identity"): Right.OPEN_IDENTITY,
    ("POST", f"{CASE}/bar"): Right.EXCLUDE_STAFF,
    ("POST", f"{CASE}/letin"): Right.EXCLUDE_STAFF,
    ("POST", f"{CASE}/told"): Right.ANSWER,
    ("POST", f"{CASE}/again"): Right.ANSWER,
    ("POST", f"{CASE}/proposal"): Right.ANSWER,
    ("POST", f"{CASE}/postpone"): Right.ANSWER,
    ("POST", f"{CASE}/dispute"): Right.FILE_FOR_SOMEONE,
    ("POST", f"{CASE}/reached"): Right.ANSWER,
    ("POST", f"{CASE}/board"): Right.NOTE,
    ("GET", f"{CASE}/publish"): Right.ANSWER,
    ("POST", f"{CASE}/publish"): Right.ANSWER,
}
# On one case, and on something of it that is not there in this test: nobody may be told that it is.
NEVER_SHOWN = {
    ("GET", f"{CASE}/files/{{id}}"),  # held for those who see the case by tests/admin/test_files.py
    ("GET", f"{CASE}/files/{{id}}/small"),
    ("GET", f"{CASE}/proposal/files/{{id}}"),  # and these by tests/admin/test_closing.py
    ("GET", f"{CASE}/photos/{{id}}"),
    ("POST", f"{CASE}/decision"),  # and these by the tests of identities and drafts
    ("POST", f"{CASE}/look"),
    ("POST", f"{CASE}/draft"),
}
# Around the cases: any of these rights is enough; none named: for everybody who is signed in.
AROUND: dict[tuple[str, str], tuple[Right, ...]] = {
    ("GET", "/staff/"): (),
    ("GET", "/staff/password"): (),
    ("POST", "/staff/password"): (),
    ("GET", "/staff/authenticator"): (),
    ("POST", "/staff/authenticator"): (),
    ("GET", "/staff/sessions"): (),
    ("POST", "/staff/sessions"): (),
    ("GET", "/staff/mentions"): (),
    ("POST", "/staff/views"): (Right.READ_CASE,),
    ("POST", "/staff/views/remove"): (),
    ("GET", "/staff/bulk/done"): (),
    ("GET", "/staff/counter"): (Right.FILE_FOR_SOMEONE,),
    ("POST", "/staff/counter"): (Right.FILE_FOR_SOMEONE,),
    ("GET", "/staff/rights"): (),
    ("GET", "/staff/dashboard"): (Right.DASHBOARD,),
    ("GET", LEDGER): (Right.DASHBOARD,),
    ("POST", f"{LEDGER}/setting"): (Right.LEDGER,),
    ("GET", f"{LEDGER}/boards"): (Right.DASHBOARD,),
    ("POST", f"{LEDGER}/boards"): (Right.LEDGER,),
    ("GET", f"{LEDGER}/entries"): (Right.DASHBOARD,),
    ("POST", f"{LEDGER}/entries"): (Right.LEDGER,),
    ("GET", f"{LEDGER}/groups"): (Right.DASHBOARD,),
    ("POST", f"{LEDGER}/groups"): (Right.LEDGER,),
    ("GET", f"{LEDGER}/praises"): (Right.DASHBOARD,),
    ("POST", f"{LEDGER}/praises"): (Right.LEDGER,),
    ("GET", "/staff/published"): (Right.ANSWER, Right.PUBLISH),
    ("POST", "/staff/published"): (Right.ANSWER, Right.PUBLISH),
    ("GET", "/staff/audit"): (Right.AUDIT,),
    ("GET", "/staff/trouble"): (Right.OPERATE,),
    ("POST", "/staff/trouble/updates"): (Right.OPERATE,),
    ("POST", "/staff/trouble/replies"): (Right.OPERATE,),
    ("GET", "/staff/reports/export"): (Right.EXPORT,),
    ("POST", "/staff/reports/export"): (Right.EXPORT,),
    ("GET", "/staff/reports/register"): (Right.EXPORT,),
    ("POST", "/staff/reports/register"): (Right.EXPORT,),
    ("GET", "/staff/reports"): (Right.DASHBOARD,),
    ("GET", "/staff/reports/review"): (Right.DASHBOARD,),
    ("POST", "/staff/reports/review/document"): (Right.DASHBOARD,),
    ("GET", "/staff/reports/bulletin"): (Right.DASHBOARD,),
    ("GET", "/staff/reports/work"): (),  # one's own; the file of one that is there, tests/admin/test_papers.py
    ("POST", "/staff/reports/work/stop"): (),
    ("GET", "/staff/reports/posters"): (Right.DASHBOARD,),
    ("GET", "/staff/reports/posters/file"): (Right.DASHBOARD,),
    ("GET", SETTINGS): (),
    ("GET", f"{SETTINGS}/wards"): (Right.SETTINGS_WARD, Right.SETTINGS_CITY),
    ("GET", f"{SETTINGS}/people"): (Right.ACCOUNTS, Right.NAME_RESTRICTED),
    ("POST", f"{SETTINGS}/people"): (Right.ACCOUNTS,),
    ("GET", f"{SETTINGS}/absences"): (),
    ("POST", f"{SETTINGS}/absences"): (),
    ("POST", f"{SETTINGS}/absences/{{id}}/end"): (),
    ("GET", f"{SETTINGS}/notices"): (Right.READ_CASE, Right.OPERATE),
    ("POST", f"{SETTINGS}/notices"): (Right.READ_CASE,),
    ("POST", f"{SETTINGS}/notices/link"): (Right.READ_CASE, Right.OPERATE),
    ("POST", f"{SETTINGS}/notices/{{id}}/unlink"): (Right.READ_CASE, Right.OPERATE),
    ("GET", f"{SETTINGS}/templates"): (Right.SETTINGS_WARD, Right.SETTINGS_CITY),
    ("GET", f"{SETTINGS}/templates/{{id}}"): (Right.SETTINGS_CITY,),  # the city's; 404 for others
    ("POST", f"{SETTINGS}/templates/{{id}}"): (Right.SETTINGS_CITY,),
    ("GET", f"{SETTINGS}/holidays"): (Right.SETTINGS_CITY,),
    ("POST", f"{SETTINGS}/holidays/forget"): (Right.SETTINGS_CITY,),
    ("GET", f"{SETTINGS}/deadlines"): (Right.SETTINGS_CITY,),
    ("POST", f"{SETTINGS}/deadlines"): (Right.SETTINGS_CITY,),
    ("GET", f"{SETTINGS}/keeping"): (Right.SETTINGS_CITY,),
    ("POST", f"{SETTINGS}/keeping"): (Right.SETTINGS_CITY,),
    ("GET", f"{SETTINGS}/neighbours"): (Right.OPERATE,),
    ("POST", f"{SETTINGS}/neighbours"): (Right.OPERATE,),
    ("GET", f"{SETTINGS}/neighbours/{{id}}"): (Right.OPERATE,),
    ("POST", f"{SETTINGS}/neighbours/{{id}}"): (Right.OPERATE,),
    ("POST", f"{SETTINGS}/neighbours/{{id}}/replay"): (Right.OPERATE,),
    ("POST", f"{SETTINGS}/neighbours/keys"): (Right.OPERATE,),
    ("POST", f"{SETTINGS}/neighbours/keys/{{id}}/revoke"): (Right.OPERATE,),
}
# What the fields decide, beside the right: refused there, and tested in tests/admin/test_settings.py and test_queue.py.
BY_FIELDS = {
    ("POST", f"{SETTINGS}/templates"),
    ("POST", f"{SETTINGS}/holidays"),
    ("POST", "/staff/bulk"),
    ("POST", "/staff/reports/bulletin"),  # also tests/admin/test_bulletin.py, as the next one
    ("GET", "/staff/reports/bulletin/print"),
    ("POST", "/staff/bulk/undo"),
    ("POST", "/staff/reports/review"),  # whose it is to write: tests/admin/test_reviewing.py
    ("POST", "/staff/reports/review/draft"),
}
ON_A_WARD = {("GET", f"{SETTINGS}/wards/{{ward}}"), ("POST", f"{SETTINGS}/wards/{{ward}}")}
ON_A_COLLEAGUE = {
    ("GET", f"{SETTINGS}/people/{{id}}"),
    ("POST", f"{SETTINGS}/people/{{id}}"),
    ("POST", f"{SETTINGS}/people/{{id}}/reset"),
    ("POST", f"{SETTINGS}/people/{{id}}/disable"),
    ("POST", f"{SETTINGS}/people/{{id}}/code"),
    ("POST", f"{SETTINGS}/people/{{id}}/sessions"),
}
# On one thing of a ward's ledger: who sees it and what they may do there is held by tests/campaign/test_pages.py.
ON_THE_LEDGER = {
    ("GET", f"{LEDGER}/boards/{{id}}"),
    ("GET", f"{LEDGER}/boards/{{id}}/photos/{{check}}"),
    ("GET", f"{LEDGER}/boards/{{id}}/photos/{{check}}/small"),
    ("POST", f"{LEDGER}/boards/{{id}}/look"),
    ("POST", f"{LEDGER}/boards/{{id}}/change"),
    ("POST", f"{LEDGER}/entries/{{id}}/strike"),
    ("POST", f"{LEDGER}/groups/{{id}}/drop"),
    ("GET", f"{LEDGER}/praises/{{id}}"),
    ("POST", f"{LEDGER}/praises/{{id}}/whom"),
    ("POST", f"{LEDGER}/praises/{{id}}/consent"),
    ("POST", f"{LEDGER}/praises/{{id}}/decision"),
}
# Without a session, ending one, and the stream (tests/admin/test_live.py).
APART = {
    ("GET", "/staff"),
    ("GET", "/staff/login"),
    ("POST", "/staff/login"),
    ("GET", "/staff/login/code"),
    ("POST", "/staff/login/code"),
    ("POST", "/staff/logout"),
    ("GET", "/staff/events"),
    ("GET", "/staff/reports/work/file"),  # of whoever had one made: tests/admin/test_papers.py
}
CLASSIFIED = {*ON_A_CASE, *NEVER_SHOWN, *AROUND, *BY_FIELDS, *ON_A_WARD, *ON_A_COLLEAGUE, *ON_THE_LEDGER, *APART}


@dataclass(frozen=True)
class Sort:
    """A sort of case. `is_barred`: the one who looks is excluded from it."""

    ward: str | None
    kind: CaseKind
    accused: Accused = Accused.NOBODY
    is_barred: bool = False

    @property
    def desk(self) -> Desk:
        return choose_desk(self.kind, None if self.ward is None else PHU_THUONG, accused=self.accused)


SORTS = [
    Sort(PHU_THUONG, CaseKind.VIOLATION),
    Sort(PHU_THUONG, CaseKind.VIOLATION, is_barred=True),
    Sort(PHU_THUONG, CaseKind.CONDUCT),
    Sort(PHU_THUONG, CaseKind.CONDUCT, Accused.LEADER),
    Sort(PHU_THUONG, CaseKind.CONDUCT, Accused.LEADER, is_barred=True),
    Sort(HOAN_KIEM, CaseKind.VIOLATION),
    Sort(HOAN_KIEM, CaseKind.CONDUCT),
    Sort(None, CaseKind.SUGGESTION),
]


def is_seen(role: Role, sort: Sort) -> bool:
    """A plain reading of the rules: at one's desks, in one's ward, and not barred."""
    is_there = sort.desk in DESKS.get(role, ()) and (role not in WARD_ROLES or sort.ward == PHU_THUONG)
    return is_there and not sort.is_barred


def addresses(app: web.Application) -> Iterator[tuple[str, str]]:
    """Every address of the desk, as the router has them."""
    for route in app.router.routes():
        path = route.resource.canonical if route.resource else ""
        if route.method != "HEAD" and (path == "/staff" or path.startswith("/staff/")):
            yield route.method, path


async def ask(browser: Browser, method: str, path: str, fields: dict[str, str]) -> int:
    return (await browser.opens(path) if method == "GET" else await browser.posts(path, fields)).status


async def token_of(browser: Browser) -> dict[str, str]:
    await browser.opens("/staff/rights")
    return browser.form("logout-form")[1]


async def there_is(desk: StaffDesk, sort: Sort, viewer: str) -> Case:
    case = await desk.case(ward=sort.ward, kind=sort.kind)  # type: ignore[arg-type]  # a ward's code, or None
    if sort.desk is not case.desk:
        async with desk.database._transaction() as connection:
            await connection.execute(cases.update().where(cases.c.id == case.id).values(desk=sort.desk.value))
            await connection.commit()
    if sort.is_barred:
        async with desk.database.begin() as uow:
            member = await desk.member(viewer)
            await uow.exclusions.add([Exclusion(case_id=case.id, staff_id=member.id, why=Why.ACCUSED)])
            await uow.commit()
    return case


async def test_every_address_of_the_desk_is_classified(sqlite_desk: StaffDesk) -> None:
    """Whoever adds a page says here for whom it is."""
    found = set(addresses(sqlite_desk.server.app))
    assert len(found) > 50, "the router has stopped telling its addresses"
    assert found - CLASSIFIED == set()


@pytest.mark.parametrize("role", list(Role))
async def test_a_case_is_there_for_those_who_may_see_it_and_for_nobody_else(sqlite_desk: StaffDesk, role: Role) -> None:
    """Nothing is changed: each form carries an old version, and is refused for that alone where it would be taken."""
    known = set(addresses(sqlite_desk.server.app))
    someone = await sqlite_desk.signed_in("someone", role)
    fields = await token_of(someone) | {
        "version": "0",
        "text": "x",
        "outcome": "done",
        "ward": "00004",
        "other": "7K3M-9QX2",
    }
    fields |= {"reason": "", "username": "nobody", "kind": "question", "message-1": "on", "staff": "99", "way": "phone"}
    fields["other"] = (await there_is(sqlite_desk, SORTS[0], "someone")).code
    wrong = []
    for sort in SORTS:
        case = await there_is(sqlite_desk, sort, "someone")
        for (method, path), right in ON_A_CASE.items():
            if (method, path) not in known:
                continue
            status = await ask(someone, method, path.replace("{code}", case.code), fields)
            is_open = is_seen(role, sort) and may(role, right)
            allowed = {200, 303, 400, 409} if is_open else {404}
            if path.endswith("/presence") and not may(role, right):
                allowed = {204}  # nothing is said, to whom there is nothing to say
            if path.endswith("/merge") and is_seen(role, sort):
                allowed |= {400}  # the other case is looked for first: whoever may merge nothing finds none
            if status not in allowed:
                wrong.append((sort, method, path, status))
        for method, path in NEVER_SHOWN & known:
            status = await ask(someone, method, path.replace("{code}", case.code).replace("{id}", "99"), fields)
            if status >= 500 or (not is_seen(role, sort) and status not in (403, 404)):
                wrong.append((sort, method, path, status))
        assert (await sqlite_desk.now_is(case.code)).owner_id is None
        assert await sqlite_desk.hears(case) == []
    assert wrong == []


@pytest.mark.parametrize("role", list(Role))
async def test_what_is_around_the_cases_is_for_those_with_the_right(sqlite_desk: StaffDesk, role: Role) -> None:
    known = set(addresses(sqlite_desk.server.app))
    async with sqlite_desk.database.begin() as uow:
        city = await uow.templates.add(NewTemplate(ward_code=None, name="x", language=Language.VI, text="x"))
        told = NewSubscription(name="x", address="https://a.example/", secret="x", kinds=frozenset(CHOICES), made_by=None)
        assert (await uow.neighbours.add(told, sqlite_desk.clock.now())).id == city.id
        await uow.commit()
    someone = await sqlite_desk.signed_in("someone", role)
    token = await token_of(someone)
    wrong = []
    for (method, path), rights in AROUND.items():
        if (method, path) not in known:
            continue
        status = await ask(someone, method, path.replace("{id}", str(city.id)), token)
        is_open = not rights or any(may(role, right) for right in rights)
        if status not in ({200, 303, 400, 409} if is_open else {403, 404}):
            wrong.append((method, path, status))
    on_a_ward = []
    for method, path in ON_A_WARD:
        for ward in (PHU_THUONG, HOAN_KIEM):
            status = await ask(someone, method, path.replace("{ward}", ward), token)
            is_own = role not in WARD_ROLES or ward == PHU_THUONG
            is_open = (may(role, Right.SETTINGS_WARD) or may(role, Right.SETTINGS_CITY)) and is_own
            if status not in ({200, 303} if is_open else {403}):
                on_a_ward.append((method, path, ward, status))
    assert wrong == []
    assert on_a_ward == []


@pytest.mark.parametrize("role", list(Role))
async def test_an_account_is_changed_by_those_whose_it_is_to_give(sqlite_desk: StaffDesk, role: Role) -> None:
    someone = await sqlite_desk.signed_in("someone", role)
    token = await token_of(someone)
    wrong = []
    for other in Role:
        for ward in (PHU_THUONG, HOAN_KIEM):
            member = await sqlite_desk.staff(f"{other.value}-{ward}", other, ward)
            is_theirs = may_give(role, other)
            is_named = may(role, Right.NAME_RESTRICTED) and other in NAMED_BY_LEADER and ward == PHU_THUONG
            for method, path in sorted(ON_A_COLLEAGUE):
                manages = path.endswith(("/reset", "/disable", "/code"))
                fields = token | {"role": other.value, "ward": ward, "unit": ""}
                status = await ask(someone, method, path.replace("{id}", str(member.id)), fields)
                if status not in ({200, 303} if is_theirs or (is_named and not manages) else {403, 404}):
                    wrong.append((other, ward, method, path, status))
    assert wrong == []


async def test_the_page_shows_the_table_that_is_enforced(sqlite_desk: StaffDesk) -> None:
    """Cell by cell, for rights and for desks."""
    someone = await sqlite_desk.signed_in("someone")
    await someone.opens("/staff/rights")
    expected = {right.value: [may(role, right) for role in Role] for right in Right}
    expected |= {desk.value: [desk in DESKS.get(role, ()) for role in Role] for desk in Desk}
    rows = re.findall(r'<tr data-testid="right-(\w+)">(.*?)</tr>', someone.text, re.DOTALL)
    assert {name: ["Có" in cell for cell in re.findall(r"<td>([^<]*)", row)] for name, row in rows} == expected


def test_nobody_of_a_ward_is_given_a_desk_of_the_city_and_the_operator_none() -> None:
    """Whatever is changed in the table later."""
    assert all(set(DESKS[role]) <= WARD_DESKS for role in WARD_ROLES)
    assert Role.OPERATOR not in DESKS
    changes = {Right.ANSWER, Right.NOTE, Right.MOVE, Right.CLOSE, Right.TAKE, Right.OPEN_IDENTITY, Right.ACCOUNTS}
    assert not RIGHTS[Role.INSPECTOR] & changes
