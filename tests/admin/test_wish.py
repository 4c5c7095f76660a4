"""Somebody without a chat withdraws their consent or is forgotten: staff record it for them, and the audit has it."""

from html import unescape

import pytest

from bot.domain.case import CaseCode, CaseStatus
from bot.domain.people import Role
from tests.admin.desk import HOAN_KIEM, Browser, StaffDesk
from tests.admin.test_counter import goes_on, receipt_of, tells

PHONE = "0912 345 678"
MATTER = "Rác chất đống trước cổng chợ ba hôm nay."


async def with_a_phone(officer: Browser) -> CaseCode:
    """Filed at the counter, with a number to be called back; returns the code."""
    assert await tells(officer, text=MATTER) == 200
    assert await goes_on(officer, name="Bà Lan", phone=PHONE, agreed="yes") == 200
    assert (await officer.submits("read-back-form", step="file")).status == 200
    return CaseCode(receipt_of(officer)[0])


async def recorded(desk: StaffDesk) -> list[str]:
    """What an inspector reads in the trail, newest first."""
    inspector = await desk.signed_in("tra", Role.INSPECTOR)
    await inspector.opens("/staff/audit")
    rows = unescape(inspector.text).split('data-testid="audit-row"')[1:]
    async with desk.database.reading() as uow:
        assert await uow.audit.verify() is None
    return [row for row in rows if "Ghi: " in row]


async def test_no_more_contact_and_the_case_goes_on(desk: StaffDesk) -> None:
    """Her number is gone at once; the words are still there to be answered."""
    minh = await desk.signed_in("minh")
    code = await with_a_phone(minh)
    await minh.opens(f"/staff/cases/{code}")
    assert f"/staff/cases/{code}/wish" in minh.text
    await minh.opens(f"/staff/cases/{code}/wish")
    assert PHONE not in minh.text
    sent = await minh.submits("wish-contact-form", checked="yes")
    assert (sent.status, sent.headers["Location"]) == (303, f"/staff/cases/{code}/wish?done=contact")
    await minh.opens(sent.headers["Location"])
    assert minh.shows("wish_done_contact")
    assert 'data-testid="no-contact"' in minh.text
    case = await desk.now_is(code)
    async with desk.database.reading() as uow:
        assert await uow.identities.get(case.resident_id) is None
        assert not any(consent.is_in_force for consent in await uow.identities.consents(case.resident_id))
    assert (case.status, case.text) == (CaseStatus.OPEN, MATTER)
    [line] = await recorded(desk)
    assert "Minh" in line
    assert "Ghi: người dân rút đồng ý cho liên lạc" in line


async def test_to_be_forgotten_waits_for_the_answer_unless_none_is_wanted(desk: StaffDesk) -> None:
    """One wants the rubbish gone first: only the contact goes now. The other wants nothing any more."""
    minh = await desk.signed_in("minh")
    waits, ends = await with_a_phone(minh), await with_a_phone(minh)
    await minh.opens(f"/staff/cases/{waits}/wish")
    sent = await minh.submits("wish-forget-form", open="answer", checked="yes")
    assert sent.headers["Location"].endswith("done=waiting")
    case = await desk.now_is(waits)
    assert (case.status, case.text, case.erased_at) == (CaseStatus.OPEN, MATTER, None)
    async with desk.database.reading() as uow:
        assert await uow.identities.get(case.resident_id) is None

    await minh.opens(f"/staff/cases/{ends}/wish")
    sent = await minh.submits("wish-forget-form", open="end", checked="yes")
    assert sent.headers["Location"].endswith("done=forgotten")
    await minh.opens(sent.headers["Location"])
    assert minh.shows("wish_erased")
    gone = await desk.now_is(ends)
    assert (gone.status, gone.erased_at) == (CaseStatus.CLOSED, desk.clock.now())
    await minh.opens(f"/staff/cases/{ends}")
    assert MATTER not in minh.text
    assert len(await recorded(desk)) == 2


@pytest.mark.parametrize("form", ["wish-contact-form", "wish-forget-form"])
async def test_nothing_goes_before_somebody_is_sure(sqlite_desk: StaffDesk, form: str) -> None:
    """Without the tick, or when the case changed meanwhile: nothing is erased, and the page says why."""
    minh = await sqlite_desk.signed_in("minh")
    code = await with_a_phone(minh)
    await minh.opens(f"/staff/cases/{code}/wish")
    assert (await minh.submits(form, open="end")).status == 400
    assert minh.shows("wish_check_missing")
    assert f'href="#{form.split("-")[1]}-checked"' in minh.text
    assert (await minh.submits(form, checked="yes", version="99")).status == 409
    action, hidden = minh.form(form)
    assert (await minh.posts(action, hidden | {"wish": "everything", "checked": "yes"})).status == 400
    case = await sqlite_desk.now_is(code)
    async with sqlite_desk.database.reading() as uow:
        assert await uow.identities.get(case.resident_id) is not None
    assert (case.status, case.erased_at) == (CaseStatus.OPEN, None)
    assert await recorded(sqlite_desk) == []


async def test_twice_is_said_to_be_done(sqlite_desk: StaffDesk) -> None:
    minh = await sqlite_desk.signed_in("minh")
    code = await with_a_phone(minh)
    await minh.opens(f"/staff/cases/{code}/wish")
    action, hidden = minh.form("wish-contact-form")
    wish = hidden | {"checked": "yes"}
    assert (await minh.posts(action, wish)).status == 303
    assert (await minh.posts(action, wish)).status == 400
    assert minh.shows("wish_nothing")


async def test_who_has_a_chat_does_it_there(sqlite_desk: StaffDesk) -> None:
    """No form, no link; and a forged one erases nothing."""
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    assert "wish-link" not in minh.text
    await minh.opens(f"/staff/cases/{case.code}/wish")
    assert minh.shows("wish_own_chat")
    assert "wish-forget-form" not in minh.text
    _, own = minh.form("logout-form")
    forged = {**own, "version": str(case.version), "wish": "forget", "checked": "yes", "open": "end"}
    assert (await minh.posts(f"/staff/cases/{case.code}/wish", forged)).status == 400
    assert (await sqlite_desk.now_is(case.code)).erased_at is None


async def test_nobody_else_finds_the_page(sqlite_desk: StaffDesk) -> None:
    """An inspector, the operator, another ward's leader: neither the page nor what it does."""
    minh = await sqlite_desk.signed_in("minh")
    code = await with_a_phone(minh)
    for username, role, ward in (("tra", Role.INSPECTOR, None), ("far", Role.WARD_LEADER, HOAN_KIEM)):
        other = await sqlite_desk.signed_in(username, role, ward)
        assert (await other.opens(f"/staff/cases/{code}/wish")).status == 404
        _, own = other.form("logout-form")
        forged = {**own, "version": "1", "wish": "forget", "checked": "yes"}
        assert (await other.posts(f"/staff/cases/{code}/wish", forged)).status == 404
    assert (await sqlite_desk.now_is(code)).erased_at is None
