"""A reply as Zalo's messages: plain words, choices as numbered lines under them. Plain values, no network.

The lines and their numbers are `handlers.channels.lines`.
"""

from dataclasses import replace

from bot.domain.capabilities import CAPABILITIES
from bot.domain.incoming import StoredFile
from bot.domain.people import Channel, Language
from bot.domain.reply import Reply
from bot.domain.splitting import pieces
from bot.wording import say
from handlers.channels.lines import with_lines
from handlers.channels.telegram_updates import clean

LONGEST_TEXT = CAPABILITIES[Channel.ZALO].longest_text or 2000
LONGEST_CAPTION = CAPABILITIES[Channel.ZALO].longest_caption
LONGEST_NAME = 80  # characters of a file's name


def words_of(reply: Reply) -> str:
    """All that is said, choices included; empty where nothing is."""
    parts = [clean(reply.text).strip()]
    if reply.asks_location:
        parts.append(say(reply.language or Language.VI, "zalo_how_to_say_where"))
    return with_lines(replace(reply, text="\n\n".join(part for part in parts if part)))


def elsewhere(files: tuple[StoredFile, ...], pictures: int, language: Language | None) -> str:
    """What is said of files that cannot be sent here: pictures by their number, others by their names."""
    found = [say(language or Language.VI, "zalo_pictures_elsewhere", n=pictures)] if pictures else []
    for file in files:
        name = "".join(letter for letter in " ".join(clean(file.name or "").split()) if letter.isprintable())
        found.append(say(language or Language.VI, "zalo_file_elsewhere", name=name[-LONGEST_NAME:] or file.kind.value))
    return "\n".join(found)


def messages(text: str) -> list[str]:
    """The text as messages, split on line ends where it is too long for one."""
    return pieces(text, LONGEST_TEXT)
