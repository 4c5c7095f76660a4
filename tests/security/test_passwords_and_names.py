"""What is taken as a password of staff, how the first account comes to be, and which names are too like another's."""

from datetime import UTC, datetime

import pytest

from bot.domain.look_alike import is_plain_name, shape_of
from bot.domain.people import Role
from bot.domain.ward import WardCode
from bot.errors import BotError
from bot.routing.wards import load_wards
from bot.services.passwords import common_parts, one_time_password, trouble_with
from bot.services.staff_accounts import BadName, ForeignName, UsernameAlike, add_staff
from storage import Database

NOW = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
EASY = [
    "matkhau123456", "Mật khẩu 2026!", "password123456", "P@ssw0rd2026!", "qwertyuiop123", "1q2w3e4r5t6y", "hanoi123456789",
    "anhyeuem123456", "ubndphuong2026", "phuthuong12345", "Phú Thượng 2026", "homthu2026hanoi", "vietnamvodich1",
    "abcdefgh1234",
    "canbophuong@123", "xinchaovietnam", "iloveyou123456", "1234567890123", "administrator1", "nguyenvanhung1",
]  # fmt: skip
GOOD = [
    "con mèo trèo cây cau", "một câu thật dài dễ nhớ", "xe buýt số 31 hay trễ", "correct horse battery staple",
    "Tr0ng-kia-bờ-giếng",    "mua hai cân xoài chua",
]  # fmt: skip


@pytest.mark.parametrize("password", EASY)
def test_what_everybody_guesses_first_is_refused(password: str) -> None:
    """S11: Common ones, Vietnamese ones with accents or without, runs of keys, the ward's name, with digits and signs."""
    trouble = trouble_with(password, username="hoa.le", full_name="Lê Thị Hoa", ward_name="Phú Thượng")
    assert trouble == "desk_password_common"


@pytest.mark.parametrize("password", GOOD)
def test_a_long_sentence_is_taken(password: str) -> None:
    """S11: The list does not shut out what people are told to choose; nor is anything asked of signs and capitals."""
    assert trouble_with(password, username="hoa.le", full_name="Lê Thị Hoa", ward_name="Phú Thượng") is None


def test_given_passwords_are_random_and_pass_the_rule() -> None:
    """S11: A hundred of them, all different."""
    given = {one_time_password() for _ in range(100)}
    assert len(given) == 100
    assert [one for one in given if trouble_with(one, username="minh")] == []
    assert len(common_parts()) > 100


async def test_a_new_database_has_no_account(database: Database) -> None:
    """S11: The first one is made by the command line; there is nothing to sign in with before."""
    async with database.reading() as uow:
        assert await uow.staff.everyone() == []


async def hire(database: Database, username: str, full_name: str = "Nguyễn Thị Minh") -> None:
    async with database.begin() as uow:
        await add_staff(
            uow,
            username=username,
            full_name=full_name,
            role=Role.WARD_OFFICER,
            ward_code=WardCode("00091"),
            now=NOW,
            wards=load_wards(),
        )
        await uow.commit()


@pytest.mark.parametrize("twin", ["rninh.tran", "Minh.tran", "minh_tran", "minh-tran"])
async def test_a_user_name_that_looks_like_another_is_refused(sqlite_database: Database, twin: str) -> None:
    """1.3: "rninh" is no "minh", and a dot no hyphen."""
    await hire(sqlite_database, "minh.tran")
    with pytest.raises(BotError):
        await hire(sqlite_database, twin)


def test_which_names_look_alike() -> None:
    """1.3: One and el, zero and o, the great i; not every neighbour of a letter."""
    assert len({shape_of(name) for name in ("al", "a1", "aI", "AL")}) == 1
    assert shape_of("b0") == shape_of("bo")
    assert len({shape_of(name) for name in ("minh", "linh", "binh", "minhh", "minh2", "minh3")}) == 6


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Мinh",
        "Nguyễn\u200b Minh",
        "Ｎguyễn",
        "Nguyễn \u202eMinh",
        "Lê Vαn",
        "<b>Lê</b>",
        "Lê\u0300\u0301\u0302x\u0338",
        "ɑn",
        "李",
    ],
)
async def test_a_full_name_in_other_letters_is_refused(sqlite_database: Database, name: str) -> None:
    """1.3: Cyrillic, Greek, full width, no width, turned about: a name could be made to look like anybody's."""
    with pytest.raises((BadName, ForeignName)):
        await hire(sqlite_database, "minh", name)


@pytest.mark.parametrize(
    "name", ["Nguyễn Thị Minh", "Đặng Ngọc Ánh", "H'Hen Niê", "Trần B. (tổ 2)", "Lê-Hoàng Yến", "Cán bộ 3"]
)
async def test_names_of_this_country_are_taken(sqlite_database: Database, name: str) -> None:
    """1.3: Also when a keyboard spells them in pieces; they are kept in one form."""
    assert is_plain_name(name)
    await hire(sqlite_database, "minh", name)
    with pytest.raises(UsernameAlike):
        await hire(sqlite_database, "rninh", name)
