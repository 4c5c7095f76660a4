"""One turn: a resident's message, where we stand, and what we say. Topics write into it; `finish` keeps it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.capabilities import CAPABILITIES, Capabilities
from bot.domain.case import CaseId
from bot.domain.changing import replace
from bot.domain.draft import Conversation, Draft, Question
from bot.domain.incoming import Incoming, StoredFile
from bot.domain.people import Language
from bot.domain.reply import Choice, NewReply, Reply
from bot.ports import UnitOfWork
from bot.services.city import City
from bot.wording import has, say

Rows = Sequence[Sequence[Choice]]

TYPED = "_typed"  # the end of a wording key: said instead where there are no buttons
BURST_HOLD = timedelta(seconds=1.2)  # forwarded messages and an album's parts come one after the other, closer than this

REMIND_AFTER = timedelta(days=1)  # from a draft's last change


@dataclass(slots=True)
class _Said:
    """A reply in the making: paragraphs, then the buttons of the last question.

    `about` is set while it holds a question and nothing else: such a one loses nothing when a newer one takes its place.
    """

    paragraphs: list[str] = field(default_factory=list)
    choices: Rows = ()
    asks_location: bool = False
    about: str = ""
    files: tuple[StoredFile, ...] = ()
    receipt_of: str = ""

    def reply(self, language: Language) -> Reply:
        return Reply(
            text="\n\n".join(self.paragraphs),
            choices=tuple(tuple(row) for row in self.choices),
            asks_location=self.asks_location,
            files=self.files,
            language=language,
            receipt_of=self.receipt_of,
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
    is_warned: bool = False  # the first thing said is about somebody's safety
    case_id: CaseId | None = None  # the case that this turn's replies are about
    showed_card: bool = False  # this turn put the draft's card before the resident
    keeps_offer: bool = False  # what is said in this turn leaves the choices of before as they are
    by_bond: set[CaseId] = field(default_factory=set)  # cases of another chat of theirs that this turn is about
    is_forgotten: bool = False  # nothing of this address is kept any more, and nothing may be put back
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
    def can(self) -> Capabilities:
        """What the resident's channel can do."""
        return CAPABILITIES[self.incoming.address.channel]

    @property
    def language(self) -> Language:
        return self.conversation.language

    def word(self, key: str, **values: object) -> str:
        """A sentence or label in the resident's language; where nothing can be pressed, the one that speaks of no button."""
        if not self.can.has_buttons and has(self.language, typed := f"{key}{TYPED}"):
            key = typed
        return say(self.language, key, **values)

    def say(self, key: str, *, choices: Rows = (), asks_location: bool = False, **values: object) -> None:
        """Add a paragraph to the reply; buttons stand below its last paragraph."""
        if not self._said:
            self._said.append(_Said())
        reply = self._said[-1]
        reply.about = ""
        reply.paragraphs.append(self.word(key, **values))
        reply.choices = choices or reply.choices
        reply.asks_location = asks_location or reply.asks_location

    def say_text(self, text: str, *, choices: Rows = (), receipt_of: str = "") -> None:
        """The same with words that are made already; `receipt_of` as in `Reply`."""
        if not self._said:
            self._said.append(_Said())
        reply = self._said[-1]
        reply.about = ""
        reply.paragraphs.append(text)
        reply.choices = choices or reply.choices
        reply.receipt_of = receipt_of or reply.receipt_of

    def choose(self, choices: Rows) -> None:
        """The buttons under what was said last."""
        if self._said:
            self._said[-1].choices = choices

    def show(self, file: StoredFile) -> None:
        """Add a picture to what was said last."""
        if self._said:
            self._said[-1].files = (*self._said[-1].files, file)

    def say_before_all(self, text: str) -> None:
        """A warning in a message of its own, before everything else that is said in this turn."""
        self.is_warned = True
        self.say_first(text)

    def say_first(self, text: str) -> None:
        """A message of its own before those that this turn has so far."""
        self._said.insert(0, _Said([text]))
        if len(self._said) == 1:
            self._said.append(_Said())

    def new_message(self) -> None:
        """What is said from here on is a message of its own, with its own buttons."""
        if self._said and self._said[-1].paragraphs:
            self._said.append(_Said())

    @property
    def is_of_a_burst(self) -> bool:
        """More of the same is likely to be on its way: what was forwarded or is of an album seldom comes alone."""
        return self.incoming.is_forwarded or bool(self.incoming.group_id)

    @contextmanager
    def question(self, about: str) -> Iterator[None]:
        """What is said inside puts a question about this ("draft:7K3M9Q"); a newer one takes its place while it waits.

        In a burst it is a message of its own, so that it can be held back and what else there is to say cannot get lost.
        """
        if self.is_of_a_burst and self._said and self._said[-1].paragraphs:
            self._said.append(_Said())
        is_alone = not (self._said and self._said[-1].paragraphs)
        yield
        if is_alone and self._said:
            self._said[-1].about = about

    def update(self, draft: Draft | None, asked: Question | None) -> None:
        """Where the draft stands now; None: there is none any more."""
        self.conversation = self.conversation.with_draft(draft, asked)

    async def finish(self) -> None:
        """Keep the conversation and queue the replies. A pressed button is always acknowledged, said or not."""
        replies = [self._new_reply(said) for said in self._said if said.paragraphs]
        if self.incoming.choice_id:
            first = replies[0] if replies else NewReply(address=self.incoming.address, reply=Reply(), case_id=self.case_id)
            replies[:1] = [replace(first, reply=replace(first.reply, answers_choice_id=self.incoming.choice_id))]
        self._keep_time()
        self._keep_offer()
        is_new = bool(replies) and self.before.resident_id is None
        if not self.is_forgotten and (is_new or self.conversation != self.before):
            self.conversation = await self.uow.conversations.put(self.conversation, self.now)
        if replies:
            await self.uow.outbox.add(replies, self.now, keeps_offer=False)

    def _keep_offer(self) -> None:
        """What can be chosen now: the buttons of this turn's last message; as before where nothing was said."""
        if self.keeps_offer:
            return
        if said := [said for said in self._said if said.paragraphs]:
            offered = tuple(choice for row in said[-1].choices for choice in row)
            if offered != self.conversation.offered:
                self.conversation = replace(self.conversation, offered=offered)

    def _keep_time(self) -> None:
        """An untouched draft is reminded of a day after it was last changed."""
        if self.conversation.draft != self.before.draft:
            due_at = self.now + REMIND_AFTER if self.conversation.draft is not None else None
            self.conversation = replace(self.conversation, draft_due_at=due_at, draft_reminded=False)

    def _new_reply(self, said: _Said) -> NewReply:
        return NewReply(
            address=self.incoming.address,
            reply=said.reply(self.language),
            case_id=self.case_id,
            about=said.about,
            hold=BURST_HOLD if said.about and self.is_of_a_burst else None,
        )
