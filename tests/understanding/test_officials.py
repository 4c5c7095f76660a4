"""Whoever holds an office, and whatever is said of them: a misdeed is sensitive, praise and a call for help are not.

Titles and misdeeds are put together at random here, so that no rule for one sentence is enough.
"""

import unicodedata
from collections.abc import Callable

import pytest

from bot.understanding import understand_text

TITLES = [
    "chủ tịch phường",
    "phó chủ tịch xã",
    "ông bí thư",
    "cán bộ tư pháp",
    "công an phường",
    "cảnh sát khu vực",
    "tổ trưởng dân phố",
    "anh địa chính",
    "chị ở bộ phận một cửa",
    "bảo vệ dân phố",
    "đội trật tự",
    "đoàn kiểm tra xây dựng",
    "cô văn thư",
    "ông trưởng thôn",
    "nhân viên tiếp dân",
    "bà kế toán xã",
    "trưởng trạm y tế",
    "ông phó phòng",
    "người trực ở ủy ban",
    "dân quân",
]
MISDEEDS = [
    "quát tháo mẹ tôi",
    "nói năng hỗn láo với dân",
    "bắt tôi chờ ba tiếng rồi bỏ về",
    "cầm phong bì của chủ quán",
    "gợi ý tôi biếu quà",
    "lướt điện thoại mặc kệ dân xếp hàng",
    "chưa bao giờ trả lời đơn của xóm",
    "ngủ gật trong giờ làm",
    "mùi rượu nồng nặc khi làm việc",
    "lấy xe cơ quan đi chơi",
    "thu tiền không biên lai",
    "bao che cho người nhà xây trái phép",
    "dọa sẽ cho tôi biết tay",
    "ném giấy tờ vào mặt bố tôi",
    "đòi hai triệu mới ký",
    "phân biệt đối xử với người thuê trọ",
    "cười mỉa khi tôi trình bày",
    "làm mất hồ sơ của tôi",
    "đùn đẩy cho nhau",
    "đánh bạc trong trụ sở",
]
PRAISES = [
    "rất tận tình, xin cảm ơn",
    "giúp mẹ tôi làm giấy tờ tại nhà, quý lắm",
    "nhẹ nhàng và kiên nhẫn, đáng khen",
    "làm nhanh gọn, dân hài lòng",
]
CALLS = [
    "Nhờ {} nhắc quán karaoke ồn ào",
    "Đề nghị {} xử lý xe đỗ vỉa hè",
    "Mong {} cho lắp thêm đèn đường",
    "Báo {} giúp có người đổ rác trộm",
]


def without_marks(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def share_sensitive(texts: list[str]) -> float:
    return sum(understand_text(text).is_sensitive for text in texts) / len(texts)


@pytest.mark.parametrize("typed", [str, without_marks])
def test_a_misdeed_of_any_official_is_sensitive(typed: Callable[[str], str]) -> None:
    assert share_sensitive([typed(f"{title} {misdeed}") for title in TITLES for misdeed in MISDEEDS]) >= 0.99


@pytest.mark.parametrize("typed", [str, without_marks])
def test_praise_of_any_official_hardly_ever_is(typed: Callable[[str], str]) -> None:
    assert share_sensitive([typed(f"{title} {praise}") for title in TITLES for praise in PRAISES]) <= 0.05


@pytest.mark.parametrize(("typed", "most"), [(str, 0.05), (without_marks, 0.2)])
def test_calling_upon_an_official_is_seldom(typed: Callable[[str], str], most: float) -> None:
    """Without marks "bao" may be "báo" (tell him) or "bảo" (he says); there the doubt goes to the careful side."""
    assert share_sensitive([typed(call.format(title)) for title in TITLES for call in CALLS]) <= most


@pytest.mark.parametrize(
    "text",
    ["Báo chủ tịch phường tổ trưởng dân phố chửi dân", "Đề nghị công an phường xử lý cán bộ địa chính đòi tiền"],
)
def test_who_is_told_does_not_hide_who_is_accused(text: str) -> None:
    assert understand_text(text).is_sensitive
