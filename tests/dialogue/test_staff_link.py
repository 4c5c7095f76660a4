"""A staff member sends the code of the desk from their own chat; everybody else learns nothing by trying."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.notices import LINK_LASTS
from bot.domain.people import Channel, Role, StaffMember
from bot.domain.ward import WardCode
from bot.services.city import City
from bot.services.link_chat import begin_link
from handlers.dialogue.wrong_tries import MOST_WRONG, WINDOW
from storage import Database
from tests.dialogue.conftest import Meet
from tests.dialogue.driver import MONDAY, Resident

WRONG = "Mã này không dùng được. Nếu bạn là cán bộ, hãy lấy mã mới trên trang làm việc rồi gửi lại."
LINKED = "✅ Đã nối. Khi có việc mới, bạn sẽ được báo ngay tại đây. Muốn thôi, bạn gõ /unlink."


async def hired(database: Database, name: str = "minh") -> StaffMember:
    async with database.begin() as uow:
        member = await uow.staff.add(
            username=name,
            full_name="Trần Minh",
            role=Role.WARD_OFFICER,
            ward_code=WardCode("00091"),
            password_hash="argon2id$…",
            must_change_password=False,
            now=MONDAY,
        )
        await uow.commit()
    return member


async def code_for(database: Database, city: City, member: StaffMember) -> str:
    async with database.begin() as uow:
        code = await begin_link(uow, city.receipts, staff=member, channel=Channel.TELEGRAM, now=MONDAY)
        await uow.commit()
    return code


async def linked_to(database: Database, resident: Resident) -> str:
    """Whose chat it is; empty for nobody's."""
    async with database.reading() as uow:
        chat = await uow.staff_chats.by_address(resident.address)
        member = await uow.staff.get(chat.staff_id) if chat else None
    return member.username if member else ""


def on_telegram(resident: Resident) -> Resident:
    return replace(resident, channel=Channel.TELEGRAM)


async def test_a_code_links_a_chat_once_in_any_spelling(database: Database, city: City, meet: Meet) -> None:
    """Typed by hand, small and without its dash. The same code from another chat is as good as a wrong one."""
    minh, other = on_telegram(meet("Minh")), on_telegram(meet("Other"))
    code = await code_for(database, city, await hired(database))
    await minh.commands("link", code.lower().replace("-", " "))
    assert minh.hears == [LINKED]
    await other.commands("link", code)
    await minh.commands("link", code)
    assert other.hears == [WRONG]
    assert minh.hears[-1] == WRONG
    assert (await linked_to(database, minh), await linked_to(database, other)) == ("minh", "")


async def test_the_link_of_the_page_does_the_same(database: Database, city: City, meet: Meet) -> None:
    minh = on_telegram(meet("Minh"))
    code = await code_for(database, city, await hired(database))
    await minh.commands("start", f"link_{code.replace('-', '')}")
    assert minh.hears == [LINKED]
    assert await linked_to(database, minh) == "minh"


async def test_wrong_old_and_foreign_codes_are_answered_alike(
    sqlite_database: Database, city: City, meet_quickly: Meet
) -> None:
    """Never given, over, void because of a newer one, of a closed account, no code at all: one answer."""
    member, closed = await hired(sqlite_database), await hired(sqlite_database, "closed")
    void = await code_for(sqlite_database, city, member)
    good, theirs = await code_for(sqlite_database, city, member), await code_for(sqlite_database, city, closed)
    async with sqlite_database.begin() as uow:
        await uow.staff.set_disabled(closed.id, True)
        await uow.commit()
    for number, typed in enumerate(("7K3M-9QX2", void, theirs, "xin chào", "x" * 4000, "\0", "000", "🙏")):
        someone = on_telegram(meet_quickly(f"Someone{number}"))
        await someone.commands("link", typed)
        assert someone.hears == [WRONG], typed
    late = replace(on_telegram(meet_quickly("Late")), now=MONDAY + LINK_LASTS)
    await late.commands("link", good)
    assert late.hears == [WRONG]
    in_time = on_telegram(meet_quickly("Intime"))
    await in_time.commands("link", good)
    assert in_time.hears == [LINKED]


async def test_nobody_tries_one_code_after_the_other(database: Database, city: City, meet: Meet) -> None:
    """After five wrong ones even the right one is refused, for an hour; another chat is not held up by that."""
    minh, hoa = on_telegram(meet("Minh")), on_telegram(meet("Hoa"))
    member = await hired(database)
    for _ in range(MOST_WRONG):
        await minh.commands("link", "7K3M-9QX2")
    code = await code_for(database, city, member)
    await minh.commands("link", code)
    assert minh.hears[-1] == "Mã đã bị gõ sai nhiều lần. Bạn thử lại sau một giờ nhé."
    assert await linked_to(database, minh) == ""
    minh.now += WINDOW + timedelta(minutes=1)
    await minh.commands("link", "7K3M-9QX2")
    assert minh.hears[-1] == WRONG
    await hoa.commands("link", code)
    assert hoa.hears == [LINKED]


async def test_a_web_chat_is_never_linked(database: Database, city: City, meet: Meet) -> None:
    """Nobody is told anything in a page that is closed."""
    minh = meet("Minh")
    await minh.commands("link", await code_for(database, city, await hired(database)))
    assert minh.hears == [WRONG]


async def test_the_chat_stays_a_residents_chat(database: Database, city: City, meet: Meet) -> None:
    """Linked in the middle of a report: the report goes on, is sent, and its answer comes to the same chat."""
    minh = on_telegram(meet("Minh"))
    await minh.says("Rác chất đống ở ngõ 12")
    question = minh.hears[-1]
    await minh.commands("link", await code_for(database, city, await hired(database)))
    assert minh.hears[-1].startswith(LINKED)
    assert question.splitlines()[-1] in minh.hears[-1]
    await minh.says("phường Tây Hồ")
    await minh.presses("Gửi")
    assert "Mã hồ sơ" in "\n".join(minh.hears)
    await minh.commands("unlink")
    assert minh.hears[-1].startswith("Đã ngắt.")
    assert await linked_to(database, minh) == ""
    await minh.commands("unlink")
    assert minh.hears[-1].startswith("Cuộc trò chuyện này không nhận báo việc nào cả.")


async def test_who_wants_to_be_forgotten_is_unlinked_too(database: Database, city: City, meet: Meet) -> None:
    """The chat's id is theirs, also where it belongs to staff."""
    minh = on_telegram(meet("Minh"))
    await minh.commands("link", await code_for(database, city, await hired(database)))
    await minh.commands("forget")
    await minh.says("xóa")
    assert await linked_to(database, minh) == ""


async def test_a_chat_that_is_linked_anew_is_the_new_ones(database: Database, city: City, meet: Meet) -> None:
    """A phone that was handed on: who had it before hears nothing there."""
    phone = on_telegram(meet("Phone"))
    for name in ("minh", "hoa"):
        await phone.commands("link", await code_for(database, city, await hired(database, name)))
        assert await linked_to(database, phone) == name


async def test_without_a_code_it_says_where_to_get_one(meet: Meet) -> None:
    minh = on_telegram(meet("Minh"))
    await minh.commands("link")
    assert minh.hears == ["Lệnh này dành cho cán bộ: lấy mã trên trang làm việc, rồi gửi /link kèm mã."]
