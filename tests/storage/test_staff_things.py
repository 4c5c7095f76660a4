"""What staff keep beside the cases: drafts, views, templates, presence, openings, chats; each on both engines."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bot.domain.people import Address, Channel, Language, Role, StaffId, StaffMember, Unit
from bot.domain.staffing import PRESENCE_LASTS, DraftForm, NewTemplate, StaffDraft
from bot.ports import Viewer
from storage import Database
from tests.storage.cast import BA_DINH, LATER, NOW, TAY_HO, file_case, hire


async def test_an_unsent_text_outlives_everything_but_being_sent(database: Database) -> None:
    """Minh's words stay his own when the case goes to another ward; only its code is no longer told."""
    async with database.begin() as uow:
        minh, case = await hire(uow), await file_case(uow)
        draft = StaffDraft(staff_id=minh.id, case_id=case.id, form=DraftForm.REPLY, text="Chúng tôi", updated_at=NOW)
        await uow.drafts.put(draft)
        later = StaffDraft(staff_id=minh.id, case_id=case.id, form=DraftForm.REPLY, text="Chúng tôi sẽ", updated_at=LATER)
        await uow.drafts.put(later)
        assert await uow.drafts.get(minh.id, case.id) == {DraftForm.REPLY: later}
        assert await uow.drafts.of(Viewer.of(minh)) == [(case.code, later)]
        await uow.cases.change(case, ward_code=BA_DINH)
        assert await uow.drafts.of(Viewer.of(minh)) == [(None, later)]
        note = StaffDraft(staff_id=minh.id, case_id=case.id, form=DraftForm.NOTE, text=" \n", updated_at=LATER)
        await uow.drafts.put(note)  # nothing typed is nothing kept
        await uow.drafts.drop(minh.id, case.id, DraftForm.REPLY)
        assert await uow.drafts.get(minh.id, case.id) == {}


async def test_nobody_has_anybody_elses_drafts_or_views(database: Database) -> None:
    async with database.begin() as uow:
        minh, thu, case = await hire(uow), await hire(uow, "thu"), await file_case(uow)
        await uow.drafts.put(
            StaffDraft(staff_id=minh.id, case_id=case.id, form=DraftForm.NOTE, text="riêng", updated_at=NOW)
        )
        view = await uow.views.put(minh.id, "Trễ hạn", "lateness=late")
        assert await uow.drafts.get(thu.id, case.id) == {}
        assert await uow.drafts.of(Viewer.of(thu)) == []
        assert await uow.views.of(thu.id) == []
        assert not await uow.views.remove(thu.id, view.id)
        assert await uow.views.of(minh.id) == [view]


async def test_a_view_of_the_same_name_takes_its_place(database: Database) -> None:
    async with database.begin() as uow:
        minh = await hire(uow)
        first, other = await uow.views.put(minh.id, "Rác", "category=waste"), await uow.views.put(minh.id, "Đèn", "")
        again = await uow.views.put(minh.id, " Rác ", "category=waste&sort=oldest")
        assert (again.id, again.query) == (first.id, "category=waste&sort=oldest")
        assert await uow.views.of(minh.id) == [again, other]
        assert await uow.views.remove(minh.id, other.id)
        assert await uow.views.of(minh.id) == [again]


async def test_a_ward_has_the_citys_templates_and_its_own(database: Database) -> None:
    async with database.begin() as uow:
        city = await uow.templates.add(NewTemplate(ward_code=None, name="B", language=Language.VI, text="Cảm ơn"))
        own = await uow.templates.add(NewTemplate(ward_code=TAY_HO, name="A", language=Language.EN, text="Thank you"))
        await uow.templates.add(NewTemplate(ward_code=BA_DINH, name="C", language=Language.VI, text="…"))
        assert await uow.templates.of(TAY_HO) == [own, city]
        assert await uow.templates.of(None) == [city]
        retired = replace(city, name="B2", language=Language.EN, text="Thanks", is_active=False)
        assert await uow.templates.change(retired)
        assert await uow.templates.get(city.id) == retired
        assert await uow.templates.of(TAY_HO) == [own]
        assert await uow.templates.of(TAY_HO, inactive_too=True) == [own, retired]
        assert not await uow.templates.change(replace(retired, id=999))
        assert await uow.templates.get(999) is None


