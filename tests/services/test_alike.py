"""Two texts about one matter, and two that only look so: careful first, for joining two matters loses one of them."""

import pytest

from bot.domain.ward import Point
from bot.services.alike import is_same, matter_of, metres_between
from bot.services.place_keys import Place, place_key, shown_place
from tests.dialogue.driver import hanoi

CITY = hanoi()

SAME = [
    ("vio_litter", "Rác chất đống đầu ngõ 12 Thụy Khuê mấy hôm không ai dọn", "rac chat dong o ngo 12 thuy khue, hoi qua"),
    ("vio_litter", "Ngõ 12 Thụy Khuê rác chất đống", "Ngõ 12 đường Thụy Khuê: rác thải chất đống bốc mùi"),
    ("vio_litter", "Đổ rác trộm trước số 45 Lạc Long Quân", "số nhà 45 đường Lạc Long Quân có người đổ rác trộm"),
    ("vio_litter", "Rubbish piled up in lane 12 Thuy Khue street", "lane 12, Thuy Khue street: rubbish everywhere"),
    ("vio_litter", "Rác tràn ra đường ở chợ Bưởi", "Chợ Bưởi rác tràn lan, ruồi bay khắp nơi"),
    ("vio_litter", "Nước thải đổ ra cổng trường THCS Chu Văn An", "trước trường Chu Văn An có nước thải chảy lênh láng"),
    ("vio_litter", "rac thai xay dung do o ngach 12/45 Au Co", "Ngách 45 ngõ 12 Âu Cơ: rác thải xây dựng đổ trộm"),
    ("vio_litter", "Có đống rác to ở đường Lạc Long Quân", "Đống rác trên phố Lạc Long Quân chưa ai dọn"),
    ("vio_noise", "Karaoke ầm ĩ ngõ 100 Đội Cấn đến 1 giờ sáng", "ngo 100 doi can karaoke am i ca dem"),
    ("vio_noise", "Loa kẹo kéo hát to ở công viên Thống Nhất", "Công viên Thống Nhất tối nào cũng loa kẹo kéo"),
    ("vio_noise", "Thi công ồn suốt đêm ở số 205 đường Láng", "Công trình số 205 Láng thi công ồn ban đêm"),
    ("vio_noise", "Loud karaoke at 45 Xuan Dieu street", "Karaoke is so loud, Xuan Dieu street no 45"),
    ("vio_sidewalk", "Ô tô đỗ kín vỉa hè số 5 phố Hàng Bài", "vỉa hè trước 5 Hàng Bài bị ô tô đỗ kín"),
    ("vio_sidewalk", "Quán ăn bày bàn ghế ra vỉa hè ngõ 34 Xuân Diệu", "Ngõ 34 Xuân Diệu quán bày bàn ghế chiếm vỉa hè"),
    ("vio_sidewalk", "xe may do tran via he cong cho Buoi", "Xe máy đỗ tràn vỉa hè trước chợ Bưởi"),
    ("vio_sidewalk", "Cars parked on the pavement, 12 Xuan Dieu street", "Pavement at 12 Xuan Dieu street is full of cars"),
    (
        "vio_sidewalk",
        "Biển quảng cáo chắn lối ở ngã tư Văn Cao - Thụy Khuê",
        "ngã tư Thụy Khuê - Văn Cao biển quảng cáo chắn hết",
    ),
    ("vio_pets", "Chó thả rông không rọ mõm ngõ 5 Tô Ngọc Vân", "Ngõ 5 Tô Ngọc Vân có chó thả rông"),
    ("vio_pets", "cho tha rong cong vien thong nhat", "Ở công viên Thống Nhất chó thả rông phóng uế"),
    ("vio_hygiene", "Hút thuốc ở bến xe Mỹ Đình", "Bến xe Mỹ Đình nhiều người hút thuốc trong nhà chờ"),
    ("vio_hygiene", "Tiểu bậy chân cầu Long Biên", "Chân cầu Long Biên có người tiểu bậy hôi lắm"),
    ("sug_facilities", "Đèn đường hỏng ở ngõ 12 Thụy Khuê", "ngo 12 thuy khue den duong hong"),
    ("sug_facilities", "Nắp cống vỡ trước số 45 Lạc Long Quân", "Số 45 Lạc Long Quân: nắp cống bị vỡ, nguy hiểm"),
    ("sug_facilities", "Street lamp broken in lane 12 Thuy Khue street", "Lane 12 Thuy Khue: broken street lamp"),
    ("pan_damaged", "Pano quy tắc ứng xử ở nhà văn hóa Nhật Tân bị rách", "Bảng quy tắc rách ở nhà văn hóa Nhật Tân"),
    ("pan_damaged", "Bảng quy tắc ứng xử bạc màu ở công viên Thống Nhất", "cong vien thong nhat bang quy tac bac mau"),
    ("vio_vandalism", "Dán quảng cáo rao vặt lên tường số 12 Xuân Diệu", "Tường nhà 12 Xuân Diệu bị dán quảng cáo rao vặt"),
    ("vio_noise", "Quán bia ngõ 3 Âu Cơ hát karaoke to", "hat karaoke to qua, quan bia ngo 3 Au Co"),
    ("vio_litter", "Ven hồ Tây có bãi phế thải xây dựng", "bãi phế thải xây dựng ven hồ Tây"),
    ("vio_sidewalk", "Đường Láng số 205 lấn chiếm vỉa hè bán hàng", "Lấn chiếm vỉa hè tại số nhà 205 đường Láng"),
]

