"""A draft that nobody goes on with: one reminder after a day, and after a week its resident is told that it is dropped.

When it is due is stored with the conversation (`Turn.finish`); who looks is `handlers.timekeeping`.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.city_day import shown_day
from bot.domain.draft import Conversation
from bot.domain.incoming import Incoming, IncomingKind
from bot.ports import UnitOfWork
from bot.services.city import City
from bot.services.erase import doom_files
from handlers.dialogue.asking import ask_next
from handlers.dialogue.turn import REMIND_AFTER, Turn

DROP_AFTER = timedelta(days=7)  # from the draft's last change
FILES_ARE_KEPT = timedelta(days=30)  # those of a dropped draft: as long as the raw messages themselves


async def remind(uow: UnitOfWork, city: City, conversation: Conversation, now: datetime) -> None:
    """Do what this conversation's draft is due for, and move its due time on. The caller commits."""
    if conversation.draft is None:  # filed or dropped meanwhile, or no longer readable
        await uow.conversations.put(replace(conversation, draft_due_at=None), now)
        return
    if conversation.paused_until is not None and conversation.paused_until > now:
        await uow.conversations.put(replace(conversation, draft_due_at=conversation.paused_until + REMIND_AFTER), now)
        return
    silence = Incoming(address=conversation.address, kind=IncomingKind.IGNORED, source_id="", sent_at=now)
    turn = Turn.begin(uow, city, silence, conversation, now)
    if not conversation.draft_reminded:
        _remind(turn)
    else:
        await _drop(turn)
    await turn.finish()


def _remind(turn: Turn) -> None:
    due_at = turn.now + DROP_AFTER - REMIND_AFTER
    turn.conversation = replace(turn.conversation, draft_due_at=due_at, draft_reminded=True)
    if not turn.conversation.is_blocked:
        turn.say("person_draft_reminder", day=shown_day(due_at, turn.city.zone))
        ask_next(turn)


async def _drop(turn: Turn) -> None:
    if turn.draft is not None:
        await doom_files(turn.uow, turn.draft, turn.now + FILES_ARE_KEPT)
    turn.update(None, None)
    if not turn.conversation.is_blocked:
        turn.say("person_draft_dropped")
