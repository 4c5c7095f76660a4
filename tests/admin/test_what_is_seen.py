"""Who sees which case, and that nothing tells a hidden case from one that never was."""

import re
from datetime import timedelta

from bot.domain.case import CaseKind, new_code
from bot.domain.people import Role
from bot.domain.ward import Point
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, Browser, StaffDesk


async def answer_to(browser: Browser, path: str) -> tuple[int, str, list[str]]:
    """Status, bytes without the nonce, and the names of the headers."""
    response = await browser.opens(path)
    nonces = re.findall(r'nonce="([^"]+)"', browser.text)
    text = browser.text
    for value in nonces:
        text = text.replace(value, "")
    return response.status, text, sorted(response.headers)


async def test_a_foreign_a_restricted_and_an_unknown_case_are_the_same_nothing(desk: StaffDesk) -> None:
    minh = await desk.signed_in("minh")
    foreign = await desk.case(ward=HOAN_KIEM)
    restricted = await desk.case(kind=CaseKind.CONDUCT)
    unplaced = await desk.case(ward=None)
    unknown = new_code()
    codes = [foreign.code, restricted.code, unplaced.code, unknown, "no-code-at-all", "%00", "%ff", "7" * 300]
    for suffix in ("", "/files/1"):
        answers = [await answer_to(minh, f"/staff/cases/{code}{suffix}") for code in codes]
        assert answers[0][0] == 404
        assert all(answer == answers[0] for answer in answers)
    # Which addresses the desk has is no secret; below one of its own, nothing tells a case from none.
    assert (await minh.opens("/staff/nothing/here")).status == 404


async def test_what_one_may_not_see_one_cannot_change(desk: StaffDesk) -> None:
    minh = await desk.signed_in("minh")
    own, foreign = await desk.case(), await desk.case(ward=HOAN_KIEM)
    await minh.opens(f"/staff/cases/{own.code}")
    for form, fields in (
        ("reply-form", {"text": "x"}),
        ("note-form", {"text": "x"}),
        ("attach-form", {"text": "x"}),
        ("close-form", {"text": "x", "outcome": "done"}),
        ("move-form", {"ward": PHU_THUONG}),
    ):
        action, hidden = minh.form(form)
        before = minh.text
        for code in (foreign.code, new_code()):
            refused = await minh.posts(action.replace(own.code, code), hidden | fields | {"version": str(foreign.version)})
            assert refused.status == 404
        minh.text = before
    assert (await desk.now_is(foreign.code)).version == foreign.version + 1  # the resident's own message
    assert await desk.hears(foreign) == []


async def test_each_role_sees_its_own_desk(desk: StaffDesk) -> None:
    general = await desk.case()
    conduct = await desk.case(kind=CaseKind.CONDUCT)
    unplaced = await desk.case(ward=None)
    leaders = await desk.case(ward=None, kind=CaseKind.CONDUCT)
    await desk.case(ward=HOAN_KIEM)
    expected = {
        Role.WARD_OFFICER: {general.code},
        Role.RESTRICTED_OFFICER: {general.code, conduct.code},
        Role.CITY_COORDINATOR: {unplaced.code, leaders.code},
        Role.OPERATOR: set(),
    }
    for role, codes in expected.items():
        browser = await desk.signed_in(role.value, role)
        await browser.opens("/staff/")
        assert set(browser.codes()) == codes, role


async def test_the_queue_is_oldest_deadline_first_and_names_what_is_late(desk: StaffDesk) -> None:
    later = await desk.case("c", due_in=timedelta(days=3))
    today = await desk.case("b", due_in=timedelta(hours=2))
    late = await desk.case("a", due_in=timedelta(hours=-2))
    minh = await desk.signed_in("minh")
    await minh.opens("/staff/")
    assert minh.codes() == [late.code, today.code, later.code]
    rows = minh.text.split('data-testid="case-row"')[1:]
    assert ["Quá hạn" in row for row in rows] == [True, False, False]
    assert ["Đến hạn hôm nay" in row for row in rows] == [False, True, False]


async def test_pages_of_the_queue_neither_repeat_nor_miss_a_case(desk: StaffDesk) -> None:
    """65 cases, a new one arriving between two pages: each of the 65 is seen exactly once."""
    filed = [(await desk.case(f"{number}", due_in=timedelta(days=number % 7 + 1))).code for number in range(65)]
    minh = await desk.signed_in("minh")
    path, seen = "/staff/", list[str]()
    for _ in range(5):
        await minh.opens(path)
        seen += minh.codes()
        found = re.search(r'href="([^"]+)" rel="next"', minh.text)
        if not found:
            break
        path = found[1].replace("&amp;", "&")
        await desk.case("late-comer", due_in=timedelta(minutes=5))
    assert sorted(seen) == sorted(filed)


async def test_a_place_in_the_queue_that_is_none_shows_the_first_page(sqlite_desk: StaffDesk) -> None:
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    for after in ("", "x", "1_", "_1", "٣_1", "9" * 17 + "_1", "1_" + "9" * 17, "1_1_1", "-1_1"):
        response = await minh.opens("/staff/", params={"after": after, "status": after})
        assert response.status == 200, after
    assert minh.codes() == [case.code]


async def test_a_case_shows_its_facts(sqlite_desk: StaffDesk) -> None:
    case = await sqlite_desk.case(point=Point(21.0864, 105.802))
    minh = await sqlite_desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code.lower()}")
    assert "Gây ồn ào" in minh.text
    assert 'href="https://www.openstreetmap.org/?mlat=21.086400&amp;mlon=105.802000' in minh.text
    assert minh.shows("desk_channel_webchat")
    assert minh.shows("desk_event_filed")
    moving = minh.text.split('data-testid="move-form"')[1].split("</form>")[0]
    assert moving.count("<option value=") == 126 + 2
    await minh.opens(f"/staff/cases/{case.code}?lang=en")
    assert "Answer the resident" in minh.text
    assert "Phu Thuong Ward" in minh.text
    await minh.opens("/staff/")
    assert "Sign out" in minh.text, "the language is remembered"


async def test_a_point_from_outside_this_earth_makes_no_link(sqlite_desk: StaffDesk) -> None:
    case = await sqlite_desk.case(point=Point(float("inf"), 1e300))
    minh = await sqlite_desk.signed_in("minh")
    assert (await minh.opens(f"/staff/cases/{case.code}")).status == 200
    assert "openstreetmap" not in minh.text
