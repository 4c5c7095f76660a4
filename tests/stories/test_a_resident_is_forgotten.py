"""Through the whole program: a contact is sealed and stands nowhere else, and who asks to be forgotten is."""

import pytest

from bot import app
from tests.dialogue.test_my_data_stories import grep_everywhere
from tests.stories.cast import City, OnTheWebChat, code_in

PHONE, WORDS = "0912 345 678", "hẻm bí mật số bảy"


@pytest.mark.parametrize("channel", ["telegram", "webchat"])
async def test_a_contact_is_sealed_and_a_resident_forgotten(city: City, channel: str) -> None:
    """Lan reports, leaves a number, gets her answer, and has everything erased: no table keeps her words or her number."""
    lan, minh = await city.resident(channel), await city.staff("minh", ward="00091")
    await lan.says(f"Rác ở {WORDS}, phường Phú Thượng")
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    await lan.presses("Để lại số liên hệ")
    await lan.presses("Tôi đồng ý")
    await lan.says(PHONE)
    await lan.hears("niêm phong số liên hệ")
    async with app.open_database(city.settings, beside_others=True) as database:
        assert await grep_everywhere(database, PHONE) == []
    await minh.closes(code, "done", "Đã dọn sạch.")
    await lan.hears("Đã dọn sạch")
    await lan.says("xóa dữ liệu của tôi")
    await lan.presses("Đồng ý xóa")
    if isinstance(lan, OnTheWebChat):
        lan.read = 0  # every line of before is gone from the page
    await lan.hears("Đã xóa dữ liệu của Bạn")
    async with app.open_database(city.settings, beside_others=True) as database:
        assert await grep_everywhere(database, PHONE, WORDS, "Đã dọn sạch") == []
    [row] = await city.exports()
    assert (row["code"], row["ward"], row["outcome"]) == (code, "00091", "done")
    await minh.opens_case(code)
    assert minh.status == 200
    assert "đã được xóa theo yêu cầu" in minh.html
