"""A disputed closing at the desk: what the pages say and offer, noting one for a caller, and that no rating is ever seen."""

import re

from bot.domain.case import Case, CaseStatus
from bot.domain.draft import DraftPart
from bot.domain.outcome import Outcome
from bot.domain.people import Role
from bot.domain.thread import EventKind
from bot.services.close_case import close_case
from bot.services.dispute_case import dispute_case
from bot.services.rate_case import rate_case
from bot.services.tie_cases import merge_case
from bot.web import keys
from tests.admin.desk import Browser, StaffDesk
from tests.closing import report
from tests.services.told import Chats
from tests.storage.cast import every_case


async def closed_by(desk: StaffDesk, username: str, case: Case) -> Case:
    async with desk.database.begin() as uow:
        closed = await close_case(
            uow,
            staff=await desk.member(username),
            code=case.code,
            version=(await desk.now_is(case.code)).version,
            report=report(Outcome.DONE, "Đã dọn."),
            now=desk.clock.now(),
            wards=desk.server.app[keys.WARDS],
            zone=desk.server.app[keys.SETTINGS].zone,
        )
        await uow.commit()
    return closed


async def disputed(desk: StaffDesk, case: Case) -> None:
    async with desk.database.begin() as uow:
        now_is = await uow.cases.by_id(case.id)
        assert now_is is not None
        part = DraftPart(source_id=f"no-{now_is.version}", text="Rác vẫn còn nguyên.")
        await dispute_case(uow, case=now_is, part=part, city=desk.server.app[keys.CITY], now=desk.clock.now())
        await uow.commit()


async def test_the_pages_say_who_may_judge_it_again(desk: StaffDesk) -> None:
    """Minh closed it: told so, with nothing to take or close it by. Forged, his forms are refused in words."""
    minh, hoa = await desk.signed_in("minh"), await desk.signed_in("hoa")
    case = await desk.case()
    await closed_by(desk, "minh", case)
    await disputed(desk, case)
    await minh.opens(f"/staff/cases/{case.code}")
    assert 'data-testid="dispute-barred"' in minh.text
    for form in ("take-form", "close-form", "dispute-form"):
        assert f'data-testid="{form}"' not in minh.text
    assert "người khác xem lại: Hoa" in minh.text
    assert 'value="minh"' not in minh.text, "nobody is offered to assign it to Minh"
    _, hidden = minh.form("note-form")
    for act, fields in (("take", {}), ("close", {"outcome": "done", "text": "Xong."}), ("assign", {"username": "minh"})):
        assert (await minh.posts(f"/staff/cases/{case.code}/{act}", hidden | fields)).status == 400
        assert minh.shows("dispute_closed_it_before")
    assert (await desk.now_is(case.code)).status is CaseStatus.OPEN
    await hoa.opens(f"/staff/cases/{case.code}")
    assert "Hoa (Bạn)" in hoa.text
    assert 'data-testid="close-form"' in hoa.text
    assert 'data-testid="dispute-barred"' not in hoa.text


async def test_the_page_of_a_main_case_says_the_same_where_only_a_neighbours_closing_was_disputed(desk: StaffDesk) -> None:
    """Minh would close Lan's disputed case along with it: shown nothing to take or close it by, as it would be refused."""
    minh, hoa = await desk.signed_in("minh"), await desk.signed_in("hoa")
    main, lans = await desk.case(), await desk.case("Rác đầu ngõ.")
    await closed_by(desk, "minh", lans)
    await disputed(desk, lans)
    member = await desk.member("hoa")
    async with desk.database.begin() as uow:
        version = (await desk.now_is(lans.code)).version
        await merge_case(uow, staff=member, code=lans.code, version=version, into=main.code, now=desk.clock.now())
        await uow.commit()
    await minh.opens(f"/staff/cases/{main.code}")
    assert 'data-testid="dispute-barred"' in minh.text
    for form in ("take-form", "close-form"):
        assert f'data-testid="{form}"' not in minh.text
    assert 'value="minh"' not in minh.text, "nobody is offered to assign it to Minh"
    assert (await minh.posts(f"/staff/cases/{main.code}/take", minh.form("note-form")[1])).status == 400
    assert minh.shows("dispute_closed_it_before")
    await hoa.opens(f"/staff/cases/{main.code}")
    assert 'data-testid="take-form"' in hoa.text
    assert 'data-testid="close-form"' in hoa.text


