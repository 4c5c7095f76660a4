"""Thousands of spellings of invented numbers are found exactly where they stand, and figures that are nobody's are not.

The numbers are drawn anew from the same seed, so a failure can be seen again.
"""

import random
import unicodedata
from collections.abc import Callable

import pytest

from bot.understanding.personal_data import find_personal_data

Draw = random.Random
MOBILE = [
    "032",
    "034",
    "037",
    "039",
    "052",
    "056",
    "059",
    "070",
    "077",
    "079",
    "081",
    "083",
    "085",
    "088",
    "089",
    "090",
    "091",
    "093",
    "096",
    "097",
    "098",
    "099",
]
GAPS = [" ", ".", "-", " - ", ". ", ", ", "/", "_", " . ", "\u00a0", "–", "·", "  "]
SHAPES = [(4, 3, 3), (3, 3, 4), (4, 2, 2, 2), (3, 4, 3), (2, 4, 4), (4, 6), (5, 5), (3, 7)]
MARKED = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]
ENGLISH = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
BEFORE = [
    "Gọi tôi ",
    "sđt ",
    "",
    "(",
    "Nhà số 12 ngõ 5, ",
    "lúc 7h30, ",
    "zalo ",
    "Bác Ba,",
    "tôi 65 tuổi, số ",
    "hẹn 20/11, gọi ",
]
AFTER = [" nhé", ".", ", cảm ơn", "", " ạ", ")", " (Lan)", " gặp anh Nam", " sau 17h", " hoặc nhắn tin", "\nphường Tây Hồ"]


def digits(draw: Draw, number: int) -> str:
    return "".join(draw.choice("0123456789") for _ in range(number))


def grouped(number: str, gap: str, shape: tuple[int, ...]) -> str:
    found, at = [], 0
    for size in shape:
        found.append(number[at : at + size])
        at += size
    return gap.join(found)


def phone(draw: Draw) -> str:
    number = draw.choice(MOBILE) + digits(draw, 7)
    ways: list[Callable[[], str]] = [
        lambda: number,
        lambda: grouped(number, draw.choice(GAPS), draw.choice(SHAPES)),
        lambda: (
            f"+84{draw.choice(['', ' ', '-', '.', ' (0)'])}" + grouped(number[1:], draw.choice(["", " ", "."]), (3, 3, 3))
        ),
        lambda: "0084" + number[1:],
        lambda: f"({number[:4]}) {number[4:7]} {number[7:]}",
        lambda: " ".join(number),
        lambda: " ".join(MARKED[int(digit)] for digit in number),
        lambda: " ".join(ENGLISH[int(digit)] for digit in number),
        lambda: f"{number[:4]} " + " ".join(MARKED[int(digit)] for digit in number[4:]),
        lambda: number.translate(WIDE),
        lambda: "O" + number[1:],
        lambda: (
            draw.choice(["024", "024 ", "024.", "(024) "])
            + grouped("3" + digits(draw, 7), draw.choice(["", " ", "."]), (4, 4))
        ),
    ]
    return draw.choice(ways)()


def identity(draw: Draw) -> str:
    return grouped("0" + digits(draw, 11), draw.choice(["", " ", "."]), draw.choice([(12,), (3, 3, 6), (4, 4, 4)]))


def plate(draw: Draw) -> str:
    town, letters = (
        draw.choice(["29", "30", "31", "33", "40", "15", "88", "99"]),
        draw.choice(["A", "B", "F", "H", "K", "LD", "M1", "S1", "X5", "MĐ1", "AB", "G1"]),
    )
    number = draw.choice([f"{digits(draw, 3)}.{digits(draw, 2)}", digits(draw, 5), digits(draw, 4)])
    written = draw.choice(
        [f"{town}{letters}-{number}", f"{town}{letters} {number}", f"{town}-{letters} {number}", f"{town}{letters}{number}"]
    )
    return draw.choice([written, written, written.lower()])


def email(draw: Draw) -> str:
    name = draw.choice(["lan.tran", "nguyenvana99", "hoa_92", "minh-le", "thu+ward"])
    at = draw.choice(["@", " @ ", "(at)", " (at) ", "[at]"])
    return name + at + draw.choice(["gmail.com", "yahoo.com.vn", "hanoi.gov.vn", "vnu.edu.vn"])


