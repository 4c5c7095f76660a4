"""One turn: a resident's message, where we stand, and what we say. Topics write into it; `finish` keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.case import CaseId
from bot.domain.draft import Conversation, Draft, Question
from bot.domain.incoming import Incoming
from bot.domain.people import Language
from bot.domain.reply import Choice, NewReply, Reply
from bot.ports import UnitOfWork
from bot.services.city import City
from bot.wording import say

Rows = Sequence[Sequence[Choice]]


@dataclass(slots=True)
class _Said:
    """A reply in the making: paragraphs, then the buttons of the last question."""

    paragraphs: list[str] = field(default_factory=list)
    choices: Rows = ()
    asks_location: bool = False

    def reply(self, language: Language) -> Reply:
        return Reply(
            text="\n\n".join(self.paragraphs),
            choices=tuple(tuple(row) for row in self.choices),
            asks_location=self.asks_location,
            language=language,
        )


@dataclass(slots=True, kw_only=True)
class Turn:
    """What a topic works with. `conversation` is replaced as the turn goes on; `before` is how it began."""

    uow: UnitOfWork
    city: City
    incoming: Incoming
    before: Conversation
    conversation: Conversation
    now: datetime
    case_id: CaseId | None = None  # the case that this turn's replies are about
    _said: list[_Said] = field(default_factory=list)

    @classmethod
    def begin(cls, uow: UnitOfWork, city: City, incoming: Incoming, known: Conversation, now: datetime) -> "Turn":
        """Take up the conversation; a resident we never met is answered in the language the channel names."""
        conversation = known
        if known.resident_id is None:
            conversation = replace(known, language=incoming.language_hint or Language.VI)
        return cls(uow=uow, city=city, incoming=incoming, before=known, conversation=conversation, now=now)

    @property
    def is_first_contact(self) -> bool:
        return self.before.resident_id is None

    @property
    def draft(self) -> Draft | None:
        return self.conversation.draft

    @property
    def language(self) -> Language:
        return self.conversation.language

    def word(self, key: str, **values: object) -> str:
        """A sentence or label in the resident's language."""
        return say(self.conversation.language, key, **values)

    def say(self, key: str, *, choices: Rows = (), asks_location: bool = False, **values: object) -> None:
        """Add a paragraph to the reply; buttons stand below its last paragraph."""
        if not self._said:
            self._said.append(_Said())
        reply = self._said[-1]
        reply.paragraphs.append(self.word(key, **values))
        reply.choices = choices or reply.choices
        reply.asks_location = asks_location or reply.asks_location

    def say_first(self, key: str, **values: object) -> None:
        """A message of its own, before everything else that is said in this turn."""
        self._said.insert(0, _Said([self.word(key, **values)]))
        if len(self._said) == 1:
            self._said.append(_Said())

    def update(self, draft: Draft | None, asked: Question | None) -> None:
        """Where the draft stands now; None: there is none any more."""
        self.conversation = self.conversation.with_draft(draft, asked)

    async def finish(self) -> None:
        """Keep the conversation and queue the replies. A pressed button is always acknowledged, said or not."""
        replies = [said.reply(self.language) for said in self._said if said.paragraphs]
        if self.incoming.choice_id:
            first = replies[0] if replies else Reply()
            replies[:1] = [replace(first, answers_choice_id=self.incoming.choice_id)]
        if self.conversation != self.before or (replies and self.before.resident_id is None):
            self.conversation = await self.uow.conversations.put(self.conversation, self.now)
        if replies:
            address = self.incoming.address
            await self.uow.outbox.add(
                [NewReply(address=address, reply=reply, case_id=self.case_id) for reply in replies], self.now
            )
