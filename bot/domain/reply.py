"""Anything we say to a resident, before a channel gives it its own shape."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from bot.domain.incoming import FileKind, StoredFile
from bot.domain.people import Address, Language

HELD_AFTER_RESTORE = "held after a restore: it may have been sent before"  # the error of such a reply


@dataclass(frozen=True, slots=True)
class Choice:
    """A button, chip or numbered line. `data` is at most 64 bytes: Telegram's limit for callback data.

    `in_words`: where there are no buttons it carries no number and is chosen by its own words alone, because it cannot be
    undone, or because a number may be meant for something else there (see `numbered`).
    """

    label: str
    data: str
    in_words: bool = False

    def __post_init__(self) -> None:
        if not 1 <= len(self.data.encode()) <= 64:
            raise ValueError(f"choice data must be 1 to 64 bytes: {self.data!r}")


def pack_choice(choice: Choice) -> list[Any]:
    """As it is stored: label, data, and whether it takes words where it does."""
    return [choice.label, choice.data, True] if choice.in_words else [choice.label, choice.data]


def read_choice(found: Sequence[Any]) -> Choice:
    """The reverse of `pack_choice`."""
    return Choice(found[0], found[1], len(found) > 2 and found[2] is True)


def numbered(offered: Sequence[Choice]) -> list[tuple[int | None, Choice]]:
    """Each choice with the number of its line where there are no buttons; None: only its words choose it."""
    numbers = itertools.count(1)
    return [(None if choice.in_words else next(numbers), choice) for choice in offered]


@dataclass(frozen=True, kw_only=True)  # no slots: see `bot.domain.changing`
class Reply:
    """One message to a resident. Plain text: a channel escapes it for itself.

    `choices` are rows of choices. `asks_location` offers the channel's own "share my location". `answers_choice_id` is the
    pressed button that the channel wants acknowledged; a reply may be that alone (then `text` is empty). `language` is what
    `text` is written in, for whatever a channel adds of its own; None where nobody said. `receipt_of` is the code of the
    case whose secret the words leave room for (`bot.services.receipt`): it is put in only where the reply goes out.
    """

    text: str = ""
    choices: tuple[tuple[Choice, ...], ...] = ()
    asks_location: bool = False
    files: tuple[StoredFile, ...] = ()
    answers_choice_id: str = ""
    language: Language | None = None
    receipt_of: str = ""

    @property
    def offered(self) -> tuple[Choice, ...]:
        """The choices in the order they are read."""
        return tuple(choice for row in self.choices for choice in row)

    def to_dict(self) -> dict[str, Any]:
        """Only what is set, for the outbox row."""
        found: dict[str, Any] = {}
        if self.text:
            found["text"] = self.text
        if self.choices:
            found["choices"] = [[pack_choice(choice) for choice in row] for row in self.choices]
        if self.asks_location:
            found["asks_location"] = True
        if self.files:
            found["files"] = [
                [f.key, f.kind.value, f.name, f.media_type, f.size, f.shown_key] for f in self.files if not f.trouble
            ]
        if self.answers_choice_id:
            found["answers"] = self.answers_choice_id
        if self.language:
            found["language"] = self.language.value
        if self.receipt_of:
            found["receipt"] = self.receipt_of
        return found

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> Self:
        """The reverse of `to_dict`."""
        return cls(
            text=found.get("text", ""),
            choices=tuple(tuple(read_choice(c) for c in row) for row in found.get("choices", ())),
            asks_location=found.get("asks_location", False),
            files=tuple(
                StoredFile(f[0], FileKind(f[1]), f[2], f[3], f[4], f[5] if len(f) > 5 else "")
                for f in found.get("files", ())
            ),
            answers_choice_id=found.get("answers", ""),
            language=Language(found["language"]) if found.get("language") else None,
            receipt_of=found.get("receipt", ""),
        )


class DeliveryState(StrEnum):
    """Where a reply is on its way out."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"  # final: blocked, refused, or tried for a day; shown on the case as not delivered


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedReply:
    """A reply in the outbox, claimed for sending. `attempts` counts the tries before this one."""

    id: int
    address: Address
    reply: Reply
    attempts: int
    created_at: datetime


@dataclass(frozen=True, kw_only=True)  # no slots: see `bot.domain.changing`
class NewReply:
    """A reply about to be queued. `message_id` ties a staff answer to its line in the case's thread.

    `about` names what the reply puts to the resident ("draft:7K3M9Q"): while it waits, a newer reply about the same takes
    its place, so that a burst of messages is answered once. Empty for whatever must be said in any case. `hold` keeps it
    back for so long, because more of the burst is likely to come.
    """

    address: Address
    reply: Reply
    message_id: int | None = None
    case_id: int | None = None
    about: str = ""
    hold: timedelta | None = None

    @property
    def may_be_replaced(self) -> bool:
        """A pressed button must be acknowledged, whatever else is said later."""
        return bool(self.about) and not self.reply.answers_choice_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A reply goes from one chat of its resident to another (`bot.services.move_answers`), as `reply` says it there."""

    start: Address
    goal: Address
    reply: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryResult:
    """What came of one try, to be recorded.

    `state` WAITING means: try again at `due_at`. `provider_id` is the channel's id of the sent message. With a `move` the
    reply waits, or has failed, at another address from now on.
    """

    reply_id: int
    state: DeliveryState
    at: datetime
    provider_id: str = ""
    due_at: datetime | None = None
    error: str = ""
    blocks_address: bool = False  # the resident stopped the bot: nothing more will arrive
    move: Move | None = None
    details: Mapping[str, str] = field(default_factory=dict)