async def test_who_else_is_here_is_seen_until_they_go_or_fall_silent(database: Database) -> None:
    async with database.begin() as uow:
        minh, thu, an = await hire(uow), await hire(uow, "thu"), await hire(uow, "an")
        case, other = await file_case(uow), await file_case(uow)
        await uow.presences.say(case.id, thu.id, NOW, is_writing=False)
        await uow.presences.say(case.id, an.id, NOW, is_writing=False)
        await uow.presences.say(case.id, thu.id, NOW + timedelta(seconds=20), is_writing=True)
        await uow.presences.say(case.id, minh.id, NOW, is_writing=True)
        await uow.presences.say(other.id, an.id, NOW, is_writing=False)
        seen = await uow.presences.others(case.id, but=minh.id, now=NOW + timedelta(seconds=21))
        assert [(one.staff_id, one.is_writing) for one in seen] == [(thu.id, True), (an.id, False)]
        silent = NOW + PRESENCE_LASTS
        assert [one.staff_id for one in await uow.presences.others(case.id, but=minh.id, now=silent)] == [thu.id]
        await uow.presences.leave(case.id, thu.id)
        assert await uow.presences.others(case.id, but=minh.id, now=silent) == []
        assert await uow.presences.forget_old(silent) == 3


async def test_two_people_open_an_identity(database: Database) -> None:
    """Minh asks, cannot decide himself, Thu grants, Minh looks; the resident can be told of it."""
    async with database.begin() as uow:
        minh, thu = await hire(uow), await hire(uow, "thu", role=Role.WARD_LEADER)
        case = await file_case(uow)
        asked = await uow.openings.ask(case.id, asked_by=minh.id, reason="Gọi lại gấp", now=NOW)
        assert [opening for _, opening in await uow.openings.waiting(Viewer.of(thu))] == [asked]
        assert not await uow.openings.decide(asked.id, decided_by=minh.id, is_granted=True, now=NOW)
        assert not await uow.openings.open(asked.id, asked_by=minh.id, now=NOW)
        assert await uow.openings.of_resident(case.resident_id) == []
        assert await uow.openings.decide(asked.id, decided_by=thu.id, is_granted=True, now=NOW)
        assert not await uow.openings.decide(asked.id, decided_by=thu.id, is_granted=False, now=LATER)
        assert not await uow.openings.open(asked.id, asked_by=thu.id, now=LATER)
        assert await uow.openings.open(asked.id, asked_by=minh.id, now=LATER)
        assert await uow.openings.open(asked.id, asked_by=minh.id, now=LATER + timedelta(days=1))
        [found] = await uow.openings.of_case(case.id)
        assert (found.decided_by, found.is_granted, found.opened_at) == (thu.id, True, LATER)
        assert await uow.openings.of_resident(case.resident_id) == [(case.code, found)]
        assert await uow.openings.get(asked.id) == found
        assert await uow.openings.get(999) is None


async def test_only_those_who_may_decide_are_asked(database: Database) -> None:
    """Not an officer without the right, not the leader of another ward, not whoever asked."""
    async with database.begin() as uow:
        minh, an, case = await hire(uow), await hire(uow, "an"), await file_case(uow)
        leader = await hire(uow, "thu", role=Role.WARD_LEADER)
        stranger = await hire(uow, "hoa", BA_DINH, Role.WARD_LEADER)
        asked = await uow.openings.ask(case.id, asked_by=leader.id, reason="x", now=NOW)
        for nobody in (minh, an, stranger, leader):
            assert await uow.openings.waiting(Viewer.of(nobody)) == []
        named = await hire(uow, "kim", role=Role.RESTRICTED_OFFICER)
        assert await uow.openings.waiting(Viewer.of(named)) == [(case.code, asked)]


async def test_the_table_itself_refuses_one_person_in_two_places(database: Database) -> None:
    from sqlalchemy import insert

    from storage.tables import identity_openings

    async with database.begin() as uow:
        minh, case = await hire(uow), await file_case(uow)
        await uow.commit()
    row = {"case_id": case.id, "asked_by": minh.id, "reason": "x", "asked_at": NOW}
    both = row | {"decided_by": minh.id, "is_granted": True, "decided_at": NOW}
    with pytest.raises(IntegrityError):
        async with database._transaction() as connection:
            await connection.execute(insert(identity_openings), both)


