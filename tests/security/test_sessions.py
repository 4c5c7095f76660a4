"""Where staff are signed in: new at every sign-in and change, listed coarsely, ended from anywhere, dead after a jump."""

import asyncio
from datetime import timedelta

import pytest

from admin.live import events
from bot.domain.people import Role
from bot.domain.signing_in import BROWSERS, KINDS, device_of
from bot.services.sign_in import IDLE, LONGEST
from storage.tables import sessions
from tests.admin.desk import PASSWORD, StaffDesk

AGENTS = {
    "Mozilla/5.0 (Linux; Android 14; SM-S928B) AppleWebKit/537.36 Chrome/126.0.6478.71 Mobile Safari/537.36": "phone chrome",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1": "phone safari",
    "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1": "tablet safari",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.87": "computer edge",
    "Mozilla/5.0 (Windows NT 10.0) coc_coc_browser/126.0 Chrome/120.0 Safari/537.36": "computer coccoc",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0": "computer firefox",
    "<script>alert(1)</script>": "computer",
    "": "",
}


@pytest.mark.parametrize(("said", "device"), AGENTS.items())
def test_a_browser_is_called_by_coarse_words_of_ours(said: str, device: str) -> None:
    """S11: Kind and family, from lists of ours; nothing of what the browser says about itself is kept."""
    assert device_of(said) == device
    assert set(device.split()) <= {*KINDS, *BROWSERS}


async def test_one_sees_where_one_is_signed_in_and_ends_it(desk: StaffDesk) -> None:
    """S11: The phone that was left on the bus is in the list, with when and what, and is signed out from the office."""
    await desk.staff("minh")
    bus, office = await desk.browser(), await desk.browser()
    await bus.opens("/staff/login")
    token = bus.form("login-form")[1]
    said = next(iter(AGENTS))
    headers = {"User-Agent": said, "Sec-Fetch-Site": "same-origin"}
    await bus.posts("/staff/login", token | {"username": "minh", "password": PASSWORD}, headers=headers)
    desk.clock.passes(minutes=10)
    await office.signs_in("minh")
    await office.opens("/staff/sessions")
    assert "Điện thoại · Chrome" in office.text
    assert office.text.count('data-testid="session"') == 2
    async with desk.database._transaction() as connection:
        kept = str((await connection.execute(sessions.select())).all())
    assert "SM-S928B" not in kept
    assert bus.session_cookie() not in office.text
    fields = office.form("end-form")[1]
    assert (await office.posts("/staff/sessions", fields)).status == 303
    assert (await bus.opens("/staff/")).status == 303
    assert (await office.posts("/staff/sessions", fields)).status == 409
    assert office.shows("sessions_gone")


async def test_nobody_ends_a_session_of_somebody_else(desk: StaffDesk) -> None:
    """S11: A handle read over a shoulder is nothing for another account."""
    minh, hoa = await desk.signed_in("minh"), await desk.signed_in("hoa")
    async with desk.database.reading() as uow:
        [session] = await uow.sessions.of((await desk.member("minh")).id)
    await hoa.opens("/staff/sessions")
    fields = hoa.form("everywhere-form")[1] | {"act": "end", "handle": session.id_hash[:16]}
    assert (await hoa.posts("/staff/sessions", fields)).status == 409
    assert (await minh.opens("/staff/")).status == 200


async def test_signing_out_everywhere_is_everywhere(desk: StaffDesk) -> None:
    """S11: Here too."""
    minh, other = await desk.signed_in("minh"), await desk.browser()
    await other.signs_in("minh")
    await minh.opens("/staff/sessions")
    assert (await minh.submits("everywhere-form")).headers["Location"] == "/staff/login"
    assert [(await one.opens("/staff/")).status for one in (minh, other)] == [303, 303]


@pytest.mark.parametrize("role", [Role.WARD_LEADER, Role.OPERATOR])
async def test_a_leader_or_operator_ends_the_sessions_of_a_lost_laptop(desk: StaffDesk, role: Role) -> None:
    """S11: At once, without shutting the account, and in the trail."""
    minh, chief = await desk.signed_in("minh"), await desk.signed_in("chief", role)
    member = await desk.member("minh")
    await chief.opens(f"/staff/settings/people/{member.id}")
    assert (await chief.submits("sessions-form")).status == 303
    assert (await minh.opens("/staff/")).status == 303
    assert (await minh.signs_in("minh")).status == 303


async def test_a_change_of_right_password_or_second_factor_ends_the_sessions(desk: StaffDesk) -> None:
    """S11: Of place and password see tests/storage/test_staff.py; a wait for a code ends with them."""
    await desk.staff("chief", Role.WARD_LEADER)
    browser = await desk.browser()
    await browser.opens("/staff/login")
    await browser.submits("login-form", username="chief", password=PASSWORD)
    assert (await browser.opens("/staff/login/code")).status == 200
    member = await desk.member("chief")
    async with desk.database.begin() as uow:
        await uow.staff.place(member.id, role=Role.WARD_OFFICER, ward_code=member.ward_code, unit=member.unit)
        await uow.commit()
    assert (await browser.opens("/staff/login/code")).status == 303


@pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(days=-800), timedelta(hours=13), -timedelta(hours=1)])
async def test_no_session_lives_through_a_jump_of_the_clock(sqlite_desk: StaffDesk, jump: timedelta) -> None:
    """S11, R12: Forward it is too old, backward it is from a future; the list does not show it either."""
    minh = await sqlite_desk.signed_in("minh")
    sqlite_desk.clock.at += jump
    assert (await minh.opens("/staff/")).status == 303
    fresh = await sqlite_desk.browser()
    await fresh.signs_in("minh")
    await fresh.opens("/staff/sessions")
    assert fresh.text.count('data-testid="session"') == 1


async def test_sessions_that_time_ended_are_cleared_away(sqlite_desk: StaffDesk) -> None:
    """S11: A dump of the database tells little of when staff worked."""
    for _ in range(3):
        await (await sqlite_desk.browser()).signs_in("minh") if _ else await sqlite_desk.signed_in("minh")
        sqlite_desk.clock.passes(minutes=IDLE.total_seconds() / 60 + 1)
    assert IDLE < LONGEST
    async with sqlite_desk.database.reading() as uow:
        assert len(await uow.sessions.of((await sqlite_desk.member("minh")).id)) == 1


async def test_the_stream_of_news_ends_with_its_session(sqlite_desk: StaffDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """S11, S2: Signed out from elsewhere, an open page hears nothing any more and its stream closes by itself."""
    monkeypatch.setattr(events, "HEARTBEAT", 0.05)
    minh = await sqlite_desk.signed_in("minh")
    stream = await minh.client.get("/staff/events")
    assert stream.status == 200
    member = await sqlite_desk.member("minh")
    async with sqlite_desk.database.begin() as uow:
        await uow.sessions.end_all(member.id)
        await uow.commit()
    async with asyncio.timeout(20):
        await stream.content.read()
    assert (await minh.opens("/staff/events")).status == 204