async def test_the_city_reads_what_it_may_do(desk: StaffDesk) -> None:
    """One place on its desk, with the ward's name; without a reason it is not sent back, and what was chosen is kept."""
    await desk.signed_in("minh")
    await desk.staff("hoa")
    await desk.staff("tu")
    thu = await desk.signed_in("thu", Role.CITY_COORDINATOR)
    case = await desk.case()
    for username in ("minh", "hoa"):
        await closed_by(desk, username, case)
        await disputed(desk, case)
    await thu.opens("/staff/?desk=disputed")
    assert thu.codes() == [case.code]
    await thu.opens(f"/staff/cases/{case.code}")
    assert thu.shows("dispute_city_mark")
    assert thu.shows("desk_desk_disputed")
    assert (await thu.submits("move-form", ward="00091", why="other")).status == 400
    assert thu.shows("dispute_reason_missing")
    assert '<option value="00091" selected' in thu.text
    assert (await thu.submits("move-form", ward="00091", why="other", text="Phường cho người ra xem.")).status == 303
    tu = await desk.browser()
    await tu.signs_in("tu")
    await tu.opens(f"/staff/cases/{case.code}")
    await tu.submits("take-form")
    await closed_by(desk, "tu", case)
    await disputed(desk, case)
    await thu.opens(f"/staff/cases/{case.code}")
    assert thu.shows("dispute_city_last")


async def test_who_calls_is_written_down_by_whoever_picks_up(desk: StaffDesk) -> None:
    """Even by Minh, who closed it: his name stands at the note, and the case is Hoa's."""
    minh, _ = await desk.signed_in("minh"), await desk.staff("hoa")
    case = await desk.case()
    await minh.opens(f"/staff/cases/{case.code}")
    assert 'data-testid="dispute-form"' not in minh.text, "an open case cannot be disputed"
    await closed_by(desk, "minh", case)
    await minh.opens(f"/staff/cases/{case.code}")
    assert (await minh.submits("dispute-form", way="phone", text=" ")).status == 400
    assert minh.shows("text_is_empty")
    assert (await minh.submits("dispute-form", way="pigeon", text="Chưa dọn.")).status == 400
    assert "Chưa dọn." in minh.text, "what was typed is gone"
    action, hidden = minh.form("dispute-form")
    sent = await minh.submits("dispute-form", way="phone", text="Bà ấy bảo rác còn nguyên, số 0912345678.")
    assert (sent.status, sent.headers["Location"]) == (303, "/staff/?done=disputed")
    assert (await minh.posts(action, {**hidden, "way": "phone", "text": "Lần nữa."})).status == 409
    after = await desk.now_is(case.code)
    assert (after.status, after.disputes, after.owner_id) == (CaseStatus.OPEN, 1, (await desk.member("hoa")).id)
    async with desk.database.reading() as uow:
        timeline, thread = await uow.cases.timeline(case.id), await uow.cases.thread(case.id)
    by = {event.kind: event.staff_name for event in timeline}
    assert (by[EventKind.ASSISTED], by[EventKind.DISPUTED]) == ("Minh", "Minh")
    assert "rác còn nguyên" in thread[-1].text
    assert "0912345678" not in thread[-1].text, "a number is masked like any other of the resident's words"


