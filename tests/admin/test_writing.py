"""Writing to a resident: ready texts, what it will look like, drafts that are never lost, and who else is writing."""

import re
from html import unescape

from bot.domain.people import Language, Role
from bot.domain.staffing import NewTemplate
from tests.admin.desk import HOAN_KIEM, Browser, StaffDesk


def text_of(browser: Browser, name: str) -> str:
    """What stands in the form's field."""
    found = re.search(rf'<textarea id="{name}-text"[^>]*>\n(.*?)</textarea>', browser.text, re.DOTALL)
    assert found
    return unescape(found[1])


async def test_a_ready_text_comes_behind_what_was_typed_with_its_places_filled_in(desk: StaffDesk) -> None:
    case, minh = await desk.case(), await desk.signed_in("minh")
    async with desk.database.begin() as uow:
        text = "{phuong} đã nhận hồ sơ {ma}, trả lời trước {han}. {ten_canbo} {gì}"
        mine = await uow.templates.add(NewTemplate(ward_code=None, name="Đã nhận", language=Language.VI, text=text))
        theirs = await uow.templates.add(NewTemplate(ward_code=HOAN_KIEM, name="Khác", language=Language.VI, text="x"))
        await uow.commit()
    await minh.opens(f"/staff/cases/{case.code}")
    assert "Đã nhận (VI)" in minh.text
    assert "Khác (VI)" not in minh.text
    _, hidden = minh.form("reply-form")
    at = f"/staff/cases/{case.code}/template"
    assert (await minh.posts(at, {**hidden, "text": "Chào bà.", "template": str(mine.id), "as": "reply"})).status == 200
    filled = text_of(minh, "reply")
    assert filled.startswith("Chào bà.\n\n")
    assert f"phường Phú Thượng đã nhận hồ sơ {case.code}, trả lời trước 23/11/2026. Minh {{gì}}" in filled
    for number in (str(theirs.id), "", "x"):
        assert (await minh.posts(at, {**hidden, "text": "Giữ lại.", "template": number, "as": "reply"})).status == 400
        assert text_of(minh, "reply") == "Giữ lại."
    assert await desk.hears(case) == []


async def test_a_preview_shows_what_the_resident_will_read_and_sends_nothing(desk: StaffDesk) -> None:
    """The resident reads English in the web chat, where a closing has its buttons."""
    case, minh = await desk.case(language=Language.EN), await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    assert minh.shows("desk_case_reads_en")
    _, hidden = minh.form("reply-form")
    at = f"/staff/cases/{case.code}/preview"
    assert (await minh.posts(at, {**hidden, "text": "Tomorrow <b>morning</b>.", "as": "reply"})).status == 200
    shown = unescape(minh.text.split('data-testid="preview"')[1].split("</section>")[0])
    assert f"case {case.code}" in shown
    assert "Tomorrow <b>morning</b>." in shown
    assert text_of(minh, "reply") == "Tomorrow <b>morning</b>."
    assert (await minh.posts(at, {**hidden, "text": "Done.", "as": "close", "outcome": "done"})).status == 200
    assert minh.text.count('class="chip"') == 2
    assert (await minh.posts(at, {**hidden, "text": " ", "as": "reply"})).status == 400
    assert await desk.hears(case) == []
    await minh.submits("reply-form", text="Tomorrow <b>morning</b>.")
    [said] = await desk.hears(case)
    assert said in shown


async def test_a_draft_outlives_the_sign_out_and_goes_when_it_is_sent(desk: StaffDesk) -> None:
    case, minh = await desk.case(), await desk.signed_in("minh")
    hoa = await desk.signed_in("hoa")
    await minh.opens(f"/staff/cases/{case.code}")
    _, hidden = minh.form("reply-form")
    kept = await minh.posts(f"/staff/cases/{case.code}/draft", {**hidden, "text": "Chúng tôi sẽ", "as": "reply"})
    assert kept.status == 303
    await minh.opens(kept.headers["Location"])
    assert minh.shows("desk_done_draft")
    await minh.submits("logout-form")
    await minh.signs_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    assert text_of(minh, "reply") == "Chúng tôi sẽ"
    await hoa.opens(f"/staff/cases/{case.code}")
    assert text_of(hoa, "reply") == "", "a draft is one's own"
    await minh.submits("reply-form", text="Chúng tôi sẽ đến.")
    await minh.opens(f"/staff/cases/{case.code}")
    assert text_of(minh, "reply") == ""


async def test_a_draft_of_a_case_that_moved_away_is_still_ones_own(desk: StaffDesk) -> None:
    case, minh, hoa = await desk.case(), await desk.signed_in("minh"), await desk.signed_in("hoa")
    await minh.opens(f"/staff/cases/{case.code}")
    _, hidden = minh.form("note-form")
    at = f"/staff/cases/{case.code}/draft"
    headers = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}
    assert (await minh.posts(at, {**hidden, "text": "Gọi bà Tư", "as": "note"}, headers=headers)).status == 204
    await hoa.opens(f"/staff/cases/{case.code}")
    await hoa.submits("move-form", ward=HOAN_KIEM)
    await minh.opens("/staff/mentions")
    assert "Gọi bà Tư" in minh.text
    assert case.code not in minh.text
    assert (await minh.posts(at, {**hidden, "text": "Nữa", "as": "note"})).status == 404


async def test_two_people_see_each_other(desk: StaffDesk) -> None:
    case, minh, hoa = await desk.case(), await desk.signed_in("minh"), await desk.signed_in("hoa")
    await minh.opens(f"/staff/cases/{case.code}")
    await desk.settle()
    await hoa.opens(f"/staff/cases/{case.code}")
    assert "Minh đang xem" in hoa.text
    _, hidden = minh.form("reply-form")
    at = f"/staff/cases/{case.code}/presence"
    told = await minh.posts(at, {"form_token": hidden["form_token"], "writing": "1"})
    assert (await told.json())["others"] == ["Hoa đang xem"]
    await hoa.opens(f"/staff/cases/{case.code}")
    assert "Minh đang viết" in hoa.text
    await minh.posts(at, {"form_token": hidden["form_token"], "leaving": "1"})
    await hoa.opens(f"/staff/cases/{case.code}")
    assert "Minh đang" not in hoa.text
    assert (await minh.posts(at, {"form_token": "wrong"})).status == 403


async def test_whoever_only_reads_is_not_announced_and_whoever_may_not_see_is_told_nothing(desk: StaffDesk) -> None:
    case, minh = await desk.case(), await desk.signed_in("minh")
    inspector, lan = await desk.signed_in("thanh", Role.INSPECTOR), await desk.signed_in("lan", ward=HOAN_KIEM)
    await inspector.opens(f"/staff/cases/{case.code}")
    await desk.settle()
    await minh.opens(f"/staff/cases/{case.code}")
    assert "đang xem" not in minh.text
    await lan.opens("/staff/")
    _, hidden = lan.form("logout-form")
    for name in ("presence", "draft", "preview", "template"):
        posted = await lan.posts(f"/staff/cases/{case.code}/{name}", {**hidden, "text": "x"})
        assert posted.status == 404, name
