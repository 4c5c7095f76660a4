"""The contest *người tốt, việc tốt* and a board's QR code, through the whole program."""

import re

from bot.domain.people import Role
from tests.stories.cast import City, code_in

TOLD = "Khen bác Hoa bán nước ở chợ, phường Phú Thượng, đã nhặt được ví và trả lại cho bà cụ"
LEDGER = "/staff/campaign"


async def test_a_good_deed_told_in_the_chat_is_commended_and_its_teller_hears_of_it(small_city: City) -> None:
    """Lan reads a board's code, tells of Hoa in one message and enters it with one tap; Minh asks Hoa; the chief decides."""
    minh, chief = await small_city.staff("minh"), await small_city.staff("chief", role=Role.WARD_LEADER)
    await minh.opens(f"{LEDGER}/boards")
    await minh.fills("board-form", place="Cổng chợ", code="public")
    board = re.search(rf'href="{LEDGER}/boards/(\d+)"', await minh.opens(f"{LEDGER}/boards"))
    assert board
    lan = await small_city.webchat(f"/chat?ward=00091&board={board[1]}")
    await lan.says(TOLD)
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    assert f"/staff/cases/{code}" in await minh.opens(f"{LEDGER}/boards/{board[1]}"), "it came through that board"
    await lan.presses("Gửi dự thi Người tốt, việc tốt")
    await lan.hears("Đã gửi dự thi")

    entered = re.search(rf'href="({LEDGER}/praises/\d+)"', await minh.opens(f"{LEDGER}/praises"))
    assert entered
    assert f"/staff/cases/{code}" in await minh.opens(entered[1])
    await minh.fills("praise-whom-form", name="Bác Nguyễn Thị Hoa", deed="Trả lại ví nhặt được", is_listed="yes")
    await minh.opens(entered[1])
    await minh.fills("praise-consent-form", consent="given", how="Gặp tại chợ")
    assert "praise-decide-form" not in await minh.opens(entered[1])

    await chief.opens(entered[1])
    await chief.fills("praise-decide-form", outcome="commended", reason="Việc làm đẹp", answer="Mời Bạn dự lễ trao ngày 20.")
    heard = await lan.hears("quyết định biểu dương")
    assert code in heard
    assert "Mời Bạn dự lễ" in heard
    assert "Hoa" not in heard, "nobody is named by itself"
    assert "được biểu dương" in await minh.opens(entered[1])
