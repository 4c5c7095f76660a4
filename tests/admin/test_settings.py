"""Settings: who may change what, what is told of it, and what happens to what was typed wrongly."""

import json
import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from aiohttp import ClientResponse
from sqlalchemy import select

from bot.domain.people import Role, Unit
from bot.domain.ward import WardCode
from bot.services.working_days import days_for
from bot.understanding import DEFAULT_DEADLINE, deadline_days
from storage.tables import audit
from tests.admin.desk import HOAN_KIEM, PASSWORD, PHU_THUONG, Browser, StaffDesk

SETTINGS = "/staff/settings"


async def told(desk: StaffDesk, action: str) -> list[dict[str, Any]]:
    """What the trail holds of an action, oldest first."""
    async with desk.database._transaction() as connection:
        rows = await connection.execute(select(audit).where(audit.c.action == action).order_by(audit.c.id))
    return [{"subject": row.subject, **json.loads(row.details)} for row in rows]


async def sends(browser: Browser, testid: str, fields: dict[str, str]) -> ClientResponse:
    action, hidden = browser.form(testid)
    return await browser.posts(action, hidden | fields)


def chosen(browser: Browser, name: str) -> str:
    """What the page's field holds."""
    found = re.search(rf'<input[^>]*name="{name}" value="([^"]*)"', browser.text)
    assert found
    return unescape(found[1])


async def test_a_leader_says_how_the_own_ward_is_reached_and_no_other(desk: StaffDesk) -> None:
    leader = await desk.signed_in("hien", Role.WARD_LEADER)
    assert (await leader.opens(f"{SETTINGS}/wards")).headers["Location"] == f"{SETTINGS}/wards/{PHU_THUONG}"
    await leader.opens(f"{SETTINGS}/wards/{PHU_THUONG}")
    saved = await leader.submits(
        "ward-form", phone="024 3829 1234", hours="Thứ Hai đến thứ Sáu", hours_en="Monday to Friday", address="Số 1 An Dương"
    )
    assert (saved.status, saved.headers["Location"]) == (303, f"{SETTINGS}/wards/{PHU_THUONG}?done=saved")
    await leader.opens(f"{SETTINGS}/wards/{PHU_THUONG}?done=saved")
    assert chosen(leader, "phone") == "024 3829 1234"
    assert leader.shows("settings_saved")
    async with desk.database.reading() as uow:
        office = await uow.ward_settings.get(PHU_THUONG)
    assert (office.phone, office.address) == ("024 3829 1234", "Số 1 An Dương")
    [entry] = await told(desk, "ward_settings_changed")
    assert entry["subject"] == PHU_THUONG
    assert entry["before"]["phone"] == ""
    assert entry["after"]["phone"] == "024 3829 1234"

    action, hidden = leader.form("ward-form")
    assert (await leader.opens(f"{SETTINGS}/wards/{HOAN_KIEM}")).status == 403
    refused = await leader.posts(action.replace(PHU_THUONG, HOAN_KIEM), hidden | {"phone": "113"})
    assert refused.status == 403
    async with desk.database.reading() as uow:
        assert (await uow.ward_settings.get(HOAN_KIEM)).is_empty


async def test_a_wrong_field_is_named_and_keeps_what_was_typed(sqlite_desk: StaffDesk) -> None:
    leader = await sqlite_desk.signed_in("hien", Role.WARD_LEADER)
    await leader.opens(f"{SETTINGS}/wards/{PHU_THUONG}")
    refused = await leader.submits("ward-form", phone="<b>gọi tôi", hours="x" * 500, hours_en="", address="Số 1")
    assert refused.status == 400
    assert leader.shows("settings_phone_malformed")
    assert leader.shows("settings_too_long")
    assert chosen(leader, "phone") == "<b>gọi tôi"
    assert chosen(leader, "address") == "Số 1"
    assert "<b>gọi" not in leader.text
    assert await told(sqlite_desk, "ward_settings_changed") == []


