"""What is sealed is opened by two people and never behind the resident's back; who is barred is barred."""

import re
from html import unescape

from bot.domain.case import Case, CaseKind
from bot.domain.people import Role
from bot.domain.thread import Author, NewMessage
from bot.sealing import SecretKeySealer
from bot.services.masking import hide
from tests.admin.desk import Browser, StaffDesk

PHONE = "0912 345 678"


async def with_a_number(desk: StaffDesk, *, kind: CaseKind = CaseKind.VIOLATION) -> Case:
    """A case whose resident wrote a phone number: sealed with the desk's own key."""
    case = await desk.case(kind=kind)
    hidden = hide(f"Gọi tôi số {PHONE}", SecretKeySealer("k" * 43))
    async with desk.database.begin() as uow:
        await uow.cases.add_message(
            NewMessage(case_id=case.id, author=Author.RESIDENT, text=hidden.text, sealed=hidden.sealed, at=desk.clock.now())
        )
        await uow.commit()
    return case


async def at(browser: Browser, case: Case) -> None:
    assert (await browser.opens(f"/staff/cases/{case.code}/closed")).status == 200


async def test_two_people_open_a_seal_and_the_resident_is_told(desk: StaffDesk) -> None:
    case = await with_a_number(desk)
    minh, chief = await desk.signed_in("minh"), await desk.signed_in("chief", Role.WARD_LEADER)
    await minh.opens(f"/staff/cases/{case.code}")
    assert PHONE not in minh.text
    await at(minh, case)
    assert (await minh.submits("identity-form", reason=" ")).status == 400
    assert (await minh.submits("identity-form", reason="Cần gọi hẹn giờ")).status == 303
    await at(minh, case)
    assert minh.shows("desk_case_identity_waits")
    assert 'data-testid="look-form"' not in minh.text
    await at(chief, case)
    assert "Cần gọi hẹn giờ" in chief.text
    assert (await chief.submits("decision-form", grant="yes")).status == 303
    await at(chief, case)
    assert 'data-testid="look-form"' not in chief.text, "granted to Minh, not to who granted it"
    assert await desk.hears(case) == []
    await at(minh, case)
    looked = await minh.submits("look-form")
    assert looked.status == 200
    assert PHONE in minh.text
    await at(minh, case)
    assert PHONE not in minh.text, "only the page that answers shows it"
    [told] = await desk.hears(case)
    assert "Cần gọi hẹn giờ" in told
    await minh.submits("look-form")
    async with desk.database.reading() as uow:
        events = [(event.details or {}).get("what") for event in await uow.cases.timeline(case.id)]
        assert await uow.audit.verify() is None
    assert events == [None, "asked", "granted", "opened", "opened"]
    desk.clock.passes(hours=25)
    await minh.signs_in("minh")
    await at(minh, case)
    assert 'data-testid="look-form"' not in minh.text, "a day later it has to be asked for again"


async def test_nobody_grants_their_own_asking(desk: StaffDesk) -> None:
    case, chief = await with_a_number(desk), await desk.signed_in("chief", Role.WARD_LEADER)
    await at(chief, case)
    await chief.submits("identity-form", reason="Muốn biết")
    await at(chief, case)
    assert 'data-testid="decision-form"' not in chief.text
    _, hidden = chief.form("identity-form")
    async with desk.database.reading() as uow:
        [opening] = await uow.openings.of_case(case.id)
    forged = {**hidden, "opening": str(opening.id), "grant": "yes"}
    assert (await chief.posts(f"/staff/cases/{case.code}/decision", forged)).status == 400
    assert (await chief.posts(f"/staff/cases/{case.code}/look", forged)).status == 400
    assert PHONE not in chief.text


async def test_an_asking_about_another_case_opens_nothing_here(desk: StaffDesk) -> None:
    case, other = await with_a_number(desk), await with_a_number(desk)
    minh, chief = await desk.signed_in("minh"), await desk.signed_in("chief", Role.WARD_LEADER)
    await at(minh, other)
    await minh.submits("identity-form", reason="x")
    await at(chief, other)
    await chief.submits("decision-form", grant="yes")
    await at(minh, other)
    _, hidden = minh.form("look-form")
    assert (await minh.posts(f"/staff/cases/{case.code}/look", hidden)).status == 400
    assert PHONE not in minh.text


async def test_an_inspector_and_an_officer_who_may_not_decide_find_no_way(desk: StaffDesk) -> None:
    case = await with_a_number(desk)
    minh, hoa = await desk.signed_in("minh"), await desk.signed_in("hoa")
    inspector = await desk.signed_in("thanh", Role.INSPECTOR)
    assert (await inspector.opens(f"/staff/cases/{case.code}/closed")).status == 404
    await at(minh, case)
    await minh.submits("identity-form", reason="x")
    await at(hoa, case)
    assert 'data-testid="decision-form"' not in hoa.text
    assert 'data-testid="bar-form"' not in hoa.text
    _, hidden = hoa.form("identity-form")
    assert (await hoa.posts(f"/staff/cases/{case.code}/decision", {**hidden, "opening": "1", "grant": "yes"})).status == 404
    assert (await hoa.posts(f"/staff/cases/{case.code}/bar", {**hidden, "username": "minh"})).status == 404


async def test_a_leader_bars_somebody_by_the_page(desk: StaffDesk) -> None:
    case = await desk.case(kind=CaseKind.CONDUCT)
    chief, an = await desk.signed_in("chief", Role.WARD_LEADER), await desk.signed_in("an", Role.RESTRICTED_OFFICER)
    assert (await an.opens(f"/staff/cases/{case.code}")).status == 200
    await at(chief, case)
    assert (await chief.submits("bar-form", username="nobody", why="close")).status == 400
    assert 'value="nobody"' in chief.text
    assert (await chief.submits("bar-form", username="an", why="close")).status == 303
    assert (await an.opens(f"/staff/cases/{case.code}")).status == 404
    await an.opens("/staff/")
    assert an.codes() == []
    await at(chief, case)
    assert re.search(r'data-testid="barred".*An', unescape(chief.text), re.DOTALL)
    assert (await chief.submits("letin-form")).status == 303
    assert (await an.opens(f"/staff/cases/{case.code}")).status == 200
