"""A text about a case is public when two of staff and the resident agree to it, and is gone when one of them says so."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.case import CaseCode
from bot.domain.people import Channel, Role
from bot.domain.publishing import Published, State
from bot.errors import CaseNotFound
from bot.ports import Viewer
from bot.services.publish_case import (
    Edited,
    NotTheOther,
    NotToPublish,
    PublicationGone,
    decide_publication,
    first_wording,
    propose_publication,
    take_down,
)
from bot.services.setting import BadFields
from bot.understanding.identifying import find_identifying, find_never_public, without_identifying
from handlers.dialogue import make_dialogue
from storage import Database
from tests.dialogue.desk import Officer, all_hear
from tests.dialogue.driver import ZONE, Resident, hanoi

CITY = hanoi()
SAID = "Đèn đường phố Thụy Khuê ở phường Tây Hồ tắt ba đêm. Tôi là Bùi Thị Bưởi, số nhà 17, gọi 0987 318 842."
GOOD = Edited(
    title="Đèn đường tắt",
    text="Đèn đường tắt ba đêm liền.",
    answer="Tổ điện đã thay bóng.",
    shows_place=False,
    read={"title", "text", "answer"},
    is_sure=False,
)


class Scene:
    """Lan's lamp, Minh who works at it, and Chi who leads the ward."""

    def __init__(self, database: Database, lan: Resident, minh: Officer, chi: Officer) -> None:
        self.database, self.lan, self.minh, self.chi = database, lan, minh, chi
        self.code: CaseCode = lan.code

    async def proposes(self, edited: Edited = GOOD, who: Officer | None = None) -> str:
        staff = who or self.minh
        async with self.database.begin() as uow:
            version = (await staff.case(self.code)).version
            await propose_publication(uow, staff=staff.member, code=self.code, version=version, edited=edited, now=staff.now)
            await uow.commit()
        return await self.slug()

    async def approves(self, who: Officer | None = None, *, is_approved: bool = True) -> None:
        staff, slug = who or self.chi, await self.slug()
        async with self.database.begin() as uow:
            await decide_publication(
                uow,
                staff=staff.member,
                code=self.code,
                slug=slug,
                is_approved=is_approved,
                now=staff.now,
                wards=CITY.wards,
            )
            await uow.commit()
        await self.lan._deliver()

    async def copy(self) -> str:
        """Of Lan's data, as she is shown it."""
        await self.lan.commands("mydata")
        await self.lan.presses("Xem bản sao")
        return self.lan.hears[-1]

    async def slug(self) -> str:
        async with self.database.reading() as uow:
            return (await uow.publications.of_case((await self.minh.case(self.code)).id))[-1].slug

    async def state(self) -> State:
        async with self.database.reading() as uow:
            return (await uow.publications.of_case((await self.minh.case(self.code)).id))[-1].state

    async def public(self, days: float) -> list[Published]:
        """What everybody reads so many days from now."""
        async with self.database.reading() as uow:
            return await uow.publications.page(now=self.lan.now + timedelta(days=days), most=9)


async def scene(database: Database, *, said: str = SAID, channel: Channel = Channel.WEBCHAT) -> Scene:
    lan = Resident(database, make_dialogue(CITY), "Lan", channel=channel)
    minh = await Officer.hired(database, CITY)
    chi = await Officer.hired(database, CITY, name="chi", role=Role.WARD_LEADER, full_name="Lê Chi")
    await lan.says(said)
    await lan.presses("Gửi")
    await minh.answers(lan.code, "Tổ điện sẽ đến sáng mai.")
    await all_hear(lan)
    return Scene(database, lan, minh, chi)