DIFFERENT = [
    ("vio_litter", "Rác chất đống ngõ 12 Thụy Khuê", "Rác chất đống ngõ 14 Thụy Khuê"),
    ("vio_litter", "Rác chất đống ngõ 12 Thụy Khuê", "Rác chất đống ngõ 12 Đội Cấn"),
    ("vio_litter", "Rác chất đống ngõ 12 Thụy Khuê", "Rác chất đống đường Thụy Khuê"),
    ("vio_litter", "Rác chất đống ngõ 12/5 Thụy Khuê", "Rác chất đống ngõ 12 Thụy Khuê"),
    ("vio_litter", "Rác trước số 45 Lạc Long Quân", "Rác trước số 210 Lạc Long Quân"),
    ("vio_litter", "Rác chất đống đầu ngõ", "Rác chất đống đầu ngõ"),
    ("vio_litter", "xả rác xuống hồ Tây", "Hồ Tây có người xả rác"),
    ("vio_litter", "Rác ở phường Tây Hồ", "Rác ở phường Tây Hồ"),
    ("vio_litter", "Rác chất đống ở đường Lạc Long Quân", "Người ta đổ trộm phế thải 45 Lạc Long Quân"),
    ("vio_litter", "Rác chưa ai dọn", "Nước thải chưa ai dọn"),
    ("vio_litter", "cho toi hoi rac do o dau", "cho toi hoi do rac gio nao"),
    ("vio_litter", "Rác ở chợ Bưởi", "Rác ở chợ Đồng Xuân"),
    ("vio_litter", "Rác trước trường Chu Văn An", "Rác trước trường Nguyễn Trãi"),
    ("vio_litter", "Rubbish in lane 5 Thuy Khue street", "Rubbish in lane 15 Thuy Khue street"),
    ("vio_litter", "Rubbish at Buoi market", "Rubbish at Nghia Tan market"),
    ("vio_noise", "Karaoke ồn ở số 5 Hàng Bài", "Thi công khoan cắt bê tông cạnh trường, Hàng Bài"),
    ("vio_noise", "Karaoke to ở đường Láng", "Công trình khoan đêm ở đường Láng"),
    ("vio_noise", "Loa phường ồn, đường Âu Cơ", "Xe tải bóp còi inh ỏi, đường Âu Cơ"),
    ("vio_noise", "Hàng xóm hát karaoke", "Hàng xóm hát karaoke"),
    ("vio_noise", "hat karaoke on qua khong ngu duoc", "hat karaoke on qua khong ngu duoc"),
    ("vio_sidewalk", "Ô tô 29A12345 đỗ vỉa hè số 5 Hàng Bài", "Ô tô 30F67890 đỗ vỉa hè số 5 Hàng Bài"),
    ("vio_sidewalk", "Xe đỗ vỉa hè số 5 Hàng Bài", "Xe đỗ vỉa hè số 50 Hàng Bài"),
    ("vio_sidewalk", "Quán phở chiếm vỉa hè đường Láng", "Bãi xe tự phát thu tiền đường Láng"),
    ("vio_sidewalk", "vỉa hè ngõ 1 Âu Cơ bị chiếm", "vỉa hè ngách 1/2 Âu Cơ bị chiếm"),
    ("vio_sidewalk", "Pavement blocked by cars on Xuan Dieu street", "A food stall on Xuan Dieu street"),
    ("vio_pets", "Chó thả rông ngõ 5 Tô Ngọc Vân", "Chó thả rông ngõ 50 Tô Ngọc Vân"),
    ("vio_pets", "Nuôi gà mất vệ sinh số 3 ngõ 5 Tô Ngọc Vân", "Chó dữ cắn người số 8 ngõ 5 Tô Ngọc Vân"),
    ("vio_disorder", "Thanh niên chửi nhau ở công viên Thống Nhất", "Nhóm say rượu quấy khách ở công viên Thống Nhất"),
    ("vio_trade", "Chợ Bưởi bán cá ép giá", "Chợ Bưởi hàng thịt chèo kéo khách"),
    ("vio_traffic", "Xe máy chạy ngược chiều đường Láng", "Xe buýt vượt đèn đỏ đường Láng"),
    ("vio_other_place", "Trẻ con đá bóng trong nhà văn hóa Nhật Tân", "Nhà văn hóa Nhật Tân khóa cửa cả tuần"),
    ("sug_facilities", "Đèn đường hỏng ngõ 12 Thụy Khuê", "Nắp cống vỡ ngõ 12 Thụy Khuê"),
    ("sug_facilities", "Xin lắp thêm ghế đá công viên Thống Nhất", "Xin trồng thêm cây ở công viên Thống Nhất"),
    ("sug_facilities", "Broken lamp, lane 12 Thuy Khue street", "Open manhole, lane 12 Thuy Khue street"),
    ("sug_facilities", "Đèn hỏng ở đường Lạc Long Quân", "Đèn hỏng trước số 45 Lạc Long Quân cạnh cây xăng"),
    ("vio_vandalism", "Dán quảng cáo lên tường ngõ 12 Thụy Khuê", "Chặt cây xanh ngõ 12 Thụy Khuê"),
    ("pan_missing", "Chưa có bảng quy tắc ở chợ Bưởi", "Chưa có bảng quy tắc ở chợ Nghĩa Tân"),
    ("vio_hygiene", "Khạc nhổ bừa bãi trước số 7 Hàng Bài", "Hút thuốc trong thang máy chung cư B4 Kim Liên"),
]


