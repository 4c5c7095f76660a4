"""Where a text or a point belongs: sure, to be asked about, or unknown."""

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.draft import WardSource
from bot.domain.ward import Point, WardCode
from bot.errors import UnknownWard
from bot.routing import Router, load_router
from bot.routing.folding import folded, words_of
from bot.routing.wards import load_wards
from tests.house.imports import ROOT

ROUTER = load_router()
TAY_HO, PHU_THUONG, HONG_HA, BA_DINH = WardCode("00103"), WardCode("00091"), WardCode("00097"), WardCode("00004")


@pytest.fixture(scope="module")
def router() -> Router:
    return ROUTER


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Rác chất đống ở phường Tây Hồ ba ngày nay", TAY_HO),
        ("Rác chất đống ở PHƯỜNG TÂY HỒ", TAY_HO),
        ("rac chat dong o phuong tay ho", TAY_HO),
        ("P.Tây Hồ nhiều rác quá", TAY_HO),
        ("p. tây hồ", TAY_HO),
        ("Rubbish in Tay Ho Ward for three days", TAY_HO),
        ("Tây Hồ", TAY_HO),
        ("ở Tây Hồ nhé", TAY_HO),
        ("phường Thụy Khuê", TAY_HO),  # an old unit whose residents all went there
        ("x.Tam Hưng", WardCode("10144")),
        ("xã Đại Cường, huyện Ứng Hòa", WardCode("10402")),
        ("thị trấn Vân Đình", WardCode("10354")),
        ("phường Dương Nội", WardCode("09886")),
        ("xã Hoà Lạc", WardCode("09988")),  # the tone on the other vowel
        ("The street lamp in lane 12, Phu Thuong ward, has been dark for three nights", "00091"),
        ("rubbish at alley 7 Lang ward", "00199"),
        ("house 5, lane 30, Tay Ho ward", "00103"),
        ("rac truoc cua sieu thi, xã Đông Anh", "00454"),  # no "thị xã", a town that is gone
        ("rac truoc cua sieu thi xa dong anh", "00454"),
        ("Cây đổ trong khu đô thị, xã Đông Anh", "00454"),
        ("đường này sắp hoàn thành, phố Vọng cũng thế, phường Tây Hồ", TAY_HO),
    ],
)
def test_one_ward_named_clearly_is_that_ward(router: Router, text: str, code: str) -> None:
    found = router.route(text)
    assert (found.decision, found.codes, found.source) == ("ward", (code,), WardSource.NAMED)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("phường Yên Phụ", {HONG_HA, TAY_HO}),  # divided
        ("giáp ranh giữa phường Tây Hồ và phường Ba Đình", {TAY_HO, BA_DINH}),
        ("xã Phùng Xá", {"10003", "10465"}),  # two units had this name
        ("thi xa Son Tay", {"09574", "09604", "09616", "09988"}),  # what was a town
        ("Ngõ 12 Thụy Khuê tối ba đêm nay", {TAY_HO}),  # a street as well: one to offer, not sure
    ],
)
def test_what_is_not_sure_is_asked_about(router: Router, text: str, codes: set[str]) -> None:
    found = router.route(text)
    assert (found.decision, set(found.codes)) == ("ask", codes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Chúc mọi người thành công, bình minh rồi",
        "đường Trần Phú tối quá",
        "xả rác bừa bãi",
        "phương án này hay",
        "tôi ở xa lắm",
        "Phường Hồng Hà, TP Hạ Long, Quảng Ninh",
        "p",
        "xã",
        "\x00\ud800 ￿",
    ],
)
def test_ordinary_words_are_no_ward(router: Router, text: str) -> None:
    assert router.route(text).decision == "none"


def test_only_a_place_is_known_from_a_place_with_a_story(router: Router) -> None:
    """An answer to "which ward?" is told from a matter that names its ward."""
    assert router.route("Phường Tây Hồ, Hà Nội").is_only_place
    assert not router.route("Phường Tây Hồ nhiều rác").is_only_place
    assert not router.route("nhiều rác").is_only_place


