"""The conversation with a resident, the same on every channel.

It fills slots and is no wizard: whatever comes first starts a draft, and only what is missing is asked. Read in this
order: `choices` and `spoken` (what buttons and short words mean), `turn` (one message in, its replies out), `asking` (how a
question is put), then a room per topic: `report` (a new matter, with the heart of it all in `drafting`), `after` (a filed
one), `oneself` (the resident as a person), `conduct` (the codes); beside them `questions`, `help`, `language`, `fallback`.
`listening` decides which of them hears a message.

Nothing is sent and nothing committed here: replies join the outbox of the unit of work that intake opened.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.draft import Conversation
from bot.domain.incoming import Incoming
from bot.domain.people import Address
from bot.domain.reply import NewReply, Reply
from bot.ports import UnitOfWork
from bot.services.city import City
from bot.wording import say
from handlers.dialogue import reminders
from handlers.dialogue.listening import listen
from handlers.dialogue.report.drafting import next_question, understand
from handlers.dialogue.turn import Turn

__all__ = ["Dialogue", "make_dialogue", "next_question", "understand"]


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Answers residents in one city."""

    city: City

    async def converse(self, uow: UnitOfWork, incoming: Incoming, now: datetime) -> None:
        """Take one turn: remember what was said and queue what we answer. The caller commits.

        Raises:
            StaleVersion: Staff changed the same case in this moment; nothing is kept, begin the turn again.
        """
        turn = Turn.begin(uow, self.city, incoming, await uow.conversations.get(incoming.address), now)
        await listen(turn)
        await turn.finish()

    async def remind(self, uow: UnitOfWork, conversation: Conversation, now: datetime) -> None:
        """Do what a conversation's draft is due for: see `reminders`. The caller commits."""
        await reminders.remind(uow, self.city, conversation, now)

    async def apologise(self, uow: UnitOfWork, address: Address, now: datetime) -> None:
        """Say that a message could not be handled and what became of it; for a unit of work after the failed one."""
        language = (await uow.conversations.get(address)).language
        reply = Reply(text=say(language, "chat_apology"), language=language)
        await uow.outbox.add([NewReply(address=address, reply=reply)], now)


def make_dialogue(city: City) -> Dialogue:
    """The dialogue over this city's data."""
    return Dialogue(city)