async def test_a_lamp_is_read_about_by_everybody_until_its_resident_takes_it_back(database: Database) -> None:
    """Lan reads every letter before anybody else; it is public from the first moment of a day, and gone with one tap."""
    here = await scene(database)
    slug = await here.proposes()
    assert "Đèn đường tắt ba đêm liền." not in "".join(here.lan.hears), "nobody is asked before the second pair of eyes"
    await here.approves()
    for words in (GOOD.title, GOOD.text, GOOD.answer):
        assert words in here.lan.hears[-1]
    assert await here.public(99) == [], "no answer is no"
    await here.lan.presses("Đồng ý đăng")
    assert await here.public(1) == [], "a day has to pass since the answer, and the day to end"
    [shown] = await here.public(2)
    assert (shown.title, shown.text, shown.answer, shown.point, shown.slug) == (
        GOOD.title,
        GOOD.text,
        GOOD.answer,
        None,
        slug,
    )
    assert shown.published_at.astimezone(ZONE).strftime("%H:%M:%S") == "00:00:00"
    assert shown.code not in shown.slug
    copy = await here.copy()
    for words in (GOOD.title, GOOD.text, GOOD.answer, "Nội dung đã đồng ý đăng"):
        assert words in copy, "what is public of her is in the copy of her data, and so is the way to end it"
    await here.lan.commands("cases")
    await here.lan.presses(here.code)
    await here.lan.presses("Nội dung đã đồng ý đăng")
    await here.lan.presses("Gỡ khỏi trang công khai")
    assert "Đã gỡ" in here.lan.hears[-1]
    copy = await here.copy()
    assert "đã gỡ ngày" in copy
    assert GOOD.text not in copy, "its words are gone"
    assert await here.public(99) == []
    with pytest.raises(NotToPublish):
        await here.proposes()


async def test_a_no_is_a_no_and_so_is_silence(sqlite_database: Database) -> None:
    """Nobody is asked twice; an old button agrees to nothing any more."""
    here = await scene(sqlite_database)
    await here.proposes()
    await here.approves()
    with pytest.raises(NotToPublish):
        await here.proposes()
    await here.lan.presses("Không đăng")
    assert "không hỏi lại" in here.lan.hears[-1]
    with pytest.raises(NotToPublish):
        await here.proposes()
    await here.lan.presses("Đồng ý đăng")
    assert (await here.state(), await here.public(9)) == (State.ENDED, [])


async def test_another_text_needs_another_yes(sqlite_database: Database) -> None:
    """What she agreed to is gone as soon as another text is proposed, and her old button does not agree to that."""
    here = await scene(sqlite_database)
    await here.proposes()
    await here.approves()
    await here.lan.presses("Đồng ý đăng")
    old = here.lan.button("Đồng ý đăng").data
    await here.proposes(replace(GOOD, text="Đèn tắt, nay đã sáng."))
    assert await here.public(9) == []
    await here.approves()
    await here.lan.presses_data(old)
    assert await here.public(9) == []
    await here.lan.presses("Đồng ý đăng")
    assert [one.text for one in await here.public(9)] == ["Đèn tắt, nay đã sáng."]


async def test_on_zalo_she_answers_by_number(sqlite_database: Database) -> None:
    here = await scene(sqlite_database, channel=Channel.ZALO)
    await here.proposes()
    await here.approves()
    await here.lan.says("1")
    assert len(await here.public(9)) == 1


async def test_it_takes_two_of_staff_and_no_officer_approves(sqlite_database: Database) -> None:
    here = await scene(sqlite_database)
    await here.proposes(who=here.chi)
    with pytest.raises(NotTheOther):
        await here.approves()
    with pytest.raises(CaseNotFound):
        await here.approves(here.minh)
    await here.approves(is_approved=False)
    assert await here.state() is State.ENDED
    assert "đăng" not in here.lan.hears[-1]
    await here.proposes()  # nobody was asked: it may be proposed again
    await here.approves()


