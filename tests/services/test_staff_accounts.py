"""Accounts are made with a random password that works once, under names that cannot be taken for another's."""

from datetime import UTC, datetime

import pytest

from bot.domain.people import Role
from bot.domain.ward import WardCode
from bot.errors import BotError, UnknownWard, UsernameTaken
from bot.routing.wards import load_wards
from bot.services.passwords import one_time_password, trouble_with
from bot.services.sign_in import SignedIn, sign_in
from bot.services.staff_accounts import (
    BadName,
    BadUsername,
    UnknownStaff,
    add_staff,
    disable_staff,
    list_staff,
    reset_password,
)
from storage import Database

NOW = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
WARD = WardCode("00091")


async def make(database: Database, username: str = "minh", role: Role = Role.WARD_OFFICER, **given: object) -> str:
    values: dict[str, object] = {"full_name": "Minh", "ward_code": WARD if role is Role.WARD_OFFICER else None} | given
    async with database.begin() as uow:
        _, password = await add_staff(
            uow,
            username=username,
            role=role,
            now=NOW,
            wards=load_wards(),
            full_name=str(values["full_name"]),
            ward_code=WardCode(str(values["ward_code"])) if values["ward_code"] else None,
        )
        await uow.commit()
    return password


async def test_the_given_password_signs_in_and_must_be_changed(database: Database) -> None:
    password = await make(database)
    made = await sign_in(database, username="Minh", password=password, now=NOW)
    assert isinstance(made, SignedIn)
    assert made.staff.must_change_password
    assert made.session.id_hash != made.session_id
    async with database.reading() as uow:
        found = await uow.staff.by_username("minh")
    assert found is not None
    assert found[1].startswith("$argon2id$")
    assert password not in found[1]


async def test_a_reset_ends_the_sessions_and_the_old_password(database: Database) -> None:
    old = await make(database)
    made = await sign_in(database, username="minh", password=old, now=NOW)
    assert isinstance(made, SignedIn)
    async with database.begin() as uow:
        new = await reset_password(uow, username="minh", now=NOW)
        await uow.commit()
    async with database.reading() as uow:
        assert await uow.sessions.get(made.session.id_hash) is None
    assert await sign_in(database, username="minh", password=old, now=NOW) is None
    assert await sign_in(database, username="minh", password=new, now=NOW) is not None


async def test_a_disabled_account_is_shut_at_once_and_can_be_opened_again(database: Database) -> None:
    password = await make(database)
    made = await sign_in(database, username="minh", password=password, now=NOW)
    assert isinstance(made, SignedIn)
    for disabled in (True, False):
        async with database.begin() as uow:
            await disable_staff(uow, username="minh", now=NOW, disabled=disabled)
            await uow.commit()
        async with database.reading() as uow:
            assert await uow.sessions.get(made.session.id_hash) is None
        assert (await sign_in(database, username="minh", password=password, now=NOW) is None) == disabled


async def test_a_name_is_taken_whatever_its_case(database: Database) -> None:
    await make(database)
    with pytest.raises(UsernameTaken):
        await make(database, "MINH")
    async with database.reading() as uow:
        assert [member.username for member in await list_staff(uow)] == ["minh"]


@pytest.mark.parametrize("username", ["", "ab", "a" * 41, "minh nguyen", "mịnh", "mіnh", "minh\n", "a/b", "<b>", "\0\0\0"])
async def test_names_that_could_be_mistaken_are_refused(sqlite_database: Database, username: str) -> None:
    with pytest.raises(BadUsername):
        await make(sqlite_database, username)


@pytest.mark.parametrize(
    ("role", "ward", "error"),
    [
        (Role.WARD_OFFICER, None, UnknownWard),
        (Role.WARD_OFFICER, "99999", UnknownWard),
        (Role.OPERATOR, WARD, UnknownWard),
    ],
)
async def test_a_ward_goes_with_exactly_the_roles_of_a_ward(
    sqlite_database: Database, role: Role, ward: str | None, error: type[BotError]
) -> None:
    with pytest.raises(error):
        await make(sqlite_database, role=role, ward_code=ward)


async def test_a_full_name_is_one_line_of_letters(sqlite_database: Database) -> None:
    for name in ("", "  ", "x" * 101, "a\u202eb", "a\0b"):
        with pytest.raises(BadName):
            await make(sqlite_database, full_name=name)


async def test_an_unknown_account_cannot_be_reset(sqlite_database: Database) -> None:
    async with sqlite_database.begin() as uow:
        with pytest.raises(UnknownStaff):
            await reset_password(uow, username="nobody", now=NOW)
        with pytest.raises(UnknownStaff):
            await disable_staff(uow, username="nobody", now=NOW)


def test_a_given_password_is_long_random_and_good_enough_for_our_own_rule() -> None:
    made = {one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert all(trouble_with(password, username="minh") is None for password in made)