async def test_the_coordinator_sets_every_ward(sqlite_desk: StaffDesk) -> None:
    city = await sqlite_desk.signed_in("ngoc", Role.CITY_COORDINATOR)
    await city.opens(f"{SETTINGS}/wards")
    assert city.text.count(f"{SETTINGS}/wards/") == 126
    await city.opens(f"{SETTINGS}/wards/{HOAN_KIEM}")
    saved = await city.submits("ward-form", phone="024 1", hours="", hours_en="", address="")
    assert saved.status == 303


async def test_an_account_is_made_and_its_password_shown_once(desk: StaffDesk) -> None:
    operator = await desk.signed_in("op", Role.OPERATOR)
    await operator.opens(f"{SETTINGS}/people")
    made = await operator.submits(
        "person-form", full_name="Trần Thị Lan", username="lan", role="ward_officer", ward=PHU_THUONG, unit="office"
    )
    assert made.status == 200
    assert made.headers["Cache-Control"] == "no-store"
    password = re.search(r'data-testid="given-password">([^<]+)<', operator.text)
    assert password
    lan = await desk.member("lan")
    assert (lan.role, lan.ward_code, lan.unit, lan.must_change_password) == (
        Role.WARD_OFFICER,
        PHU_THUONG,
        Unit.OFFICE,
        True,
    )
    browser = await desk.browser()
    assert (await browser.signs_in("lan", password[1])).headers["Location"] == "/staff/password"
    await operator.opens(f"{SETTINGS}/people")
    assert password[1] not in operator.text
    assert password[1] not in str(await told(desk, "staff_added"))


async def test_what_is_wrong_with_a_new_account_is_said_beside_the_field(sqlite_desk: StaffDesk) -> None:
    operator = await sqlite_desk.signed_in("op", Role.OPERATOR)
    for fields, key in (
        ({"username": "O P"}, "username_malformed"),
        ({"username": "OP"}, "username_malformed"),
        ({"username": "op1", "full_name": "\u202e"}, "full_name_malformed"),
        ({"username": "hai", "ward": ""}, "settings_ward_needed"),
        ({"username": "hai", "ward": "99999"}, "ward_unknown"),
        ({"username": "hai", "role": "mayor"}, "settings_role_needed"),
        ({"username": "hai", "unit": "kitchen"}, "settings_choice_unknown"),
    ):
        await operator.opens(f"{SETTINGS}/people")
        usual = {"full_name": "Hải", "role": "ward_officer", "ward": PHU_THUONG, "unit": ""}
        refused = await sends(operator, "person-form", usual | fields)
        assert (refused.status, operator.shows(key)) == (400, True), (fields, key)
        assert 'aria-invalid="true"' in operator.text
        assert chosen(operator, "username") == fields["username"]


async def test_a_right_that_is_taken_is_gone_at_once(desk: StaffDesk) -> None:
    """Minh moves to another ward and has to sign in again; the trail tells both places."""
    minh = await desk.signed_in("minh")
    operator = await desk.signed_in("op", Role.OPERATOR)
    member = await desk.member("minh")
    await operator.opens(f"{SETTINGS}/people/{member.id}")
    saved = await operator.submits("place-form", role="restricted_officer", ward=HOAN_KIEM, unit="justice")
    assert saved.status == 303
    assert (await minh.opens("/staff/")).headers["Location"] == "/staff/login"
    assert (await desk.member("minh")).ward_code == HOAN_KIEM
    [entry] = await told(desk, "staff_placed")
    assert entry["before"] == {"role": "ward_officer", "ward": PHU_THUONG, "unit": ""}
    assert entry["after"] == {"role": "restricted_officer", "ward": HOAN_KIEM, "unit": "justice"}


async def test_an_account_is_closed_opened_and_given_a_new_password(desk: StaffDesk) -> None:
    minh = await desk.signed_in("minh")
    operator = await desk.signed_in("op", Role.OPERATOR)
    page = f"{SETTINGS}/people/{(await desk.member('minh')).id}"
    await operator.opens(page)
    assert (await operator.submits("disable-form")).status == 303
    assert (await minh.opens("/staff/")).headers["Location"] == "/staff/login"
    assert (await minh.signs_in("minh")).status == 401
    await operator.opens(page)
    assert (await operator.submits("disable-form")).status == 303
    await operator.opens(page)
    assert (await operator.submits("reset-form")).status == 200
    password = re.search(r'data-testid="given-password">([^<]+)<', operator.text)
    assert password
    assert (await minh.signs_in("minh", PASSWORD)).status == 401
    assert (await minh.signs_in("minh", password[1])).status == 303


