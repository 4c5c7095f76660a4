"""Ready texts: only the places that are known are filled in, and nothing that is filled in is read again."""

from bot.domain.splitting import pieces
from bot.domain.templating import VARIABLES, fill, unknown_variables


def test_every_known_place_is_filled_in_and_no_other() -> None:
    values = {name: name.upper() for name in VARIABLES}
    assert fill("{ma} { phuong } {han} {ten_canbo} {ten} {} {{ma}}", values) == "MA PHUONG HAN TEN_CANBO {ten} {} {MA}"


def test_what_is_filled_in_is_not_read_again() -> None:
    assert fill("{ten_canbo}", {"ten_canbo": "{ma}", "ma": "x"}) == "{ma}"


def test_unknown_places_are_named_once_as_they_stand() -> None:
    assert unknown_variables("Hồ sơ {ma}, {tên}, { }, {tên}, {han}") == ("{tên}", "{ }")
    assert unknown_variables("Giá {ma} đồng } {") == ()


def test_a_long_text_is_split_where_people_would() -> None:
    assert pieces("một hai\nba bốn", 8) == ["một hai", "ba bốn"]
    assert pieces("  ", 8) == []
    assert "".join(pieces("😀" * 9, 4)) == "😀" * 9
