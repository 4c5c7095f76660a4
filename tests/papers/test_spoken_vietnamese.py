"""Numbers and abbreviations in words: read back by a reader that knows the grammar and nothing of the writer."""

import random
import re
from datetime import date, timedelta

import pytest

from bot.papers.spoken_vietnamese import (
    spoken,
    spoken_address,
    spoken_date,
    spoken_digits,
    spoken_number,
    syllables,
)

UNITS = {"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5, "sáu": 6}
UNITS |= {"bảy": 7, "tám": 8, "chín": 9}
SCALES = {"nghìn": 1_000, "triệu": 1_000_000, "tỷ": 1_000_000_000}


def heard(words: str) -> int:
    """The number that somebody writes down while listening: word after word, from the left."""
    total = group = 0
    pending: int | None = None
    for word in words.split():
        if word in UNITS:
            assert pending is None, f"two digits in a row: {words}"
            pending = UNITS[word]
        elif word == "mười":
            assert pending is None
            group += 10
        elif word == "mươi":
            assert pending is not None
            assert 2 <= pending <= 9
            group, pending = group + 10 * pending, None
        elif word == "trăm":
            assert pending is not None
            group, pending = group + 100 * pending, None
        elif word == "linh":
            assert pending is None
        else:
            group, pending = group + (pending or 0), None
            if word == "tỷ":  # counts all that was said before it
                total, group = (total + group) * SCALES[word], 0
            else:
                total, group = total + group * SCALES[word], 0
    return total + group + (pending or 0)


def test_every_number_is_heard_as_it_was_meant() -> None:
    """Every small one, every edge, and thousands of all lengths up to a thousand billion."""
    dice = random.Random(9)
    numbers = {*range(0, 12_000), 10**12, 10**12 - 1, *(dice.randrange(10 ** dice.randrange(1, 13)) for _ in range(20_000))}
    for power in range(13):
        numbers |= {10**power + step for step in (-1, 0, 1, 5, 10, 15, 21) if 10**power + step >= 0}
    wrong = [(number, spoken_number(number)) for number in numbers if heard(spoken_number(number)) != number]
    assert wrong == []
    assert len({spoken_number(number) for number in numbers}) == len(numbers), "no two sound alike"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (4, "bốn"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (55, "năm mươi lăm"),
        (101, "một trăm linh một"),
        (1_005, "một nghìn không trăm linh năm"),
        (2_026, "hai nghìn không trăm hai mươi sáu"),
        (1_000_000_005, "một tỷ không trăm linh năm"),
        (10**12, "một nghìn tỷ"),
        (-3, "âm ba"),
    ],
)
def test_numbers_as_people_say_them(number: int, words: str) -> None:
    assert spoken_number(number) == words


def test_every_day_is_heard_as_it_was_meant() -> None:
    day = date(2026, 1, 1)
    while day.year < 2029:
        found = re.fullmatch(r"ngày (?:mùng )?(.+) tháng (.+) năm (.+)", spoken_date(day))
        assert found is not None
        told = [heard(words) for words in found.groups()]
        assert told == [day.day, day.month, day.year]
        assert ("mùng" in spoken_date(day)) == (day.day <= 10)
        day += timedelta(days=1)


def test_a_phone_is_heard_digit_by_digit() -> None:
    dice = random.Random(3)
    for _ in range(500):
        digits = "0" + "".join(str(dice.randrange(10)) for _ in range(dice.choice([8, 9, 10])))
        assert "".join(str(UNITS[word]) for word in spoken_digits(digits).replace(",", "").split()) == digits
    assert spoken_digits("+84 912 345 678") == "không, chín một hai, ba bốn năm, sáu bảy tám"
    assert spoken_digits("024 3825 1234") == "không hai bốn, ba tám hai năm, một hai ba bốn"


def test_an_address_is_heard_letter_by_letter() -> None:
    assert spoken_address("https://Gopy.vn/chat-2/") == ("giê o pê i dài, chấm vê nờ gạch chéo xê hát a tê gạch ngang, hai")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("UBND P. Tây Hồ, TP. Hà Nội", "Ủy ban nhân dân phường Tây Hồ, thành phố Hà Nội"),
        ("lúc 8h30 ngày 05/3/2026", "lúc tám giờ ba mươi phút ngày mùng năm tháng ba năm hai nghìn không trăm hai mươi sáu"),
        ("tăng 12,5%, còn 1.500 m2", "tăng mười hai phẩy năm phần trăm, còn một nghìn năm trăm mét vuông"),
        ("40 km/h", "bốn mươi ki lô mét một giờ"),
        ("gọi 113", "gọi một một ba"),
        ("113 việc đã xong", "một một ba việc đã xong"),  # whoever means the number writes it so in a bulletin of ours
        ("8-10 người", "tám đến mười người"),
        ("thứ 2, thứ 4, tháng 4/2026", "thứ hai, thứ tư, tháng tư năm hai nghìn không trăm hai mươi sáu"),
        ("bàn ghế, v.v.", "bàn ghế, vân vân"),
        ("CSGT & CA phường", "cảnh sát giao thông và công an phường"),
        ("tổ 12A", "tổ mười hai A"),
        ("99/99/2026", "chín mươi chín, chín mươi chín, hai nghìn không trăm hai mươi sáu"),
        ("2.500.000đ", "hai triệu năm trăm nghìn đồng"),
        ("0,05 ha", "không phẩy không năm héc ta"),
        ("công ty TNHH ABC", "công ty trách nhiệm hữu hạn a bê xê"),
        ("…(xem ảnh)…", "xem ảnh."),
    ],
)
def test_what_is_written_short_is_said_in_full(text: str, words: str) -> None:
    assert spoken(text) == words


def test_whatever_is_written_can_be_read_aloud() -> None:
    """Of any text nothing is left but words and the marks of sentences; saying it again changes nothing."""
    from tests.security.payloads import payloads

    dice = random.Random(5)
    pieces = [
        "UBND",
        "P.",
        "12/4",
        "3,5%",
        "ngày 31/2",
        "25h61",
        "1.2.3",
        "+84",
        "☂",
        "<b>",
        "=1+1",
        "m²",
        "½",
        "٣",
        "9" * 30,
    ]
    texts = [" ".join(dice.choices(pieces, k=6)) for _ in range(300)] + [text[:300] for text in payloads()]
    assert len(texts) > 500
    for text in texts:
        said = spoken(text)
        assert not re.search(r"[\d_<>=+%/@&\n]", said), (text, said)
        assert all(letter.isalpha() or letter in " .,;:!?" or not letter.isascii() for letter in said), (text, said)
    assert syllables("Kính thưa bà con, xin chào.") == 6
