"""A report about an official, from the chat to the desks: who reads it, and who never does."""

import pytest

from bot.domain.people import Role
from tests.stories.cast import City, code_in


@pytest.mark.parametrize("channel", ["telegram", "webchat"])
async def test_what_a_resident_calls_a_suggestion_is_still_read_by_those_named_for_it(city: City, channel: str) -> None:
    """Lan changes the kind on the card; Minh of the general desk sees nothing of it, Chi of the restricted desk does."""
    lan = await city.resident(channel)
    minh = await city.staff("minh", ward="00091")
    chi = await city.staff("chi", ward="00091", role=Role.RESTRICTED_OFFICER)
    await lan.says("Cán bộ một cửa phường Phú Thượng quát mắng tôi")
    card = await lan.hears("Ứng xử của cán bộ")
    assert "Chỉ cán bộ được giao riêng ở phường Phú Thượng mới đọc được" in card
    assert ("Telegram vẫn lưu tin nhắn" in card) == (channel == "telegram")
    await lan.presses("Đổi loại")
    await lan.hears("thuộc loại nào")
    await lan.says("góp ý")
    assert "🔒" in await lan.hears("Góp ý, kiến nghị")
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    assert await minh.sees_waiting() == []
    assert await chi.sees_waiting() == [code]


async def test_what_is_about_the_wards_leaders_goes_past_the_ward(small_city: City) -> None:
    """On the web chat, by words alone, and anonymously."""
    lan = await small_city.resident("webchat")
    chi = await small_city.staff("chi", ward="00091", role=Role.RESTRICTED_OFFICER)
    binh = await small_city.staff("binh", ward=None, role=Role.CITY_COORDINATOR)
    await lan.says("Chủ tịch phường Phú Thượng đòi tôi phong bì")
    assert "kể cả lãnh đạo" in await lan.hears("thành phố (việc ở phường Phú Thượng)")
    await lan.says("bật ẩn danh")
    await lan.hears("Ẩn danh: có")
    await lan.says("1")
    code = code_in(await lan.hears("Mã hồ sơ"))
    assert await chi.sees_waiting() == []
    assert await binh.sees_waiting() == [code]


async def test_in_danger_the_number_comes_first_and_the_message_is_kept(small_city: City) -> None:
    lan, minh = await small_city.resident("telegram"), await small_city.staff("minh", ward="00091")
    await lan.says("Cháy to ở ngõ 12 phường Phú Thượng, có người kẹt bên trong!")
    assert "gọi ngay 114" in await lan.hears("🚨")
    await lan.hears("Việc khẩn cấp")
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    assert await minh.sees_waiting() == [code]
