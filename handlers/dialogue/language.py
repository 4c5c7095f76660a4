"""Vietnamese or English, at any step; the open question is put again in the new one."""

from dataclasses import replace

from bot.domain.people import Language
from bot.domain.reply import Choice
from bot.wording import say
from handlers.dialogue.asking import ask_next
from handlers.dialogue.choices import choose_language
from handlers.dialogue.turn import Turn


def ask_language(turn: Turn) -> None:
    """Each language is named in itself."""
    rows = [[Choice(say(language, "chat_language_name"), choose_language(language)) for language in Language]]
    turn.say("chat_ask_language", choices=rows)


def speak(turn: Turn, language: Language) -> None:
    """From now on this one."""
    turn.conversation = replace(turn.conversation, language=language)
    turn.say("chat_language_set")
    ask_next(turn)
