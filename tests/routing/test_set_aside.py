"""Who says "not that ward but this one", or takes a name back, is understood; a name that is denied decides nothing."""

import pytest

from bot.routing import Router, load_router

TAY_HO, BA_DINH = "00103", "00004"


@pytest.fixture(scope="module")
def router() -> Router:
    return load_router()


@pytest.mark.parametrize(
    "text",
    [
        "không phải phường Tây Hồ mà là phường Ba Đình",
        "Rác ở phường Tây Hồ\nkhông phải phường Tây Hồ mà là phường Ba Đình",
        "Rác ở phường Tây Hồ\nkhông phải ở phường Tây Hồ mà ở Ba Đình",
        "ko phai phuong tay ho ma la ba dinh",
        "ở phường Ba Đình chứ không phải phường Tây Hồ",
        "Rác ở phường Tây Hồ. Nhầm, phường Ba Đình",
        "Đèn hỏng phường Tây Hồ, à quên, phường Ba Đình",
        "not Tay Ho ward but Ba Dinh ward",
        "Broken lamp in Tay Ho ward. Sorry, I mean Ba Dinh ward",
    ],
)
def test_the_other_one_is_meant(router: Router, text: str) -> None:
    found = router.route(text)
    assert (found.decision, found.codes, TAY_HO in found.set_aside) == ("ward", (BA_DINH,), True), found.why


@pytest.mark.parametrize("text", ["đây không phải phường Tây Hồ", "This is not Tay Ho ward"])
def test_a_name_that_is_only_denied_decides_nothing(router: Router, text: str) -> None:
    found = router.route(text)
    assert (found.decision, found.set_aside) == ("none", (TAY_HO,))


@pytest.mark.parametrize(
    "text",
    [
        "phường Tây Hồ chuyển nhầm hồ sơ sang phường Ba Đình",
        "Rác ở phường Tây Hồ và phường Ba Đình",
        "phường Tây Hồ, không phải lần đầu, cả phường Ba Đình nữa",
    ],
)
def test_what_is_not_taken_back_is_asked_about(router: Router, text: str) -> None:
    found = router.route(text)
    assert (found.decision, set(found.codes), found.set_aside) == ("ask", {TAY_HO, BA_DINH}, ())


def test_a_house_number_before_a_former_wards_name_hints_at_it(router: Router) -> None:
    """The street is in no table of ours; the ward that was named after it is asked about, and never taken for sure."""
    found = router.route("Cây đổ trước nhà tôi 45 Hàng Bạc")
    assert (found.decision, found.codes) == ("ask", ("00070",))


@pytest.mark.parametrize("text", ["Vỉa hè phố Hàng Bạc bị chiếm hết", "số 12 phố Hàng Đào", "pho hang bac on ao"])
def test_a_street_that_bears_a_former_wards_name_hints_at_it(router: Router, text: str) -> None:
    found = router.route(text)
    assert (found.decision, found.codes) == ("ask", ("00070",))


def test_a_district_beside_such_a_street_says_as_much(router: Router) -> None:
    """Another district may have a street of that name: both are offered."""
    found = router.route("phố Hàng Bạc, quận Cầu Giấy")
    assert found.decision == "ask"
    assert {"00070", "00160"} <= set(found.codes)


def test_a_word_of_the_road_is_no_street(router: Router) -> None:
    """ "đường làng" is any village's road, typed without its marks it is no Láng."""
    assert router.route("duong lang toi ngap lut").decision == "none"
