"""Several cases at once: chosen, looked at beforehand, done to those that allow it, and for a while undone."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest
from aiohttp import ClientResponse

from bot.domain.case import Case, CaseKind
from bot.domain.people import Role
from bot.domain.thread import Author
from tests.admin.desk import HOAN_KIEM, Browser, StaffDesk
from tests.statements import statements_of

ANSWER = "Tổ công tác sẽ đến trong tuần này."


def ticks(*cases: Case) -> dict[str, str]:
    return {f"case_{case.code.replace('-', '')}": "1" for case in cases}


async def sends(browser: Browser, form: str, fields: dict[str, str]) -> ClientResponse:
    """The form as it stands on the page, with these fields filled in."""
    action, hidden = browser.form(form)
    return await browser.posts(action, hidden | fields)


async def chooses(browser: Browser, act: str, *cases: Case) -> None:
    """From the queue: tick these, press the button."""
    await browser.opens("/staff/")
    response = await sends(browser, "bulk-form", {"act": act} | ticks(*cases))
    assert response.status == 200


async def does(browser: Browser, act: str, *cases: Case, **target: str) -> str:
    """The whole way; the result's address."""
    await chooses(browser, act, *cases)
    assert (await sends(browser, "choose-form", target)).status == 200
    fields = {"text": target["text"]} if act == "answer" else {}  # a readonly field is sent as well
    response = await sends(browser, "preview-form", fields)
    assert response.status == 303
    await browser.opens(response.headers["Location"])
    return response.headers["Location"]


async def undoes(browser: Browser) -> None:
    response = await browser.submits("undo-form")
    assert response.status == 303
    await browser.opens(response.headers["Location"])


def said(browser: Browser, testid: str) -> str:
    """The words of that part of the page."""
    found = re.search(rf'<(\w+)[^>]*data-testid="{testid}"[^>]*>(.*?)</\1>', browser.text, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[2])).split()) if found else ""


async def test_cases_are_given_to_a_colleague_and_taken_back(desk: StaffDesk) -> None:
    """Two ticked, Hoa chosen, the page says what will happen, it happens; undone, each is whose it was before."""
    first, second, third = await desk.case(), await desk.case("Hai"), await desk.case("Ba")
    minh, hoa = await desk.signed_in("minh"), await desk.signed_in("hoa")
    await does(minh, "assign", second, username="minh")
    await chooses(minh, "assign", first, second)
    assert "Minh" in minh.text.split('name="username"')[1].split("</select>")[0]
    await minh.submits("choose-form", username="hoa")
    assert said(minh, "will").startswith("2 hồ sơ sẽ được giao cho Hoa.")
    await minh.opens((await minh.submits("preview-form")).headers["Location"])
    assert said(minh, "bulk-done") == "Đã giao 2 hồ sơ."
    await hoa.opens("/staff/?owner=me")
    assert sorted(hoa.codes()) == sorted([first.code, second.code])
    await undoes(minh)
    assert said(minh, "bulk-done") == "Đã hoàn tác 2 hồ sơ."
    assert 'data-testid="undo-form"' not in minh.text
    owners = [(await desk.now_is(case.code)).owner_id for case in (first, second, third)]
    assert owners == [None, (await desk.member("minh")).id, None]


async def test_what_cannot_be_done_is_skipped_and_says_why(desk: StaffDesk) -> None:
    """Closed meanwhile, another ward's, hers already: named beforehand, left alone, the rest is done."""
    fine, closed, hers = await desk.case("A"), await desk.case("B"), await desk.case("C")
    foreign = await desk.case("Của phường khác", ward=HOAN_KIEM)
    minh, hoa = await desk.signed_in("minh"), await desk.signed_in("hoa")
    await does(hoa, "assign", hers, username="hoa")
    await minh.opens("/staff/")
    action, hidden = minh.form("bulk-form")
    await hoa.opens(f"/staff/cases/{closed.code}")
    assert (await hoa.closes("done", "Xong.")).status == 303
    await minh.posts(action, hidden | {"act": "assign"} | ticks(fine, closed, hers, foreign))
    await minh.submits("choose-form", username="hoa")
    skipped = said(minh, "skipped")
    assert f"{closed.code} : Hồ sơ này đã khép lại" in skipped
    assert f"{foreign.code}: Không tìm thấy hồ sơ này." in skipped
    assert "phường khác" not in minh.text
    assert said(minh, "will").startswith("1 hồ sơ")
    await minh.posts(action, hidden | {"act": "assign", "step": "preview", "username": "hoa"} | ticks(fine, hers))
    assert f"{hers.code} : Hồ sơ đã ở người này rồi." in said(minh, "skipped")


