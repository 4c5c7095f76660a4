"""The close form names what is missing and loses nothing that was typed or chosen; on some desks two people close."""

import re
from html import unescape
from typing import Any

import pytest

from admin.case.handing import named_ward
from bot.domain.case import CaseKind, CaseStatus
from bot.domain.people import Role
from bot.routing.wards import load_wards
from tests.admin.desk import HOAN_KIEM, Browser, StaffDesk
from tests.closing import PROOF_BYTES
from tests.closing import fields as closing_fields
from tests.files.pictures import phone_photo


def lacking(browser: Browser) -> list[str]:
    """The fields that the page says lack something."""
    found = re.search(r'<ul class="lacks".*?</ul>', browser.text, re.DOTALL)
    return re.findall(r'href="#close-(\w+)"', found[0]) if found else []


def value_of(browser: Browser, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', browser.text)
    assert found, name
    return unescape(found[1])


async def test_all_that_is_missing_is_named_at_once_and_nothing_typed_is_lost(desk: StaffDesk) -> None:
    """A chosen photo too: it need not be chosen again."""
    case, minh = await desk.case(), await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    assert (await minh.closes("done", "", unit="", done_on="31/02/2026", files={"sau.jpg": phone_photo()})).status == 400
    assert lacking(minh) == ["unit", "done_on"]
    assert value_of(minh, "what") == "Thay bóng đèn"
    assert "sau.jpg" in minh.text
    assert 'aria-describedby="close-unit-trouble"' in minh.text
    assert (await minh.closes("done", "", files={})).status == 303
    async with desk.database.reading() as uow:
        closing = await uow.closings.newest(case.id)
    assert closing is not None
    assert [file.name for file in closing.report.files] == ["sau.jpg"]
    assert closing.has_evidence


async def test_a_closing_is_looked_at_before_it_is_made(desk: StaffDesk) -> None:
    """As the resident will read it, with what is missing; the file is kept for the closing itself."""
    case, minh = await desk.case(), await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    action, hidden = minh.form("close-form")
    looked = action.replace("/close", "/preview")
    fields = closing_fields("done", "Cảm ơn bác.") | {"unit": "", "as": "close"}
    seen = await minh.posts(looked, hidden | fields, files={"bien-ban.pdf": PROOF_BYTES})
    assert seen.status == 200
    assert "Đã làm: Thay bóng đèn" in minh.text
    assert "Chưa xong" in minh.text  # the resident's button
    assert lacking(minh) == ["unit"]
    assert (await desk.now_is(case.code)).status is CaseStatus.OPEN
    assert await desk.hears(case) == []
    assert (await minh.closes("done", "Cảm ơn bác.", files={})).status == 303


async def test_a_leader_is_asked_why_and_an_officer_is_not(desk: StaffDesk) -> None:
    case, minh = await desk.case(), await desk.signed_in("minh")
    chief = await desk.signed_in("chief", Role.WARD_LEADER)
    for browser in (minh, chief):
        await browser.opens(f"/staff/cases/{case.code}")
        assert 'name="override"' not in browser.text, "nobody waives what is not known to be missing"
        assert (await browser.closes("done", files={})).status == 400
        assert ('name="override"' in browser.text) is (browser is chief)
    assert (await chief.closes("done", files={}, override="Máy ảnh hỏng")).status == 303
    await chief.opens(f"/staff/cases/{case.code}")
    assert "Máy ảnh hỏng" in chief.text


async def test_a_draft_of_a_closing_keeps_all_of_it(desk: StaffDesk) -> None:
    case, minh = await desk.case(), await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    action, hidden = minh.form("close-form")
    fields = closing_fields("refused", "Vì đã trả lời.") | {"as": "close"}
    assert (await minh.posts(action.replace("/close", "/draft"), hidden | fields)).status == 303
    await minh.opens(f"/staff/cases/{case.code}")
    assert value_of(minh, "basis") == fields["basis"]
    assert re.search(r'value="refused" required checked', minh.text)
    assert re.search(r'<option value="repeated" selected', minh.text)


async def test_two_people_close_a_report_about_an_official_at_the_desk(desk: StaffDesk) -> None:
    """Hoa proposes; it stands out in the leader's queue, not in hers; the leader looks at the photo and confirms."""
    case = await desk.case(kind=CaseKind.CONDUCT)
    hoa = await desk.signed_in("hoa", Role.RESTRICTED_OFFICER)
    await hoa.opens(f"/staff/cases/{case.code}")
    assert hoa.shows("second_none_ward"), "who is alone is told where to go"
    chief = await desk.signed_in("chief", Role.WARD_LEADER)
    await hoa.opens(f"/staff/cases/{case.code}")
    assert "Chief" in hoa.text
    proposed = await hoa.closes("done", "Đã nhắc nhở cán bộ.", files={"anh.jpg": phone_photo()})
    assert (proposed.status, proposed.headers["Location"]) == (303, f"/staff/cases/{case.code}?done=proposed")
    await hoa.opens(proposed.headers["Location"])
    assert 'data-testid="proposal"' in hoa.text
    assert 'data-testid="proposal-form"' not in hoa.text
    for browser, stands_out in ((hoa, False), (chief, True)):
        await browser.opens("/staff/")
        assert ('data-testid="waits-for-me"' in browser.text) is stands_out
    await chief.opens(f"/staff/cases/{case.code}")
    assert "Đã nhắc nhở cán bộ." in chief.text
    photo = await chief.opens(f"/staff/cases/{case.code}/proposal/files/0")
    assert (photo.status, photo.content_type) == (200, "image/jpeg")
    await chief.opens(f"/staff/cases/{case.code}")
    assert (await chief.submits("proposal-form", verdict="return", text=" ")).status == 400
    assert (await chief.submits("proposal-form", verdict="confirm")).status == 303
    assert (await desk.now_is(case.code)).status is CaseStatus.CLOSED
    [said] = await desk.hears(case)
    assert "Đã nhắc nhở cán bộ." in said
    assert (await chief.opens(f"/staff/cases/{case.code}/proposal/files/0")).status == 404


async def test_a_proposal_tells_nobody_who_may_not_see_the_case(desk: StaffDesk) -> None:
    case = await desk.case(kind=CaseKind.CONDUCT)
    hoa, minh = await desk.signed_in("hoa", Role.RESTRICTED_OFFICER), await desk.signed_in("minh")
    await hoa.opens(f"/staff/cases/{case.code}")
    await hoa.closes("done", files={"anh.jpg": phone_photo()})
    assert (await minh.opens(f"/staff/cases/{case.code}/proposal/files/0")).status == 404
    await minh.opens("/staff/")
    token = re.search(r'name="form_token" value="([^"]+)"', minh.text)
    assert token
    fields = {"form_token": token[1], "version": "2", "proposal": "1", "verdict": "confirm"}
    assert (await minh.posts(f"/staff/cases/{case.code}/proposal", fields)).status == 404


async def test_not_yet_is_said_from_the_page(desk: StaffDesk) -> None:
    case, minh = await desk.case(), await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    assert (await minh.submits("postpone-form", new_day="2026-11-19", text="Chờ vật tư.")).status == 400
    assert minh.shows("postpone_day_bad")
    assert "Chờ vật tư.</textarea>" in minh.text
    assert (await minh.submits("postpone-form", new_day="2026-12-01", text="Chờ vật tư.")).status == 303
    [said] = await desk.hears(case)
    assert "01/12/2026" in said
    await minh.opens(f"/staff/cases/{case.code}")
    assert "01/12/2026" in minh.text


async def test_a_ward_that_is_named_as_responsible_can_have_the_case_instead(desk: StaffDesk) -> None:
    """The form offers it, with the ward chosen in the move form; the case moves or closes only as the officer says."""
    case, minh = await desk.case(), await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    assert 'data-testid="offer-move"' not in minh.text
    given: dict[str, Any] = {"handed_to": "UBND phường Hoàn Kiếm", "handed_over": "yes"}
    assert (await minh.closes("not_ours", "Đoạn đường này thuộc phường bạn.", **given)).status == 400
    assert lacking(minh) == ["handed_to"]
    assert 'data-testid="offer-move"' in minh.text
    assert value_of(minh, "handed_to") == given["handed_to"]
    assert f'<option value="{HOAN_KIEM}" selected' in minh.text
    assert (await desk.now_is(case.code)).status is CaseStatus.OPEN
    assert await desk.hears(case) == []
    assert (await minh.closes("not_ours", "Công an phường xử lý.", close_anyway="yes", **given)).status == 303
    assert (await desk.now_is(case.code)).status is CaseStatus.CLOSED


@pytest.mark.parametrize(
    ("text", "ward"),
    [
        ("UBND phường Tây Hồ", "00103"),
        ("tay ho", "00103"),
        ("Tay Ho Ward", "00103"),
        ("PHƯỜNG TÂY HỒ, bộ phận một cửa", "00103"),
        ("Công ty Điện lực Tây Hồ", None),  # no ward, though it is called like one
        ("phường Tây Hồ và phường Hoàn Kiếm", None),  # nobody can say which
        ("phường Tây Hồng", None),
        ("Sở Xây dựng", None),
        ("", None),
    ],
)
def test_a_ward_is_heard_by_what_it_is(text: str, ward: str | None) -> None:
    found = named_ward(text, load_wards())
    assert (found.code if found else None) == ward
