"""An answer that a resident's chat does not take goes to another chat of theirs, where they have tied one.

It goes at once where the chat takes nothing more (stopped, refused), and after a while where its channel does not come
back. It goes one step from where its case was written; when it fails there too, it has failed where it belongs, and is
seen to as any other (`bot.services.reach_resident`). The receipt page shows it all the while, to whoever has the secret.
What was told in confidence goes nowhere else (`bot.domain.bonds.is_shared`).
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.bonds import STUCK_AFTER, Bond, is_shared
from bot.domain.capabilities import CAPABILITIES
from bot.domain.people import Address, Channel, Language
from bot.domain.reply import DeliveryResult, DeliveryState, Move, QueuedReply, Reply
from bot.domain.thread import CaseEvent, EventKind
from bot.ports import OnItsWay, UnitOfWork
from bot.wording import say

MOST_AT_ONCE = 20


async def moved_on(
    uow: UnitOfWork, queued: QueuedReply, result: DeliveryResult, *, channels: Collection[Channel]
) -> DeliveryResult:
    """What shall be written down of a try: a final failure becomes a move where there is another way.

    Args:
        channels: Those that are at work.
    """
    if result.state is not DeliveryState.FAILED:
        return result
    answer = await uow.bonds.on_its_way(result.reply_id)
    if answer is None:
        return result
    if answer.address != answer.home:
        return replace(result, move=_move(queued.address, answer.home, queued.reply, is_back=True))
    goal = await _other_chat(uow, answer, channels)
    if goal is None:
        return result
    move = _move(queued.address, goal, queued.reply)
    return replace(result, state=DeliveryState.WAITING, due_at=None, move=move)


async def move_stuck(uow: UnitOfWork, *, channels: Collection[Channel], now: datetime, after: int = 0) -> tuple[int, int]:
    """Move what has waited in vain, a handful at most.

    Returns:
        How many went, and the id to go on `after`; that is 0 when there are no more.
    """
    found = await uow.bonds.stuck(queued_before=now - STUCK_AFTER, now=now, after=after, most=MOST_AT_ONCE)
    moved = 0
    for answer in found:
        goal = await _other_chat(uow, answer, channels)
        if goal is None or not await uow.bonds.move(answer.id, _move(answer.address, goal, answer.reply), now):
            continue
        moved += 1
        details = {"from": answer.address.channel.value, "to": goal.channel.value}
        await uow.cases.record(CaseEvent(case_id=answer.case_id, kind=EventKind.REDIRECTED, at=now, details=details))
    return moved, found[-1].id if len(found) == MOST_AT_ONCE else 0


async def bring_home(uow: UnitOfWork, bond: Bond, now: datetime) -> None:
    """The bond is undone: what still waits at the other end goes back to where its case was written."""
    if bond.other is None:
        return
    for start, home in ((bond.asker, bond.other), (bond.other, bond.asker)):
        for answer in await uow.bonds.away(start, home, now):
            await uow.bonds.move(answer.id, _move(start, home, answer.reply, is_back=True), now)


async def _other_chat(uow: UnitOfWork, answer: OnItsWay, channels: Collection[Channel]) -> Address | None:
    """The newest of the resident's other chats that takes messages, as far as we know."""
    bonds = await uow.bonds.of(answer.home)
    case = await uow.cases.by_id(answer.case_id) if bonds else None
    if case is None or not is_shared(case):
        return None
    for bond in reversed(bonds):
        goal = bond.beyond(answer.home)
        if goal is None or goal.channel not in channels or not CAPABILITIES[goal.channel].reaches_resident:
            continue
        if not (await uow.conversations.get(goal)).is_blocked:
            return goal
    return None


def _move(start: Address, goal: Address, reply: Reply, *, is_back: bool = False) -> Move:
    """A line says why it is read here; on the way back that line is taken off again."""
    line = _why(start if not is_back else goal, reply.language or Language.VI)
    text = reply.text.removeprefix(line) if is_back else f"{line}{reply.text}"
    return Move(start=start, goal=goal, reply=replace(reply, text=text))


def _why(home: Address, language: Language) -> str:
    return f"{say(language, 'linking_moved', chat=chat_name(home.channel, language))}\n\n"


def chat_name(channel: Channel, language: Language) -> str:
    """What a resident calls a chat on this channel."""
    return CAPABILITIES[channel].name or say(language, "linking_web")


def chats_named(addresses: Sequence[Address], language: Language) -> str:
    """Several of them, in one line."""
    return ", ".join(chat_name(address.channel, language) for address in addresses)
