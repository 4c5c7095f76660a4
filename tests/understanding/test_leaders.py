"""A report about those who lead the ward is told apart: they would read it on the ward's restricted desk."""

import pytest

from bot.understanding import understand_text


@pytest.mark.parametrize(
    "text",
    [
        "Ông chủ tịch phường nhận tiền của chủ đầu tư",
        "ong pho chu tich xa quat dan trong cuoc hop",
        "Bà bí thư đảng ủy bao che cho cháu ruột xây trái phép",
        "pct phường say rượu lúc tiếp dân",
        "Lãnh đạo phường làm ngơ khi dân bị đòi tiền",
        "The ward chairman asked me for an envelope",
        "Our vice chairwoman shouted at an old man",
        "Đề nghị xem lại thái độ của chủ tịch phường, ông ấy quát dân",
    ],
)
def test_the_wards_own_head_is_spoken_of(text: str) -> None:
    found = understand_text(text)
    assert (found.is_sensitive, found.about_leader) == (True, True)


@pytest.mark.parametrize(
    "text",
    [
        "Cán bộ địa chính vòi tiền tôi",
        "Kính gửi chủ tịch phường, cán bộ một cửa quát mẹ tôi",
        "Bà chủ tịch hội phụ nữ ăn chặn tiền quỹ",
        "Ông bí thư chi bộ thôn chửi dân",
        "The clerk was rude to my mother",
    ],
)
def test_others_are_not(text: str) -> None:
    found = understand_text(text)
    assert (found.is_sensitive, found.about_leader) == (True, False)
