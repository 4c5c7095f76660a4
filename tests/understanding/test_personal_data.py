"""Personal data is found where it stands, however it is spelled. All numbers are invented."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.personal_data import find_personal_data


def found(text: str) -> list[tuple[str, str]]:
    return [(span.type, text[span.start : span.end]) for span in find_personal_data(text)]


@pytest.mark.parametrize(
    "phone",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "0912-345-678",
        "091 234 5678",
        "(091) 234 5678",
        "0912,345,678",
        "0 9 1 2 3 4 5 6 7 8",
        "+84912345678",
        "+84 912 345 678",
        "+84.912.345.678",
        "+84 (0)912 345 678",
        "84912345678",
        "0084912345678",
        "024 3825 1234",
        "024.38251234",
        "０９１２３４５６７８",
        "O912345678",
        "0912 ba bốn năm sáu bảy tám",
        "không chín một hai ba bốn năm sáu bảy tám",
        "khong chin mot hai, ba bon nam, sau bay tam",
        "0912 chấm 345 chấm 678",
        "0912 345 rồi 678",
        "zero nine one two three four five six seven eight",
    ],
)
def test_a_phone_is_found_in_every_spelling(phone: str) -> None:
    assert found(f"Gọi cho tôi số {phone} nhé") == [("phone", phone)]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Số điện thoại của tôi là 912345678", [("phone", "912345678")]),
        ("sđt của em là 912 345 678 ạ", [("phone", "912 345 678")]),
        ("gọi số bàn 38251234 nhé", [("phone", "38251234")]),
        ("xe ngoại giao NN 123-45 đỗ chắn", [("plate", "NN 123-45")]),
        ("80-011-NG-12", [("plate", "80-011-NG-12")]),
        ("xe 29A\u2013123.45 vượt đèn đỏ", [("plate", "29A\u2013123.45")]),
        ("thư cho an.nguyen a còng gmail chấm com", [("email", "an.nguyen a còng gmail chấm com")]),
        ("an_99 acong gmail.com", [("email", "an_99 acong gmail.com")]),
        ("an (at) gmail (dot) com", [("email", "an (at) gmail (dot) com")]),
        ("tài khoản ngân hàng 711A12345678", [("bank_account", "711A12345678")]),
        ("CCCD 001099012345", [("identity", "001099012345")]),
        ("cccd: 001 099 012 345.", [("identity", "001 099 012 345")]),
        ("căn cước công dân số 001.099.012.345", [("identity", "001.099.012.345")]),
        ("số 001099012345 là của tôi", [("identity", "001099012345")]),
        ("CMND 012345678", [("identity", "012345678")]),
        ("chứng minh thư 012 345 678", [("identity", "012 345 678")]),
        ("hộ chiếu C1234567", [("identity", "C1234567")]),
        ("xe 29A-123.45 đỗ chắn", [("plate", "29A-123.45")]),
        ("29A12345", [("plate", "29A12345")]),
        ("biển số 29-B1 234.56", [("plate", "29-B1 234.56")]),
        ("30e-567.89", [("plate", "30e-567.89")]),
        ("xe 29H 1234", [("plate", "29H 1234")]),
        ("thư về lan.tran@example.com", [("email", "lan.tran@example.com")]),
        ("lan.tran (at) example.com", [("email", "lan.tran (at) example.com")]),
        ("STK 19034567890123 Techcombank", [("bank_account", "19034567890123")]),
        ("tài khoản 0123456789 ngân hàng", [("bank_account", "0123456789")]),
        ("0071001234567 vcb", [("bank_account", "0071001234567")]),
        ("0912345678 hoặc 0987654321", [("phone", "0912345678"), ("phone", "0987654321")]),
        ("0912345678-0987654321", [("phone", "0912345678"), ("phone", "0987654321")]),
        ("CCCD 001099012345, sđt 0912345678", [("identity", "001099012345"), ("phone", "0912345678")]),
    ],
)
def test_other_numbers_are_told_by_their_shape_and_the_words_around_them(text: str, spans: list[tuple[str, str]]) -> None:
    assert found(text) == spans


@pytest.mark.parametrize(
    "text",
    [
        "Ngày 21/11/2026 lúc 14:30, khoảng 200 người",
        "từ 20/11/2026 đến 25/11/2026",
        "phạt 1.500.000 đồng",
        "tốn 5.000.000.000 đồng",
        "Quyết định 1665/QĐ-UBND ngày 10/3/2017",
        "mã PA-2026-000145 và 7K3M-9QX2",
        "số nhà 123 ngõ 45/67/89",
        "gọi 113, 114, 115",
        "tổng đài 1900 1009",
        "lúc 20h 1500 người",
        "năm sáu người, hai ba tháng nay",
        "một hai ba bốn năm",
        "2020 2021 2022 2023",
        "Nghị định 45/2022/NĐ-CP và Thông tư 24/2023/TT-BCA",
        "gọi 1022 hoặc 19001234, hotline 1800 1234",
        "Mã hồ sơ: 7KD2-QM4P-99XZ",
        "liên hệ phòng một cửa tầng 2, phòng 201 202 203",
        "từ 100.000 đến 200.000 đồng, tổng 12.345.678 đồng",
        "cột điện số 123456, số 29B ngõ 1234",
        "21.028511, 105.804817",
        "",
    ],
)
def test_other_figures_are_nobodys(text: str) -> None:
    assert found(text) == []


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("0123456789 .-+()/@aăb,:\nCD\u0301\u0323"), max_size=120))
def test_spans_are_in_order_inside_the_text_and_apart(text: str) -> None:
    end = 0
    for span in find_personal_data(text):
        assert end <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        end = span.end


@settings(max_examples=200, deadline=None)
@given(
    st.from_regex(r"0(3[2-9]|5[689]|7[06-9]|8[1-9]|9[0-46-9])[0-9]{7}", fullmatch=True),
    st.lists(st.sampled_from(["", " ", ".", "-", ". ", " - "]), min_size=9, max_size=9),
    st.text(alphabet="ạbc đ,\n", max_size=20),
)
def test_no_separators_hide_a_phone(digits: str, gaps: list[str], before: str) -> None:
    phone = "".join(digit + gap for digit, gap in zip(digits, [*gaps, ""], strict=True))
    text = f"{before} {phone} !"
    assert (len(before) + 1, len(before) + 1 + len(phone)) in [(s.start, s.end) for s in find_personal_data(text)]
