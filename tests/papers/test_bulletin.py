"""A bulletin is heard once: two to four minutes, short sentences, nothing but words, and nothing that points at anybody."""

import random
import re
from datetime import date

import pytest

from bot.domain.bulletin import Tally
from bot.domain.people import Language
from bot.papers.bulletin import FEWEST, MOST, BulletinFacts, Story, minutes, write_bulletin
from bot.papers.bulletin_stories import MOST_OF_A_SENTENCE, points_at_nobody, tellable
from bot.papers.spoken_vietnamese import spoken_number, syllables
from bot.routing.wards import load_wards
from bot.understanding.categories import load_categories

WHATS = [
    "",
    "Đã thay 3 bóng đèn LED 50W và 1 tủ điện.",
    "Tổ công tác đã thu gom 2,5 m3 rác thải xây dựng trên đường Lạc Long Quân.",
    "Ông Nguyễn Văn A, số nhà 15 ngõ 7, đã bị nhắc nhở ngày 05/03/2026.",
    "UBND phường đã thông cống, nạo vét 12 hố ga. Gọi 0912345678 nếu còn ngập.",
    "Đã nhắc nhở, " + "tháo dỡ mái che lấn chiếm, " * 9 + "trả lại vỉa hè",
    "x" * 300,
    "Đã xử lý " + "rất " * 70,
]
LONG_RULE = (
    "Không nên tự tiện sử dụng không gian, phương tiện, công trình công cộng vào mục đích cá nhân, không đúng quy định."
)


def facts(dice: random.Random) -> BulletinFacts:
    """Any period of any ward."""
    ward = dice.choice(list(load_wards()))
    done, planned, waiting, other = (dice.choice([0, 0, 1, 4, 21, 1234, 98_765]) for _ in range(4))
    category = dice.choice(list(load_categories().values())).vi
    return BulletinFacts(
        place=ward.full_name,
        first=date(2026, 1, 1),
        last=dice.choice([date(2026, 6, 30), date(2026, 1, 1), date(2027, 12, 31)]),
        tally=Tally(
            accepted=done + planned + waiting + other,
            done=done,
            planned=planned,
            waiting=waiting,
            late=waiting // 2,
            most=done,
        ),
        most_named=category if done else "",
        stories=[Story(category, dice.choice(WHATS)) for _ in range(dice.choice([0, 1, 2, 5]) if done else 0)],
        rule=dice.choice(["", "Nên đi nhẹ, nói khẽ, giữ gìn trật tự, vệ sinh chung.", LONG_RULE]),
        address=dice.choice(["", "gopy.vn/chat", "hom-thu-gop-y.hanoi.gov.vn/chat"]),
        phone=dice.choice(["", "024 3825 1234", "+84 912345678"]),
    )


def sentences(text: str) -> list[str]:
    return [one for one in re.split(r"(?<=[.!?])\s+", text) if one]


@pytest.mark.parametrize("seed", range(60))
def test_it_is_heard_and_understood(seed: int) -> None:
    made = facts(random.Random(seed))
    text = write_bulletin(made)
    assert FEWEST <= syllables(text) <= MOST
    assert 2 <= minutes(text) <= 4
    assert [one for one in sentences(text) if syllables(one) > MOST_OF_A_SENTENCE + 3] == []
    assert sum(syllables(one) > MOST_OF_A_SENTENCE for one in sentences(text)) <= 2, "those with a very large number"
    assert not re.search(r"[^\w\s.,;:!?]|\d|_", text)
    assert all(one[0].isupper() for one in sentences(text))
    told = {made.tally.accepted, made.tally.done, made.tally.planned, made.tally.waiting, made.tally.other} - {0}
    assert all(spoken_number(number) in text for number in told)


def test_nobody_is_named_whatever_staff_wrote() -> None:
    for seed in range(60):
        text = write_bulletin(facts(random.Random(seed)))
        assert not re.search(r"Nguyễn|Văn A|mười lăm ngõ|mùng năm tháng ba|không chín một hai ba", text)


@pytest.mark.parametrize(
    "words",
    [
        "Ông Nguyễn Văn A đã bị nhắc nhở.",
        "ông minh đã dọn",
        "Lan đã dọn xong.",
        "nguyễn văn a đã dọn",
        "Đã dọn trước nhà 15.",
        "Đã dọn ở ngõ 12.",
        "Đã xử lý tại 15/7 Thụy Khuê.",
        "Đã làm ngày 5/3.",
        "Đã làm lúc 8h sáng.",
        "Gọi 0912 345 678.",
        "Xe 29A-123.45 đã bị phạt.",
        "Đã mời Hoàng Lan lên làm việc.",
        "Gửi minh@gmail.com.",
        "Chủ hộ đã cam kết.",
        "Đã nhắc <b>họ</b>.",
        "Gia đình đã tháo dỡ.",
        "Năm 2019 đã có biên bản.",
    ],
)
def test_a_sentence_that_may_lead_to_somebody_is_not_told(words: str) -> None:
    assert not points_at_nobody(words)
    assert tellable(words) == ""


def test_what_leads_to_nobody_is_told() -> None:
    assert tellable("Đã thay 3 bóng đèn. Ông Minh đã ký.") == "Đã thay ba bóng đèn."
    assert tellable("Công ty Môi trường đô thị đã thu gom, đặt thêm 2 thùng rác") == (
        "Công ty Môi trường đô thị đã thu gom, đặt thêm hai thùng rác."
    )
    assert tellable("Đã vá ổ gà trên đường Âu Cơ, phường Tây Hồ.") == "Đã vá ổ gà trên đường Âu Cơ, phường Tây Hồ."


def test_it_is_complete_in_english_too() -> None:
    text = write_bulletin(
        BulletinFacts(
            place="Tay Ho Ward",
            first=date(2026, 1, 1),
            last=date(2026, 1, 31),
            tally=Tally(accepted=3, done=2, waiting=1),
            language=Language.EN,
        )
    )
    assert "3 reports" in text
    assert "from 01/01/2026 until 31/01/2026" in text