def same(category: str, one: str, other: str, at: Point | None = None, there: Point | None = None) -> bool:
    return is_same(matter_of(one, at, category, CITY), matter_of(other, there, category, CITY))


def test_there_are_enough_pairs() -> None:
    assert len(SAME) + len(DIFFERENT) >= 60


@pytest.mark.parametrize(("category", "one", "other"), SAME)
def test_one_matter_in_two_peoples_words(category: str, one: str, other: str) -> None:
    assert same(category, one, other)
    assert same(category, other, one)


@pytest.mark.parametrize(("category", "one", "other"), DIFFERENT)
def test_two_matters_stay_two(category: str, one: str, other: str) -> None:
    assert not same(category, one, other)
    assert not same(category, other, one)


@pytest.mark.parametrize(
    ("metres", "accuracy", "is_one"),
    [(0, None, True), (60, 20, True), (95, None, True), (130, None, False), (900, None, False), (50, 400, False)],
)
def test_two_positions_are_one_place_within_a_hundred_metres(metres: float, accuracy: float | None, is_one: bool) -> None:
    """The words may differ, one resident's be English; a position that is hardly known proves nothing."""
    here = Point(21.0500, 105.8200)
    there = Point(21.0500 + metres / 111_195, 105.8200, accuracy)
    assert same("vio_litter", "Rác chất đống đầu ngõ", "Rubbish everywhere", here, there) is is_one


