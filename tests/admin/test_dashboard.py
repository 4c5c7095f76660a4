"""The dashboard counts what happened, over what its viewer may see and nothing else."""

import re
from datetime import timedelta
from html import unescape

from bot.domain.case import Case, CaseKind, CaseStatus
from bot.domain.outcome import Outcome
from bot.domain.people import Role
from bot.domain.staffing import Exclusion, Why
from bot.domain.thread import Author, NewMessage
from tests.admin.desk import HOAN_KIEM, Browser, StaffDesk

PAGE = "/staff/dashboard"


def rows(browser: Browser) -> dict[str, list[str]]:
    """Group to its cells, as the table shows them."""
    found = {}
    for row in re.findall(r'<tr data-testid="figures-row">(.*?)</tr>', browser.text, re.DOTALL):
        name = re.sub(r"<span.*?</span>", "", re.findall(r"<th[^>]*>(.*?)</th>", row, re.DOTALL)[0])
        found[unescape(name).strip()] = re.findall(r'<td class="number">([^<]*)</td>', row)
    return found


def totals(browser: Browser) -> list[str]:
    [tiles] = re.findall(r'data-testid="totals">(.*?)</ul>', browser.text, re.DOTALL)
    return re.findall(r"<b>([^<]*)</b>", tiles)


async def is_answered(desk: StaffDesk, case: Case) -> None:
    async with desk.database.begin() as uow:
        await uow.cases.add_message(
            NewMessage(case_id=case.id, author=Author.STAFF, text="x", at=desk.clock.now(), staff_id=None)
        )
        await uow.commit()


async def is_closed(desk: StaffDesk, case: Case) -> None:
    case = await desk.now_is(case.code)
    async with desk.database.begin() as uow:
        await uow.cases.change(case, status=CaseStatus.CLOSED, outcome=Outcome.DONE, closed_at=desk.clock.now())
        await uow.commit()


async def test_the_figures_of_a_ward(desk: StaffDesk) -> None:
    """Three of Phú Thượng: answered after 2 and 26 hours, one closed after 30, one waits. Hoàn Kiếm counts elsewhere."""
    first, second, third = [await desk.case(due_in=timedelta(hours=12)) for _ in range(3)]
    await desk.case(ward=HOAN_KIEM)
    desk.clock.passes(hours=2)
    await is_answered(desk, first)
    desk.clock.passes(hours=24)
    await is_answered(desk, second)
    await is_answered(desk, first)  # a second answer is no first one
    desk.clock.passes(hours=4)
    await is_closed(desk, second)
    minh = await desk.signed_in("minh")
    await minh.opens(PAGE)
    expected = ["2", "2", "3", "1", "2 giờ", "26 giờ", "30 giờ", "30 giờ", "0", "0", "0"]
    assert rows(minh) == {"Phường Phú Thượng": expected}
    assert totals(minh) == ["2", "2", "3", "2 giờ", "26 giờ", "30 giờ", "30 giờ", "0", "0", "0"]
    assert minh.shows("dashboard_small")
    assert minh.text.count("<svg") == minh.text.count("<desc id=") == 2
    for by, name in (("desk", "Bàn tiếp nhận chung"), ("channel", "Trò chuyện trên web"), ("category", "")):
        await minh.opens(f"{PAGE}?by={by}")
        [(shown, cells)] = rows(minh).items()
        assert (cells, name in shown) == (expected, True)
    assert third.code not in minh.text


async def test_the_period_is_chosen_in_the_address(desk: StaffDesk) -> None:
    await desk.case()
    desk.clock.passes(days=40)
    await desk.case()
    minh = await desk.signed_in("minh")
    for query, accepted in (
        ("", 1),
        ("?from=2026-11-18&to=2026-11-18", 1),
        ("?from=2026-11-01", 2),
        ("?from=2026-11-19&to=2026-11-30", 0),
        ("?from=x&to=%00&by=%27", 1),
        ("?from=9999-99-99&to=0000-00-00", 1),
    ):
        assert (await minh.opens(f"{PAGE}{query}")).status == 200, query
        assert totals(minh)[2] == str(accepted), query
        assert totals(minh)[0] == "2", "what waits, waits whenever it came"


async def test_nobody_counts_what_they_may_not_see(desk: StaffDesk) -> None:
    """A restricted case, one that bars its viewer, and everything for an operator."""
    barred = await desk.case()
    await desk.case()
    await desk.case(kind=CaseKind.CONDUCT)
    await desk.case(ward=None, kind=CaseKind.CONDUCT)
    minh = await desk.signed_in("minh")
    async with desk.database.begin() as uow:
        member = await desk.member("minh")
        await uow.exclusions.add([Exclusion(case_id=barred.id, staff_id=member.id, why=Why.ACCUSED)])
        await uow.commit()
    counted = {}
    for name, role in (
        ("minh", None),
        ("thu", Role.RESTRICTED_OFFICER),
        ("tra", Role.INSPECTOR),
        ("ngoc", Role.CITY_COORDINATOR),
    ):
        browser = minh if role is None else await desk.signed_in(name, role)
        await browser.opens(PAGE)
        counted[name] = totals(browser)[2]
    assert counted == {"minh": "1", "thu": "3", "tra": "4", "ngoc": "1"}
    operator = await desk.signed_in("op", Role.OPERATOR)
    assert (await operator.opens(PAGE)).status == 403
