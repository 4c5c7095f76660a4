"""A question about the rules is known for one; what tells of a happening never is."""

import pytest

from bot.conduct import asks_about_fines, asks_about_rules

QUESTIONS = """quy tắc có cấm nuôi chó thả rông không?
quy tac co cam hat karaoke khong
is smoking at bus stops allowed?
Vứt rác ra đường bị phạt bao nhiêu?
How much is the fine for littering?
What does the code say about pets?
Quy tắc ứng xử ở chùa quy định những gì?
có được hút thuốc ở bến xe không
can I let my dog run in the park?
Cán bộ có được nhận quà không?
hút thuốc ở bến xe có bị phạt không?
Is it ok to wear shorts in a temple?
mặc váy ngắn đi chùa có được không ạ
Are officials allowed to accept gifts?
nuôi chó có phải đeo rọ mõm không ạ?
ban hang tren via he co vi pham khong
đốt vàng mã ở vỉa hè được không?
Do I have to queue at the zoo?
xả rác thì bị phạt thế nào"""

REPORTS = """có người hút thuốc ở bến xe
hút thuốc ở bến xe mà không ai nhắc à?
Có người hút thuốc ở bến xe, có bị phạt không?
quy tắc ứng xử ở đình làng bị rách
sao không ai xử lý chó thả rông?
tại sao quy tắc cấm hút thuốc mà vẫn có người hút ở công viên?
Đề nghị bổ sung quy định về dùng loa kéo trong công viên vào quy tắc.
nen them quy dinh ve ung xu tren mang vao bo quy tac
Please add a rule about filming strangers in public.
Cán bộ gặp dân phải chào trước, nên ghi điều này vào quy tắc, được không?
Could the code say something about e-bikes on footpaths?
Someone is smoking at the bus stop, is that allowed?
chó nhà hàng xóm thả rông cắn người, phường có xử lý không?
Why are people allowed to smoke at the station?
karaoke ầm ĩ suốt đêm ai chịu được không?
Bao giờ mới phạt mấy người vứt rác?
Gửi phản ánh rồi bao lâu thì có trả lời?
Rác ở phường Tây Hồ
The clerk shouted at my mother.
Ngày nào cũng có người đốt than tổ ong, có cấm không vậy?
Phường không phạt bọn lấn vỉa hè à?
Xe đỗ kín vỉa hè đường Láng thế này mà được à?
Dogs roam every day in our park, is there no fine?
Chó thả rông đầy ngõ 12 Thụy Khuê thì gọi ai được không?
Cán bộ một cửa quát tôi"""


@pytest.mark.parametrize("text", QUESTIONS.splitlines())
def test_a_question_about_the_rules_is_one(text: str) -> None:
    assert asks_about_rules(text)


@pytest.mark.parametrize("text", REPORTS.splitlines())
def test_a_report_is_never_taken_for_a_question(text: str) -> None:
    assert not asks_about_rules(text)


def test_who_writes_much_tells_of_something() -> None:
    assert not asks_about_rules("hút thuốc ở bến xe " * 8 + "có bị phạt không?")


@pytest.mark.parametrize("text", ["", "?", "\x00\ud800", "không?" * 10_000, "co " * 50_000, "(" * 10_000])
def test_any_text_is_borne(text: str) -> None:
    assert not asks_about_rules(text)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("phạt bao nhiêu", True),
        ("muc phat vut rac", True),
        ("the fine for spitting", True),
        ("hút thuốc", False),
        ("", False),
    ],
)
def test_who_asks_for_the_fine_is_heard(text: str, asks: bool) -> None:
    assert asks_about_fines(text) is asks
