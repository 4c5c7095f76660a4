"""A reply as Zalo's messages: plain words, choices as numbered lines under them. Plain values, no network.

The numbers are those of `Reply.offered`, by which `handlers.dialogue.answers` understands what is typed. What cannot be
undone has no number: it is done by its whole words, and the line says so.
"""

from bot.domain.capabilities import CAPABILITIES
from bot.domain.incoming import StoredFile
from bot.domain.people import Channel, Language
from bot.domain.reply import Reply
from bot.domain.splitting import pieces
from bot.wording import say
from handlers.channels.telegram_updates import clean
from handlers.dialogue.choices import is_for_good

LONGEST_TEXT = CAPABILITIES[Channel.ZALO].longest_text or 2000
LONGEST_CAPTION = CAPABILITIES[Channel.ZALO].longest_caption
LONGEST_NAME = 80  # characters of a file's name


def words_of(reply: Reply) -> str:
    """All that is said, choices included; empty where nothing is."""
    language = reply.language or Language.VI
    parts = [clean(reply.text).strip()]
    if reply.asks_location:
        parts.append(say(language, "zalo_how_to_say_where"))
    if reply.choices:
        parts.append("\n".join([say(language, "zalo_type_a_number"), *_lines(reply, language)]))
    return "\n\n".join(part for part in parts if part)


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


def _lines(reply: Reply, language: Language) -> list[str]:
    found = []
    for number, choice in enumerate(reply.offered, 1):
        label = " ".join(clean(choice.label).split()) or "·"
        found.append(say(language, "zalo_in_words", label=label) if is_for_good(choice.data) else f"{number}. {label}")
    return found
