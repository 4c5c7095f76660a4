"""Two chats of one person: "liên kết" shows a code here, "liên kết 7K3M-9QX2" in the other chat ties them.

Whoever types the code is asked first, for somebody may have talked them into it; both chats are told, and "bỏ liên kết" or
a button undoes it. What it means is decided in `bot.services.tie_chats` and `bot.services.move_answers`.
"""

import re
from dataclasses import replace
from datetime import datetime

from bot.domain.bonds import Bond
from bot.domain.draft import Awaited, Awaits
from bot.domain.people import Address
from bot.domain.reply import Choice, NewReply, Reply
from bot.services.move_answers import chat_name, chats_named
from bot.services.tie_chats import CHANNELS, TooManyBonds, begin_bond, cut_bond, find_bond, tie_chats
from bot.wording import say
from handlers.dialogue.asking import ask_next, shown_day
from handlers.dialogue.choices import Act
from handlers.dialogue.spoken import bare
from handlers.dialogue.turn import Turn
from handlers.dialogue.wrong_tries import are_too_many, count_one

START = "noi_"  # t.me/<bot>?start=noi_7K3M9QX2 arrives as "/start noi_7K3M9QX2"
_LONGEST = 60  # characters of a message that is such a code
_TYPED = re.compile(
    r"(?:tôi\s+muốn\s+)?(?:mã\s+)?(?:liên\s*kết|lien\s*ket|nối(?:\s+kênh)?|noi(?:\s+kenh)?|link|tie)"
    r"(?:\s+(?:mã|ma|code))?[\s:]+([0-9A-Za-z]{4}[\s\-–—]?[0-9A-Za-z]{4})[\s.!]*",
    re.IGNORECASE,
)
_YES = frozenset({"noi", "co", "co noi", "dong y", "dong y noi", "yes", "link", "tie"})


async def show(turn: Turn) -> None:
    """What it is good for, a code for the other chat, and the chats that are tied already."""
    address = turn.incoming.address
    bonds = await turn.uow.bonds.of(address)
    rows = _cut_rows(turn, bonds)
    if bonds:
        turn.say("linking_now", chats=_lines(turn, bonds), choices=rows)
    try:
        code = await begin_bond(turn.uow, turn.city.receipts, asker=address, now=turn.now)
    except TooManyBonds as full:
        turn.say(full.wording_key)
    else:
        turn.say("linking_page")
        turn.say("linking_code", code=code, choices=rows)
    ask_next(turn)


async def end(turn: Turn) -> None:
    """Undo the only bond, or ask which."""
    bonds = await turn.uow.bonds.of(turn.incoming.address)
    if len(bonds) == 1:
        await _cut(turn, bonds[0].id)
    elif bonds:
        turn.say("linking_now", chats=_lines(turn, bonds), choices=_cut_rows(turn, bonds))
    else:
        turn.say("linking_none")
    ask_next(turn)


async def hears(turn: Turn) -> bool:
    """Is the whole message "liên kết 7K3M-9QX2"? Then it is answered."""
    text = turn.incoming.text.strip()
    typed = _TYPED.fullmatch(text) if len(text) <= _LONGEST else None
    if typed is None:
        return False
    await hear_code(turn, typed[1])
    return True


async def hear_code(turn: Turn, typed: str) -> None:
    """A code that was announced as one; a wrong one is counted."""
    if await are_too_many(turn):
        turn.say("linking_too_often")
    elif not await _ask(turn, typed):
        await count_one(turn)
        turn.say("linking_wrong")
    ask_next(turn)


async def hear_bare(turn: Turn, typed: str) -> bool:
    """A code alone, which may be a case's as well. Only a right one is heard here."""
    return not await are_too_many(turn) and await _ask(turn, typed)


async def press(turn: Turn, value: str) -> None:
    """A button of this topic."""
    asked, _, number = value.partition(":")
    bond_id = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
    if asked == "show":
        await show(turn)
    elif asked == "yes":
        await _tie(turn, value)
    elif asked == "no":
        turn.say("linking_left")
        ask_next(turn)
    elif asked == "cut" and bond_id:
        await _cut(turn, bond_id)
        ask_next(turn)
    else:
        turn.say("chat_button_stale")
        ask_next(turn)