async def test_the_ward_takes_it_down_at_once_and_she_is_told(sqlite_database: Database) -> None:
    here = await scene(sqlite_database)
    slug = await here.proposes()
    await here.approves()
    await here.lan.presses("Đồng ý đăng")
    stranger = await Officer.hired(sqlite_database, CITY, "00091", "xa")
    for who in (stranger, here.minh):
        async with sqlite_database.begin() as uow:
            take = take_down(uow, staff=who.member, viewer=Viewer.of(who.member), slug=slug, now=who.now)
            if who is stranger:
                with pytest.raises(PublicationGone):
                    await take
            else:
                await take
                await uow.commit()
    await all_hear(here.lan)
    assert "được gỡ khỏi trang công khai" in here.lan.hears[-1]
    assert await here.public(9) == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"text": "Gọi 0987 318 842 nhé"}, "text"),
        ({"text": "Xe 29A1-123.45 đỗ"}, "text"),
        ({"answer": "Xem https://example.org/lan"}, "answer"),
        ({"answer": "Hồ sơ 7K3M-9QX2"}, "answer"),
        ({"read": {"title", "text"}}, "read_answer"),
        ({"text": "Bà Nguyễn Thị Bưởi báo đèn tắt"}, "sure"),
        ({"text": "Đèn trước số nhà 17 tắt"}, "sure"),
        ({"shows_place": True}, "place"),
        ({"text": "x\x00y"}, "text"),
    ],
)
async def test_what_may_lead_to_somebody_is_not_taken(
    sqlite_database: Database, changed: dict[str, object], field: str
) -> None:
    """Numbers and links never; names and homes only when somebody says that they are none; each text read by itself."""
    here = await scene(sqlite_database)
    with pytest.raises(BadFields) as refused:
        await here.proposes(replace(GOOD, **changed))  # type: ignore[arg-type]  # one field each
    assert field in refused.value.troubles
    if field == "sure":
        await here.proposes(replace(GOOD, **changed, is_sure=True))  # type: ignore[arg-type]  # as above


async def test_an_editor_begins_without_what_leads_to_somebody(sqlite_database: Database) -> None:
    here = await scene(sqlite_database)
    async with sqlite_database.reading() as uow:
        first = await first_wording(uow, await here.minh.case(here.code), "Chiếu sáng")
    assert "phố Thụy Khuê" in first.text
    for secret in ("Bưởi", "17", "0987", "842"):
        assert secret not in first.text
    assert first.answer == "Tổ điện sẽ đến sáng mai."


async def test_an_anonymous_resident_is_never_asked(sqlite_database: Database) -> None:
    here = await scene(sqlite_database)
    async with sqlite_database._transaction() as connection:
        from storage.tables import cases

        await connection.execute(cases.update().values(is_anonymous=True))
        await connection.commit()
    with pytest.raises(NotToPublish):
        await here.proposes()


@pytest.mark.parametrize(
    ("text", "kept", "gone"),
    [
        ("Phố Nguyễn Trãi ngập", "Nguyễn Trãi", ""),
        ("anh Tuấn ở ngõ 12", "anh", "Tuấn"),
        ("Tôi là Lan Anh, báo rác", "báo rác", "Lan Anh"),
        ("nhà số 5/12 phố Thụy Khuê", "phố Thụy Khuê", "5/12"),
        ("ngách 3/4 tối om", "tối om", "3/4"),
        ("gửi về lan@example.com", "gửi về", "lan@example"),
        ("••• ••• gọi", "gọi", "•"),
        ("Chị Phạm Thị Mận bán hàng", "bán hàng", "Mận"),
        ("anh Đức và chị Ơn", "và", "Đức"),
        ("Đỗ Ạnh Đào báo", "báo", "Đỗ"),
        ("ANH TUẤN ở đây", "ở đây", "TUẤN"),
        ("Mr Smith at flat 3b", "at", "Smith"),
    ],
)
def test_names_and_homes_are_found(text: str, kept: str, gone: str) -> None:
    """What is marked is taken out of what an editor begins with; a street's name is none of a person."""
    first = without_identifying(text)
    assert kept in first
    assert not gone or gone not in first
    assert without_identifying(first) == first
    assert not gone or gone == "•" or find_identifying(text) or find_never_public(text)
