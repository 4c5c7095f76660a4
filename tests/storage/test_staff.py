"""Accounts and sessions: names without case, and nobody stays signed in who should not."""

import pytest
from sqlalchemy.exc import IntegrityError

from bot.domain.people import Language, Role, Session, StaffId, StaffMember
from bot.errors import UsernameTaken
from bot.ports import UnitOfWork
from storage import Database
from tests.storage.cast import LATER, NOW, TAY_HO, hire


async def sign_in(uow: UnitOfWork, member: StaffMember, letter: str = "a") -> Session:
    session = Session(id_hash=letter * 64, staff_id=member.id, form_token="token", created_at=NOW, seen_at=NOW)
    await uow.sessions.add(session)
    return session


async def test_a_member_is_found_by_any_spelling_of_the_name(database: Database) -> None:
    async with database.begin() as uow:
        minh = await hire(uow, "Đức.Minh")
        assert await uow.staff.by_username(" ĐỨC.minh ") == (minh, "argon2id$…")
        assert await uow.staff.by_username("minh") is None
        assert await uow.staff.get(minh.id) == minh
        assert await uow.staff.get(StaffId(99)) is None
        assert (minh.username, minh.role, minh.ward_code) == ("Đức.Minh", Role.WARD_OFFICER, TAY_HO)
        assert (minh.is_disabled, minh.must_change_password, minh.language) == (False, True, Language.VI)
        with pytest.raises(UsernameTaken):
            await hire(uow, "đức.MINH")
        thu = await hire(uow, "an.thu", ward=None)  # the refusal has not spoilt the unit of work
        assert await uow.staff.everyone() == [thu, minh]


async def test_a_ward_officer_without_a_ward_is_refused_by_the_table(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.begin() as uow:
            await uow.staff.add(
                username="x",
                full_name="x",
                role=Role.WARD_OFFICER,
                ward_code=None,
                password_hash="",
                must_change_password=False,
                now=NOW,
            )


async def test_a_session_lasts_until_it_ends(database: Database) -> None:
    async with database.begin() as uow:
        minh = await hire(uow)
        session = await sign_in(uow, minh)
        assert await uow.sessions.get(session.id_hash) == (session, minh)
        await uow.sessions.touch(session.id_hash, LATER)
        found = await uow.sessions.get(session.id_hash)
        assert found is not None
        assert (found[0].seen_at, found[0].created_at) == (LATER, NOW)
        await uow.sessions.end(session.id_hash)
        assert await uow.sessions.get(session.id_hash) is None


async def test_a_new_password_and_a_closed_account_end_every_session(database: Database) -> None:
    """Of this member; others stay signed in."""
    async with database.begin() as uow:
        minh, thu = await hire(uow), await hire(uow, "thu")
        others = await sign_in(uow, thu, "c")
        for letter in "ab":
            await sign_in(uow, minh, letter)
        await uow.staff.set_password(minh.id, "new", must_change=False)
        assert [await uow.sessions.get(letter * 64) for letter in "ab"] == [None, None]
        found = await uow.staff.by_username("minh")
        assert found is not None
        assert (found[1], found[0].must_change_password) == ("new", False)

        session = await sign_in(uow, minh)
        await uow.staff.set_disabled(minh.id, True)
        assert await uow.sessions.get(session.id_hash) is None
        smuggled = await sign_in(uow, minh, "d")  # should anything make one for a closed account, it opens nothing
        assert await uow.sessions.get(smuggled.id_hash) is None
        await uow.staff.set_disabled(minh.id, False)
        assert await uow.sessions.get(smuggled.id_hash) is not None
        assert await uow.sessions.get(others.id_hash) is not None


async def test_a_member_reads_in_their_language(database: Database) -> None:
    async with database.begin() as uow:
        minh = await hire(uow)
        await uow.staff.set_language(minh.id, Language.EN)
        found = await uow.staff.get(minh.id)
    assert found is not None
    assert found.language is Language.EN