async def test_a_chat_is_linked_by_its_code_once(database: Database) -> None:
    chat = Address(Channel.ZALO, "77ab")
    async with database.begin() as uow:
        minh, thu = await hire(uow), await hire(uow, "thu")
        await uow.staff_chats.begin(minh.id, Channel.ZALO, "1" * 64, until=LATER)
        await uow.staff_chats.begin(minh.id, Channel.ZALO, "2" * 64, until=LATER)  # the first code is void
        assert await uow.staff_chats.link(chat, "1" * 64, NOW) is None
        assert await uow.staff_chats.link(Address(Channel.TELEGRAM, "77ab"), "2" * 64, NOW) is None
        linked = await uow.staff_chats.link(chat, "2" * 64, NOW)
        assert linked is not None
        assert (linked.staff_id, linked.external_id, linked.code_hash, linked.linked_at) == (minh.id, "77ab", "", NOW)
        assert await uow.staff_chats.link(chat, "2" * 64, NOW) is None
        assert await uow.staff_chats.by_address(chat) == linked
        assert await uow.staff_chats.linked() == [(linked, minh)]

        await uow.staff_chats.begin(thu.id, Channel.ZALO, "3" * 64, until=LATER)
        assert await uow.staff_chats.link(chat, "3" * 64, LATER) is None  # too late
        theirs = await uow.staff_chats.link(chat, "3" * 64, NOW)  # the phone has a new owner
        assert theirs is not None
        assert await uow.staff_chats.of(minh.id) == []
        assert await uow.staff_chats.of(thu.id) == [theirs]
        assert not await uow.staff_chats.remove(minh.id, theirs.id)
        assert await uow.staff_chats.remove(thu.id, theirs.id)
        assert await uow.staff_chats.by_address(chat) is None


async def test_whatever_ends_the_sessions_ends_the_linked_chats(database: Database) -> None:
    """A new password, another place, a closed account: whose chat it was is no longer sure. Thu's own stays."""
    async with database.begin() as uow:
        minh, thu = await hire(uow), await hire(uow, "thu")

        async def link(number: int, member: StaffMember) -> None:
            await uow.staff_chats.begin(member.id, Channel.ZALO, f"{number}" * 64, until=LATER)
            assert await uow.staff_chats.link(Address(Channel.ZALO, str(number)), f"{number}" * 64, NOW)

        await link(1, thu)
        await link(2, minh)
        await uow.staff.set_password(minh.id, "argon2id$…", must_change=True)
        assert await uow.staff_chats.of(minh.id) == []
        await link(3, minh)
        await uow.staff.place(minh.id, role=Role.WARD_LEADER, ward_code=TAY_HO, unit=Unit.NONE)
        assert await uow.staff_chats.of(minh.id) == []
        await link(4, minh)
        await uow.staff_chats.begin(minh.id, Channel.TELEGRAM, "5" * 64, until=LATER)
        await uow.staff.set_disabled(minh.id, True)
        assert await uow.staff_chats.link(Address(Channel.TELEGRAM, "5"), "5" * 64, NOW) is None
        assert [chat.external_id for chat in await uow.staff_chats.of(thu.id)] == ["1"]
        assert await uow.staff_chats.of(minh.id) == []


async def test_a_closed_account_links_nothing(database: Database) -> None:
    """Also with a code that was made after it was closed."""
    async with database.begin() as uow:
        minh = await hire(uow)
        await uow.staff.set_disabled(minh.id, True)
        await uow.staff_chats.begin(minh.id, Channel.ZALO, "1" * 64, until=LATER)
        assert await uow.staff_chats.link(Address(Channel.ZALO, "1"), "1" * 64, NOW) is None
        await uow.staff.set_disabled(minh.id, False)
        assert await uow.staff_chats.link(Address(Channel.ZALO, "1"), "1" * 64, NOW) is not None


async def test_an_unlinked_chat_of_nobody_is_found_by_no_empty_code(database: Database) -> None:
    """A linked chat's hash is empty; an empty hash links nothing."""
    async with database.begin() as uow:
        minh = await hire(uow)
        await uow.staff_chats.begin(minh.id, Channel.ZALO, "1" * 64, until=LATER)
        await uow.staff_chats.link(Address(Channel.ZALO, "1"), "1" * 64, NOW)
        assert await uow.staff_chats.link(Address(Channel.ZALO, "2"), "", NOW) is None
        assert await uow.staff_chats.of(StaffId(99)) == []