def test_marks_count_once_somebody_sets_them(router: Router) -> None:
    """ "Vạn Phúc" is not "Vân Phúc"; without any mark it may be every name that looks so."""
    assert set(router.route("xã Vạn Phúc").codes) == {"00685"}
    assert set(router.route("xa van phuc").codes) == {"00685", "09739"}


def test_every_current_ward_is_found_by_its_own_name(router: Router) -> None:
    """No current ward is unreachable: its full name leads to it, or asks between it and old units of that name."""
    wards = list(load_wards())
    assert len(wards) == 126
    for ward in wards:
        for text in (ward.full_name, f"Có việc ở {ward.full_name} cần xử lý", ward.name_en):
            found = router.route(text)
            assert ward.code in found.codes, text
            assert found.decision == "ward" or len(found.codes) > 1, text


def test_a_point_inside_is_that_ward_and_one_on_a_border_is_asked_about(router: Router) -> None:
    inside = router.route("", Point(21.0386, 105.838))
    assert (inside.decision, inside.codes, inside.source) == ("ward", (BA_DINH,), WardSource.POINT)
    border = Point(21.032082, 105.827009)  # a corner of Ba Đình's polygon
    assert router.route("", border).decision == "ask"
    assert BA_DINH in router.route("", border).codes


def test_a_vague_point_hints_at_more_wards(router: Router) -> None:
    place = Point(21.0386, 105.838, accuracy=900.0)
    assert router.route("", place).decision == "ask"
    assert len(router.route("", place).codes) <= 5


@pytest.mark.parametrize(
    "point", [Point(10.77, 106.7), Point(float("nan"), 105.8), Point(1e308, -1e308), Point(21.0, float("inf"), float("nan"))]
)
def test_a_point_elsewhere_or_nowhere_is_no_ward(router: Router, point: Point) -> None:
    assert router.route("", point).decision == "none"


def test_words_outweigh_a_notice_boards_code_and_agreeing_signs_settle(router: Router) -> None:
    assert router.route("rác nhiều quá", None, PHU_THUONG).codes == (PHU_THUONG,)
    assert router.route("rác nhiều quá", None, PHU_THUONG).source is WardSource.PRESET
    assert set(router.route("rác ở phường Tây Hồ", None, PHU_THUONG).codes) == {TAY_HO}
    assert router.route("phường Yên Phụ", None, TAY_HO).codes == (TAY_HO,)
    assert router.route("Ngõ 12 Thụy Khuê", None, BA_DINH).codes == (BA_DINH,)


def test_words_and_a_point_that_differ_are_asked_about(router: Router) -> None:
    found = router.route("rác ở phường Tây Hồ", Point(21.0386, 105.838))
    assert (found.decision, set(found.codes)) == ("ask", {TAY_HO, BA_DINH})


def test_an_unknown_preset_is_refused(router: Router) -> None:
    with pytest.raises(UnknownWard):
        router.route("", None, WardCode("99999"))


def test_the_trace_tells_staff_why_without_the_residents_words_or_place(router: Router) -> None:
    found = router.route("Nhà tôi số 5, phường Yên Phụ", Point(21.0386, 105.838))
    assert any("Yên Phụ" in line for line in found.why)
    assert any(line.startswith("point:") for line in found.why)
    assert "21.03" not in " ".join(found.why)
    assert "số 5" not in " ".join(found.why)


