"""A ward's leader pauses somebody who abuses the box, with a reason and for a time; nobody else can, and it is kept."""

from datetime import timedelta

import pytest

from bot.domain.people import Role
from bot.domain.privacy import PAUSES, PauseReason
from bot.domain.thread import EventKind
from bot.services.pause_resident import pause_resident
from tests.admin.desk import HOAN_KIEM, StaffDesk


async def test_a_leader_pauses_and_ends_the_pause(desk: StaffDesk) -> None:
    case, chief = await desk.case(), await desk.signed_in("chief", Role.WARD_LEADER)
    await chief.opens(f"/staff/cases/{case.code}")
    assert 'data-testid="pause-link"' in chief.text
    await chief.opens(f"/staff/cases/{case.code}/pause")
    answer = await chief.submits("pause-form", reason="spam", length="3d")
    assert answer.status == 303
    await chief.opens(answer.headers["Location"])
    assert chief.shows("person_desk_pause_done")
    async with desk.database.reading() as uow:
        known = await uow.conversations.get(case.address)
        timeline = await uow.cases.timeline(case.id)
        assert await uow.audit.verify() is None
    assert (known.paused_until, known.pause_reason) == (desk.clock.now() + timedelta(days=3), "spam")
    assert timeline[-1].kind is EventKind.PAUSED
    await chief.submits("resume-form")
    async with desk.database.reading() as uow:
        assert (await uow.conversations.get(case.address)).paused_until is None
        assert (await uow.cases.timeline(case.id))[-1].kind is EventKind.RESUMED


@pytest.mark.parametrize(
    ("username", "role", "ward"),
    [("minh", Role.WARD_OFFICER, None), ("reads", Role.INSPECTOR, None), ("far", Role.WARD_LEADER, HOAN_KIEM)],
)
async def test_nobody_else_finds_the_page(sqlite_desk: StaffDesk, username: str, role: Role, ward: str | None) -> None:
    """An officer, an inspector, the leader of another ward: neither the page nor its form."""
    case, chief = await sqlite_desk.case(), await sqlite_desk.signed_in("chief", Role.WARD_LEADER)
    ward_code = None if role is Role.INSPECTOR else (ward or case.ward_code)
    other = await sqlite_desk.signed_in(username, role, ward_code)  # type: ignore[arg-type]  # a ward's code is text
    assert (await other.opens(f"/staff/cases/{case.code}/pause")).status == 404
    await chief.opens(f"/staff/cases/{case.code}/pause")
    _, fields = chief.form("pause-form")
    await other.opens("/staff/password")
    _, own = other.form("password-form")
    forged = {**fields, "form_token": own["form_token"], "reason": "spam", "length": "1d"}
    assert (await other.posts(f"/staff/cases/{case.code}/pause", forged)).status == 404
    async with sqlite_desk.database.reading() as uow:
        assert (await uow.conversations.get(case.address)).paused_until is None


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"reason": "", "length": "1d"}, 400),
        ({"reason": "spam", "length": "10y"}, 400),
        ({"reason": "dislike", "length": "1h"}, 400),
        ({"reason": "spam", "length": "1h", "version": "99"}, 409),
        ({"reason": "spam", "length": "1h", "version": "x"}, 409),
    ],
)
async def test_what_cannot_be_done_is_said_on_the_page(sqlite_desk: StaffDesk, fields: dict[str, str], status: int) -> None:
    case, chief = await sqlite_desk.case(), await sqlite_desk.signed_in("chief", Role.WARD_LEADER)
    await chief.opens(f"/staff/cases/{case.code}/pause")
    given = dict(fields)
    sent = await chief.submits("pause-form", files=None, **given)
    assert sent.status == status
    assert 'data-testid="trouble"' in chief.text
    async with sqlite_desk.database.reading() as uow:
        assert (await uow.conversations.get(case.address)).paused_until is None


async def test_nobody_is_paused_for_longer_than_a_month(sqlite_desk: StaffDesk) -> None:
    case, chief = await sqlite_desk.case(), await sqlite_desk.staff("chief", Role.WARD_LEADER)
    assert max(PAUSES.values()) == timedelta(days=30)
    async with sqlite_desk.database.begin() as uow:
        with pytest.raises(ValueError, match="length"):
            await pause_resident(
                uow,
                staff=chief,
                code=case.code,
                version=case.version,
                length=timedelta(days=31),
                reason=PauseReason.SPAM,
                now=sqlite_desk.clock.now(),
            )