async def test_after_thirty_days_it_is_no_longer_written_down(desk: StaffDesk) -> None:
    minh, case = await desk.signed_in("minh"), await desk.case()
    await closed_by(desk, "minh", case)
    await minh.opens(f"/staff/cases/{case.code}")
    action, hidden = minh.form("dispute-form")
    desk.clock.passes(days=31)
    assert (await minh.signs_in("minh")).status == 303
    await minh.opens(f"/staff/cases/{case.code}")
    assert 'data-testid="dispute-form"' not in minh.text
    _, fresh = minh.form("note-form")
    hidden |= {"form_token": fresh["form_token"], "way": "phone", "text": "Chưa dọn."}
    assert (await minh.posts(action, hidden)).status == 400
    assert minh.shows("dispute_too_late")


async def test_whose_closing_it_was_hears_of_it(desk: StaffDesk) -> None:
    """In their own chat, and no more than the code; the new owner hears of it too."""
    chats = Chats(desk)
    minh, hoa = await chats.staff("minh"), await chats.staff("hoa")
    case = await chats.takes(minh, await desk.case())
    await closed_by(desk, "minh", case)
    for member in (minh, hoa):
        await chats.told(member)
    desk.clock.passes(hours=2)
    await disputed(desk, case)
    for member in (minh, hoa):
        [told] = await chats.told(member)
        assert case.code in told
        assert "Rác" not in told


_CHANCE = re.compile(r'nonce="[^"]*"|name="ticket" value="[^"]*"|data-after="[^"]*"')  # new on every page, whatever it shows
EVERYBODY = (Role.WARD_OFFICER, Role.WARD_LEADER, Role.CITY_COORDINATOR, Role.INSPECTOR, Role.OPERATOR)


async def pages(desk: StaffDesk, staff: list[Browser], code: str) -> dict[tuple[int, str], str]:
    """Every page of the desk that can be opened without knowing more than the case's code, for everybody."""
    paths = sorted(
        {
            resource.canonical.replace("{code}", code)
            for resource in desk.server.app.router.resources()
            if resource.canonical.startswith("/staff") and any(route.method == "GET" for route in resource)
        }
    )
    paths = [path for path in paths if "{" not in path and path not in ("/staff/events", "/staff/login")]
    assert f"/staff/cases/{code}" in paths
    assert "/staff/dashboard" in paths
    assert "/staff/audit" in paths
    found = {}
    for path in [*paths, "/staff/?status=closed", f"/staff/?q={code}"]:
        for number, browser in enumerate(staff):
            response = await browser.opens(path)
            found[number, path] = f"{response.status} {_CHANCE.sub('', browser.text)}"
    return found


async def test_no_page_of_the_desk_tells_of_a_rating(desk: StaffDesk) -> None:
    """Every byte that any role is shown is the same before and after a resident rates, whatever they say (L-37)."""
    staff = [await desk.signed_in(f"s{number}", role) for number, role in enumerate(EVERYBODY)]
    await desk.staff("minh")
    case = await desk.case()
    closed = await closed_by(desk, "minh", case)
    await pages(desk, staff, case.code)  # what a first look alone shows ("new") is out of the way
    before = await pages(desk, staff, case.code)
    assert any(status.startswith("200") and case.code in status for status in before.values())
    async with desk.database.reading() as uow:
        told = [await uow.cases.timeline(case.id), await uow.news.newest(), await every_case(uow)]
        assert await uow.audit.verify() is None
    for is_resolved, stars in ((True, None), (True, 1), (True, 5), (False, None)):
        async with desk.database.begin() as uow:
            assert await rate_case(uow, case=closed, is_resolved=is_resolved, stars=stars, now=desk.clock.now())
            await uow.commit()
        assert await pages(desk, staff, case.code) == before
        async with desk.database.reading() as uow:
            assert [await uow.cases.timeline(case.id), await uow.news.newest(), await every_case(uow)] == told


async def test_the_comparison_sees_a_change(desk: StaffDesk) -> None:
    """The same look finds a single note: the test above can fail."""
    minh, case = await desk.signed_in("minh"), await desk.case()
    await closed_by(desk, "minh", case)
    await pages(desk, [minh], case.code)
    before = await pages(desk, [minh], case.code)
    await minh.opens(f"/staff/cases/{case.code}")
    await minh.submits("note-form", text="đã gọi")
    assert await pages(desk, [minh], case.code) != before
