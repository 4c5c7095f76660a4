"""Why a case came to its ward: the notes of routing as an officer reads them."""

import re
from html import unescape

import pytest

from bot.domain.ward import Point
from bot.routing.routing import load_router
from storage.tables import cases
from tests.admin.desk import Browser, StaffDesk

# A note of the router for each form that it has; the first words of a message and a point that make it.
MESSAGES = (
    ("Ngõ 12 Thụy Khuê tối ba đêm nay", "đường, phố “Thụy Khuê”"),
    ("phường Bưởi rác nhiều", "“phường Bưởi (quận Tây Hồ)”"),
    ("đường Lạc Long Quân ngập", "có thể là: phường Tây Hồ, phường Phú Thượng"),
    ("ở quận Tây Hồ có chó thả rông", "quận, huyện cũ"),
    ("Trung Hòa và Cầu Giấy", "chia cho nhiều phường, xã"),
    ("Rác không ai dọn", "không nêu tên phường, xã nào"),
    ("Nhà tôi ở phường Bưởi, nhưng rác đổ ở phường Phú Thượng", "không phải nơi xảy ra việc"),
)


def told(browser: Browser) -> list[str]:
    found = re.search(r'data-testid="trace">.*?</details>', browser.text, re.DOTALL)
    assert found
    return [unescape(line) for line in re.findall(r"<li>([^<]*)</li>", found[0])]


async def note(desk: StaffDesk, case_id: int, *lines: str) -> None:
    async with desk.database._transaction() as connection:
        await connection.execute(cases.update().where(cases.c.id == case_id).values(routing_trace=list(lines)))
        await connection.commit()


async def test_every_note_of_the_router_is_told_in_words(sqlite_desk: StaffDesk) -> None:
    """Nothing of the router's own language is left on the page."""
    router = load_router()
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    for text, expected in MESSAGES:
        why = router.route(text).why
        assert why
        await note(sqlite_desk, case.id, *why)
        await minh.opens(f"/staff/cases/{case.code}")
        lines = told(minh)
        assert len(lines) == len(why)
        assert expected in " ".join(lines), lines
        assert not re.search(r"matched|passed over|words:|→|old name|street|current name|, part|, whole", " ".join(lines))


async def test_points_codes_and_choices_are_told_too(desk: StaffDesk) -> None:
    router = load_router()
    case, minh = await desk.case(), await desk.signed_in("minh")
    inside, outside = router.route("", Point(21.0895, 105.8101)).why, router.route("", Point(10.7, 106.6)).why
    preset = router.route("", preset=case.ward_code).why
    await note(
        desk, case.id, *inside, *outside, *preset, "chosen: 00070", "chosen: cannot tell", "point: near a border: x (3 m)"
    )
    await minh.opens(f"/staff/cases/{case.code}")
    lines = told(minh)
    for words in ("Vị trí được gửi nằm trong", "ngoài thành phố", "mã QR của phường Phú Thượng", "đã chọn phường Hoàn Kiếm"):
        assert words in " ".join(lines)
    assert lines[-2:] == ["Người dân chọn “không rõ” khi được hỏi phường, xã.", "Vị trí được gửi ở gần ranh giới: x (3 m)."]
    assert "21.08" not in minh.text.split('data-testid="trace"')[1].split("</details>")[0]


@pytest.mark.parametrize(
    "line", ["", "words:", "words: matched", "chosen: 99999", "chosen: <b>", "point: x", "sign: <i>", "→"]
)
async def test_a_note_of_another_time_is_shown_as_it_stands(sqlite_desk: StaffDesk, line: str) -> None:
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    await note(sqlite_desk, case.id, line)
    assert (await minh.opens(f"/staff/cases/{case.code}")).status == 200
    assert told(minh) == [line]


async def test_a_case_without_notes_says_so(sqlite_desk: StaffDesk) -> None:
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    assert minh.shows("desk_page_trace_none")