def account(draw: Draw) -> str:
    return draw.choice("1235789") + digits(draw, draw.choice([7, 9, 11, 12, 13, 15]))


@pytest.mark.parametrize(
    ("kind", "spell", "labels"),
    [
        ("phone", phone, BEFORE),
        ("identity", identity, ["CCCD ", "căn cước ", "số định danh ", "Tôi là A, can cuoc cd "]),
        ("plate", plate, ["biển ", "xe ", "biển số ", "ô tô bks ", "Có con xe "]),
        ("email", email, ["mail ", "gửi về ", ""]),
        ("bank_account", account, ["stk ", "số tài khoản ", "tk ", "VCB ", "chuyển khoản vào stk "]),
    ],
)
def test_every_spelling_is_found_where_it_stands(kind: str, spell: Callable[[Draw], str], labels: list[str]) -> None:
    draw = Draw(kind)
    for _ in range(600):
        before, value, after = (
            draw.choice(labels),
            spell(draw),
            draw.choice(AFTER if kind == "phone" else ["", ".", ", nhé"]),
        )
        text = before + value + after
        found = [(span.type, text[span.start : span.end], span.start) for span in find_personal_data(text)]
        assert (kind, value, len(before)) in found, text


def test_marks_apart_from_their_letters_move_nothing() -> None:
    """Some phones send "ố" as three characters: a span covers the same words, in the text as it came."""
    draw = Draw("apart")
    spells = {"phone": phone, "identity": identity, "plate": plate, "email": email}
    for at in range(400):
        kind = list(spells)[at % len(spells)]
        value = spells[kind](draw)
        before = {"identity": "số căn cước của tôi là ", "plate": "biển số xe "}.get(kind, "Gửi phường, số của bà tôi là ")
        text = unicodedata.normalize("NFD", f"{before}{value}, xin cảm ơn")
        found = [(span.type, unicodedata.normalize("NFC", text[span.start : span.end])) for span in find_personal_data(text)]
        assert (kind, unicodedata.normalize("NFC", value)) in found, text


def test_figures_that_are_nobodys_are_left_alone() -> None:
    """Prices, dates, house numbers, our own case codes, decisions, coordinates: staff need to read them."""
    draw = Draw("nobody")
    number = draw.randint
    code = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
    figures: list[Callable[[], str]] = [
        lambda: f"phạt {number(1, 99)}.{number(100, 999)}.000 đồng",
        lambda: f"ngày {number(1, 28)}/{number(1, 12)}/{number(2020, 2026)} lúc {number(0, 23)}:{number(10, 59)}",
        lambda: f"từ {number(1, 28)}-{number(1, 12)}-2026 đến {number(1, 28)}-{number(1, 12)}-2026",
        lambda: f"số nhà {number(1, 300)} ngõ {number(1, 99)}/{number(1, 99)}/{number(1, 99)}",
        lambda: f"mã {''.join(draw.choices(code, k=4))}-{''.join(draw.choices(code, k=4))}",
        lambda: f"Quyết định {number(1, 9999)}/QĐ-UBND ngày {number(1, 28)}/{number(1, 12)}/2025",
        lambda: f"tọa độ 21.{number(100000, 999999)}, 105.{number(100000, 999999)}",
        lambda: f"PA-2026-{number(0, 999999):06d}",
        lambda: f"{number(1, 23)}h{number(10, 59)} - {number(1, 23)}h{number(10, 59)}",
        lambda: f"tổng đài 1900 {number(1000, 9999)}",
        lambda: f"diện tích {number(100, 900)},{number(10, 99)} m2, thửa {number(1, 900)} tờ {number(1, 90)}",
        lambda: "giai đoạn 2020 - 2025, 2026 - 2030",
        lambda: f"https://dichvucong.gov.vn/a/{number(10000, 99999)}",
    ]
    for _ in range(1500):
        text = f"Ở đây {draw.choice(figures)()} và {draw.choice(figures)()}."
        assert find_personal_data(text) == (), text
