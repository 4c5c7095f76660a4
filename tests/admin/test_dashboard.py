"""The dashboard counts what happened, over what its viewer may see and nothing else."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

from bot.domain.case import Case, CaseKind, CaseStatus
from bot.domain.outcome import Outcome
from bot.domain.people import Role
from bot.domain.staffing import Exclusion, Why
from bot.domain.thread import Author, CaseEvent, EventKind, NewMessage
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


def facts(browser: Browser, table: str) -> dict[str, list[str]]:
    """Name of each fact to its cells: the number and its whole, the share, the period before."""
    [found] = re.findall(rf'data-testid="{table}">(.*?)</table>', browser.text, re.DOTALL)
    told = {}
    for row in re.findall(r'<tr data-testid="fact-row">(.*?)</tr>', found, re.DOTALL):
        name = re.findall(r'<th scope="row">([^<]*)', row)[0]
        cells = re.findall(r'<td class="number">(.*?)</td>', row, re.DOTALL)
        told[unescape(name).strip()] = [unescape(re.sub(r"<[^>]*>", "", cell)).strip() for cell in cells]
    return told


async def ends(desk: StaffDesk, case: Case, outcome: Outcome, *, objections: int = 0) -> None:
    """Closed, and disputed and closed again so many times; the rows and events that the services write."""
    for number in range(objections + 1):
        async with desk.database.begin() as uow:
            now, found = desk.clock.now(), await uow.cases.by_id(case.id)
            assert found is not None
            await uow.cases.change(found, status=CaseStatus.CLOSED, outcome=outcome, closed_at=now)
            closed = CaseEvent(case_id=case.id, kind=EventKind.CLOSED, at=now, details={"outcome": outcome.value})
            await uow.cases.record(closed)
            if number < objections:
                found = await uow.cases.by_id(case.id)
                assert found is not None
                await uow.cases.reopen(found, due_at=found.due_at, is_disputed=True)
                times = {"times": str(number + 1), "due": found.due_at.isoformat()}
                await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.DISPUTED, at=now, details=times))
            await uow.commit()


async def test_a_refusal_is_never_counted_as_done(desk: StaffDesk) -> None:
    """Six cases: two done, one of them at the third try, two refused, one planned late, one still open and late."""
    found = [await desk.case(due_in=timedelta(hours=12)) for _ in range(6)]
    for case, outcome, objections in zip(
        found, (Outcome.DONE, Outcome.DONE, Outcome.REFUSED, Outcome.REFUSED), (0, 2, 0, 0), strict=False
    ):
        await ends(desk, case, outcome, objections=objections)
    desk.clock.passes(hours=13)
    await ends(desk, found[4], Outcome.PLANNED)
    minh = await desk.signed_in("minh")
    await minh.opens(PAGE)
    assert {name: row[:2] for name, row in facts(minh, "outcomes").items()} == {
        "Đã làm xong": ["2 / 5", "40 %"],
        "Đã có kế hoạch": ["1 / 5", "20 %"],
        "Không thuộc thẩm quyền": ["0 / 5", "0 %"],
        "Từ chối": ["2 / 5", "40 %"],
        "Trùng hồ sơ khác": ["0 / 5", "0 %"],
        "Không cần xử lý thêm": ["0 / 5", "0 %"],
    }
    told = facts(minh, "facts")
    assert told["Đúng hạn"][:2] == ["4 / 6", "67 %"]
    assert told["Người dân không đồng ý"][:2] == ["2 / 7", "29 %"]
    assert told["Khép lại dưới 10 phút"][:2] == ["0 / 7", "0 %"]
    assert minh.text.count('class="measures__how"') == len(told) == 10


async def test_the_period_before_stands_beside_this_one(desk: StaffDesk) -> None:
    """Of four cases no share is reckoned: it would say little, and might point at somebody."""
    for _ in range(5):
        await ends(desk, await desk.case(), Outcome.DONE)
    desk.clock.passes(days=30)
    for _ in range(4):
        await ends(desk, await desk.case(), Outcome.DONE, objections=1)
    minh = await desk.signed_in("minh")
    await minh.opens(PAGE)
    assert facts(minh, "outcomes")["Đã làm xong"] == ["4 / 4", "ít hồ sơ", "100 %"]
    assert facts(minh, "facts")["Người dân không đồng ý"] == ["4 / 8", "50 %", "0 %"]
    assert "kỳ trước: 5" in minh.text
    assert "20/10/2026 đến 18/11/2026" in minh.text


async def test_the_figures_are_downloaded_as_a_table(desk: StaffDesk) -> None:
    """The same numbers, the total last; for whoever may see the page, and of what they may see."""
    await ends(desk, await desk.case(), Outcome.REFUSED)
    await desk.case()
    await desk.case(ward=HOAN_KIEM)
    minh = await desk.signed_in("minh")
    await minh.opens(PAGE)
    [address] = re.findall(r'<a href="([^"]*)" data-testid="figures-csv"', minh.text)
    response = await minh.opens(unescape(address))
    assert response.headers["Content-Disposition"].startswith('attachment; filename="so-lieu_2026-')
    text = (await response.read()).decode("utf-8-sig")
    head, *lines = list(csv.reader(io.StringIO(text)))
    [ward, total] = [dict(zip(head, line, strict=True)) for line in lines]
    assert [ward[head[0]], total[head[0]]] == ["Phường Phú Thượng", "Tất cả"]
    assert {name: ward[name] for name in ("Đang chờ", "Đã nhận", "Từ chối", "Đã làm xong", "Đúng hạn")} == {
        **{"Đang chờ": "1", "Đã nhận": "2"},
        **{"Từ chối": "1", "Đã làm xong": "0", "Đúng hạn": "1"},
    }
    assert ward | {head[0]: ""} == total | {head[0]: ""}
