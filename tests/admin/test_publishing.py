"""The desk's page for making a text about a case public, and the list of what is."""

from html import unescape

import pytest
from aiohttp import ClientResponse

from bot.domain.case import Case, CaseKind, Desk
from bot.domain.people import Role
from bot.domain.publishing import State
from storage.tables import cases
from tests.admin.desk import Browser, StaffDesk

SAID = "Đèn đường phố Thụy Khuê tắt, tôi là Bùi Thị Bưởi, số nhà 17, gọi 0987 318 842."
TEXTS = {"title": "Đèn đường tắt", "text": "Đèn đường tắt ba đêm liền.", "answer": "Đã thay bóng."}
READ = {"read_title": "yes", "read_text": "yes", "read_answer": "yes"}


async def answered(desk: StaffDesk, minh: Browser) -> Case:
    case = await desk.case(SAID, kind=CaseKind.SUGGESTION)
    await minh.opens(f"/staff/cases/{case.code}")
    assert (await minh.submits("reply-form", text="Mai thay bóng.")).status == 303
    return await desk.now_is(case.code)


async def proposes(minh: Browser, fields: dict[str, str]) -> ClientResponse:
    action, hidden = minh.form("publish-form")
    return await minh.posts(action, hidden | fields)


def page_of(case: Case) -> str:
    return f"/staff/cases/{case.code}/publish"


async def state_of(desk: StaffDesk, case: Case) -> State:
    async with desk.database.reading() as uow:
        return (await uow.publications.of_case(case.id))[-1].state


async def test_one_writes_another_checks_and_either_takes_it_down(desk: StaffDesk) -> None:
    """Nothing is proposed unread; what was typed is kept and the field named; the words are gone when it is taken down."""
    minh, chi = await desk.signed_in("minh"), await desk.signed_in("chi", Role.WARD_LEADER)
    case = await answered(desk, minh)
    await minh.opens(f"/staff/cases/{case.code}")
    assert 'data-testid="publish-link"' in minh.text
    await minh.opens(page_of(case))
    form = minh.text[minh.text.index('data-testid="publish-form"') :]
    for secret in ("0987", "Bưởi</textarea>"):
        assert secret not in form.replace(SAID, "")
    refused = await proposes(minh, TEXTS | READ | {"read_text": "", "title": "Gọi 0912 345 678"})
    assert refused.status == 400
    assert 'href="#publish-form-title"' in minh.text
    assert 'href="#publish-form-read_text"' in minh.text
    assert "Gọi 0912 345 678" in unescape(minh.text)
    assert "Đèn đường tắt ba đêm liền." in unescape(minh.text)
    assert (await proposes(minh, TEXTS | READ)).status == 303
    await minh.opens(page_of(case))
    assert 'data-testid="decide-form"' not in minh.text
    await chi.opens(page_of(case))
    assert (await chi.submits("decide-form", act="approve")).status == 303
    assert await state_of(desk, case) is State.ASKED
    await minh.opens("/staff/published")
    assert minh.text.count('data-testid="published-row"') == 1
    assert (await minh.submits("down-form")).status == 303
    assert await state_of(desk, case) is State.ENDED
    await minh.opens("/staff/published")
    assert 'data-testid="published-none"' in minh.text


async def test_who_comes_late_is_told_so(desk: StaffDesk) -> None:
    """The text was taken down while the leader still read it; the form that proposes is stale."""
    minh, chi = await desk.signed_in("minh"), await desk.signed_in("chi", Role.WARD_LEADER)
    case = await answered(desk, minh)
    await minh.opens(page_of(case))
    assert (await proposes(minh, TEXTS | READ)).status == 303
    await chi.opens(page_of(case))
    await minh.opens(page_of(case))
    stale = minh.form("publish-form")
    assert (await minh.submits("take-down-form")).status == 303
    late = await chi.submits("decide-form", act="approve")
    assert late.status == 409
    assert chi.shows("publish_gone")
    await desk.resident_adds(case, "Vẫn tối.")
    assert (await minh.posts(stale[0], stale[1] | TEXTS | READ)).status == 409


@pytest.mark.parametrize("desk_now", [Desk.RESTRICTED, Desk.LEADERS])
async def test_there_is_no_way_near_a_complaint(sqlite_desk: StaffDesk, desk_now: Desk) -> None:
    """MOPAC: no link, no form, and the address itself takes nothing."""
    minh, chi = await sqlite_desk.signed_in("minh"), await sqlite_desk.signed_in("chi", Role.WARD_LEADER)
    case = await answered(sqlite_desk, minh)
    async with sqlite_desk.database._transaction() as connection:
        await connection.execute(cases.update().where(cases.c.id == case.id).values(desk=desk_now.value))
        await connection.commit()
    await chi.opens("/staff/rights")
    token = chi.form("logout-form")[1]
    assert (await minh.opens(page_of(case))).status == 404
    seen = (await chi.opens(f"/staff/cases/{case.code}")).status
    assert 'data-testid="publish-link"' not in chi.text
    posted = await chi.posts(page_of(case), token | {"act": "propose", "version": str(case.version)} | TEXTS | READ)
    assert (seen, posted.status) == ((200, 400) if desk_now is Desk.RESTRICTED else (404, 404))
    async with sqlite_desk.database.reading() as uow:
        assert await uow.publications.of_case(case.id) == []


async def test_the_city_takes_down_what_is_public_and_sees_no_case(sqlite_desk: StaffDesk) -> None:
    minh, chi = await sqlite_desk.signed_in("minh"), await sqlite_desk.signed_in("chi", Role.WARD_LEADER)
    case = await answered(sqlite_desk, minh)
    await minh.opens(page_of(case))
    await proposes(minh, TEXTS | READ)
    await chi.opens(page_of(case))
    await chi.submits("decide-form", act="approve")
    async with sqlite_desk.database.begin() as uow:
        text = (await uow.publications.of_case(case.id))[-1]
        now = sqlite_desk.clock.now()
        await uow.publications.agree(text.id, now=now, published_at=now)
        await uow.commit()
    city = await sqlite_desk.signed_in("city", Role.CITY_COORDINATOR, None)
    await city.opens("/staff/published")
    assert TEXTS["title"] in unescape(city.text)
    assert case.code not in city.text
    assert (await city.submits("down-form")).status == 303
    assert await state_of(sqlite_desk, case) is State.ENDED
    operator = await sqlite_desk.signed_in("op", Role.OPERATOR, None)
    assert (await operator.opens("/staff/published")).status == 403