async def test_nobody_is_given_what_they_may_not_see(desk: StaffDesk) -> None:
    """The named officer cannot hand a report about an official to a colleague of the general desk."""
    about_official, plain = await desk.case(kind=CaseKind.CONDUCT), await desk.case()
    named = await desk.signed_in("named", Role.RESTRICTED_OFFICER)
    await desk.staff("hoa")
    await chooses(named, "assign", about_official, plain)
    await named.submits("choose-form", username="hoa")
    assert about_official.code in said(named, "skipped")
    await named.opens((await named.submits("preview-form")).headers["Location"])
    assert [(await desk.now_is(case.code)).owner_id is None for case in (about_official, plain)] == [True, False]


async def test_a_case_that_changes_after_the_preview_is_left_alone(desk: StaffDesk) -> None:
    """The resident writes while Minh looks at the preview: that case is skipped, the other is done."""
    quiet, busy = await desk.case("A"), await desk.case("B")
    minh = await desk.signed_in("minh")
    await chooses(minh, "answer", quiet, busy)
    await minh.submits("choose-form", text=ANSWER)
    await desk.resident_adds(busy, "Thôi, xong rồi ạ.")
    await minh.opens((await minh.submits("preview-form", text=ANSWER)).headers["Location"])
    assert said(minh, "bulk-done") == "Đã trả lời 1 hồ sơ."
    assert busy.code in said(minh, "skipped")
    desk.clock.passes(seconds=31)
    assert [ANSWER in " ".join(await desk.hears(case)) for case in (quiet, busy)] == [True, False]


async def test_a_move_is_undone_before_anybody_hears_of_it(desk: StaffDesk) -> None:
    """Moved to the wrong ward, taken back within the minute: the case is here as it was, and its resident heard nothing."""
    case = await desk.case()
    minh, nam = await desk.signed_in("minh"), await desk.signed_in("nam", ward=HOAN_KIEM)
    await does(minh, "assign", case, username="minh")
    before = await desk.now_is(case.code)
    await does(minh, "move", case, ward=HOAN_KIEM, why="wrong_ward")
    assert said(minh, "bulk-done") == "Đã chuyển 1 hồ sơ."
    await nam.opens("/staff/")
    assert nam.codes() == [case.code]
    desk.clock.passes(seconds=50)
    await undoes(minh)
    assert said(minh, "bulk-done") == "Đã hoàn tác 1 hồ sơ."
    now_it_is = await desk.now_is(case.code)
    assert (now_it_is.ward_code, now_it_is.desk, now_it_is.owner_id, now_it_is.hops) == (
        before.ward_code,
        before.desk,
        before.owner_id,
        before.hops,
    )
    await nam.opens("/staff/")
    assert nam.codes() == []
    desk.clock.passes(minutes=5)
    assert await desk.hears(case) == []
    async with desk.database.reading() as uow:
        [learnt] = [found for found in await uow.corrections.page() if found.case_id == case.id]
    assert learnt.truth == case.ward_code


async def test_a_move_that_stands_is_told_after_a_minute(desk: StaffDesk) -> None:
    case, minh = await desk.case(), await desk.signed_in("minh")
    result = await does(minh, "move", case, ward=HOAN_KIEM, why="wrong_ward")
    desk.clock.passes(seconds=61)
    [told] = await desk.hears(case)
    assert case.code in told
    await minh.opens(result)
    assert 'data-testid="undo-form"' not in minh.text


async def test_an_undo_that_comes_too_late_changes_nothing(desk: StaffDesk) -> None:
    """The page was left open: half a minute later the answer is on its way, and stays."""
    case, minh = await desk.case(), await desk.signed_in("minh")
    await does(minh, "answer", case, text=ANSWER)
    desk.clock.passes(seconds=31)
    await undoes(minh)
    assert said(minh, "bulk-done") == "Đã hoàn tác 0 hồ sơ."
    assert "Đã quá thời gian" in said(minh, "skipped")
    assert ANSWER in " ".join(await desk.hears(case))


