"""The audit trail is read by those who watch, without content, and tells of no case that its reader may not know of."""

import re
from html import unescape

from bot.domain.case import CaseCode
from bot.domain.people import Role
from bot.domain.staffing import Exclusion, Why
from tests.admin.desk import HOAN_KIEM, Browser, StaffDesk

PAGE = "/staff/audit"


def lines(browser: Browser) -> list[list[str]]:
    """Who, what, about what; newest first."""
    rows = re.findall(r'<tr data-testid="audit-row">(.*?)</tr>', browser.text, re.DOTALL)
    return [[unescape(cell) for cell in re.findall(r"<td>([^<]*)", row)[1:3]] for row in rows]


async def answers(desk: StaffDesk, name: str, text: str, ward: str | None = None) -> str:
    """Somebody of a ward answers a case of it; returns the code."""
    officer = await desk.signed_in(name) if ward is None else await desk.signed_in(name, ward=HOAN_KIEM)
    case = await desk.case() if ward is None else await desk.case(ward=HOAN_KIEM)
    await officer.opens(f"/staff/cases/{case.code}")
    assert (await officer.submits("reply-form", text=text)).status == 303
    return case.code


async def test_an_inspector_reads_all_and_a_leader_the_own_wards(desk: StaffDesk) -> None:
    own = await answers(desk, "minh", "Tổ điện sẽ đến sáng mai.")
    other = await answers(desk, "khanh", "Đã ghi nhận.", HOAN_KIEM)
    inspector, leader = await desk.signed_in("tra", Role.INSPECTOR), await desk.signed_in("hien", Role.WARD_LEADER)
    await inspector.opens(PAGE)
    assert ["Minh", "Trả lời"] in lines(inspector)
    assert own in inspector.text
    assert other in inspector.text
    await leader.opens(PAGE)
    assert ["Minh", "Trả lời"] in lines(leader)
    assert own in leader.text
    assert other not in leader.text
    assert "Khanh" not in leader.text
    for page in (inspector, leader):
        assert "Tổ điện" not in page.text
        assert "<form" not in page.text.partition("<main")[2].partition("</main>")[0]


async def test_a_case_one_is_barred_from_is_not_in_the_trail(desk: StaffDesk) -> None:
    code = await answers(desk, "minh", "Đã ghi nhận.")
    leader = await desk.signed_in("hien", Role.WARD_LEADER)
    await leader.opens(PAGE)
    assert code in leader.text
    async with desk.database.begin() as uow:
        case = await uow.cases.by_code(CaseCode(code))
        assert case
        hien = (await desk.member("hien")).id
        await uow.exclusions.add([Exclusion(case_id=case.id, staff_id=hien, why=Why.ACCUSED)])
        await uow.commit()
    await leader.opens(PAGE)
    assert code not in leader.text
    assert ["Minh", "Đăng nhập"] in lines(leader)


async def test_the_trail_goes_on_page_by_page_and_is_nobody_elses(sqlite_desk: StaffDesk) -> None:
    inspector = await sqlite_desk.signed_in("tra", Role.INSPECTOR)
    async with sqlite_desk.database.begin() as uow:
        for number in range(120):
            await uow.audit.record(action="nonsense", now=sqlite_desk.clock.now(), subject=f"<b>{number}")
        await uow.commit()
    seen: list[str] = []
    path = PAGE
    while path:
        await inspector.opens(path)
        seen += re.findall(r"&lt;b&gt;(\d+)", inspector.text)
        found = re.search(r'href="([^"]+)" data-testid="older"', inspector.text)
        path = found[1] if found else ""
    assert seen == [str(number) for number in reversed(range(120))]
    for bad in ("x", "-1", "9" * 99, "%00"):
        assert (await inspector.opens(f"{PAGE}?before={bad}")).status == 200
    for role in (Role.WARD_OFFICER, Role.RESTRICTED_OFFICER, Role.CITY_COORDINATOR, Role.OPERATOR):
        browser = await sqlite_desk.signed_in(role.value, role)
        assert (await browser.opens(PAGE)).status == 403


async def test_what_was_done_is_told_in_words(sqlite_desk: StaffDesk) -> None:
    """Roles, wards, days and outcomes as people call them; what nobody has a word for yet, as it was recorded."""
    inspector = await sqlite_desk.signed_in("tra", Role.INSPECTOR)
    now = sqlite_desk.clock.now()
    recorded: list[dict[str, object]] = [
        {
            "before": {"role": "ward_officer", "ward": HOAN_KIEM},
            "after": {"role": "inspector", "ward": "", "unit": "police"},
        },
        {"ward": "00000", "desk": "restricted", "outcome": "done", "text": "không ai đọc được câu này"},
        {"deputy": "lan", "from": "2026-11-20", "until": "<mai>"},
        {"before": {"working_days": 7, "is_worked": True}, "after": {"working_days": None, "is_active": False}},
        {"role": "wizard"},
    ]
    async with sqlite_desk.database.begin() as uow:
        for details in recorded:
            await uow.audit.record(action="nonsense", now=now, details=details)
        await uow.commit()
    await inspector.opens(PAGE)
    told = re.findall(r"<td class=.words.>((?:(?!<td).)*)</td></tr>", inspector.text)[:5]
    assert [unescape(cell) for cell in reversed(told)] == [
        "<del>Cán bộ phường, xã · Phường Hoàn Kiếm</del> → Thanh tra · Công an",
        "00000 · Bàn hạn chế · đã giải quyết xong",
        "người thay: lan · từ ngày 20/11/2026 · đến hết ngày <mai>",
        "<del>Làm việc · 7 ngày làm việc</del> → Đã cất",
        "role=wizard",
    ]
    assert "không ai đọc được" not in inspector.text
