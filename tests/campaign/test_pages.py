"""The ledger's pages: what an officer enters, what is asked back, who decides, and what nobody else can do or see."""

import re
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import pytest

from bot.domain.case import CaseKind
from bot.domain.ledger import CodeOf, EntryKind, NewBoard, NewEntry, NewPraise, Source
from bot.domain.people import WARD_ROLES, Role, StaffId
from bot.domain.rights import Right, may
from bot.domain.ward import WardCode
from bot.ports import Viewer
from bot.web import keys
from storage.tables import praises
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, Browser, StaffDesk
from tests.admin.test_files import photo
from tests.admin.test_matrix import ON_THE_LEDGER, ask

HOME = "/staff/campaign"
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def count(browser: Browser, testid: str) -> int:
    return browser.text.count(f'data-testid="{testid}"')


def typed(browser: Browser, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', browser.text)
    assert found, f"no field {name}"
    return unescape(found[1])


async def test_a_board_is_put_up_looked_at_and_mended(sqlite_desk: StaffDesk) -> None:
    """Minh enters a board; three months later it is due; one tap says that it is good; a photo shows that it was mended."""
    minh = await sqlite_desk.signed_in("minh")
    await minh.opens(HOME)
    assert count(minh, "ledger-empty") == 1
    await minh.opens(f"{HOME}/boards")
    assert count(minh, "boards-none") == 1
    refused = await minh.submits("board-form", place="", spot="dưới gốc đa", code="public", day="2027-01-01")
    assert refused.status == 400
    assert {f'data-testid="trouble-{name}"' in minh.text for name in ("place", "spot", "day")} == {True}
    assert typed(minh, "spot") == "dưới gốc đa"
    entered = await minh.submits(
        "board-form", place="<b>Cổng chợ</b>", spot="21.0895, 105.8101", code="public", day="2026-11-01"
    )
    assert entered.status == 303
    await minh.opens(f"{HOME}/boards")
    assert "&lt;b&gt;Cổng chợ&lt;/b&gt;" in minh.text
    assert (count(minh, "board-row"), count(minh, "board-due"), count(minh, "boards-map")) == (1, 0, 1)
    sqlite_desk.clock.passes(days=90)
    minh = await again(sqlite_desk, "minh")
    await minh.opens(HOME)
    assert count(minh, "due-boards") == 1
    await minh.opens(f"{HOME}/boards")
    assert count(minh, "board-due") == 1
    action, hidden = minh.form("board-good-form")
    assert (await minh.posts(action, hidden | {"quick": "good"})).status == 303
    assert (await minh.posts(action, hidden | {"quick": "good"})).status == 409, "it was seen meanwhile"
    await minh.opens(f"{HOME}/boards/1")
    done = await minh.submits(
        "board-look-form", condition="good", is_repair="yes", note="Thay khung", files={"b.jpg": photo()}
    )
    assert done.status == 303
    await minh.opens(f"{HOME}/boards/1")
    assert count(minh, "board-check") == 3
    small = re.search(rf'src="({HOME}/boards/1/photos/\d+/small)"', minh.text)
    assert small
    assert (await minh.opens(small[1])).content_type == "image/jpeg"
    await minh.opens(f"{HOME}/boards/1")
    bad = await minh.submits("board-look-form", condition="good", files={"b.jpg": b"<script>"})
    assert bad.status == 400
    assert count(minh, "trouble-photo") == 1
    assert (await minh.submits("board-change-form", place="Cổng chợ", code="public", removed="2027-02-01")).status == 303
    await minh.opens(f"{HOME}/boards")
    assert count(minh, "board-row") == 0


async def again(desk: StaffDesk, username: str) -> Browser:
    """Their session ended meanwhile."""
    browser = await desk.browser()
    browser.client.session.cookie_jar.update_cookies(await desk.session_of(username), desk.server.make_url("/"))
    return browser


async def test_a_number_that_cannot_be_is_asked_back_and_kept_as_they_say(sqlite_desk: StaffDesk) -> None:
    """The seed's leaflets: read with their dots, doubted, and entered once Minh says that it is right."""
    minh, tu = await sqlite_desk.signed_in("minh"), await sqlite_desk.signed_in("tu", Role.INSPECTOR, None)
    await minh.opens(f"{HOME}/entries?kind=leaflets")
    assert (await minh.submits("entry-form", number="1,5", day="2026-05-04", words="Chợ")).status == 400
    assert minh.shows("campaign_number_comma")
    assert (typed(minh, "number"), count(minh, "entry-sure")) == ("1,5", 0)
    assert (await minh.submits("entry-form", number="16.890.000", day="2026-05-04", words="Chợ")).status == 400
    assert minh.shows("doubt_leaflets_many")
    assert (typed(minh, "number"), count(minh, "entry-sure")) == ("16.890.000", 1)
    assert (await minh.submits("entry-form", number="16.890.000", day="2026-05-04", words="Chợ", sure="yes")).status == 303
    await minh.opens(f"{HOME}/entries?kind=leaflets")
    assert (count(minh, "entry-row"), count(minh, "entry-doubt")) == (1, 1)
    assert "Minh xác nhận là đúng" in minh.text
    viewer = Viewer.of(await sqlite_desk.member("tu"))
    zone = sqlite_desk.server.app[keys.SETTINGS].zone
    async with sqlite_desk.database.reading() as uow:
        counted = await uow.campaign.figures(viewer, PHU_THUONG, *YEAR, zone=zone)
    assert (counted.leaflets, counted.doubtful) == (16_890_000, ("doubt_leaflets_many",))
    await minh.opens(HOME)
    assert "<b>16.890.000</b>" in minh.text
    await minh.opens(f"{HOME}/entries?kind=leaflets")
    await tu.opens("/staff/audit")
    assert tu.shows("audit_ledger_entered")
    token = minh.form("logout-form")[1]
    assert (await minh.submits("entry-strike-form")).status == 303
    assert (await minh.posts(f"{HOME}/entries/1/strike", token)).status == 409
    async with sqlite_desk.database.reading() as uow:
        assert (await uow.campaign.figures(viewer, None, *YEAR, zone=zone)).leaflets == 0


async def test_seminars_reach_every_group_once_and_meetings_show_the_months_without(sqlite_desk: StaffDesk) -> None:
    minh = await sqlite_desk.signed_in("minh")
    await minh.opens(f"{HOME}/groups")
    assert count(minh, "groups-none") == 1
    lines = "Tổ dân phố số 1\n  Tổ dân phố  số 2 \n\nTổ dân phố số 1\n• Thôn Đông"
    assert (await minh.submits("groups-form", lines=lines)).status == 303
    await minh.opens(f"{HOME}/groups")
    assert count(minh, "group-row") == 3
    for day, group in (("2026-03-01", "1"), ("2026-04-01", "1"), ("2026-05-01", "2")):
        await minh.opens(f"{HOME}/entries?kind=seminar")
        told: dict[str, Any] = {"number": "40", "day": day, f"group-{group}": "1"}
        assert (await minh.submits("entry-form", **told)).status == 303
    await minh.opens(f"{HOME}/entries?kind=seminar")
    stranger: dict[str, Any] = {"number": "40", "group-99": "1"}
    refused = await minh.submits("entry-form", **stranger)
    assert refused.status == 400
    await minh.opens(f"{HOME}/groups")
    assert "Đã đến 2 trên 3 tổ, thôn (66%)" in minh.text
    await minh.opens(f"{HOME}/entries?kind=meeting")
    assert (await minh.submits("entry-form", number="1", day="2026-02-05")).status == 303
    await minh.opens(f"{HOME}/entries?kind=meeting")
    [months] = re.findall(r'data-testid="meeting-months">(.*?)</p>', minh.text)
    assert (months.count("✓"), months.count("chưa họp")) == (1, 10), "January to November, without February"
    await minh.opens(HOME)
    assert {count(minh, testid) for testid in ("due-months", "due-groups")} == {1}


async def test_who_is_praised_is_named_only_while_they_agree_and_never_decides(sqlite_desk: StaffDesk) -> None:
    """Hoa, who leads the ward, is praised: she may not decide. Once she takes her consent back no row has her name."""
    minh, hoa = await sqlite_desk.signed_in("minh"), await sqlite_desk.signed_in("hoa", Role.WARD_LEADER)
    boss = await sqlite_desk.signed_in("boss", Role.WARD_LEADER)
    await minh.opens(f"{HOME}/praises")
    told: dict[str, Any] = {
        "name": "Bà Hoa",
        "deed": "Bà Hoa trả lại ví",
        "source": "counter",
        "submitter": "Ông Ba",
        "is_essay": "yes",
    }
    assert (await minh.submits("praise-form", **told)).status == 303
    await minh.opens(f"{HOME}/praises/1")
    assert (await minh.submits("praise-whom-form", **told, is_listed="yes")).status == 303
    await minh.opens(f"{HOME}/praises/1")
    assert count(minh, "praise-decide-form") == 0
    decision: dict[str, Any] = {"outcome": "commended", "reason": "Việc làm đẹp của Bà Hoa", "version": "2"}
    token = minh.form("logout-form")[1]
    assert (await minh.posts(f"{HOME}/praises/1/decision", token | decision)).status == 403
    await hoa.opens(f"{HOME}/praises/1")
    assert (await hoa.submits("praise-decide-form", **decision)).status == 400
    assert hoa.shows("praise_not_impartial")
    await boss.opens(f"{HOME}/praises/1")
    assert (await boss.submits("praise-decide-form", **decision | {"reason": ""})).status == 400
    assert (await boss.submits("praise-decide-form", **decision)).status == 303
    assert await named(sqlite_desk) == []
    await minh.opens(f"{HOME}/praises/1")
    assert (await minh.submits("praise-consent-form", consent="given", how="Gặp tại nhà văn hóa")).status == 303
    assert await named(sqlite_desk) == ["Bà Hoa"]
    await minh.opens(f"{HOME}/praises/1")
    assert (await minh.submits("praise-consent-form", consent="withdrawn", how="Bà Hoa gọi điện")).status == 303
    assert await named(sqlite_desk) == []
    for page in (HOME, f"{HOME}/praises", f"{HOME}/praises/1"):
        await minh.opens(page)
        assert "Bà Hoa" not in minh.text, page
    async with sqlite_desk.database._transaction() as connection:
        rows = (await connection.execute(praises.select())).all()
    assert "Hoa" not in str(rows), "without keys one sees what is kept"


async def named(desk: StaffDesk) -> list[str]:
    viewer = Viewer.of(await desk.member("minh"))
    async with desk.database.reading() as uow:
        counted = await uow.campaign.figures(viewer, None, *YEAR, zone=desk.server.app[keys.SETTINGS].zone)
    assert counted.commended_people == 1
    return [one.name for one in counted.commended]


@pytest.mark.parametrize("role", list(Role))
async def test_one_thing_of_a_ledger_is_there_for_its_ward_and_the_city_alone(sqlite_desk: StaffDesk, role: Role) -> None:
    """Read with the dashboard's right, changed with the ledger's in its own ward; of another ward there is no such thing."""
    someone = await sqlite_desk.signed_in("someone", role)
    minh = await sqlite_desk.staff("minh")
    wrong = []
    for ward in (PHU_THUONG, HOAN_KIEM):
        number = await there_is(sqlite_desk, ward, minh.id)
        is_own = role not in WARD_ROLES or ward == PHU_THUONG
        await someone.opens("/staff/rights")
        fields = someone.form("logout-form")[1] | {"version": "0", "ward": ward}
        for method, path in sorted(ON_THE_LEDGER):
            address = path.replace("{id}", str(number)).replace("{check}", "99")
            status = await ask(someone, method, address, fields)
            right = Right.DASHBOARD if method == "GET" else Right.COMMEND if path.endswith("/decision") else Right.LEDGER
            is_open = may(role, right) and is_own
            allowed = {200, 303, 400, 409} if is_open else {403, 404, 409}
            if "/photos/" in path:
                allowed = {404}
            if status not in allowed:
                wrong.append((ward, method, path, status))
        if role in WARD_ROLES and not is_own:
            assert await untouched(sqlite_desk, ward, number)
    assert wrong == []


async def there_is(desk: StaffDesk, ward: WardCode, staff_id: StaffId) -> int:
    """A board, an entry, a group and a submission of that ward, all with the same number."""
    day = date(2026, 11, 1)
    async with desk.database.begin() as uow:
        board = NewBoard(ward_code=ward, code=CodeOf.PUBLIC, place="Chợ", point=None, posted_on=day, due_on=day)
        number = await uow.boards.add(board, staff_id=staff_id, now=desk.clock.now())
        entry = NewEntry(ward_code=ward, kind=EntryKind.RADIO, day=day, code=CodeOf.BOTH, number=3)
        assert await uow.ledger.add(entry, doubts=[], staff_id=staff_id, now=desk.clock.now()) == number
        await uow.ledger.add_groups(ward, ["Tổ 1"])
        praise = NewPraise(ward_code=ward, name="Lan", is_group=False, deed="x", source=Source.STAFF, day=day)
        assert await uow.praises.add(praise) == number
        await uow.commit()
    return number


async def untouched(desk: StaffDesk, ward: WardCode, number: int) -> bool:
    viewer = replace(Viewer.of(await desk.member("minh")), role=Role.INSPECTOR, ward_code=None)
    async with desk.database.reading() as uow:
        board, entry = await uow.boards.get(viewer, number), await uow.ledger.get(viewer, number)
        groups = await uow.ledger.groups(ward, first=YEAR[0], last=YEAR[1])
    return board is not None and board.version == 1 and entry is not None and len(groups) == 1


async def test_the_city_reads_every_ward_and_enters_nothing(sqlite_desk: StaffDesk) -> None:
    minh = await sqlite_desk.staff("minh")
    await there_is(sqlite_desk, PHU_THUONG, minh.id)
    await there_is(sqlite_desk, HOAN_KIEM, minh.id)
    city, officer = await sqlite_desk.signed_in("city", Role.CITY_COORDINATOR), await again(sqlite_desk, "minh")
    for path, testid in (("boards", "board-row"), ("entries?kind=radio", "entry-row"), ("praises", "praise-row")):
        await city.opens(f"{HOME}/{path}")
        assert count(city, testid) == 2, path
        assert 'method="post" action="/staff/campaign' not in city.text
        more = "&" if "?" in path else "?"
        await city.opens(f"{HOME}/{path}{more}ward={HOAN_KIEM}")
        assert count(city, testid) == 1, path
        await officer.opens(f"{HOME}/{path}{more}ward={HOAN_KIEM}")
        assert count(officer, testid) == 1, "their own, whatever they ask for"
        assert "Hoàn Kiếm" not in officer.text
    await city.opens(f"{HOME}/groups?ward={HOAN_KIEM}")
    assert count(city, "group-row") == 1


async def test_a_case_is_tied_to_a_board_on_its_page(sqlite_desk: StaffDesk) -> None:
    minh = await sqlite_desk.signed_in("minh")
    member = await sqlite_desk.member("minh")
    number = await there_is(sqlite_desk, PHU_THUONG, member.id)
    other = await there_is(sqlite_desk, HOAN_KIEM, member.id)
    case = await sqlite_desk.case("Bảng quy tắc ở chợ bị rách", kind=CaseKind.PANEL)
    async with sqlite_desk.database.begin() as uow:
        await uow.boards.came_from(case.id, number, sqlite_desk.clock.now())
        await uow.commit()
    page = f"/staff/cases/{case.code}"
    await minh.opens(page)
    assert count(minh, "case-board-from") == 1
    assert (await minh.submits("case-board-form", board=str(other))).status == 400, "not a board of theirs"
    assert (await minh.submits("case-board-form", board=str(number))).status == 303
    await minh.opens(page)
    assert count(minh, "case-board-about") == 1
    await minh.opens(f"{HOME}/boards/{number}")
    assert minh.text.count(f'href="{page}"') == 2
    await minh.opens(page)
    assert (await minh.submits("case-board-form", board="")).status == 303
    await minh.opens(page)
    assert (count(minh, "case-board-about"), count(minh, "case-board-from")) == (0, 1)