async def hear_yes(turn: Turn, _about: str) -> bool:
    """The confirming tap in words; anything else is no answer and changes nothing."""
    if bare(turn.incoming.text) not in _YES:
        return False
    await _tie(turn, "")
    return True


async def _ask(turn: Turn, typed: str) -> bool:
    """Ask whoever typed a code that waits. The question remembers it: only the chat that was asked can agree."""
    address = turn.incoming.address
    bond = None
    if address.channel in CHANNELS:
        bond = await find_bond(turn.uow, turn.city.receipts, other=address, typed=typed, now=turn.now)
    if bond is None:
        return False
    turn.conversation = replace(turn.conversation, awaits=Awaits(Awaited.BOND, _about(bond)))
    rows = [[Choice(turn.word("linking_yes"), f"{Act.BOND}:yes"), Choice(turn.word("linking_no"), f"{Act.BOND}:no")]]
    turn.say("linking_ask", chat=chat_name(bond.asker.channel, turn.language), choices=rows)
    return True


async def _tie(turn: Turn, _value: str) -> None:
    asked = turn.before.awaits
    read = _read(asked.about) if asked is not None and asked.what is Awaited.BOND else None
    if read is None:
        turn.say("chat_button_stale")
        ask_next(turn)
        return
    bond_id, asker = read
    try:
        bond = await tie_chats(turn.uow, bond_id=bond_id, asker=asker, other=turn.incoming.address, now=turn.now)
    except TooManyBonds as full:
        turn.say(full.wording_key)
    else:
        if bond is None:
            turn.say("linking_wrong")
        else:
            turn.say("linking_done", chat=chat_name(asker.channel, turn.language), choices=_cut_rows(turn, [bond]))
            await _tell(turn, asker, "linking_told", bond)
    ask_next(turn)


async def _cut(turn: Turn, bond_id: int) -> None:
    address = turn.incoming.address
    bond = await cut_bond(turn.uow, bond_id=bond_id, address=address, now=turn.now)
    other = bond.beyond(address) if bond else None
    if bond is None or other is None:
        turn.say("linking_none")
        return
    turn.say("linking_cut", chat=chat_name(other.channel, turn.language))
    await _tell(turn, other, "linking_cut_told", None)


async def _tell(turn: Turn, other: Address, key: str, bond: Bond | None) -> None:
    """The other chat hears of it, in its own language: it may not have been its resident who did it."""
    conversation = await turn.uow.conversations.get(other)
    language = conversation.language
    here = chat_name(turn.incoming.address.channel, language)
    cut = ((Choice(say(language, "linking_button_cut", chat=here), f"{Act.BOND}:cut:{bond.id}"),),) if bond else ()
    reply = Reply(text=say(language, key, chat=here), choices=cut, language=language)
    await turn.uow.outbox.add([NewReply(address=other, reply=reply)], turn.now, keeps_offer=bool(bond))


def _cut_rows(turn: Turn, bonds: list[Bond]) -> list[list[Choice]]:
    return [
        [
            Choice(
                turn.word("linking_button_cut", chat=chat_name(other.channel, turn.language)),
                f"{Act.BOND}:cut:{bond.id}",
                in_words=True,
            )
        ]
        for bond in bonds
        if (other := bond.beyond(turn.incoming.address)) is not None
    ]


def _lines(turn: Turn, bonds: list[Bond]) -> str:
    found = [(bond.beyond(turn.incoming.address), bond.tied_at) for bond in bonds]
    return "\n".join(_line(turn, other, at) for other, at in found if other is not None and at is not None)


def _line(turn: Turn, other: Address, at: datetime) -> str:
    return turn.word("linking_line", chat=chats_named([other], turn.language), day=shown_day(turn, at))


def _about(bond: Bond) -> str:
    return f"{bond.id} {bond.asker}"


def _read(about: str) -> tuple[int, Address] | None:
    """What `_about` wrote; None for what another version wrote."""
    number, _, address = about.partition(" ")
    channel, _, external_id = address.partition(":")
    found = next((known for known in CHANNELS if known.value == channel), None)
    return (int(number), Address(found, external_id)) if number.isdigit() and found is not None else None
