"""Link a chat in which a staff member is told of new work: a code from the desk, typed there, proves whose it is.

The code is good once and for a quarter of an hour. Only its keyed hash is kept, so a dump of the database links nothing.
What is told there, and when, is `bot.services.tell_staff`.
"""

from datetime import datetime, tzinfo

from bot.domain.capabilities import channels_where
from bot.domain.case import new_code, read_code
from bot.domain.notices import LINK_LASTS, Choices, next_morning
from bot.domain.people import Address, Channel, StaffId, StaffMember
from bot.domain.staffing import StaffChat
from bot.ports import Receipts, UnitOfWork
from bot.services.setting import GoneMeanwhile

# Where a message finds somebody who is not looking.
CHANNELS = channels_where(may_tell_staff=True)


async def begin_link(uow: UnitOfWork, receipts: Receipts, *, staff: StaffMember, channel: Channel, now: datetime) -> str:
    """Make the code that links a chat of this channel; an earlier one that was not used is void.

    Returns:
        The code, "7K3M-9QX2": shown once, stored nowhere.
    """
    code = new_code()  # 40 random bits
    await uow.staff_chats.begin(staff.id, channel, receipts.hash_of_link(code), until=now + LINK_LASTS)
    await uow.audit.record(
        action="chat_link_begun", now=now, staff_id=staff.id, subject=staff.username, details={"channel": channel.value}
    )
    return code


async def link_chat(
    uow: UnitOfWork, receipts: Receipts, *, address: Address, typed: str, now: datetime, zone: tzinfo
) -> StaffChat | None:
    """Link the address to whoever was given this code; None when it is not, or no longer, anybody's.

    Whomever the address was linked to before is told nothing there any more.

    Args:
        typed: In any spelling: `bot.domain.case.read_code`.
        zone: The city's, for the next morning's digest.
    """
    code = read_code(typed[:60])
    chat = await uow.staff_chats.link(address, receipts.hash_of_link(code), now) if code else None
    if chat is None:
        return None
    if await uow.notices.choices(chat.staff_id) is None:
        await uow.notices.choose(chat.staff_id, Choices(), digest_at=next_morning(now, zone))
    await _record(uow, "chat_linked", chat, now)
    return chat


async def unlink_address(uow: UnitOfWork, *, address: Address, now: datetime) -> bool:
    """Nothing is told there any more. False when nothing was."""
    chat = await uow.staff_chats.by_address(address)
    if chat is None or not await uow.staff_chats.remove(chat.staff_id, chat.id):
        return False
    await _record(uow, "chat_unlinked", chat, now)
    return True


async def unlink_chat(uow: UnitOfWork, *, staff: StaffMember, chat_id: int, now: datetime) -> None:
    """The same from the desk; one's own only.

    Raises:
        GoneMeanwhile: There is none, or it is another's.
    """
    chat = next((one for one in await uow.staff_chats.of(staff.id) if one.id == chat_id), None)
    if chat is None or not await uow.staff_chats.remove(staff.id, chat_id):
        raise GoneMeanwhile(chat=chat_id)
    await _record(uow, "chat_unlinked", chat, now)


async def choose_notices(uow: UnitOfWork, *, staff: StaffMember, choices: Choices, now: datetime, zone: tzinfo) -> None:
    """Be told of these from now on. What waits is told, or not, by what is chosen when it is due."""
    await uow.notices.choose(staff.id, choices, digest_at=next_morning(now, zone))
    details = {name: getattr(choices, name) for name in Choices.__dataclass_fields__}
    await uow.audit.record(
        action="notices_chosen", now=now, staff_id=staff.id, subject=staff.username, details={"after": details}
    )


async def chats_of(uow: UnitOfWork, staff_id: StaffId) -> list[StaffChat]:
    """The linked ones, oldest first; a code that waits is none."""
    return [chat for chat in await uow.staff_chats.of(staff_id) if chat.linked_at is not None]


async def _record(uow: UnitOfWork, action: str, chat: StaffChat, now: datetime) -> None:
    member = await uow.staff.get(chat.staff_id)
    await uow.audit.record(
        action=action,
        now=now,
        staff_id=chat.staff_id,
        subject=member.username if member else "",
        details={"channel": chat.channel.value},
    )
