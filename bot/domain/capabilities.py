"""What each channel can do and cannot: the one table of everything in which they differ.

Nobody asks which channel it is; they ask this table what it can do. A new channel is a file in `handlers.channels` and a row
here. The README shows the table (`as_markdown`), the contract suite (`tests.contract`) holds every channel to its row. How a
channel does what it can stands with the channel.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from bot.domain.incoming import LARGEST_FILE, FileKind
from bot.domain.people import Channel


class Brought(StrEnum):
    """How surely what a resident sent is brought to us; the value is what the README says."""

    AGAIN = "repeated until we confirm"
    ONCE = "at most once: stored raw before anything else"
    BY_HAND = "the page says that it was not kept"
    NEVER = "staff write it down"


EVERY_FILE = frozenset(FileKind)


def _says(words: str) -> Mapping[str, str]:
    return {"says": words}


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """A channel's row. Each field carries the README's words for it."""

    name: str = field(metadata=_says("who else can read what is written there"))  # of a messenger; empty: nobody but us
    reaches_resident: bool = field(metadata=_says("what we say reaches the resident"))  # else staff tell them
    is_own_page: bool = field(
        metadata=_says("a page of ours, gone with the browser")
    )  # it reads the outbox; nothing is sent
    brought: Brought = field(metadata=_says("a message that we did not take"))
    has_buttons: bool = field(metadata=_says("choices are buttons (else numbered lines)"))
    has_commands: bool = field(metadata=_says("a menu of slash commands"))
    has_start: bool = field(metadata=_says("a link or QR code names the ward"))
    shares_place: bool = field(metadata=_says("the resident can send a position"))
    tells_edits: bool = field(metadata=_says("an edited message is brought again"))
    tells_blocked: bool = field(metadata=_says("we hear that a resident stopped the bot"))
    withholds_words: bool = field(metadata=_says("some people's words are withheld from us"))  # children's, and others'
    may_tell_staff: bool = field(metadata=_says("staff can be told of new work there"))
    longest_text: int | None = field(metadata=_says("longest message, in UTF-16 units"))  # None: whatever it takes
    longest_caption: int = field(metadata=_says("longest words under a picture, in UTF-16 units"))  # 0: there are none
    files_in: frozenset[FileKind] = field(metadata=_says("files in"))
    files_out: frozenset[FileKind] = field(metadata=_says("files out"))
    largest_file: int = field(metadata=_says("largest file in"))  # bytes


CAPABILITIES: Mapping[Channel, Capabilities] = {
    Channel.TELEGRAM: Capabilities(
        name="Telegram",
        reaches_resident=True,
        is_own_page=False,
        brought=Brought.AGAIN,
        has_buttons=True,
        has_commands=True,
        has_start=True,
        shares_place=True,
        tells_edits=True,
        tells_blocked=True,
        withholds_words=False,
        may_tell_staff=True,
        longest_text=4096,  # https://core.telegram.org/bots/api#sendmessage ("after entities parsing"; we send plain text)
        longest_caption=1024,  # https://core.telegram.org/bots/api#sendphoto
        files_in=EVERY_FILE,
        files_out=EVERY_FILE,
        largest_file=LARGEST_FILE,
    ),
    Channel.ZALO: Capabilities(
        name="Zalo",
        reaches_resident=True,
        is_own_page=False,
        brought=Brought.ONCE,
        has_buttons=False,
        has_commands=False,
        has_start=False,
        shares_place=False,
        tells_edits=False,
        tells_blocked=False,
        withholds_words=True,
        may_tell_staff=True,
        longest_text=2000,  # "1-2000 characters" of a unit that is not stated: counted in the larger
        longest_caption=2000,
        files_in=frozenset({FileKind.PHOTO, FileKind.VOICE}),
        files_out=frozenset({FileKind.PHOTO}),
        largest_file=LARGEST_FILE,
    ),
    Channel.WEBCHAT: Capabilities(
        name="",
        reaches_resident=True,
        is_own_page=True,
        brought=Brought.BY_HAND,
        has_buttons=True,
        has_commands=False,
        has_start=True,
        shares_place=True,
        tells_edits=False,
        tells_blocked=False,
        withholds_words=False,
        may_tell_staff=False,  # a page is not open when nobody looks at it
        longest_text=None,
        longest_caption=0,
        files_in=EVERY_FILE,
        files_out=EVERY_FILE,
        largest_file=LARGEST_FILE,
    ),
    Channel.COUNTER: Capabilities(
        name="",
        reaches_resident=False,
        is_own_page=False,
        brought=Brought.NEVER,
        has_buttons=False,
        has_commands=False,
        has_start=False,
        shares_place=False,
        tells_edits=False,
        tells_blocked=False,
        withholds_words=False,
        may_tell_staff=False,
        longest_text=None,
        longest_caption=0,
        files_in=EVERY_FILE,
        files_out=frozenset(),
        largest_file=LARGEST_FILE,
    ),
    Channel.OPEN311: Capabilities(
        name="",
        reaches_resident=False,
        is_own_page=False,
        brought=Brought.AGAIN,
        has_buttons=False,
        has_commands=False,
        has_start=False,
        shares_place=True,
        tells_edits=False,
        tells_blocked=False,
        withholds_words=False,
        may_tell_staff=False,
        longest_text=None,
        longest_caption=0,
        files_in=frozenset(),
        files_out=frozenset(),
        largest_file=0,
    ),
}


def channels_where(**claims: object) -> tuple[Channel, ...]:
    """The channels whose row holds all of these, in the table's order: `channels_where(is_own_page=True)`."""
    return tuple(
        channel
        for channel, row in CAPABILITIES.items()
        if all(getattr(row, name) == claim for name, claim in claims.items())
    )


def as_markdown() -> str:
    """The table as the README holds it: a line for each difference, a column for each channel."""
    lines = [
        "| | " + " | ".join(channel.value for channel in CAPABILITIES) + " |",
        "|---|" + "---|" * len(CAPABILITIES),
    ]
    for one in fields(Capabilities):
        shown = " | ".join(_shown(one.name, getattr(row, one.name)) for row in CAPABILITIES.values())
        lines.append(f"| {one.metadata['says']} | {shown} |")
    return "\n".join(lines)


def _shown(name: str, value: Any) -> str:
    if isinstance(value, frozenset):
        return "every kind" if value == EVERY_FILE else ", ".join(sorted(value)) or "–"
    if isinstance(value, bool):
        return "yes" if value else "–"
    if name == "largest_file":
        return f"{value // (1024 * 1024)} MB"
    if value is None:
        return "any"
    return f"{value:,}" if type(value) is int and value else str(value or "–")
