"""The page that a receipt's secret opens: how the case stands and what staff answered; to nobody else anything."""

import re
from collections.abc import AsyncIterator

import pytest

from bot.bell import Bell
from bot.domain.case import CaseCode
from bot.domain.people import Role
from bot.domain.reply import DeliveryState
from bot.domain.thread import EventKind
from storage import Database
from tests.admin.desk import StaffDesk, open_desk
from tests.admin.test_case_page import delivers
from tests.public.test_one_deadline import RECEIPTS, tracked


@pytest.fixture
async def desk(database: Database, bell: Bell) -> AsyncIterator[StaffDesk]:
    async with open_desk(database, bell) as opened:
        yield opened


async def test_a_wrong_secret_and_an_unknown_code_show_the_same_nothing(desk: StaffDesk) -> None:
    """Nothing of the case is in the page, and nothing tells whether there is one."""
    case, pages = await desk.case("Ngõ 12 tối ba đêm nay."), set()
    right = RECEIPTS.secret(case.code)
    wrong = right[:-1] + ("1" if right[-1] != "1" else "2")
    for code, secret in ((case.code, wrong), ("7K3M-9QX2", right), ("7K3M-9QX2", ""), ("không phải mã", "x" * 39)):
        page = (await tracked(desk, CaseCode(code), secret)).text
        assert "Không mở được" in page
        assert "track-due" not in page
        pages.add(re.sub(r'(value|nonce|content)="[^"]*"', "", page))
    assert len(pages) == 1
    assert "track-due" in (await tracked(desk, case.code, right)).text


async def test_an_answer_that_no_channel_could_bring_waits_here(desk: StaffDesk) -> None:
    """It is read where the receipt leads, and from then on the case counts as answered; once, however often it is opened."""
    case, minh = await desk.case(), await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    await minh.submits("reply-form", text="Sáng mai <b>tổ điện</b> đến.")
    assert await delivers(desk, DeliveryState.FAILED, "blocked") == 1
    assert (await desk.now_is(case.code)).reach_since is not None
    page = (await tracked(desk, case.code, RECEIPTS.secret(case.code))).text
    assert "Sáng mai &lt;b&gt;tổ điện&lt;/b&gt; đến." in page
    assert page.count('data-testid="track-said"') == 1
    heard = await desk.now_is(case.code)
    assert (heard.reach_since, heard.first_answer_at) == (None, desk.clock.now())
    await tracked(desk, case.code, RECEIPTS.secret(case.code))
    async with desk.database.reading() as uow:
        told = [event.details for event in await uow.cases.timeline(case.id) if event.kind is EventKind.REACHED]
    assert told == [{"way": "shown"}]


async def test_a_closed_case_says_until_when_it_may_be_disputed(desk: StaffDesk) -> None:
    case, minh = await desk.case(), await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    assert (await minh.closes()).status == 303
    page = (await tracked(desk, case.code, RECEIPTS.secret(case.code))).text
    assert "track-due" not in page
    assert "18/12/2026" in page, "thirty days from the closing"
    assert "Thay bóng đèn" in page


async def test_its_resident_reads_here_who_was_let_see_what_is_sealed(desk: StaffDesk) -> None:
    """S3: That two people agreed, on which day, why, and whether it was read; nothing while it is only asked for."""
    case = await desk.case()
    minh, chief = await desk.signed_in("minh"), await desk.signed_in("chief", Role.WARD_LEADER)
    path, secret = f"/staff/cases/{case.code}/closed", RECEIPTS.secret(case.code)

    async def says() -> str:
        return (await tracked(desk, case.code, secret)).text

    for reason, grant in (("Chỉ là tò mò", "no"), ("Hẹn giờ <b>sửa đèn</b>", "yes")):
        await minh.opens(path)
        assert (await minh.submits("identity-form", reason=reason)).status == 303
        assert "track-opening" not in await says()
        await chief.opens(path)
        assert (await chief.submits("decision-form", grant=grant)).status == 303
    assert (page := await says()).count('data-testid="track-opening"') == 1
    assert "Ngày 18/11/2026, hai cán bộ đã đồng ý" in page
    assert "Chưa ai xem" in page
    assert "Hẹn giờ &lt;b&gt;sửa đèn&lt;/b&gt;" in page
    assert "tò mò" not in page
    await minh.opens(path)
    assert (await minh.submits("look-form")).status == 200
    assert "Phần ấy đã được xem ngày 18/11/2026" in await says()
