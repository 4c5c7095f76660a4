"""Numbers as people say them, read from whole messages; each line of the table is an utterance and what it means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.dialogue.numbers import LAST, LONGEST, read

# With marks, without them, in English: what answers a list of lines. A number in brackets is one of several, which is none.
TABLE = """
1 = 1 | 2. = 2 | 2) = 2 | (2) = 2 | [2] = 2 | #2 = 2 | 2! = 2 | "2" = 2 | “2” = 2 | 2… = 2 | 2️⃣ = 2 | ２ = 2
02 = 2
số 2 = 2 | Số 2. = 2 | so 2 = 2 | SỐ 2 = 2 | số hai = 2 | so hai = 2 | số bốn = 4 | số tư = 4 | số bẩy = 7
số mười = 10
2 nhé = 2 | 2 ạ = 2 | 2 nha = 2 | 2 đi = 2 | 2 luôn = 2 | 2 nhé ạ = 2 | 2 nhé em = 2 | 2 em ơi = 2
2 bạn ơi = 2 | 2 ok = 2
dạ 2 = 2 | dạ 2 ạ = 2 | vâng, 2 = 2 | ừ 2 = 2 | ok 2 = 2 | thế thì 2 = 2 | à thôi, số 3 = 3 | thôi 2 vậy = -
da 2 a = 2
chọn 2 = 2 | chon 2 = 2 | chọn số 2 = 2 | chọn cái 2 = 2 | chọn cái số 2 = 2 | chọn cái thứ 2 = 2
chọn cái thứ hai = 2
câu 2 = 2 | câu 2 nhé = 2 | cau 2 nhe = 2 | câu số 2 = 2 | mục 2 = 2 | ý 2 = 2 | dòng 2 = 2 | phương án 2 = 2
đáp án 3 = 3
lựa chọn 2 = 2 | cái 2 = 2 | cái thứ hai = 2 | cái thứ ba = 3 | cái số ba ạ = 3 | phuong an hai = 2
lua chon so 2 = 2
tôi chọn 2 = 2 | em chọn số 2 ạ = 2 | mình lấy cái 3 nhé = 3 | cho tôi số 2 = 2 | cho em cái 2 ạ = 2
cho mình số hai = 2
con xin chọn số 1 ạ = 1 | bấm 2 = 2 | nhấn số 2 = 2 | nhắn 2 = 2 | gõ 2 = 2 | trả lời 2 = 2
chọn giúp tôi số 2 = 2
cái đầu = 1 | cái đầu tiên = 1 | đầu tiên = 1 | dau tien = 1 | cái cuối = last | cái cuối cùng nhé = last
cuối cùng = last
hai = ~2 | Hai = ~2 | ba = ~3 | bốn = ~4 | năm = ~5 | nam = ~5 | sáu ạ = ~6 | dạ hai = ~2 | một nhé = ~1
mười hai = ~12
two = ~2 | Two please = ~2 | number 2 = 2 | number two = 2 | option 2 = 2 | Option two, please = 2 | no. 2 = 2
no 2 = 2
choice 3 = 3 | pick 2 = 2 | I choose 2 = 2 | i'll take 2 = 2 | I would like number 3 please = 3 | the 2nd = 2
2nd one = 2
the second one = 2 | second = 2 | the third option = 3 | first = 1 | I choose the first one = 1
the last one = last | 2, please = 2
1 và 3 = [1,3] | 1,3 = [1,3] | 1 3 = [1,3] | 1 hoặc 2 = [1,2] | 2 hay 3 = [2,3] | 1 and 2 = [1,2]
1, 2, 3 = [1,2,3]
1 và số 3 = [1,3] | 1/2 = [1,2] | 1-3 = [1,3] | cả 1 và 2 = - | 1 2 3 4 5 = [1,2,3,4,5] | 2.5 = [2,5] | 9 = 9
99 = 99 | 0 = 0
2. Phường Tây Hồ = 2+ | 2) tay ho = 2+ | 2 - Tây Hồ = 2+ | (2) Tây Hồ = 2+ | 1. Gửi = 1+ | 1: gửi luôn = 1+
2️⃣ Tây Hồ = 2+
2 xe tải đỗ trên vỉa hè = - | 2 người hút thuốc = - | 1 bóng đèn = - | 3 ngày rồi = - | 2 tuần nay = -
2 em = - | 2 anh = -
ngõ 2 = - | số 2 Thụy Khuê = - | số nhà 2 = - | nhà số 2 = - | tổ 2 = - | khu 2 = - | tầng 3 = - | đường 2/9 = -
cầu 2 = -
hai xe tải = - | hai vợ chồng đánh nhau = - | ba má tôi = - | bà = - | bá = - | hại = - | năm nay = -
tám chuyện = - | tư = ~4
thứ 2 = - | thứ hai = - | thu 2 = - | chủ nhật = - | 2 giờ = - | 2h = - | 2h30 = - | 2 giờ sáng = - | ngày 2 = -
tháng 2 = -
anh hai = - | chị ba = - | cô tư = - | bác năm = - | anh 2 = - | em hai = - | sau = ~6 | sâu = - | tâm = -
muỗi = - | chính = -
2? = - | số 2? = - | 2 hả? = - | -2 = - | 2% = - | 2k = - | 2₫ = - | @2 = - | x2 = - | 113 = - | 114 = -
115 = - | 1022 = - | 2 3% = -
mực 2 = - | chôn 2 = - | sợ 2 = - | ống cống số 2 = - | xe số 2 = - | tuyến 2 = - | không chọn 2 = -
không phải 2 = - | chưa chọn = -
the two men = - | two trucks on the pavement = - | one = ~1 | no one = - | to = - | for = -
second hand smoke = - | first aid = -
So 2 nhé = 2 | cau 2 nhé = 2 | chon so 2 ạ = 2 | sau nhé = - | nam nhé = - | phuong án 2 = 2 | cho toi số 2 = 2 | tam nhé = -
"""


def rows() -> list[tuple[str, str]]:
    found = []
    for line in TABLE.strip().splitlines():
        for cell in line.split(" | "):
            said, _, meant = cell.rpartition(" = ")
            found.append((said, meant))
    return found


def meaning(text: str) -> str:
    """As the table writes it."""
    said = read(text)
    if said is None:
        return "-"
    if said.several:
        return "[" + ",".join(map(str, said.several)) + "]"
    shown = "last" if said.number == LAST else str(said.number)
    return ("~" if said.is_spelled else "") + shown + ("+" if said.line else "")


def test_the_table_is_long() -> None:
    assert len({said for said, _ in rows()}) >= 200


@pytest.mark.parametrize(("said", "meant"), rows())
def test_what_people_say(said: str, meant: str) -> None:
    """`~2`: only where lines carry numbers. `2+`: with the words of the line. `-`: anything but a number."""
    assert meaning(said) == meant


@given(st.text(max_size=80))
def test_whatever_is_written_is_read_without_harm(text: str) -> None:
    said = read(text)
    assert said is None or len(text) <= LONGEST


@given(st.integers(1, 12), st.sampled_from(["xe tải", "người", "bóng đèn hỏng", "con chó", "bao rác", "trucks", "đống rác"]))
def test_so_many_of_something_is_never_a_line(number: int, things: str) -> None:
    for text in (f"{number} {things}", f"có {number} {things}", f"{things} {number}", f"{number} {things} ở ngõ {number}"):
        assert read(text) is None


@given(st.integers(1, 99), st.sampled_from(["{}", "số {}", "chọn {} nhé", "câu {}", "option {}", " {}. ", "dạ {} ạ"]))
def test_every_number_is_read_in_every_dress(number: int, dress: str) -> None:
    said = read(dress.format(number))
    assert said is not None
    assert (said.number, said.several, said.line) == (number, (), ())