async def test_a_leader_names_who_reads_the_restricted_desk_of_the_own_ward(desk: StaffDesk) -> None:
    leader = await desk.signed_in("hien", Role.WARD_LEADER)
    minh, stranger = await desk.staff("minh"), await desk.staff("khanh", ward=HOAN_KIEM)
    city = await desk.staff("ngoc", Role.CITY_COORDINATOR)
    await leader.opens(f"{SETTINGS}/people")
    assert "khanh" not in leader.text
    assert "ngoc" not in leader.text
    assert "person-form" not in leader.text
    await leader.opens(f"{SETTINGS}/people/{minh.id}")
    action, hidden = leader.form("place-form")
    assert "reset-form" not in leader.text
    assert "disable-form" not in leader.text
    saved = await leader.submits("place-form", role="restricted_officer", ward=HOAN_KIEM, unit="police")
    assert saved.status == 303
    named = await desk.member("minh")
    assert (named.role, named.ward_code, named.unit) == (Role.RESTRICTED_OFFICER, PHU_THUONG, Unit.NONE)
    for path, fields in (
        (action, {"role": "ward_leader", "unit": ""}),
        (action, {"role": "city_coordinator", "unit": ""}),
        (action.replace(str(minh.id), str(stranger.id)), {"role": "restricted_officer", "unit": ""}),
        (action.replace(str(minh.id), str(city.id)), {"role": "ward_officer", "unit": ""}),
        (f"{action}/reset", {}),
        (f"{action}/disable", {"state": "closed"}),
        (f"{SETTINGS}/people", {"full_name": "x", "username": "xyz", "role": "ward_officer", "ward": PHU_THUONG}),
    ):
        assert (await leader.posts(path, hidden | fields)).status == 403, (path, fields)
    assert [(await desk.member(one)).role for one in ("khanh", "ngoc")] == [Role.WARD_OFFICER, Role.CITY_COORDINATOR]


async def test_nobody_makes_the_account_that_watches_them(sqlite_desk: StaffDesk) -> None:
    """A coordinator makes ward accounts, never an inspector's or an operator's, and never changes the own."""
    city = await sqlite_desk.signed_in("ngoc", Role.CITY_COORDINATOR)
    inspector, own = await sqlite_desk.staff("tra", Role.INSPECTOR), await sqlite_desk.member("ngoc")
    await city.opens(f"{SETTINGS}/people")
    action, hidden = city.form("person-form")
    for role in ("inspector", "operator"):
        fields = {"full_name": "x", "username": "xyz", "role": role, "ward": "", "unit": ""}
        assert (await city.posts(action, hidden | fields)).status == 403
    for member in (inspector, own):
        assert (await city.opens(f"{action}/{member.id}")).status == 403
        fields = {"role": "ward_officer", "ward": PHU_THUONG, "unit": ""}
        assert (await city.posts(f"{action}/{member.id}", hidden | fields)).status == 403
        assert (await city.posts(f"{action}/{member.id}/reset", hidden)).status == 403