def test_the_map_and_numpy_wait_for_the_first_point() -> None:
    """Memory: a process whose residents write names never loads the geometry library."""
    code = (
        "import sys; from bot.routing import load_router; from bot.domain.ward import Point; r = load_router();"
        "r.route('phường Tây Hồ'); print('shapely' in sys.modules, 'numpy' in sys.modules);"
        "r.route('', Point(21.0386, 105.838)); print('shapely' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["False", "False", "True"]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_routed_without_an_error(text: str) -> None:
    found = ROUTER.route(text)
    assert (found.decision == "none") == (found.codes == ())
    assert len(set(found.codes)) == len(found.codes)


def test_a_huge_text_is_read_in_bounded_time(router: Router) -> None:
    """Only the beginning is searched; the pathological one is a name repeated."""
    assert router.route("phường Tây Hồ " * 10_000).codes == (TAY_HO,)
    assert router.route("x " * 100_000 + "phường Tây Hồ").decision == "none"


def test_words_have_two_faces() -> None:
    hoa = words_of("hoà hòa hoa Đò")
    assert [word.plain for word in hoa] == ["hoa", "hoa", "hoa", "do"]
    assert hoa[0].marked == hoa[1].marked != hoa[2].marked
    assert [word.has_marks for word in hoa] == [True, True, False, True]
    assert folded("  Trợ   giúp! ") == "tro giup"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("nhà ở Bưởi nhưng rác ở Thụy Khuê", {"00103"}),
        ("Tôi sống ở phường Láng, thấy cống tắc tại phường Bạch Mai", {"00292"}),
        ("rác giữa phường Tây Hồ, Ba Đình và Ngọc Hà", {"00103", "00004", "00008"}),
        ("xã Hòa Nam cũ, nay là xã Hòa Xá, mất điện", {"10417"}),
        ("Quê tôi ở Nam Định, rác nhiều ở phường Láng", {"00199"}),
        ("phường Giảng Võ, Ba Đình", {"00025"}),
        ("huyện Ứng Hòa, xã Đại Hùng", {"10402"}),
        ("đường Nghi Tàm ngập", {"00097", "00103"}),
        ("noise at Xuan Dieu street, Quang An ward", {"00097", "00103"}),
        ("Loa kêu ở tổ 3 Định Công", {"00316"}),
        ("gà gáy ở xã Kim An H. Thanh Oai", {"10114"}),  # not Kim Anh
    ],
)
def test_the_place_of_the_matter_is_found(router: Router, text: str, codes: set[str]) -> None:
    assert set(router.route(text).codes) == codes


@pytest.mark.parametrize(
    "text",
    [
        "hợp tác xã Bình Minh",
        "Bạch Mai là bạn tôi",
        "Công ty Hồng Hà xả thải",
        "Trường tiểu học Nghĩa Đô thu tiền",
        "duong lang toi lay loi",
        "xã hội bây giờ phức tạp",
        "thanh xuân qua nhanh",
        "phường Bình Minh, thị xã Bình Minh, Vĩnh Long",
        "phường 5, quận 10",
        "xã Tân Dân huyện Khoái Châu tỉnh Hưng Yên",
        "xa tan dan huyen khoai chau hung yen",
    ],
)
def test_names_that_are_no_ward_of_ours_do_not_fire(router: Router, text: str) -> None:
    assert router.route(text).decision == "none"


def test_what_does_not_fit_together_is_asked_about(router: Router) -> None:
    """A commune of that name, but in no such district; a kind word of another unit, or a slip in the name."""
    assert router.route("xã Đại Cường, huyện Đông Anh").decision == "ask"
    assert set(router.route("phường Xuân Đình").codes) == {"00611", "09739"}


def test_a_street_never_overrides_a_named_ward(router: Router) -> None:
    assert router.route("đường Nghi Tàm, phường Láng").codes == ("00199",)
    assert set(router.route("đường Nghi Tàm, phường Quảng An").codes) == set(router.route("phường Quảng An").codes)


def test_the_trace_names_the_old_unit_its_district_and_where_it_went(router: Router) -> None:
    [line] = router.route("phường Bưởi").why
    assert line == "words: matched old name ‘phường Bưởi (quận Tây Hồ)’ → phường Tây Hồ, whole"


@pytest.mark.parametrize(
    "text",
    [
        "x " * 50_000,
        "phường " * 20_000,
        "hong ha " * 12_500,
        ".,!?-" * 20_000,
        "\u200f\u202e" * 50_000,
        "😀" * 100_000,
        "a" + "\u0301" * 99_999,
        "Tây Hồ, Ba Đình, " * 6_000,
        "\ufdfa" * 100_000,
        "aB" * 50_000,
    ],
)
def test_a_hundred_thousand_characters_take_bounded_time(router: Router, text: str) -> None:
    """Half a second of the processor at the very most, whatever they are."""
    router.route("")
    start = time.process_time()
    found = router.route(text)
    assert time.process_time() - start < 0.5
    assert found.decision == "none" or "ha" in text or "Hồ" in text