async def test_an_answer_taken_back_is_never_sent_and_not_lost(desk: StaffDesk) -> None:
    """Its words stay with the case as an internal note."""
    case, other = await desk.case("A"), await desk.case("B")
    minh = await desk.signed_in("minh")
    await does(minh, "answer", case, other, text=ANSWER)
    assert said(minh, "bulk-done") == "Đã trả lời 2 hồ sơ."
    await undoes(minh)
    assert said(minh, "bulk-done") == "Đã hoàn tác 2 hồ sơ."
    desk.clock.passes(minutes=5)
    assert (await desk.hears(case), await desk.hears(other)) == ([], [])
    async with desk.database.reading() as uow:
        thread = await uow.cases.thread(case.id)
    assert [(message.author, message.text) for message in thread][1:] == [(Author.NOTE, ANSWER)]


async def test_two_answers_to_one_case_are_both_sent(desk: StaffDesk) -> None:
    """A second one within the half minute does not take the first one's place."""
    case, minh = await desk.case(), await desk.signed_in("minh")
    await does(minh, "answer", case, text="Câu thứ nhất.")
    await does(minh, "answer", case, text="Câu thứ hai.")
    await undoes(minh)
    desk.clock.passes(minutes=1)
    heard = await desk.hears(case)
    assert len(heard) == 1
    assert "Câu thứ nhất." in heard[0]


async def test_what_somebody_built_on_is_not_undone(desk: StaffDesk) -> None:
    """Hoa has written a note since she was given the case: it stays hers."""
    case = await desk.case()
    minh, hoa = await desk.signed_in("minh"), await desk.signed_in("hoa")
    await does(minh, "assign", case, username="hoa")
    await hoa.opens(f"/staff/cases/{case.code}")
    assert (await hoa.submits("note-form", text="Tôi nhận.")).status == 303
    await undoes(minh)
    assert case.code in said(minh, "skipped")
    assert (await desk.now_is(case.code)).owner_id == (await desk.member("hoa")).id


async def test_where_neighbours_joined_nobody_waits(desk: StaffDesk) -> None:
    """They are told at once, the page says so beforehand, and there is no way back."""
    case, minh = await desk.case(), await desk.signed_in("minh")
    async with desk.database.begin() as uow:
        await uow.cases.count_joined(case.id, 1)
        await uow.commit()
    await chooses(minh, "answer", case)
    await minh.submits("choose-form", text=ANSWER)
    assert "1 hồ sơ có nhiều người cùng báo" in said(minh, "will")
    await minh.opens((await minh.submits("preview-form", text=ANSWER)).headers["Location"])
    assert 'data-testid="undo-form"' not in minh.text
    assert ANSWER in " ".join(await desk.hears(case))


async def test_a_result_is_for_whoever_did_it(desk: StaffDesk) -> None:
    """Its address shows a colleague nothing and undoes nothing; nor does one that was tampered with."""
    case = await desk.case()
    minh, hoa = await desk.signed_in("minh"), await desk.signed_in("hoa")
    result = await does(minh, "assign", case, username="hoa")
    ticket = minh.form("undo-form")[1]["r"]
    await hoa.opens("/staff/")
    token = hoa.form("bulk-form")[1]["form_token"]
    assert (await hoa.opens(result)).headers["Location"] == "/staff/"
    for stolen in (ticket, ticket[:-2], "x", "", quote("[1]")):
        response = await hoa.posts("/staff/bulk/undo", {"r": stolen, "form_token": token})
        assert response.headers["Location"] == "/staff/"
    assert (await desk.now_is(case.code)).owner_id == (await desk.member("hoa")).id


