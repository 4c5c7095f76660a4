"""Posters at the desk: a ward's staff print their own boards' codes, and the code leads to the chat of that board."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from bot.bell import Bell
from bot.domain.ledger import CodeOf, NewBoard
from bot.domain.people import Role, StaffId
from bot.domain.ward import WardCode
from bot.papers.posters import Size
from bot.web import keys
from storage import Database
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, StaffDesk, open_desk
from tests.papers.test_posters import codes_of_pdf, codes_of_svg

POSTERS = "/staff/reports/posters"
DAY = date(2026, 11, 1)


@pytest.fixture
async def public_desk(sqlite_database: Database, bell: Bell) -> AsyncIterator[StaffDesk]:
    """A desk whose pages residents can find."""
    async with open_desk(sqlite_database, bell, public_url="http://gopy.example.vn") as opened:
        yield opened


async def hang(desk: StaffDesk, ward: WardCode, place: str, by: StaffId) -> int:
    async with desk.database.begin() as uow:
        new = NewBoard(ward_code=ward, code=CodeOf.PUBLIC, place=place, point=None, posted_on=DAY, due_on=DAY)
        number = await uow.boards.add(new, staff_id=by, now=desk.clock.now())
        await uow.commit()
    return number


async def test_a_ward_prints_its_own_boards(public_desk: StaffDesk) -> None:
    """Minh sees his ward's boards and no other's; each code says which board it hangs on."""
    minh = await public_desk.signed_in("minh", Role.WARD_OFFICER)
    by = (await public_desk.member("minh")).id
    first = await hang(public_desk, PHU_THUONG, "Cổng <b>chợ</b>", by)
    second = await hang(public_desk, PHU_THUONG, "Nhà văn hóa", by)
    other = await hang(public_desk, HOAN_KIEM, "Bờ hồ", by)
    await minh.opens(f"{POSTERS}?ward={HOAN_KIEM}")
    assert "Cổng &lt;b&gt;chợ&lt;/b&gt;" in minh.text
    assert "Bờ hồ" not in minh.text
    address = f"{POSTERS}/file?board={first}&board={second}&board={other}&ward={HOAN_KIEM}"
    answer = await minh.opens(address)
    assert (answer.status, answer.content_type) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="poster-00091.pdf"'
    assert [code.text for code in codes_of_pdf(await answer.read())] == [
        f"http://gopy.example.vn/chat?ward=00091&board={first}",
        f"http://gopy.example.vn/chat?ward=00091&board={second}",
    ]
    answer = await minh.opens(f"{POSTERS}/file?board=all&sheet=yes&size=a3")
    assert len(codes_of_pdf(await answer.read())) == 2


async def test_a_poster_without_a_board_is_the_wards(public_desk: StaffDesk) -> None:
    """As SVG, with a place that is not on the list; whatever the address holds, it is a poster or says what is wrong."""
    city = await public_desk.signed_in("city", Role.CITY_COORDINATOR)
    answer = await city.opens(f"{POSTERS}/file?ward={HOAN_KIEM}&form=svg&place=%23panic(1)%00&desk=%F0%9F%92%A9")
    assert answer.content_type == "image/svg+xml"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    [code] = codes_of_svg(await answer.read(), Size.A4)
    assert code.text == "http://gopy.example.vn/chat?ward=00070"
    public_desk.server.app[keys.WAYS_IN].zalo_url = "https://zalo.me/4242"
    answer = await city.opens(f"{POSTERS}/file?ward={HOAN_KIEM}&form=svg")
    assert [one.text for one in codes_of_svg(await answer.read(), Size.A4)] == [code.text, "https://zalo.me/4242"]
    for odd in ("ward=x&board=9999999999999999999999&size=a9&form=exe", "board=%27&place=" + "x" * 3000, "ward=%ff&sheet=2"):
        assert (await city.opens(f"{POSTERS}/file?{odd}")).status == 200
        assert (await city.opens(f"{POSTERS}?{odd}")).status == 200


async def test_without_an_address_the_page_says_what_is_missing(sqlite_desk: StaffDesk) -> None:
    minh = await sqlite_desk.signed_in("minh", Role.WARD_OFFICER)
    await minh.opens(POSTERS)
    assert minh.shows("posters_no_address")
    assert (await minh.opens(f"{POSTERS}/file")).status == 303


@pytest.mark.parametrize(
    ("typed", "leads_to"),
    [
        ("00091", "/chat?ward=00091"),
        ("00091-17", "/chat?ward=00091&board=17"),
        ("00091.17", "/chat?ward=00091&board=17"),
        ("00091-", "/chat"),
        ("//evil.example", "/chat"),
        ("٠٠٠٩١", "/chat"),
    ],
)
async def test_the_short_address_leads_to_the_chat_of_the_place(sqlite_desk: StaffDesk, typed: str, leads_to: str) -> None:
    """Whoever has no camera types it; what is mistyped leads to the chat all the same."""
    nobody = await sqlite_desk.browser()
    answer = await nobody.opens(f"/p/{typed}")
    assert answer.status in (302, 404)
    assert answer.headers.get("Location", "/chat") == leads_to