def test_positions_do_not_join_what_the_words_part() -> None:
    """Lane 12 and lane 14 are sixty metres apart and two places; so are a lamp and a manhole at one corner."""
    here, there = Point(21.05, 105.82), Point(21.0503, 105.82)
    assert not same("vio_litter", "Rác ngõ 12 Thụy Khuê", "Rác ngõ 14 Thụy Khuê", here, there)
    assert not same("sug_facilities", "Đèn đường hỏng", "Nắp cống vỡ", here, here)
    assert same("sug_facilities", "Đèn đường hỏng", "Bóng đèn đường bị hỏng", here, there)


def test_another_category_is_another_matter() -> None:
    one = matter_of("Rác ngõ 12 Thụy Khuê", None, "vio_litter", CITY)
    other = matter_of("Rác ngõ 12 Thụy Khuê", None, "vio_pets", CITY)
    assert not is_same(one, other)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Ngõ 12 Thụy Khuê tối ba đêm nay, phường Tây Hồ", "thuy khue|12||"),
        ("ngo 12 thuy khue toi qua", "thuy khue|12||"),
        ("NGÕ 12 ĐƯỜNG THỤY KHUÊ", "thuy khue|12||"),
        ("lamp broken in lane 12, Thuy Khue street", "thuy khue|12||"),
        ("ngách 45 ngõ 12 Âu Cơ", "au co|12/45||"),
        ("Rác ở số 45 đường Lạc Long Quân", "lac long quan||45|"),
        ("trước số nhà 12 ngõ 34 Xuân Diệu", "xuan dieu|34|12|"),
        ("gần chợ Bưởi rác nhiều", "|||cho buoi"),
        ("Ngã tư Văn Cao - Thụy Khuê kẹt xe", "|||nga tu thuy khue van cao"),
        ("rác ở phường Thụy Khuê", ""),
        ("có 2 xe tải đỗ trên đường", ""),
        ("đường đi bẩn quá, chưa ai dọn", ""),
        ("rác tràn ở ngõ 5", ""),
        ("", ""),
        ("|||,,,", ""),
        ("\0\u202e" + "ngõ " * 500, ""),
        ("1 " * 5000, ""),
    ],
)
def test_the_key_of_a_place(text: str, key: str) -> None:
    assert place_key(text, CITY.places) == key
    assert Place.of(key).key == key


def test_the_place_is_shown_as_its_writer_spelled_it() -> None:
    assert shown_place("Tối lắm, ngõ 12  Thụy Khuê, ba đêm rồi", CITY.places) == "ngõ 12 Thụy Khuê"
    assert shown_place("rác quá", CITY.places) == ""


def test_what_is_no_key_is_no_place() -> None:
    assert Place.of("đường|Láng") == Place()


def test_no_distance_without_two_good_positions() -> None:
    here = Point(21.0, 105.8)
    assert metres_between(here, None) is None
    assert metres_between(here, Point(21.0, 105.8, 5000.0)) is None
    assert metres_between(here, Point(21.001, 105.8)) == pytest.approx(111.2, abs=0.5)