async def test_a_deputy_sees_what_the_absent_sees_while_they_are_away(desk: StaffDesk) -> None:
    """Minh stands in for the restricted officer for two days, and no longer; ending it early ends it at once."""
    leader = await desk.signed_in("hien", Role.WARD_LEADER)
    await desk.staff("thu", Role.RESTRICTED_OFFICER)
    minh = await desk.signed_in("minh")
    today = desk.clock.now().date()
    await leader.opens(f"{SETTINGS}/absences")
    for fields, key in (
        ({"deputy": "nobody"}, "staff_unknown"),
        ({"deputy": "thu"}, "settings_deputy_unfit"),
        ({"first": "32/13/2026"}, "settings_day_malformed"),
        ({"last": "2020-01-01"}, "settings_day_order"),
        ({"last": "2099-01-01"}, "settings_day_far"),
    ):
        usual = {"absent": "thu", "deputy": "minh", "first": today.isoformat(), "last": today.isoformat()}
        assert (await sends(leader, "absence-form", usual | fields)).status == 400
        assert leader.shows(key), fields
    last = (today + timedelta(days=1)).strftime("%d/%m/%Y")
    made = await leader.submits("absence-form", absent="thu", deputy="minh", first=today.isoformat(), last=last)
    assert made.status == 303
    await minh.opens(f"{SETTINGS}/absences")
    assert "Thu" in minh.text
    assert "absence-end-form" not in minh.text
    async with desk.database.reading() as uow:
        [standing] = await uow.absences.standings_of(await desk.member("minh"), desk.clock.now())
    assert standing.role is Role.RESTRICTED_OFFICER
    await leader.opens(f"{SETTINGS}/absences")
    assert (await leader.submits("absence-end-form")).status == 303
    async with desk.database.reading() as uow:
        assert await uow.absences.standings_of(await desk.member("minh"), desk.clock.now()) == ()
    assert [len(await told(desk, f"absence_{what}")) for what in ("made", "ended")] == [1, 1]


async def test_one_enters_the_own_absence_and_nobody_elses(sqlite_desk: StaffDesk) -> None:
    minh = await sqlite_desk.signed_in("minh")
    await sqlite_desk.staff("thu", Role.RESTRICTED_OFFICER)
    day = sqlite_desk.clock.now().date().isoformat()
    await minh.opens(f"{SETTINGS}/absences")
    action, hidden = minh.form("absence-form")
    foreign = {"absent": "thu", "deputy": "minh", "first": day, "last": day}
    assert (await minh.posts(action, hidden | foreign)).status == 403
    own = {"absent": "minh", "deputy": "thu", "first": day, "last": day}
    assert (await minh.posts(action, hidden | own)).status == 303


async def test_ready_texts_belong_to_a_ward_or_the_city(desk: StaffDesk) -> None:
    leader, city = await desk.signed_in("hien", Role.WARD_LEADER), await desk.signed_in("ngoc", Role.CITY_COORDINATOR)
    await leader.opens(f"{SETTINGS}/templates")
    made = await leader.submits("template-form", ward=PHU_THUONG, name="Cảm ơn", language="vi", text="Xin cảm ơn Bạn.")
    assert made.status == 303
    await leader.opens(f"{SETTINGS}/templates")
    action, hidden = leader.form("template-form")
    for ward in ("", HOAN_KIEM):
        refused = await leader.posts(action, hidden | {"ward": ward, "name": "x", "language": "vi", "text": "x"})
        assert refused.status == 403
    unknown = {"ward": PHU_THUONG, "name": "x", "language": "vi", "text": "Chào {nobody_knows}"}
    assert (await leader.posts(action, hidden | unknown)).status == 400
    assert 'data-testid="trouble-text"' in leader.text
    async with desk.database.reading() as uow:
        [template] = await uow.templates.of(PHU_THUONG)
    await leader.opens(f"{SETTINGS}/templates/{template.id}")
    assert (await leader.submits("template-form", name="", language="xx", text="")).status == 400
    await leader.opens(f"{SETTINGS}/templates/{template.id}")
    assert (await leader.submits("template-form", name="Cảm ơn", language="vi", text="Cảm ơn Bạn nhiều.")).status == 303
    async with desk.database.reading() as uow:
        changed = await uow.templates.get(template.id)
    assert changed
    assert (changed.text, changed.is_active) == ("Cảm ơn Bạn nhiều.", False)
    [entry] = await told(desk, "template_changed")
    assert (entry["before"]["is_active"], entry["after"]["is_active"]) == (True, False)
    await city.opens(f"{SETTINGS}/templates")
    assert (await city.submits("template-form", ward="", name="Chung", language="en", text="x")).status == 303
    async with desk.database.reading() as uow:
        assert [one.name for one in await uow.templates.of(HOAN_KIEM)] == ["Chung"]