@pytest.mark.parametrize(
    ("act", "target", "key"),
    [
        ("assign", {"username": ""}, "desk_bulk_whom_missing"),
        ("assign", {"username": "nam"}, "desk_bulk_whom_missing"),  # of another ward
        ("assign", {"username": "<b>\0\ud800"}, "desk_bulk_whom_missing"),
        ("move", {"ward": ""}, "ward_unknown"),
        ("move", {"ward": "99999"}, "ward_unknown"),
        ("move", {"ward": HOAN_KIEM, "why": "vì thích"}, "desk_move_why_missing"),
        ("answer", {"text": "  "}, "text_is_empty"),
        ("answer", {"text": "x" * 10_001}, "desk_text_too_long"),
    ],
)
async def test_what_is_missing_is_asked_for_beside_its_field(
    sqlite_desk: StaffDesk, act: str, target: dict[str, str], key: str
) -> None:
    """Nothing is done, what was typed is kept, and the cases are still chosen."""
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    await sqlite_desk.staff("nam", ward=HOAN_KIEM)
    before = await sqlite_desk.now_is(case.code)
    await chooses(minh, act, case)
    response = await sends(
        minh, "choose-form", {name: text.encode("utf-8", "replace").decode() for name, text in target.items()}
    )
    assert response.status == 400
    assert minh.shows(key)
    assert set(ticks(case)) <= set(minh.form("choose-form")[1])
    if act == "answer":
        assert target["text"].strip() in unescape(minh.text)
    assert await sqlite_desk.now_is(case.code) == before


async def test_nothing_ticked_says_so(sqlite_desk: StaffDesk) -> None:
    await sqlite_desk.case()
    minh = await sqlite_desk.signed_in("minh")
    await minh.opens("/staff/")
    response = await minh.submits("bulk-form", act="move")
    assert response.headers["Location"] == "/staff/?done=unticked"
    await minh.opens(response.headers["Location"])
    assert minh.shows("desk_done_unticked")
    assert (await minh.submits("bulk-form", act="erase")).status == 400


async def test_whoever_changes_nothing_has_nothing_to_tick(sqlite_desk: StaffDesk) -> None:
    """The inspector's queue has no boxes; a form made by hand is refused."""
    case = await sqlite_desk.case()
    inspector = await sqlite_desk.signed_in("thanh-tra", Role.INSPECTOR)
    await inspector.opens("/staff/")
    assert inspector.codes() == [case.code]
    assert 'data-testid="tick"' not in inspector.text
    token = inspector.form("logout-form")[1]["form_token"]
    for act in ("assign", "move", "answer"):
        response = await inspector.posts("/staff/bulk", {"form_token": token, "act": act, "step": "do"} | ticks(case))
        assert response.status == 403


async def test_a_whole_page_is_ticked_without_a_script(sqlite_desk: StaffDesk) -> None:
    for number in range(3):
        await sqlite_desk.case(str(number))
    minh = await sqlite_desk.signed_in("minh")
    await minh.opens("/staff/?tick=page")
    assert len(re.findall(r'name="case_[^"]+" value="\d+" checked', minh.text)) == 3


async def test_looking_beforehand_costs_the_same_for_one_as_for_fifty(desk: StaffDesk) -> None:
    """At most fifteen statements, and none of them writes."""
    cases = [await desk.case(str(number)) for number in range(50)]
    minh = await desk.signed_in("minh")
    await desk.staff("hoa")
    await minh.opens("/staff/")
    action, hidden = minh.form("bulk-form")
    counts = []
    for chosen in (cases[:1], cases):
        with statements_of(desk.database, writes=True) as asked:
            await minh.posts(action, hidden | {"act": "assign", "step": "preview", "username": "hoa"} | ticks(*chosen))
        assert f"{len(chosen)} hồ sơ" in said(minh, "will")
        counts.append(len([statement for statement in asked if statement.startswith("SELECT")]))
        assert [statement for statement in asked if re.match("INSERT|UPDATE|DELETE", statement)] == []
    assert counts[0] == counts[1] <= 15


async def test_an_order_is_undone_as_far_as_it_can_be(desk: StaffDesk) -> None:
    """A moment's order of two: one was touched since, the other goes back."""
    first, second = await desk.case("A"), await desk.case("B")
    minh = await desk.signed_in("minh")
    await does(minh, "move", first, second, ward="city", why="wrong_ward")
    await desk.resident_adds(first, "Ở gần chợ.")
    desk.clock.at += timedelta(seconds=5)
    await undoes(minh)
    assert first.code in said(minh, "skipped")
    assert ((await desk.now_is(first.code)).ward_code, (await desk.now_is(second.code)).ward_code) == (
        None,
        second.ward_code,
    )