async def test_a_swapped_day_moves_the_next_deadlines(desk: StaffDesk) -> None:
    city = await desk.signed_in("ngoc", Role.CITY_COORDINATOR)
    async with desk.database.reading() as uow:
        shipped = await uow.calendar.changes()
    await city.opens(f"{SETTINGS}/holidays")
    assert (await city.submits("holiday-form", day="2026-11-19", is_worked="no", note="Nghỉ bù")).status == 303
    async with desk.database.reading() as uow:
        assert await uow.calendar.changes() == {**shipped, date(2026, 11, 19): False}
    await city.opens(f"{SETTINGS}/holidays")
    assert "19/11/2026" in city.text
    assert "Nghỉ bù" in city.text
    for fields in ({"day": "soon"}, {"is_worked": "maybe"}, {"day": "1999-01-01"}, {"note": "x" * 999}):
        usual = {"day": "2026-11-20", "is_worked": "yes", "note": ""}
        assert (await sends(city, "holiday-form", usual | fields)).status == 400, fields
    await city.opens(f"{SETTINGS}/holidays")
    action, hidden = city.form("holiday-forget-form")
    swapped = hidden | {"day": "2026-11-19"}
    assert (await city.posts(action, swapped)).status == 303
    async with desk.database.reading() as uow:
        assert await uow.calendar.changes() == shipped
    assert (await city.posts(action, swapped)).status == 409
    assert [len(await told(desk, action)) for action in ("holiday_set", "holiday_forgotten")] == [1, 1]


async def test_a_deadline_that_the_city_decides_holds_for_what_is_filed_next(desk: StaffDesk) -> None:
    city = await desk.signed_in("ngoc", Role.CITY_COORDINATOR)
    await city.opens(f"{SETTINGS}/deadlines")
    for fields in ({"days": "0"}, {"days": "91"}, {"days": "-1"}, {"days": "9" * 40}, {"days": "٣"}, {"category": "nope"}):
        assert (await sends(city, "deadline-form", {"category": "vio_noise", "days": "2"} | fields)).status == 400, fields
    assert (await city.submits("deadline-form", category="vio_noise", days="2")).status == 303
    async with desk.database.reading() as uow:
        assert [await days_for(uow, one) for one in ("vio_noise", "vio_litter", "")] == [
            2,
            deadline_days("vio_litter"),
            DEFAULT_DEADLINE,
        ]
    await city.opens(f"{SETTINGS}/deadlines")
    assert (await city.submits("deadline-form", category="vio_noise", days="")).status == 303
    async with desk.database.reading() as uow:
        assert await days_for(uow, "vio_noise") == deadline_days("vio_noise")
    entries = await told(desk, "deadline_changed")
    assert [entry["after"]["working_days"] for entry in entries] == [2, None]


@pytest.mark.parametrize("role", list(Role))
async def test_everybody_finds_only_what_they_may_set(sqlite_desk: StaffDesk, role: Role) -> None:
    """Every link of the first page opens, and no page that is not linked does."""
    someone = await sqlite_desk.signed_in("someone", role)
    await someone.opens(SETTINGS)
    linked = set(re.findall(r'href="(/staff/settings/\w+)"', someone.text))
    assert f"{SETTINGS}/absences" in linked
    for name in ("wards", "people", "absences", "templates", "holidays", "deadlines"):
        path = f"{SETTINGS}/{name}"
        assert (await someone.opens(path)).status == (200 if path in linked else 403) or path.endswith("wards"), path


async def test_a_page_of_the_settings_takes_few_statements(sqlite_desk: StaffDesk) -> None:
    """However many accounts there are."""
    operator = await sqlite_desk.signed_in("op", Role.OPERATOR)
    for number in range(30):
        await sqlite_desk.staff(f"officer{number}", ward=WardCode(PHU_THUONG))
    await operator.opens(f"{SETTINGS}/people")
    assert operator.text.count('data-testid="person-row"') == 31
